# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of AMTHI and MKHI in bytes, written by hand from the layouts of AMT.md 12.2 and 12.4."""

from __future__ import annotations

HASH = bytes(range(1, 33))
UUID_WIRE = "33221100 5544 7766 8899aabbccddeeff"
UUID_TEXT = "00112233-4455-6677-8899-aabbccddeeff"


def octets(*parts):
    return b"".join(bytes.fromhex(part) if isinstance(part, str) else part for part in parts)


def amthi(op, *parts):
    """A response with the status SUCCESS."""
    data = octets(*parts)
    return octets("0101 0000", bytes((op,)), "008004", bytes((len(data) + 4, 0, 0, 0)), "00000000", data)


def sized(text):
    return bytes((len(text), 0)) + text.ljust(20, b"\0")


def ansi(text):
    return bytes((len(text), 0)) + text


def address(text):
    return text.ljust(46, b"\0")


LINK = "00000000000000000000000000000001"
LOCAL = "00000000 01000000"
SETUP = octets(
    HASH,
    bytes(32),
    bytes(range(1, 17)),
    bytes(32),
    "00 01 01",
    address(b"10.0.0.9"),
    "ea07 0b00 0600 1500 1000 0500 0900",
    ansi(b"setup.example"),
)
VERSIONS = ((b"AMT", b"16.1.25"), (b"Sku", b"16392"), (b"Build Number", b"2124"))
CODE_VERSIONS = octets(
    "01010000 1a008004 cd000000 00000000",
    b"BIOS 1.2".ljust(65, b"\0"),
    "03000000",
    *(sized(part) for row in VERSIONS for part in row),
)

