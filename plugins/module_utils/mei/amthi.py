# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What AMT tells its own machine, over the client AMTHI, without credentials: a table of commands (AMT.md 12.2)."""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ..cim.returns import PT_STATUS
from ..errors import ProtocolError, Refused
from . import records
from .reader import Reader, text

HEADER = struct.Struct("<BBHII")
VERSION = (1, 1)
COMMAND = 0x04000000
RESPONSE = 0x00800000
MOST_VERSIONS = 50
MOST_HASHES = 33

PROVISIONING_STATES = {0: "pre", 1: "in", 2: "post"}
CONTROL_MODES = {0: "none", 1: "client", 2: "admin"}
HASH_ALGORITHMS = {0: "md5", 1: "sha1", 2: "sha256", 3: "sha384", 4: "sha224", 5: "sha512"}
HASH_SIZES = {"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
NETWORKS = {0: "direct", 1: "vpn", 2: "outside"}
TRIGGERS = {0: "user", 1: "alert", 2: "provisioning", 3: "periodic"}
DHCP_MODES = {1: "active", 2: "passive"}
SECURITY = (
    "enterprise_mode",
    "tls",
    "hardware_crypto",
    "provisioning_state",
    "network",
    "sol",
    "ider",
    "firmware_update",
    "link",
    "kvm",
)
SECURITY_WORDS = 17
ANSI = "ansi"
"""The layout of an argument that is one ANSI string."""


@dataclass(frozen=True)
class Command:
    """`read` makes values of what follows the status; `payload` is the layout of the arguments, if there are any.
    `writes`: it changes something, and is never asked twice."""

    name: str
    op: int
    read: Callable[[Reader], Any]
    payload: str = ""
    writes: bool = False

    @property
    def code(self) -> int:
        """`op` with the bit that most commands have; one of another kind is given whole."""
        return self.op if self.op > 0xFFFF else COMMAND | self.op


def word(table: Mapping[int, str]) -> Callable[[Reader], Any]:
    """A number by its name, by itself when it has none."""

    def read(reader: Reader) -> Any:
        number = reader.u32()
        return table.get(number, number)

    return read


def flag(reader: Reader) -> bool:
    """Four bytes or one: sources do not agree on the width."""
    return any(reader.rest() or reader.octets(1))


def code_versions(reader: Reader) -> dict[str, Any]:
    bios = reader.padded(65)
    versions = {}
    for _row in range(reader.count(MOST_VERSIONS)):
        name, value = (_sized(reader) for _column in range(2))
        versions[name] = value
    return {"bios": bios, "versions": versions}


def _sized(reader: Reader) -> str:
    """A length, and a field of 20 bytes of which so many count."""
    size = reader.u16()
    return text(reader.octets(20)[:size].partition(b"\0")[0])


def security_parameters(reader: Reader) -> dict[str, Any]:
    values = [reader.u32() for _word in range(SECURITY_WORDS)]
    found: dict[str, Any] = {name: bool(value) for name, value in zip(SECURITY, values)}
    state = values[SECURITY.index("provisioning_state")]
    found["provisioning_state"] = PROVISIONING_STATES.get(state, state)
    return found


def hash_handles(reader: Reader) -> list[int]:
    return [reader.u32() for _handle in range(reader.count(MOST_HASHES))]


def hash_entry(reader: Reader) -> dict[str, Any]:
    default, active, octets, number = reader.u32(), reader.u32(), reader.octets(64), reader.u8()
    algorithm = HASH_ALGORITHMS.get(number, str(number))
    return {
        "name": reader.ansi(),
        "algorithm": algorithm,
        "hash": octets[: HASH_SIZES.get(algorithm, 64)].hex(),
        "default": bool(default),
        "active": bool(active),
    }


def dns_suffixes(reader: Reader) -> list[str]:
    """The length has 16 bits; no recorded answer shows it."""
    return [text(suffix) for suffix in reader.octets(reader.u16()).split(b"\0") if suffix]


def ansi(reader: Reader) -> str:
    return reader.ansi()


def remote_access(reader: Reader) -> dict[str, Any]:
    network, status, trigger = reader.u32(), reader.u32(), reader.u32()
    return {
        "network": NETWORKS.get(network, network),
        "status": status,
        "trigger": TRIGGERS.get(trigger, trigger),
        "server": reader.ansi(),
    }


def lan_interface(reader: Reader) -> dict[str, Any]:
    enabled, address, dhcp = reader.u32(), reader.u32(), reader.u32()
    mode, link, mac = reader.u8(), reader.u8(), reader.octets(6)
    return {
        "enabled": bool(enabled),
        "ipv4": ".".join(str(octet) for octet in address.to_bytes(4, "big")),
        "dhcp": bool(dhcp),
        "dhcp_mode": DHCP_MODES.get(mode, mode),
        "link": bool(link),
        "mac": mac.hex(":"),
    }


def features(reader: Reader) -> bytes:
    """The identifier comes back first; what follows is one's own for each."""
    reader.u32()
    return reader.rest()


def reset_reason(reader: Reader) -> dict[str, int]:
    return {"reason": reader.u32(), "remote_control_time": reader.u32()}


def fqdn(reader: Reader) -> dict[str, Any]:
    """Before the name, an ANSI string, is the length of its first part. Some sources know of no length in 16 bits."""
    shared, dynamic, interval, ttl = (reader.u32() for _word in range(4))
    size = reader.u32()
    octets = reader.rest()
    if octets.startswith(struct.pack("<H", len(octets) - 2 & 0xFFFF)):
        octets, size = octets[2:], len(octets) - 2
    return {
        "name": text(Reader(octets, "AMTHI fqdn").octets(size).rstrip(b"\0")),
        "shared": bool(shared),
        "dynamic_dns": bool(dynamic),
        "update_interval": interval,
        "ttl": ttl,
    }


def redirection(reader: Reader) -> dict[str, bool]:
    bits = reader.u32()
    return {name: bool(bits >> bit & 1) for bit, name in enumerate(("sol", "ider", "kvm"))}


def platform_uuid(reader: Reader) -> str:
    """The first three fields are little-endian, as in SMBIOS."""
    return str(uuid.UUID(bytes_le=reader.octets(16)))


def account(reader: Reader) -> dict[str, str]:
    """Of the local system account, good for WS-Man on this machine only: name and password, 33 bytes each."""
    return {"user": reader.padded(33), "password": reader.padded(33)}


def tls_certificate(reader: Reader) -> dict[str, str]:
    """By which the firmware will show itself in TLS: algorithm, and hash in hexadecimal digits.

    64 bytes are there for the hash; firmware that fills them with digits instead of octets is understood (rpc-go).
    """
    algorithm = HASH_ALGORITHMS.get(reader.u8(), "unknown")
    size, octets = HASH_SIZES.get(algorithm, 64), reader.octets(64)
    digits = octets[: size * 2].decode("ascii", "replace").lower()
    is_text = re.fullmatch("[0-9a-f]{%d}" % (size * 2), digits) is not None
    return {"algorithm": algorithm, "hash": digits if is_text else octets[:size].hex()}


def nothing(reader: Reader) -> None:
    reader.rest()


COMMANDS = (
    Command("tcpip_parameters", 0x06, records.tcpip_parameters),
    Command("unprovision", 0x10, nothing, "<I", writes=True),
    Command("provisioning_state", 0x11, word(PROVISIONING_STATES)),
    Command("code_versions", 0x1A, code_versions),
    Command("security_parameters", 0x1B, security_parameters),
    Command("mac_addresses", 0x25, records.mac_addresses),
    Command("certificate_hash_handles", 0x2C, hash_handles),
    Command("certificate_hash", 0x2D, hash_entry, "<I"),
    Command("set_dns_suffix", 0x2F, nothing, ANSI, writes=True),
    Command("zero_touch", 0x30, flag),
    Command("pki_dns_suffix", 0x36, ansi),
    Command("dns_suffixes", 0x3E, dns_suffixes),
    Command("remote_access", 0x46, remote_access),
    Command("power_policy", 0x47, ansi),
    Command("lan_interface", 0x48, lan_interface, "<I"),
    Command("features", 0x49, features, "<I"),
    Command("reset_reason", 0x4A, reset_reason),
    Command("config_server", 0x4E, records.config_server),
    Command("setup_audit", 0x50, records.setup_audit),
    Command("ipv6_status", 0x52, records.ipv6_status, "<I"),
    Command("fqdn", 0x56, fqdn),
    Command("redirection", 0x58, redirection),
    Command("uuid", 0x5C, platform_uuid),
    Command("stop_configuration", 0x5E, nothing, writes=True),
    Command("local_system_account", 0x67, account, "<40x"),
    Command("control_mode", 0x6B, word(CONTROL_MODES)),
    Command("embedded_host_setup", 0x84, flag),
    Command("start_secure_setup", 0x8B, tls_certificate, "<B64sBI320x", writes=True),
    Command("cira_log", 0x8E, records.cira_log, "<B"),
    Command("state", 0x01000001, records.amt_state, "<16s"),
)
BY_NAME = {command.name: command for command in COMMANDS}


def ansi_string(value: str) -> bytes:
    octets = value.encode("ascii")
    return struct.pack("<H", len(octets)) + octets


def request(name: str, *arguments: Any) -> bytes:
    """`start_secure_setup`: number of the hash algorithm, hash of the certificate that the host will show, 1 for a host
    on a VPN, length of a list of DNS suffixes, which is always empty here. By rpc-go; sources differ on the widths."""
    command = BY_NAME[name]
    if command.payload == ANSI:
        payload = ansi_string(*arguments)
    else:
        payload = struct.pack(command.payload, *arguments) if command.payload else b""
    return HEADER.pack(*VERSION, 0, command.code, len(payload)) + payload


def read_response(name: str, answer: bytes) -> Any:
    """Raises Refused for a status other than success, ProtocolError for what is no answer to this command."""
    command = BY_NAME[name]
    reader = Reader(answer, "AMTHI " + name)
    _major, _minor, _reserved, code, size = HEADER.unpack(reader.octets(HEADER.size))
    if code != RESPONSE | command.code:
        raise ProtocolError("AMTHI answered {0} with the command {1:#x}".format(name, code), sent=True)
    if size != len(answer) - HEADER.size:
        message = "the answer to AMTHI {0} speaks of {1} bytes and has {2}"
        raise ProtocolError(message.format(name, size, len(answer) - HEADER.size), sent=True)
    status = reader.u32()
    if status:
        raise Refused("AMTHI " + name, "PT_STATUS", status, PT_STATUS.get(status, "status {0:#x}".format(status)))
    return command.read(reader)
