# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What AMTHI tells: the state of the firmware, without credentials.

Layouts: rpc-go and Intel's LMS agree on most, MeshCentral's reader on many; the README tells where a width is assumed.
"""

from __future__ import annotations

import datetime
import ipaddress
import struct
import uuid
from typing import TYPE_CHECKING, Any, Callable

from .amthi_commands import (
    AMT_STATE,
    INVALID_HANDLE,
    INVALID_INDEX,
    INVALID_PARAMETER,
    Command,
    Function,
    Refused,
    address,
    number,
    numbers,
    padded,
    register,
    text,
)

if TYPE_CHECKING:
    from .engine import Engine

READS: list[Command] = []
WIRED, WIRELESS = 0, 1
DHCP_DISABLED, DHCP_ENABLED = 1, 2
DHCP_ACTIVE, DHCP_PASSIVE = 1, 2
BIOS_LENGTH, VERSION_LENGTH = 65, 20
ENTERPRISE = 1
REDIRECTION, DEFENSE, WEB, EAC, SCREEN = range(5)
LINK_STATES = (bytes(16), bytes(15) + b"\x01")
"""The state that is asked for: rpc-go's documents have all zeros, LMS sends a one at the end."""
NO_HASH = bytes(64)
SERIALS = bytes(48)


def reads(operation: int, name: str, *sizes: int, since: int = 0) -> Callable[[Function], Function]:
    return register(READS, operation, name, *sizes, since=since)


def ipv4(value: Any) -> int:
    """The first octet is the most significant one; nothing is 0."""
    return int(ipaddress.IPv4Address(value)) if value else 0


@reads(0x06, "GetTcpipParameters")
def tcpip_parameters(engine: Engine, _payload: bytes) -> bytes:
    port = engine.firmware.network.wired_port()
    mode = DHCP_ENABLED if port["DHCPEnabled"] else DHCP_DISABLED
    names = ("IPAddress", "SubnetMask", "DefaultGateway", "PrimaryDNS", "SecondaryDNS")
    addresses = [ipv4(port[name]) for name in names]
    return numbers(mode, *addresses) + text(engine.firmware.general.values["DomainName"])


@reads(0x08, "GetProvisioningMode")
def provisioning_mode(_engine: Engine, _payload: bytes) -> bytes:
    """The mode, and whether it is the legacy one."""
    return numbers(ENTERPRISE, 0)


@reads(0x11, "GetProvisioningState")
def provisioning_state(engine: Engine, _payload: bytes) -> bytes:
    return numbers(engine.firmware.setup.state)


def version_string(value: str) -> bytes:
    octets = value.encode("ascii")[:VERSION_LENGTH]
    return struct.pack("<H", len(octets)) + padded(octets, VERSION_LENGTH)


@reads(0x1A, "GetCodeVersions")
def code_versions(engine: Engine, _payload: bytes) -> bytes:
    versions = {name: value for name, value in engine.firmware.software.versions.items() if len(name) <= VERSION_LENGTH}
    listed = b"".join(version_string(name) + version_string(value) for name, value in versions.items())
    bios = engine.firmware.platform.bios[1].encode("ascii")
    return padded(bios, BIOS_LENGTH) + numbers(len(versions)) + listed


@reads(0x1B, "GetSecurityParameters")
def security_parameters(engine: Engine, _payload: bytes) -> bytes:
    firmware = engine.firmware
    values = (
        ENTERPRISE,
        firmware.tls.listens,
        1,
        firmware.setup.state,
        firmware.general.values["AMTNetworkEnabled"],
        firmware.redirection.sol_enabled,
        firmware.redirection.ider_enabled,
        1,
        firmware.network.wired_port()["LinkIsUp"],
        firmware.redirection.kvm_enabled,
    )
    return numbers(*values, *(0,) * 7)


@reads(0x25, "GetMacAddresses")
def mac_addresses(engine: Engine, _payload: bytes) -> bytes:
    """Of the engine, which shares the host's, and of the host."""
    own = bytes.fromhex(engine.firmware.network.mac.replace("-", ""))
    return own + own