AMTHI = {
    "unprovision": (amthi(0x10, "00000000"), None),
    "set_dns_suffix": (amthi(0x2F), None),
    "stop_configuration": (amthi(0x5E), None),
    "local_system_account": (
        amthi(0x67, b"$$OsAdmin".ljust(33, b"\0"), b"r4nd0m".ljust(33, b"\0"), "0000"),
        {"user": "$$OsAdmin", "password": "r4nd0m"},
    ),
    "start_secure_setup": (amthi(0x8B, "02", HASH.ljust(64, b"\0")), {"algorithm": "sha256", "hash": HASH.hex()}),
    "provisioning_state": (amthi(0x11, "02000000"), "post"),
    "code_versions": (
        CODE_VERSIONS,
        {"bios": "BIOS 1.2", "versions": {"AMT": "16.1.25", "Sku": "16392", "Build Number": "2124"}},
    ),
    "security_parameters": (
        amthi(0x1B, "01000000", "01000000", "00000000", "02000000", "01000000" * 3, "00000000" * 10),
        {
            "enterprise_mode": True,
            "tls": True,
            "hardware_crypto": False,
            "provisioning_state": "post",
            "network": True,
            "sol": True,
            "ider": True,
            "firmware_update": False,
            "link": False,
            "kvm": False,
        },
    ),
    "certificate_hash_handles": (amthi(0x2C, "02000000 01000000 07000000"), [1, 7]),
    "certificate_hash": (
        amthi(0x2D, "01000000 01000000", HASH, bytes(32), "02", ansi(b"Example Root")),
        {"name": "Example Root", "algorithm": "sha256", "hash": HASH.hex(), "default": True, "active": True},
    ),
    "zero_touch": (amthi(0x30, "01000000"), True),
    "pki_dns_suffix": (amthi(0x36, ansi(b"corp.example")), "corp.example"),
    "dns_suffixes": (amthi(0x3E, "0a00", b"a.test\0b.t\0"[:10]), ["a.test", "b.t"]),
    "remote_access": (
        amthi(0x46, "02000000 01000000 03000000", ansi(b"mps.example")),
        {"network": "outside", "status": 1, "trigger": "periodic", "server": "mps.example"},
    ),
    "power_policy": (amthi(0x47, ansi(b"ON in S0")), "ON in S0"),
    "lan_interface": (
        amthi(0x48, "01000000 0702000a 01000000 01 01 021122334455"),
        {
            "enabled": True,
            "ipv4": "10.0.2.7",
            "dhcp": True,
            "dhcp_mode": "active",
            "link": True,
            "mac": "02:11:22:33:44:55",
        },
    ),
    "features": (amthi(0x49, "04000000 03000000"), b"\x03\0\0\0"),
    "reset_reason": (amthi(0x4A, "01000000 00f15365"), {"reason": 1, "remote_control_time": 1700000000}),
    "fqdn": (
        amthi(0x56, "01000000 00000000 a0050000 84030000 0a000000", b"pc.example"),
        {"name": "pc.example", "shared": True, "dynamic_dns": False, "update_interval": 1440, "ttl": 900},
    ),
    "redirection": (amthi(0x58, "05000000"), {"sol": True, "ider": False, "kvm": True}),
    "uuid": (amthi(0x5C, UUID_WIRE), UUID_TEXT),
    "control_mode": (amthi(0x6B, "02000000"), "admin"),
    "embedded_host_setup": (amthi(0x84, "00000000"), False),
    "tcpip_parameters": (
        amthi(0x06, "01000000 0702000a 00ffffff 0102000a 35002a0a 00000000", ansi(b"corp.example")),
        {
            "dhcp": "disabled",
            "address": "10.0.2.7",
            "mask": "255.255.255.0",
            "gateway": "10.0.2.1",
            "primary_dns": "10.42.0.53",
            "secondary_dns": None,
            "domain": "corp.example",
        },
    ),
    "mac_addresses": (
        amthi(0x25, "021122334455", "02aabbccddee"),
        {"dedicated": "02:11:22:33:44:55", "host": "02:aa:bb:cc:dd:ee"},
    ),
    "config_server": (
        amthi(0x4E, "f325", address(b"10.0.0.9"), ansi(b"setup.example")),
        {"port": 9715, "address": "10.0.0.9", "name": "setup.example"},
    ),
    "setup_audit": (
        amthi(0x50, "01 01 00 02000000", SETUP),
        {
            "tls_mode": 1,
            "secure_dns": True,
            "host_initiated": False,
            "algorithm": "sha256",
            "hash": HASH.hex(),
            "serials": ["0102030405060708090a0b0c0d0e0f10"],
            "more_serials": False,
            "default_hash": True,
            "server_address": "10.0.0.9",
            "time": "2026-11-21T16:05:09Z",
            "server_name": "setup.example",
        },
    ),
    "ipv6_status": (
        amthi(
            0x52, address(b"fe80::1"), address(b"2001:db8::53"), address(b""), "01000000", address(b"fe80::7"), LOCAL
        ),
        {
            "router": "fe80::1",
            "primary_dns": "2001:db8::53",
            "secondary_dns": "",
            "addresses": [{"address": "fe80::7", "type": "link_local", "state": "preferred"}],
        },
    ),
    "cira_log": (
        amthi(0x8E, "01 01 02 000000 00f15365 1e000000 03 01f15365 04 02f15365 00000000"),
        {
            "version": 1,
            "tunnel_open": True,
            "state": 2,
            "last_keep_alive": 1700000000,
            "keep_alive_interval": 30,
            "connection_status": 3,
            "connection_time": 1700000001,
            "tunnel_status": 4,
            "tunnel_opened": 1700000002,
            "tunnel_closed": 0,
        },
    ),
    "state": (
        octets("01010000 01008001 1d000000 00000000", LINK, "05000000", "01 00 01 00 02"),
        {"link": True, "crypto_fuse": True, "flash_protection": False, "last_reset": "global"},
    ),
}
REFUSED = octets("01010000 56008004 04000000 10000000")

MKHI_VERSION = octets("ff820000", "0100 10 00 4c08 1900" * 3)
MKHI_FEATURES = octets("03820000 20000000 04 04002400")
MKHI_REFUSED = octets("03820001")
