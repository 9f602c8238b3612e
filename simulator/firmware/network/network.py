# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The wired and the wireless interface: addresses, link policy, ports."""

from __future__ import annotations

import ipaddress
import random
from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import AMT_SYSTEM, Domain, device, instances, method, put, service

NO_MAC = "00-00-00-00-00-00"
ADDRESSES = ("IPAddress", "SubnetMask", "DefaultGateway", "PrimaryDNS", "SecondaryDNS")
# (DHCPEnabled, SharedStaticIp, IpSyncEnabled) -> what the address fields must be: absent or present.
MODES = {(True, False, True): "absent", (False, False, False): "present", (False, True, True): "absent"}
S0_AC, SX_AC, S0_DC, SX_DC = 1, 14, 16, 224
LINK_POLICIES = (S0_AC, SX_AC, S0_DC, SX_DC)
WIRED_PORT, WIRELESS_PORT = "Intel(r) AMT Ethernet Port Settings 0", "Intel(r) AMT Ethernet Port Settings 1"
MANAGEMENT_ENGINE, HOST = 1, 2
COMPLETED, INVALID_IP_ADDRESS, INVALID_PARAMETER, INVALID_NETMASK = 0, 0x1B, 0x24, 0x25
TCP_TRIES = (5, 6, 7)
FASTEST = 1_000_000_000
ETHERNET_1000BASE_T = 53
MOST_VLAN = 4094


