# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A firmware's web server as anybody meets it: how it names itself, and the TLS that old ones speak."""

from __future__ import annotations

import re
import ssl

#: How firmware names itself, of whatever SKU and age (AMT.md 4; the service probes of Nmap 7.9x, Recog and OpenVAS).
PRODUCTS = (
    rb"Active Management Technology",
    rb"Standard Manageability",
    rb"Small Business Technology",
    rb"Con\. Management Engine",
)
_VERSION = rb"[0-9]{1,5}(?:\.[0-9]{1,5}){1,4}(?![0-9])"
SERVER = re.compile(
    rb"^server[ \t]*:[ \t]*(Intel\(R\)[ \t]+(?:" + rb"|".join(PRODUCTS) + rb")(?:[ \t]+(" + _VERSION + rb"))?"
    rb"(?![0-9A-Za-z])[^\r\n]{0,64}|AMT(?=[ \t]*(?:[\r\n]|\Z)))",
    re.MULTILINE | re.IGNORECASE,
)
"""The header of an answer: the name as firmware writes it, and version (none where it does not tell). Some name
themselves `AMT` and nothing else. A platform with a part of AMT's features has one of the other names."""
# The values are OpenSSL's; the ssl module of Python names them from 3.12 on, and one of them never.
_LEGACY_SERVER_CONNECT = 0x4
_UNSAFE_LEGACY_RENEGOTIATION = 0x40000
_LEGACY_CIPHERS = "DEFAULT:AES256-SHA:AES128-SHA:DES-CBC3-SHA:@SECLEVEL=0"


def admit_legacy(context: ssl.SSLContext) -> None:
    """What AMT 11 and older speak: TLS 1.0, RSA key exchange, unsafe renegotiation."""
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= _LEGACY_SERVER_CONNECT | _UNSAFE_LEGACY_RENEGOTIATION
    context.set_ciphers(_LEGACY_CIPHERS)


def any_certificate() -> ssl.SSLContext:
    """For a look at whoever answers. It verifies nobody: nothing secret is sent, and a wrong peer only says something
    wrong about itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    admit_legacy(context)
    return context
