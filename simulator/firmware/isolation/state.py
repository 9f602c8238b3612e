# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""System Defense itself: its objects, its ports, and the way in for packets."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any, Union

from ...packets import Packet, parse
from ...values import Epr, Fault, Instance
from .. import refusals
from ..domain import Domain, instances, service
from ..network.network import NO_MAC
from ..selection import reference_to, refers_to
from . import limits
from .port import WIRED, WIRELESS, Port, Verdict
from .rows import RECEIVE, TRANSMIT, Filter, Policy

DIRECTIONS = {"transmit": TRANSMIT, "receive": RECEIVE}
INTERFACES = {WIRED: 0xAA, WIRELESS: 1}
"""How an event names the port: 0xAA is seen for the wired one, 1 for the wireless one is an assumption."""
FILTER_MATCHED, ME_SOURCE, ENTITY_ME, NON_CRITICAL = 36, 0x68, 38, 8
NOT_PERMITTED, MAX_LIMIT_REACHED = 0x10, 0x17
PORT_NAME = "Intel(r) AMT Ethernet Port {0}"


class Defense(Domain):
    """`filters` and `policies` by handle, `ports` by number (0 wired, 1 wireless); a handle is never given again."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.limits = firmware.settings.defense
        self.filters: dict[int, Filter] = {}
        self.policies: dict[int, Policy] = {}
        self.handles = 0
        present = [WIRED] + ([WIRELESS] if firmware.network.has_wireless else [])
        self.ports = {number: self.make_port(number) for number in present}

    def make_port(self, number: int) -> Port:
        addresses = {ipaddress.ip_address(self.firmware.settings.address).packed} if number == WIRED else set()
        return Port(number, addresses, lambda handle: self.report(number, handle))

    def next_handle(self) -> int:
        self.handles += 1
        return self.handles

    def check_available(self) -> None:
        """The feature may be missing altogether."""
        if not limits.switch(self.limits, limits.SUPPORTED):
            raise refusals.unreachable()

    @property
    def usable(self) -> bool:
        """In client control mode System Defense has no instances and takes none [vendor's guide]."""
        self.check_available()
        return self.firmware.setup.mode == "admin"

    def check_usable(self) -> None:
        if not self.usable:
            raise refusals.access_denied()

    def check_unique(self, name: str, rows: Iterable[Union[Filter, Policy]]) -> None:
        """Whether firmware minds a name that is taken is not known; with `unique_names` it does."""
        if limits.switch(self.limits, limits.UNIQUE_NAMES) and any(row.name == name for row in rows):
            raise refusals.already_exists()

    def limits_of(self, port: Port) -> dict[str, Any]:
        return limits.of_port(self.limits, port.number == WIRELESS)

    def has_room(self, port: Port, policy: Policy) -> bool:
        return limits.fits(policy, self.limits_of(port))

    def settle(self) -> None:
        for port in self.ports.values():
            port.settle(self.firmware.clock.now())

    def on_boot(self, device: dict[str, Any]) -> None:
        """After a power-down every filter may report again."""
        for port in self.ports.values():
            port.rearm()

    def report(self, port: int, handle: int) -> None:
        data = bytes((INTERFACES[port],)) + handle.to_bytes(4, "big")
        self.firmware.events.report(FILTER_MATCHED, 0, NON_CRITICAL, ME_SOURCE, ENTITY_ME, data)

    def filter_packet(self, port: int, direction: str, frame: Union[bytes, Packet]) -> Verdict:
        """What happens to a frame between host and network: `direction` is transmit (from the host) or receive.

        AMT's own traffic does not come this way. Raises KeyError for a port that the device does not have.
        """
        self.firmware.settle()
        packet = parse(frame) if isinstance(frame, (bytes, bytearray)) else frame
        return self.ports[port].judge(packet, DIRECTIONS[direction], self.firmware.clock.now())

    def port_of(self, reference: Any) -> Port:
        """The port that a reference means; LookupError without one."""
        for instance, number in zip(self.ethernet_ports(), self.ports):
            if isinstance(reference, Epr) and refers_to(reference, "CIM_EthernetPort", instance):
                return self.ports[number]
        raise LookupError("no such port")

    def policy_of(self, reference: Any) -> Policy:
        """The policy that a reference means; LookupError without one."""
        for policy in self.policies.values():
            keys: Instance = {"InstanceID": str(policy.handle)}
            if isinstance(reference, Epr) and refers_to(reference, "AMT_SystemDefensePolicy", keys):
                return policy
        raise LookupError("no such policy")

    def port_reference(self, port: Port) -> Epr:
        return reference_to("CIM_EthernetPort", self.ethernet_ports()[list(self.ports).index(port.number)])

    @instances("CIM_EthernetPort")
    def ethernet_ports(self) -> list[Instance]:
        """The wired port as the network domain has it, and the wireless one, which is an Ethernet port by name."""
        network = self.firmware.network
        rows = network.ethernet_ports()
        if WIRELESS in self.ports and network.wireless_mac != NO_MAC:
            address = network.wireless_mac.replace("-", "")
            own = {"Description": "WLAN0", "DeviceID": PORT_NAME.format(WIRELESS), "NetworkAddresses": [address]}
            rows.append({**rows[0], **own})
        return rows

    @instances("AMT_GeneralSystemDefenseCapabilities")
    def general_capabilities(self) -> list[Instance]:
        name = "Intel(r) AMT General System Defense Capabilities"
        row = {"ElementName": name, "InstanceID": name, **limits.general(self.limits)}
        return [row] if self.usable else []

    @instances("AMT_NetworkPortSystemDefenseCapabilities")
    def port_capabilities(self) -> list[Instance]:
        ports = self.ports.values() if self.usable else ()
        return [limits.capabilities(port.number, self.limits_of(port)) for port in ports]

    @instances("AMT_SystemDefenseService")
    def services(self) -> list[Instance]:
        keys = service("AMT_SystemDefenseService", "Intel(r) AMT System Defense Service")
        return [{**keys, "EnabledState": 5, "RequestedState": 12}] if self.usable else []


def in_use() -> Fault:
    """What is to be deleted is still referred to. Which number says so is not known."""
    return refusals.amt_status(NOT_PERMITTED)


def limit_reached() -> Fault:
    """There is no room."""
    return refusals.amt_status(MAX_LIMIT_REACHED)
