# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's names and interfaces (AMT.md 5)."""

from __future__ import annotations

from .schema import CimClass, boolean, enum, integer, reference, text

GENERAL = CimClass(
    "AMT_GeneralSettings",
    (
        text("InstanceID"),
        text("HostName"),
        text("DomainName"),
        text("DigestRealm", writable=False),
        boolean("NetworkInterfaceEnabled"),
        boolean("PingResponseEnabled"),
        boolean("RmcpPingResponseEnabled"),
        boolean("SharedFQDN"),
        text("HostOSFQDN", writable=False),
        boolean("DDNSUpdateEnabled"),
        boolean("DDNSUpdateByDHCPServerEnabled"),
        integer("DDNSPeriodicUpdateInterval"),
        integer("DDNSTTL"),
        integer("IdleWakeTimeout"),
        enum("AMTNetworkEnabled", words={"off": 0, "on": 1}),
        enum("PreferredAddressFamily", words={"ipv4": 0, "ipv6": 1}),
        enum("PrivacyLevel", words={"default": 0, "enhanced": 1, "extreme": 2}),
        enum("PowerSource", words={"ac": 0, "dc": 1}, writable=False),
    ),
)

#: Characters (go-wsman-messages, limits of AMT 6 and later), minutes and seconds (Intel's MOF).
LONGEST_HOSTNAME, LONGEST_DOMAIN = 63, 191
LEAST_DDNS_INTERVAL, MOST_DDNS_INTERVAL, MOST_DDNS_TTL = 20, 2**32 - 1, 2**31 - 1

#: Who tells the name server: DDNSUpdateEnabled, DDNSUpdateByDHCPServerEnabled (Intel's MOF). While the firmware does so
#: itself, the other one has no say.
DDNS = {"firmware": (True, None), "dhcp_server": (False, True), "none": (False, False)}

#: Instance 0 is the wired port, 1 the wireless one.
WIRED, WIRELESS = "Intel(r) AMT Ethernet Port Settings 0", "Intel(r) AMT Ethernet Port Settings 1"

#: When the wired link is up for AMT: the host's state and its power source (AMT.md 5.2).
LINK_POLICY = {"s0_ac": 1, "sx_ac": 14, "s0_dc": 16, "sx_dc": 224}

#: How the wired port has its IPv4 address. While it is not the firmware's own, firmware refuses one in the Put (rpc-go,
#: MeshCentral).
ADDRESSING = {
    "dhcp": {"DHCPEnabled": True, "SharedStaticIp": False, "IpSyncEnabled": True},
    "static": {"DHCPEnabled": False, "SharedStaticIp": False, "IpSyncEnabled": False},
    "shared": {"DHCPEnabled": False, "SharedStaticIp": True, "IpSyncEnabled": True},
}

#: IEEE 802.1Q. The schema has no word for "none": the property is absent then, and 0 is what 802.1Q has for untagged.
NO_VLAN, MOST_VLAN = 0, 4094

ETHERNET_PORT = CimClass(
    "AMT_EthernetPortSettings",
    (
        text("InstanceID"),
        text("MACAddress", writable=False),
        boolean("LinkIsUp", writable=False),
        enum("LinkPolicy", words=LINK_POLICY, many=True),
        enum("LinkPreference", words={"me": 1, "host": 2}),
        enum("LinkControl", words={"me": 1, "host": 2}, writable=False),
        boolean("DHCPEnabled"),
        boolean("IpSyncEnabled"),
        boolean("SharedStaticIp"),
        boolean("SharedDynamicIP"),
        boolean("SharedMAC", writable=False),
        text("IPAddress"),
        text("SubnetMask"),
        text("DefaultGateway"),
        text("PrimaryDNS"),
        text("SecondaryDNS"),
        integer("VLANTag"),
        enum(
            "PhysicalConnectionType",
            words={"integrated": 0, "discrete": 1, "thunderbolt dock": 2, "wireless": 3},
            writable=False,
        ),
    ),
    instances=({"InstanceID": WIRED}, {"InstanceID": WIRELESS}),
)

#: How the second half of an IPv6 address is made: IPS_IPv6PortSettings.InterfaceIDType (Intel's MOF).
INTERFACE_IDS = {"random": 0, "mac": 1, "manual": 2}

#: An address that is not set; Intel's MOF writes it `::0`, recorded replies `::`.
NO_IPV6 = "::"

WIRED_IPV6 = "Intel(r) IPS IPv6 Settings 0"
IPV6_PORT = CimClass(
    "IPS_IPv6PortSettings",
    (
        text("InstanceID"),
        enum("InterfaceIDType", words=INTERFACE_IDS),
        text("ManualInterfaceID"),
        text("IPv6Address"),
        text("DefaultRouter"),
        text("PrimaryDNS"),
        text("SecondaryDNS"),
        text("CurrentAddressInfo", many=True, writable=False),
        text("CurrentDefaultRouter", writable=False),
        text("CurrentPrimaryDNS", writable=False),
        text("CurrentSecondaryDNS", writable=False),
    ),
    instances=({"InstanceID": WIRED_IPV6},),
)

#: Which settings are in force on which port. IsCurrent: 1 they are, 2 they are not (DMTF CIM_ElementSettingData;
#: Intel's own console takes 1 for IPv6 being on).
ELEMENT_SETTING = CimClass(
    "CIM_ElementSettingData",
    (
        reference("ManagedElement"),
        reference("SettingData"),
        enum("IsCurrent", words={"unknown": 0, "yes": 1, "no": 2}),
    ),
)
