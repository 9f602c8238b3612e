# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and interfaces."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.network.general import General
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.ieee8021x import Ieee8021x
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.name import Name
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.remote_access import RemoteAccess
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.wired import Wired
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.wireless import Wireless

from tests.capabilities.capability import Capability

SETTINGS = "AMT_GeneralSettings"
PORT = "AMT_EthernetPortSettings"


def names(firmware: Any) -> Any:
    """Who tells the name server is one choice, whatever the other switch says."""
    found = firmware.general.values
    own = found["DDNSUpdateEnabled"]
    return {**found, "DDNSUpdateByDHCPServerEnabled": None if own else found["DDNSUpdateByDHCPServerEnabled"]}


OWN = {"domain": "amt.example.net", "shared_fqdn": False, "ddns_ttl": 60, "ping": True}


def wire(firmware: Any) -> Any:
    return firmware.network.wired, firmware.ipv6.values, firmware.ipv6.enabled


def air(firmware: Any) -> Any:
    profiles = {name: {**each.values} for name, each in firmware.wifi_profiles.profiles.items()}
    return profiles, firmware.wifi.values, firmware.wifi.state, firmware.network.wireless["LinkPolicy"]


def plug(firmware: Any) -> Any:
    """Off is off, whatever is left in the profile."""
    values = firmware.wired_8021x.values
    own = values if values["Enabled"] != OFF else {name: values[name] for name in ("Enabled", "AvailableInS0")}
    return own, firmware.wired_8021x.certificates


OFF = 3
PEAP = {"method": "peap_mschapv2", "username": "pc-01", "password": "Plu9ged in", "domain": "TEST"}
MD5 = {"method": "md5", "username": "pc-01", "password": "0therw1se", "domain": "TEST"}
FIXED = {"addressing": "static", "address": "192.0.2.77", "netmask": "255.255.255.0", "gateway": "192.0.2.1"}
SIX = {"enabled": True, "interface_id": "manual", "manual_interface_id": "0000000000000077"}

OFFICE = {"name": "office", "ssid": "office-net", "priority": 1, "security": "wpa2_psk", "passphrase": "0ffice secret"}
LAB = {"name": "lab", "priority": 1, "security": "wpa2_psk", "passphrase": "laborat0ry"}
CAMPUS = {
    "name": "campus",
    "priority": 3,
    "security": "wpa2_8021x",
    "ieee8021x": {**PEAP, "server_name": "radius.test"},
}
ON = {"purge": True, "sync": "all", "radio": "s0_sx", "link_policy": ["s0_ac", "sx_ac", "s0_dc"]}


def calls(firmware: Any) -> Any:
    """Servers, what makes the device call them, proxies, and what counts as home; numbers are whose turn it was."""
    tunnels, proxies, home = firmware.tunnels, firmware.proxies, firmware.remote
    servers = {
        each.number: (each.info, each.port, each.common_name, each.username) for each in tunnels.servers.values()
    }
    policies = [
        (each.trigger, each.life_time, each.data, [servers[number] for number in each.servers])
        for _trigger, each in sorted(tunnels.policies.items())
    ]
    through = sorted((each.info, each.port, each.suffix) for each in proxies.proxies.values())
    return sorted(servers.values()), policies, through, proxies.sync, home.suffixes, home.prefixes, home.initiated


GATE = {"address": "198.51.100.7", "common_name": "mps.example.net", "username": "fleet", "password": "Mps-Passw0rd"}
FAR = {"address": "mps.example.org", "port": 443, "username": "far", "password": "Mps-Passw0rd"}
AT_HOME = {"local_domains": ["corp.example.net"], "local_ipv6_prefixes": ["2001:db8:1::/48"]}
NO_CALLS = {"servers": [], "policies": [], "proxies": [], "local_domains": [], "local_ipv6_prefixes": []}
CALLS = {
    "called in": {
        "servers": [GATE],
        "policies": [{"trigger": "periodic", "servers": ["198.51.100.7"], "interval": 600}],
        "proxies": [{"address": "192.0.2.8", "port": 3128, "dns_suffix": "guest.example.net"}],
        **AT_HOME,
        "user_access": "os",
        "proxy_sync": False,
    },
    "called otherwise": {
        "servers": [FAR],
        "policies": [{"trigger": "periodic", "servers": ["mps.example.org"], "daily": "03:30", "lifetime": 60}],
        "proxies": [],
        "local_domains": ["corp.example.net", "lab.example.net"],
        "local_ipv6_prefixes": [],
        "user_access": "both",
        "proxy_sync": False,
    },
    "silent": {**NO_CALLS, "user_access": "none", "proxy_sync": False},
}


