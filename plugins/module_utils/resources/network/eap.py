# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How a device proves itself by 802.1X, on the wire and without (AMT.md 5.6): one table says what each method takes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...cim.network import EAP_METHODS, LONGEST_8021X, LONGEST_PAC, SERVER_NAME_MATCH
from ...errors import InvalidOption
from ...option import Option
from ...resource import Values

SECRETS = ("password", "psk", "pac", "pac_password")
CERTIFICATES = ("client_certificate", "root_certificate")

OPTIONS = (
    Option("method", choices=tuple(EAP_METHODS), wire="AuthenticationProtocol"),
    Option("username", wire="Username"),
    Option("password", secret=True, wire="Password"),
    Option("domain", wire="Domain"),
    Option("roaming_identity", wire="RoamingIdentity"),
    Option("server_name", wire="ServerCertificateName"),
    Option("server_name_match", choices=tuple(SERVER_NAME_MATCH), wire="ServerCertificateNameComparison"),
    Option("psk", secret=True, wire="PSK"),
    Option("pac", secret=True, wire="ProtectedAccessCredential"),
    Option("pac_password", secret=True, wire="PACPassword"),
    Option("client_certificate"),
    Option("root_certificate"),
)
READABLE = tuple(row for row in OPTIONS if not row.secret and row.wire)
IN_BASE64 = ("psk", "pac")


@dataclass(frozen=True)
class Takes:
    """What a method must be told, and what it may (Intel's MOF, CIM_IEEE8021xSettings)."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


SERVER = ("server_name", "server_name_match", "root_certificate")
TUNNELLED = Takes(("username", "password"), ("domain", "roaming_identity", *SERVER))
FAST = Takes(("username", "password"), (*TUNNELLED.may, "pac", "pac_password"))
SHARED_KEY = Takes(("username", "psk"), ("domain", "roaming_identity"))
METHODS: Mapping[str, Takes] = {
    "tls": Takes(("username", "client_certificate"), SERVER),
    "ttls_mschapv2": TUNNELLED,
    "peap_mschapv2": TUNNELLED,
    "peap_gtc": TUNNELLED,
    "fast_mschapv2": FAST,
    "fast_gtc": FAST,
    "md5": Takes(("username", "password"), ("domain",)),
    "psk": SHARED_KEY,
    "sim": SHARED_KEY,
    "aka": SHARED_KEY,
    "fast_tls": Takes((*FAST.needs, "client_certificate"), FAST.may),
}


def check(where: str, given: Values, complete: bool) -> None:
    """InvalidOption for what does not go together. `complete`: nothing of it is on the device already."""
    method = given.get("method")
    for name in IN_BASE64:
        _check_base64(where + name, given.get(name), LONGEST_PAC if name == "pac" else None)
    for row in OPTIONS:
        _check_length(where + row.name, row, given.get(row.name))
    if method is None:
        if complete:
            raise InvalidOption(where + "method", method, "say how the device proves itself: " + ", ".join(METHODS))
        return
    takes = METHODS[method]
    for name in (row.name for row in OPTIONS[1:]):
        if given.get(name) is not None and name not in takes.needs + takes.may:
            shown = "the one that is given" if name in SECRETS else given[name]
            raise InvalidOption(where + name, shown, "method {0} takes none; leave it out".format(method))
    missing = [name for name in takes.needs if complete and given.get(name) is None]
    if missing:
        raise InvalidOption(where + "method", method, "it needs {0} too".format(", ".join(missing)))
    if given.get("server_name") is None and given.get("server_name_match") is not None:
        raise InvalidOption(where + "server_name_match", given["server_name_match"], "it goes with server_name")


def told(settings: Mapping[str, Any]) -> Values:
    """As the options have it, without secrets and certificates. Where no name of a server is given, no match is."""
    found = {row.name: settings.get(row.wire) or None for row in READABLE if row.name != "method"}
    match = found["server_name_match"] if found["server_name"] else None
    return {**found, "method": settings.get("AuthenticationProtocol"), "server_name_match": match}


def merged(present: Values | None, given: Values) -> Values:
    """What is to be, of what is there and what is asked for; an empty text is none. What the method does not take is
    dropped."""
    asked = {name: value or None for name, value in given.items() if value is not None}
    whole = {**dict.fromkeys(row.name for row in OPTIONS if not row.secret), **(present or {}), **asked}
    if whole["method"] in METHODS:
        takes = METHODS[str(whole["method"])]
        allowed = (*takes.needs, *takes.may, "method")
        whole = {name: value if name in allowed else None for name, value in whole.items()}
    if whole["server_name"] and not whole["server_name_match"]:
        whole["server_name_match"] = "full"
    return {name: value for name, value in whole.items() if name not in SECRETS}


def secrets(given: Values) -> Values:
    return {name: given[name] for name in SECRETS if given.get(name) is not None}


def check_secrets(where: str, planned: Values, given: Values) -> None:
    """The secrets that a method needs are not readable, so whatever is written needs them again. InvalidOption."""
    method = planned["method"]
    needs = METHODS[method].needs if method in METHODS else ()
    for name in needs:
        if not planned.get(name) and not given.get(name):
            way_out = "method {0} needs it; what the device has of it cannot be read and sent again".format(method)
            raise InvalidOption(
                where + name, None, way_out if name in SECRETS else "method {0} needs it".format(method)
            )


def properties(planned: Values, given: Values) -> Values:
    """What is sent, under the names of the wire."""
    values = {**planned, **secrets(given)}
    wire = {row.wire: values.get(row.name) for row in OPTIONS if row.wire}
    return {name: value for name, value in wire.items() if value is not None}


def _check_length(option: str, row: Option, value: str | None) -> None:
    longest = LONGEST_8021X.get(str(row.wire))
    if value is not None and longest is not None and len(value) > longest:
        shown = "the one that is given" if row.secret else value
        raise InvalidOption(option, shown, "AMT takes up to {0} characters".format(longest))


def _check_base64(option: str, value: str | None, longest: int | None) -> None:
    if value is None:
        return
    try:
        octets = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidOption(option, "the one that is given", "it has to be in base64") from None
    if longest is not None and len(octets) > longest:
        raise InvalidOption(option, "the one that is given", "AMT takes up to {0} octets".format(longest))
