# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a record of the audit log says besides: the data of each event, in words (AMT.md 15.2; vendor's guide, pages of
the event groups).

Numbers of several octets are big-endian: so are versions in the recorded reply, and so MeshCentral reads them.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Callable

from ..cim.realms import NUMBERS as REALMS

Details = dict[str, Any]
TLS_MODES = {0: "off", 1: "server", 2: "mutual"}
CONSENT = {0: "none", 1: "kvm", 2: "all", 255: "all"}
WHO = {0: "digest", 1: "kerberos"}
CHANGED_OF_USER = {1: "name", 2: "password", 4: "local_realms", 8: "network_realms", 16: "domain", 32: "sid"}
UNDONE_BY = {0: "bios", 1: "mebx", 2: "mei", 3: "local_wsman", 4: "network_wsman"}
METHODS = {2: "remote", 3: "mebx", 5: "host_based_admin"}
REALM_MODES = {0: "no_log_in", 1: "log_in", 2: "disabled"}
RECOVERED = {0: "unknown", 1: "migration", 2: "initialization"}
LINK = {1: "engine", 2: "host"}


def details_of(application: int, event: int, data: bytes) -> Details:
    """Empty where nothing is known about it, or the data is not what it should be."""
    read = _READERS.get((application, event))
    if read is None or not data:
        return {}
    try:
        return read(data)
    except (IndexError, struct.error, ValueError, OverflowError):
        return {}


def _word(words: Mapping[int, str], number: int) -> Any:
    return words.get(number, number)


def _text(data: bytes) -> str:
    """A text with its length before it."""
    length = data[0]
    if len(data) < 1 + length:
        raise ValueError("it is cut off")
    return data[1 : 1 + length].decode("utf-8", errors="replace").rstrip("\0")


def _user(data: bytes) -> Details:
    who = _word(WHO, data[0])
    if data[0] == 0:
        return {"user": _text(data[1:])}
    return {"user_kind": who, "rid": struct.unpack_from(">I", data, 1)[0], "domain": data[6 : 6 + data[5]].hex()}


def _user_changed(data: bytes) -> Details:
    return {"changed": [word for bit, word in CHANGED_OF_USER.items() if data[0] & bit], **_user(data[1:])}


def _tls(data: bytes) -> Details:
    return {"network": _word(TLS_MODES, data[0]), "local": _word(TLS_MODES, data[1])}


def _versions(data: bytes) -> Details:
    old, new = struct.unpack_from(">4H4H", data)[:4], struct.unpack_from(">4H4H", data)[4:]
    return {"old": ".".join(map(str, old)), "new": ".".join(map(str, new))}


def _clock(data: bytes) -> Details:
    moment = datetime.fromtimestamp(struct.unpack_from(">I", data)[0], timezone.utc)
    return {"new": moment.isoformat(timespec="seconds")}


def _realm(data: bytes) -> Details:
    number = struct.unpack_from(">I", data)[0]
    realm = next((word for word, known in REALMS.items() if known == number), number)
    return {"realm": realm, "mode": _word(REALM_MODES, data[4])}


def _addresses(data: bytes) -> Details:
    handle, dhcp, *addresses = struct.unpack_from(">IB5I", data)
    told: Details = {"port": handle, "dhcp": bool(dhcp)}
    names = ("ip", "netmask", "gateway", "dns", "secondary_dns")
    return {
        **told,
        **({} if dhcp else {name: str(ipaddress.IPv4Address(each)) for name, each in zip(names, addresses)}),
    }


def _subscriber(data: bytes) -> Details:
    kind, rest = data[2], data[3:]
    address = ipaddress.ip_address(rest[:16] if kind == 1 else rest[:4])
    return {"policy": data[0], "address": str(address)}


def _completed(data: bytes) -> Details:
    return {"method": _word(METHODS, data[0])}


def _consent_policy(data: bytes) -> Details:
    return {"old": _word(CONSENT, data[0]), "new": _word(CONSENT, data[1])}


def _profile(data: bytes) -> Details:
    return {
        "ssid": data[:32].rstrip(b"\0").decode("utf-8", errors="replace"),
        "priority": data[32],
        "name": _text(data[33:]),
    }


def _one(name: str, words: Mapping[int, str]) -> Callable[[bytes], Details]:
    return lambda data: {name: _word(words, data[0])}


def _named(name: str) -> Callable[[bytes], Details]:
    return lambda data: {name: _text(data)}


def _serial(data: bytes) -> Details:
    return {"serial": data.hex()}


def _number(name: str, form: str, at: int = 0) -> Callable[[bytes], Details]:
    return lambda data: {name: struct.unpack_from(form, data, at)[0]}


_READERS: dict[tuple[int, int], Callable[[bytes], Details]] = {
    (16, 1): _completed,
    (16, 2): _user,
    (16, 3): _user_changed,
    (16, 4): _user,
    (16, 5): _one("where", {0: "amt", 1: "mebx"}),
    (16, 6): lambda data: {"enabled": bool(data[0]), **_user(data[1:])},
    (16, 7): _tls,
    (16, 8): _serial,
    (16, 9): _serial,
    (16, 10): _serial,
    (16, 11): _serial,
    (16, 13): _number("clock_tolerance", ">B"),
    (16, 16): _number("package", ">B"),
    (16, 17): _realm,
    (16, 19): _one("by", UNDONE_BY),
    (19, 0): _versions,
    (19, 1): lambda data: {"kind": data[0], "reason": data[1]},
    (20, 5): _one("reason", RECOVERED),
    (21, 0): _clock,
    (22, 0): _addresses,
    (22, 1): _named("new"),
    (22, 2): _named("new"),
    (22, 3): _number("new", ">H", 4),
    (22, 4): _number("new", ">I", 4),
    (24, 0): _subscriber,
    (24, 1): _subscriber,
    (24, 3): lambda data: {"frozen": bool(data[0])},
    (25, 1): _number("filter", ">I"),
    (25, 3): _number("policy", ">I"),
    (26, 0): lambda data: {"agent": data[:16].hex()},
    (26, 1): lambda data: {"agent": data[:16].hex()},
    (27, 0): _profile,
    (27, 1): _named("name"),
    (27, 2): _profile,
    (27, 4): lambda data: {"seconds": struct.unpack_from(">I", data)[0], "link": _word(LINK, data[7])},
    (30, 0): _consent_policy,
    (30, 1): _one("outcome", {0: "given", 1: "wrong_three_times"}),
}