AWAKE = {"address_family": "ipv6", "wsman_only": True}


CAPABILITIES: tuple[Capability, ...] = (
    Capability(
        "amt_name",
        Name,
        {
            "of its own": {**OWN, "hostname": "desk-7", "ddns": "firmware", "ddns_interval": 20},
            "otherwise": {**OWN, "hostname": "desk-8", "ddns": "dhcp_server", "ddns_interval": 0},
            "silent": {**OWN, "hostname": "desk-7", "ddns": "none", "ddns_interval": 0, "ping": False},
        },
        look=names,
        write={"verb": "put"},
        effects={SETTINGS + " put": 1},
    ),
    Capability(
        "amt_wired",
        Wired,
        {
            "where it is": {
                "addressing": "dhcp",
                "vlan": 7,
                "link_policy": ["s0_ac", "s0_dc"],
                "ipv6": {**SIX, "address": "::"},
            },
            "static": {
                **FIXED,
                "dns": ["192.0.2.2"],
                "vlan": 7,
                "link_policy": ["s0_ac", "s0_dc"],
                "ipv6": {**SIX, "address": "::"},
            },
            "elsewhere": {
                **FIXED,
                "address": "192.0.2.78",
                "dns": [],
                "vlan": 0,
                "link_policy": ["s0_ac", "sx_ac"],
                "ipv6": {**SIX, "manual_interface_id": "0000000000000078", "address": "2001:db8::78"},
            },
            "shared": {
                "addressing": "shared",
                "vlan": 0,
                "link_policy": ["s0_ac", "sx_ac"],
                "ipv6": {**SIX, "enabled": False, "address": "::"},
            },
        },
        look=wire,
        write={"verb": "put"},
        effects={PORT + " put": 1, "IPS_IPv6PortSettings put": 1, "CIM_ElementSettingData put": 1},
    ),
    Capability(
        "amt_wireless",
        Wireless,
        {
            "office": {"profiles": [OFFICE, {**LAB, "priority": 2}, CAMPUS], **ON},
            "lab": {"profiles": [LAB], **ON, "sync": "user", "link_policy": ["s0_ac"]},
            "the other way round": {"profiles": [{**OFFICE, "priority": 2}, LAB], **ON},
            "nothing": {"profiles": [], **ON, "radio": "off"},
        },
        look=air,
        write={"verb": "put"},
        effects={
            "AMT_WiFiPortConfigurationService put": 1,
            "AMT_WiFiPortConfigurationService AddWiFiSettings": 3,
            "AMT_EthernetPortSettings put": 1,
            "CIM_WiFiPort RequestStateChange": 1,
        },
        settings={"wireless": True},
    ),
    Capability(
        "amt_remote_access",
        RemoteAccess,
        {name: {**wish, "purge": True} for name, wish in CALLS.items()},
        look=calls,
        write={"method": "AddProxyAccessPoint"},
        effects={
            "IPS_HTTPProxyService put": 1,
            "IPS_HTTPProxyService AddProxyAccessPoint": 1,
            "AMT_RemoteAccessService AddMpServer": 1,
            "AMT_RemoteAccessService AddRemoteAccessPolicyRule": 1,
            "AMT_EnvironmentDetectionSettingData put": 1,
            "AMT_UserInitiatedConnectionService RequestStateChange": 1,
        },
        generations=("12", "15", "16", "19"),
    ),
    Capability(
        "amt_8021x",
        Ieee8021x,
        {
            "peap": {"enabled": True, **PEAP, "in_os": True, "pxe_timeout": 60},
            "md5": {"enabled": True, **MD5, "in_os": False, "pxe_timeout": 0},
            "off": {"enabled": False, "in_os": True, "pxe_timeout": 60},
        },
        look=plug,
        write={"verb": "put"},
        effects={"IPS_IEEE8021xSettings put": 1},
    ),
    Capability(
        "amt_general",
        General,
        {
            "told twice a day": {**AWAKE, "presence_interval": 720},
            "never told": {**AWAKE, "presence_interval": 0},
        },
        look=lambda firmware: dict(firmware.general.values),
        write={"verb": "put"},
        effects={SETTINGS + " put": 1},
    ),
)