@reads(0x2C, "EnumerateHashHandles")
def hash_handles(engine: Engine, _payload: bytes) -> bytes:
    handles = list(engine.firmware.hashes.entries)
    return numbers(len(handles), *handles)


@reads(0x2D, "GetCertificateHashEntry", 4)
def hash_entry(engine: Engine, payload: bytes) -> bytes:
    entry = engine.firmware.hashes.entries.get(number(payload))
    if entry is None:
        raise Refused(INVALID_HANDLE)
    flags = numbers(entry.is_default, entry.is_active)
    return flags + padded(entry.digest, 64) + bytes((entry.algorithm,)) + text(entry.name)


@reads(0x30, "GetZeroTouchEnabled")
def zero_touch(_engine: Engine, _payload: bytes) -> bytes:
    return numbers(1)


@reads(0x36, "GetPkiFqdnSuffix")
def pki_suffix(engine: Engine, _payload: bytes) -> bytes:
    return text(engine.firmware.setup.dns_suffix)


@reads(0x3E, "GetDnsSuffixList")
def suffix_list(engine: Engine, _payload: bytes) -> bytes:
    """The home domains of environment detection, each with NUL at its end, behind the length of all of them."""
    listed = b"".join(suffix.encode("latin-1", "replace") + b"\0" for suffix in engine.firmware.remote.suffixes)
    return struct.pack("<H", len(listed)) + listed


@reads(0x46, "GetRemoteAccessConnectionStatus")
def remote_access(_engine: Engine, _payload: bytes) -> bytes:
    """In its own network, no tunnel, none asked for, no server."""
    return numbers(0, 0, 0) + text("")


@reads(0x47, "GetCurrentPowerPolicy")
def power_policy(engine: Engine, _payload: bytes) -> bytes:
    asleep = engine.firmware.network.reachable_in_sleep
    return text("Desktop: ON in S0, ME Wake in S3, S4-5" if asleep else "Desktop: ON in S0")


@reads(0x48, "GetLanInterfaceSettings", 4)
def lan_interface(engine: Engine, payload: bytes) -> bytes:
    network = engine.firmware.network
    index = number(payload)
    if index == WIRED:
        port = network.wired_port()
    elif index == WIRELESS and network.has_wireless:
        port = network.wireless_port()
    else:
        raise Refused(INVALID_INDEX)
    shared = DHCP_PASSIVE if port.get("IpSyncEnabled", True) else DHCP_ACTIVE
    mac = bytes.fromhex(port["MACAddress"].replace("-", ""))
    shown = ipv4(port.get("IPAddress")) if port["LinkIsUp"] else 0
    return numbers(1, shown, port["DHCPEnabled"]) + bytes((shared, port["LinkIsUp"])) + mac


@reads(0x49, "GetFeaturesState", 4)
def features(engine: Engine, payload: bytes) -> bytes:
    firmware, feature = engine.firmware, number(payload)
    sessions = firmware.redirection.sessions
    if feature == REDIRECTION:
        return numbers(feature, "ider" in sessions, "sol" in sessions, 0)
    values = {
        DEFENSE: any(port.active is not None for port in firmware.defense.ports.values()),
        WEB: firmware.setup.is_set_up and firmware.web_ui.enabled,
        EAC: False,
        SCREEN: ("kvm" in sessions) | (firmware.consent.state in (1, 2)) << 1,
    }
    if feature not in values:
        raise Refused(INVALID_PARAMETER)
    return numbers(feature, values[feature])


@reads(0x4A, "GetLastHostResetReason")
def reset_reason(engine: Engine, _payload: bytes) -> bytes:
    """Whether remote control did it, and when it did so last."""
    remote = engine.firmware.power.boot_cause[0] == 1
    return numbers(0 if remote else 1, engine.firmware.power.last_remote_boot)