class Network(Domain):
    """`wired` and `wireless` hold what a Put may change."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        settings = firmware.settings
        self.has_wireless = firmware.platform.portable if settings.wireless is None else settings.wireless
        self.cable = settings.cable
        self.leased = leased_addresses(settings.address)
        self.wired: dict[str, Any] = {
            "DHCPEnabled": True,
            "IpSyncEnabled": True,
            "LinkPolicy": [S0_AC, SX_AC],
            "SharedStaticIp": False,
            "VLANTag": None,
            **dict.fromkeys(ADDRESSES),
        }
        self.wireless: dict[str, Any] = {
            "ConsoleTcpMaxRetransmissions": 5,
            "DHCPEnabled": True,
            "LinkControl": HOST,
            "LinkPolicy": [S0_AC, SX_AC] if self.has_wireless else None,
            "LinkPreference": HOST,
            "WLANLinkProtectionLevel": 1,
        }

    @property
    def mac(self) -> str:
        return self.firmware.settings.mac.lower().replace(":", "-")

    @property
    def wireless_mac(self) -> str:
        chance = random.Random("wireless " + self.firmware.settings.uuid)
        return "00-00-5e-" + chance.randbytes(3).hex("-") if self.has_wireless else NO_MAC

    @property
    def place(self) -> str:
        """The address at which the simulator serves it: its own, where that is one of this machine, else the lease."""
        own = "" if self.wired["DHCPEnabled"] else self.wired["IPAddress"] or ""
        return own if own.startswith("127.") else self.firmware.settings.address

    @property
    def reachable_in_sleep(self) -> bool:
        return (SX_DC if self.firmware.settings.on_battery else SX_AC) in self.wired["LinkPolicy"]

    @instances("AMT_EthernetPortSettings")
    def ports(self) -> list[Instance]:
        rows = [self.wired_port()]
        if self.has_wireless or self.firmware.personality.major >= 11:
            rows.append(self.wireless_port())
        return rows

    def wired_port(self) -> Instance:
        addresses = self.leased if self.wired["DHCPEnabled"] else {}
        return {
            **self.wired,
            **addresses,
            "ElementName": "Intel(r) AMT Ethernet Port Settings",
            "InstanceID": WIRED_PORT,
            "LinkIsUp": self.cable,
            "MACAddress": self.mac,
            "PhysicalConnectionType": 0,
            "PhysicalNicMedium": 0,
            "SharedDynamicIP": self.wired["DHCPEnabled"],
            "SharedMAC": True,
        }

    def wireless_port(self) -> Instance:
        """Without an adapter there is the instance, and its address is all zeros."""
        return {
            **self.wireless,
            "ElementName": "Intel(r) AMT Ethernet Port Settings",
            "InstanceID": WIRELESS_PORT,
            "LinkIsUp": bool(self.firmware.wifi_profiles.in_use),
            "MACAddress": self.wireless_mac,
            "PhysicalConnectionType": 3,
            "SharedMAC": True,
        }

    @put("AMT_EthernetPortSettings")
    def put_port(self, present: Instance, wanted: dict[str, Any]) -> None:
        for value in wanted.get("LinkPolicy", ()):
            if value not in LINK_POLICIES:
                raise refusals.invalid_value("LinkPolicy")
        if wanted.get("ConsoleTcpMaxRetransmissions", TCP_TRIES[0]) not in TCP_TRIES:
            raise refusals.invalid_value("ConsoleTcpMaxRetransmissions")
        if present["InstanceID"] == WIRED_PORT:
            self.put_wired(wanted)
        else:
            self.put_wireless(wanted)

    def put_wired(self, wanted: dict[str, Any]) -> None:
        self.check_addresses(wanted)
        if wanted.get("VLANTag", 0) > MOST_VLAN:
            raise refusals.invalid_value("VLANTag")
        before = dict(self.wired)
        self.wired.update({name: wanted[name] for name in before if name in wanted})
        if wanted.get("DHCPEnabled") is False:
            self.wired.update({name: wanted.get(name) for name in ADDRESSES})
        self.wired["VLANTag"] = self.wired["VLANTag"] or None
        if wanted.get("DHCPEnabled", before["DHCPEnabled"]) or wanted.get("IpSyncEnabled", before["IpSyncEnabled"]):
            self.wired.update(dict.fromkeys(ADDRESSES))
        for names, event in ((("DHCPEnabled", *ADDRESSES), 2200), (("VLANTag",), 2203), (("LinkPolicy",), 2204)):
            if any(self.wired[name] != before[name] for name in names):
                self.firmware.events.audit(event)

    def check_addresses(self, wanted: dict[str, Any]) -> None:
        """Only three combinations are legal. While the address is the host's, the address fields must be left out."""
        chosen = tuple(
            wanted.get(name, self.wired[name]) for name in ("DHCPEnabled", "SharedStaticIp", "IpSyncEnabled")
        )
        given = [name for name in ADDRESSES if name in wanted]
        if chosen not in MODES or (MODES[chosen] == "absent" and given):
            raise refusals.amt_status(INVALID_PARAMETER)
        if MODES[chosen] == "present":
            if "IPAddress" not in given or "SubnetMask" not in given:
                raise refusals.amt_status(INVALID_PARAMETER)
            self.check_subnet(wanted)

    def check_subnet(self, wanted: dict[str, Any]) -> None:
        for name in ADDRESSES:
            try:
                if name in wanted:
                    ipaddress.IPv4Address(wanted[name])
            except ValueError:
                raise refusals.amt_status(INVALID_IP_ADDRESS) from None
        try:
            ipaddress.IPv4Network((wanted["IPAddress"], wanted["SubnetMask"]), strict=False)
        except ValueError:
            raise refusals.amt_status(INVALID_NETMASK) from None

    def put_wireless(self, wanted: dict[str, Any]) -> None:
        if any(name in wanted for name in ADDRESSES):
            raise refusals.amt_status(INVALID_PARAMETER)
        self.wireless.update({name: wanted[name] for name in self.wireless if name in wanted})

    @method("AMT_EthernetPortSettings", "SetLinkPreference")
    def set_link_preference(self, present: Instance, LinkPreference: int, Timeout: int = 0) -> int:
        if present["InstanceID"] != WIRELESS_PORT or LinkPreference not in (MANAGEMENT_ENGINE, HOST):
            return INVALID_PARAMETER
        self.wireless["LinkPreference"] = self.wireless["LinkControl"] = LinkPreference
        return COMPLETED

    @instances("CIM_EthernetPort")
    def ethernet_ports(self) -> list[Instance]:
        return [
            {
                **device("CIM_EthernetPort", "Intel(r) AMT Ethernet Port 0", "Intel(r) AMT Ethernet Port", AMT_SYSTEM),
                "Description": "Wired0",
                "EnabledDefault": 5,
                "EnabledState": 2,
                "LinkTechnology": 2,
                "MaxSpeed": FASTEST,
                "NetworkAddresses": [self.mac.replace("-", "")],
                "OperationalStatus": [0],
                "PortType": ETHERNET_1000BASE_T,
                "RequestedState": 12,
                "Speed": FASTEST,
            }
        ]

    @instances("IPS_LANEndpoint")
    def endpoints(self) -> list[Instance]:
        keys = service("IPS_LANEndpoint", "Intel(r) AMT LAN Endpoint")
        link = {"LANType": 2, "MACAddress": self.mac.replace("-", ""), "ProtocolType": 0}
        return [{**keys, **link, "ElementName": None, "EnabledState": 2, "RequestedState": 12}]

    @instances("IPS_HostIPSettings")
    def host_addresses(self) -> list[Instance]:
        name = "Intel(r) AMT: Host IP Settings"
        return [{"DHCPEnabled": self.wired["DHCPEnabled"], "ElementName": name, "InstanceID": name}]


def leased_addresses(address: str) -> dict[str, str]:
    """What a DHCP server would hand out along with an address."""
    network = ipaddress.IPv4Network(address + "/24", strict=False)
    gateway, second = str(network.network_address + 1), str(network.network_address + 2)
    return {
        "IPAddress": address,
        "SubnetMask": "255.255.255.0",
        "DefaultGateway": gateway,
        "PrimaryDNS": gateway,
        "SecondaryDNS": second,
    }
