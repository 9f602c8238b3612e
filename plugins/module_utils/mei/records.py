# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Longer answers of AMTHI by their layouts: network, set-up, CIRA, state. AMT.md 12.2; lms, MEIClient/AMTHIClient."""

from __future__ import annotations

import struct
from typing import Any

from ..errors import ProtocolError
from .reader import Reader

ADDRESS = 46
"""Octets of an address that is sent as text (CFG_IP_ADDR)."""
MOST_ADDRESSES = 32
DHCP = {0: "none", 1: "disabled", 2: "enabled"}
ADDRESS_TYPES = {0: "link_local", 1: "router", 2: "dhcp", 3: "manual", 4: "unknown"}
ADDRESS_STATES = {
    0: "tentative",
    1: "preferred",
    2: "deprecated",
    3: "valid",
    4: "invalid",
    5: "collision",
    6: "unknown",
}
RESETS = {0: "none", 1: "me", 2: "global", 3: "exception"}
HASHES = {0: ("md5", 16), 1: ("sha1", 20), 2: ("sha256", 32), 3: ("sha384", 48)}
LINK_STATE = bytes(15) + b"\1"
"""Identity of the one state variable that is known (lms GetAMTStateCommand.h)."""


def ipv4(number: int) -> str | None:
    """The most significant byte is the first octet. None for an address that is not set."""
    return ".".join(str(octet) for octet in number.to_bytes(4, "big")) if number else None


def tcpip_parameters(reader: Reader) -> dict[str, Any]:
    dhcp = reader.u32()
    names = ("address", "mask", "gateway", "primary_dns", "secondary_dns")
    found: dict[str, Any] = {"dhcp": DHCP.get(dhcp, dhcp)}
    found.update({name: ipv4(reader.u32()) for name in names})
    found["domain"] = reader.ansi()
    return found


def mac_addresses(reader: Reader) -> dict[str, str]:
    """The engine's own, and the one of the host [1, mc]."""
    return {name: reader.octets(6).hex(":") for name in ("dedicated", "host")}


def config_server(reader: Reader) -> dict[str, Any]:
    return {"port": reader.u16(), "address": reader.padded(ADDRESS), "name": reader.ansi()}


def ipv6_status(reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {name: reader.padded(ADDRESS) for name in ("router", "primary_dns", "secondary_dns")}
    found["addresses"] = []
    for _address in range(reader.count(MOST_ADDRESSES)):
        address, kind, state = reader.padded(ADDRESS), reader.u32(), reader.u32()
        row = {"address": address, "type": ADDRESS_TYPES.get(kind, kind), "state": ADDRESS_STATES.get(state, state)}
        found["addresses"].append(row)
    return found


def setup_audit(reader: Reader) -> dict[str, Any]:
    """How AMT was set up. The kind of hash has four octets or one: sources do not agree, and the length decides.

    `hash` and `algorithm` are None where no certificate was needed."""
    octets = reader.rest()
    try:
        return _setup(Reader(octets, "AMTHI setup_audit"), 4)
    except ProtocolError:
        return _setup(Reader(octets, "AMTHI setup_audit"), 1)


def _setup(reader: Reader, size: int) -> dict[str, Any]:
    found: dict[str, Any] = {"tls_mode": reader.u8()}
    found.update({name: bool(reader.u8()) for name in ("secure_dns", "host_initiated")})
    number = int.from_bytes(reader.octets(size), "little")
    algorithm, length = HASHES.get(number, (str(number), 64))
    digest, serials = reader.octets(64), reader.octets(48)
    certified = any(digest)
    found.update({"algorithm": algorithm if certified else None, "hash": digest[:length].hex() if certified else None})
    found["serials"] = [serials[at : at + 16].hex() for at in (0, 16, 32) if any(serials[at : at + 16])]
    more, default, timed = (bool(reader.u8()) for _flag in range(3))
    found.update({"more_serials": more, "default_hash": default, "server_address": reader.padded(ADDRESS)})
    year, month, _weekday, day, hour, minute, second = (reader.u16() for _part in range(7))
    moment = "{0:04}-{1:02}-{2:02}T{3:02}:{4:02}:{5:02}Z".format(year, month, day, hour, minute, second)
    found.update({"time": moment if timed else None, "server_name": reader.ansi()})
    if reader.rest().strip(b"\0"):
        raise ProtocolError("the answer to AMTHI setup_audit is longer than its layout", sent=True)
    return found


def cira_log(reader: Reader) -> dict[str, Any]:
    """The summary at the front; what follows tells of single tunnels [1, rpc]. Times are Unix seconds, 0 is never."""
    found: dict[str, Any] = {"version": reader.u8(), "tunnel_open": bool(reader.u8()), "state": reader.u8()}
    reader.octets(3)
    found.update({"last_keep_alive": reader.u32(), "keep_alive_interval": reader.u32()})
    found.update({"connection_status": reader.u8(), "connection_time": reader.u32(), "tunnel_status": reader.u8()})
    found.update({"tunnel_opened": reader.u32(), "tunnel_closed": reader.u32()})
    return found


def amt_state(reader: Reader) -> dict[str, Any]:
    """Which variable it is comes back first, then the size of what is told about it."""
    reader.octets(16)
    size = reader.u32()
    link, _reserved, crypto, flash, reset = struct.unpack("<5B", Reader(reader.octets(size), "AMTHI state").octets(5))
    return {
        "link": bool(link),
        "crypto_fuse": bool(crypto),
        "flash_protection": bool(flash),
        "last_reset": RESETS.get(reset, reset),
    }
