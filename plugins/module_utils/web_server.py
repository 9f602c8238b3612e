# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A firmware's web server as anybody meets it: how it names itself, and the TLS that old ones speak."""

from __future__ import annotations

import re
import ssl

SERVER = re.compile(
    rb"^server:[ \t]*(Intel\(R\) (?:Active Management Technology|Standard Manageability)[ \t]*([0-9.]*)[^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
"""The header of an answer: whole name, and version. A platform with a part of AMT's features has the second name (SKU
standard_manageability)."""
# The values are OpenSSL's; the ssl module of Python names them from 3.12 on, and one of them never.
_LEGACY_SERVER_CONNECT = 0x4
_UNSAFE_LEGACY_RENEGOTIATION = 0x40000
_LEGACY_CIPHERS = "DEFAULT:AES256-SHA:AES128-SHA:DES-CBC3-SHA:@SECLEVEL=0"


def admit_legacy(context: ssl.SSLContext) -> None:
    """What AMT 10 and older speak: TLS 1.0, RSA key exchange, unsafe renegotiation."""
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