@reads(0x4D, "GetUserInitiatedEnabledInterfaces")
def user_interfaces(_engine: Engine, _payload: bytes) -> bytes:
    return numbers(0)


@reads(0x4E, "GetConfigServerData")
def config_server(engine: Engine, _payload: bytes) -> bytes:
    return struct.pack("<H", 9971) + address("") + text("")


@reads(0x50, "GetMeSetupAuditRecord")
def audit_record(engine: Engine, _payload: bytes) -> bytes:
    """How the device was set up with certificates; zeros where it was not."""
    record = engine.firmware.setup.record
    if record is None or not record.root_digest:
        head = struct.pack("<BBBI", 0, 0, 0, 0) + NO_HASH + SERIALS + bytes(3)
        return head + address("") + bytes(14) + text("")
    head = struct.pack("<BBBI", 1, 0, 1, record.root_algorithm) + padded(record.root_digest, 64)
    serials = padded(b"".join(padded(serial, 16) for serial in record.serials), 48)
    flags = bytes((len(record.serials) > 3, record.root_is_default, 1))
    return head + serials + flags + address("127.0.0.1") + moment(record.time) + text(record.common_name)


def moment(seconds: float) -> bytes:
    """Year, month, day of the week (Sunday 0), day, hour, minute, second in 16 bits each."""
    time = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    parts = (time.year, time.month, time.isoweekday() % 7, time.day, time.hour, time.minute, time.second)
    return struct.pack("<7H", *parts)


@reads(0x52, "GetIPv6LanInterfaceStatus", 4)
def ipv6_status(engine: Engine, payload: bytes) -> bytes:
    """Router, two name servers, number of addresses: IPv6 is off."""
    if number(payload) not in (WIRED, WIRELESS):
        raise Refused(INVALID_INDEX)
    return address("") * 3 + numbers(0)


@reads(0x56, "GetFqdn")
def fqdn(engine: Engine, _payload: bytes) -> bytes:
    values = engine.firmware.general.values
    host, domain = values["HostName"], values["DomainName"]
    shown = "{0}.{1}".format(host, domain) if domain else host
    shared, updates = values["SharedFQDN"], values["DDNSUpdateEnabled"]
    timing = (values["DDNSPeriodicUpdateInterval"], values["DDNSTTL"])
    return numbers(shared, updates, *timing, len(host)) + text(shown)


@reads(0x58, "GetRedirectionState")
def redirection(engine: Engine, _payload: bytes) -> bytes:
    state = engine.firmware.redirection
    return numbers(state.sol_enabled | state.ider_enabled << 1 | state.kvm_enabled << 2)


@reads(0x5C, "GetUuid")
def device_uuid(engine: Engine, _payload: bytes) -> bytes:
    return uuid.UUID(engine.firmware.settings.uuid).bytes_le


@reads(0x6B, "GetControlMode")
def control_mode(engine: Engine, _payload: bytes) -> bytes:
    return numbers(engine.firmware.setup.mode_number)


@reads(0x84, "GetEhbcState")
def ehbc(_engine: Engine, _payload: bytes) -> bytes:
    return numbers(0)


CIRA_SUMMARY, CIRA_TUNNEL, CIRA_FAILURE = "<BB3xIIBIBII", "<BIB3x256sB256sBB3xIIIBBB3x", 2208
"""Layouts by rpc-go. Nothing was logged: no tunnel was ever open."""


@reads(0x8E, "GetCiraLog", 1, since=16)
def cira_log(_engine: Engine, payload: bytes) -> bytes:
    return payload + bytes(struct.calcsize(CIRA_SUMMARY) + struct.calcsize(CIRA_TUNNEL) + CIRA_FAILURE)


@reads(AMT_STATE, "GetAmtState", 16)
def amt_state(engine: Engine, payload: bytes) -> bytes:
    if payload not in LINK_STATES:
        raise Refused(INVALID_PARAMETER)
    link = engine.firmware.network.wired_port()["LinkIsUp"]
    return payload + numbers(5) + bytes((link, 0, 1, 1, engine.last_reset))
