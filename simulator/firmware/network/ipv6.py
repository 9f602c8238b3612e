# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""IPv6 of the wired interface: its settings, and the association that puts them in force."""

from __future__ import annotations

import ipaddress
from typing import Any

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, instances, put

NAME = "Intel(r) IPS IPv6 Settings 0"
PORT = "Intel(r) AMT Ethernet Port 0"
ADDRESSES = ("DefaultRouter", "IPv6Address", "PrimaryDNS", "SecondaryDNS")
NONE = "::"
MAC_BASED, MANUAL = 1, 2
IS_CURRENT, IS_NOT = 1, 2
LINK_LOCAL, BY_HAND = 0, 3
PREFERRED = 1
INVALID_IP_ADDRESS, INVALID_PARAMETER = 0x1B, 0x24


class Ipv6(Domain):
    """`values` is what a Put may change, `enabled` what the association says."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.enabled = False
        self.values: dict[str, Any] = {
            **dict.fromkeys(ADDRESSES, NONE),
            "InterfaceIDType": 0,
            "ManualInterfaceID": "0" * 16,
        }

    @instances("IPS_IPv6PortSettings")
    def settings(self) -> list[Instance]:
        in_force = self.values if self.enabled else dict.fromkeys(ADDRESSES, NONE)
        current = {"Current" + name: in_force[name] for name in ADDRESSES if name != "IPv6Address"}
        addresses = self.addresses() or None
        return [{**self.values, **current, "CurrentAddressInfo": addresses, "ElementName": NAME, "InstanceID": NAME}]

    def addresses(self) -> list[str]:
        """Each with its type and its state."""
        if not self.enabled:
            return []
        found = [(self.link_local(), LINK_LOCAL)]
        if self.values["IPv6Address"] != NONE:
            found.append((self.values["IPv6Address"], BY_HAND))
        return ["{0},{1},{2}".format(address, kind, PREFERRED) for address, kind in found]

    def link_local(self) -> str:
        by_mac = self.firmware.network.mac.replace("-", "") + "8086"
        manual = self.values["InterfaceIDType"] == MANUAL
        half = int(self.values["ManualInterfaceID"] if manual else by_mac, 16)
        return str(ipaddress.IPv6Address((0xFE80 << 112) + half))

    @put("IPS_IPv6PortSettings")
    def put_settings(self, _present: Instance, wanted: dict[str, Any]) -> None:
        changes = {name: wanted[name] for name in self.values if name in wanted}
        kind = changes.get("InterfaceIDType", self.values["InterfaceIDType"])
        own = changes.get("ManualInterfaceID")
        if isinstance(own, bytes):
            changes["ManualInterfaceID"] = own.hex().upper()
        if kind > MANUAL or len(changes.get("ManualInterfaceID", "0" * 16)) != len("0" * 16):
            raise refusals.amt_status(INVALID_PARAMETER)
        if kind == MANUAL and not changes.get("ManualInterfaceID", "").strip("0"):
            raise refusals.amt_status(INVALID_PARAMETER)
        for name in ADDRESSES:
            try:
                if name in changes:
                    changes[name] = str(ipaddress.IPv6Address(changes[name]))
            except ValueError:
                raise refusals.amt_status(INVALID_IP_ADDRESS) from None
        self.values.update(changes)
        self.firmware.events.audit(2200)

    def association(self) -> Instance:
        """One of CIM_ElementSettingData."""
        port = {"CreationClassName": "CIM_EthernetPort", "DeviceID": PORT, "SystemName": "Intel(r) AMT"}
        return {
            "IsCurrent": IS_CURRENT if self.enabled else IS_NOT,
            "IsDefault": IS_NOT,
            "IsNext": IS_NOT,
            "ManagedElement": Epr("CIM_EthernetPort", {**port, "SystemCreationClassName": "CIM_ComputerSystem"}),
            "SettingData": Epr("IPS_IPv6PortSettings", {"InstanceID": NAME}),
        }

    @put("CIM_ElementSettingData")
    def put_association(self, present: Instance, wanted: dict[str, Any]) -> None:
        """Others than that of IPv6 follow from what they are about."""
        if present["SettingData"] != self.association()["SettingData"]:
            raise refusals.unsupported_action()
        if wanted.get("IsCurrent") not in (IS_CURRENT, IS_NOT):
            raise refusals.invalid_value("IsCurrent")
        self.enabled = wanted["IsCurrent"] == IS_CURRENT
