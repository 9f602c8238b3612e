# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's names and interfaces (AMT.md 5), and its calls to a management presence server (AMT.md 14.1)."""

from __future__ import annotations

from .returns import PT_STATUS, STATE_CHANGE, WIFI
from .schema import CimClass, boolean, enum, integer, octets, reference, text

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
        integer("PresenceNotificationInterval"),
        boolean("WsmanOnlyMode"),
        enum("AMTNetworkEnabled", words={"off": 0, "on": 1}),
        enum("PreferredAddressFamily", words={"ipv4": 0, "ipv6": 1}),
        enum("PrivacyLevel", words={"default": 0, "enhanced": 1, "extreme": 2}),
        enum("PowerSource", words={"ac": 0, "dc": 1}, writable=False),
    ),
)

#: Characters (go-wsman-messages, limits of AMT 6 and later), minutes and seconds (Intel's MOF).
LONGEST_HOSTNAME, LONGEST_DOMAIN = 63, 191
LEAST_DDNS_INTERVAL, MOST_DDNS_INTERVAL, MOST_DDNS_TTL = 20, 2**32 - 1, 2**31 - 1

#: Minutes for which the firmware stays awake, and between events of its presence; 32 bits (Intel's MOF, AMT.md 5.1).
LEAST_IDLE_TIMEOUT, LEAST_PRESENCE_INTERVAL, MOST_MINUTES = 1, 15, 2**32 - 1

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

#: AuthenticationProtocol of the classes CIM_ and IPS_IEEE8021xSettings (Intel's MOF; DMTF CIM_IEEE8021xSettings).
EAP_METHODS = {
    "tls": 0,
    "ttls_mschapv2": 1,
    "peap_mschapv2": 2,
    "peap_gtc": 3,
    "fast_mschapv2": 4,
    "fast_gtc": 5,
    "md5": 6,
    "psk": 7,
    "sim": 8,
    "aka": 9,
    "fast_tls": 10,
}

#: ServerCertificateNameComparison, in the same classes; AMT_8021XProfile counts otherwise.
SERVER_NAME_MATCH = {"full": 2, "suffix": 3}

_IEEE8021X = (
    text("InstanceID"),
    text("ElementName"),
    enum("AuthenticationProtocol", words=EAP_METHODS),
    text("RoamingIdentity"),
    text("ServerCertificateName"),
    enum("ServerCertificateNameComparison", words=SERVER_NAME_MATCH),
    text("Username"),
    text("Password"),
    text("Domain"),
    text("ProtectedAccessCredential"),
    text("PACPassword"),
    text("PSK"),
)
WIFI_8021X = CimClass("CIM_IEEE8021xSettings", _IEEE8021X)

#: IPS_IEEE8021xSettings.Enabled (Intel's MOF): 2 with certificates, 6 without.
ENABLED_WITH_CERTIFICATES, DISABLED, ENABLED_WITHOUT = 2, 3, 6
#: Characters of texts, and octets of the last one (Intel's text of AMT_8021XProfile). A password has 32 there;
#: no source says so of the later classes, so that is left to the firmware.
LONGEST_8021X = {"Username": 128, "Domain": 128, "PACPassword": 256}
LONGEST_PAC = 256
LONGEST_PXE_TIMEOUT = 86400  # seconds, Intel's MOF
WIRED_8021X = CimClass(
    "IPS_IEEE8021xSettings",
    (*_IEEE8021X, integer("Enabled"), boolean("AvailableInS0"), integer("PxeTimeout")),
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: AuthenticationMethod and EncryptionMethod of CIM_WiFiEndpointSettings (DMTF; Intel's vendor range from 32768 on).
WIFI_SECURITY = {
    "wpa_psk": 4,
    "wpa_8021x": 5,
    "wpa2_psk": 6,
    "wpa2_8021x": 7,
    "wpa3_sae": 32768,
    "wpa3_owe": 32769,
}
WIFI_ENCRYPTION = {"tkip": 3, "ccmp": 4, "gcmp": 32768}
INFRASTRUCTURE = 3

WIFI_PROFILE = CimClass(
    "CIM_WiFiEndpointSettings",
    (
        text("ElementName"),
        text("InstanceID"),
        enum("AuthenticationMethod", words=WIFI_SECURITY),
        enum("EncryptionMethod", words=WIFI_ENCRYPTION),
        text("SSID"),
        integer("Priority"),
        text("PSKPassPhrase"),
        integer("BSSType"),
    ),
)
#: How the firmware calls them, before the name (recordings, Intel's own console). A profile of the operating system has
#: the second mark instead.
PROFILE_PREFIX, IEEE8021X_PREFIX = "Intel(r) AMT:WiFi Endpoint Settings ", "Intel(r) AMT:IEEE 802.1x Settings "
USER_PROFILE_MARK = "User Settings"

#: Profiles of the administrator (vendor's developer guide of 2021: 16 in all, 8 of the system's), names and SSIDs
#: (go-wsman-messages).
MOST_PROFILES, LONGEST_SSID, LONGEST_PROFILE_NAME, MOST_PRIORITY = 8, 32, 32, 255
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 8, 63

WIFI_ENDPOINT = CimClass("CIM_WiFiEndpoint", key={"Name": "WiFi Endpoint 0"})
WIFI_CAPABILITIES = CimClass(
    "CIM_WiFiEndpointCapabilities",
    (
        enum("SupportedAuthenticationMethods", words=WIFI_SECURITY, many=True),
        enum("SupportedEncryptionMethods", words=WIFI_ENCRYPTION, many=True),
    ),
)

#: EnabledState and RequestStateChange of CIM_WiFiPort.
RADIO = {"off": 3, "s0": 32768, "s0_sx": 32769}
WIFI_PORT = CimClass(
    "CIM_WiFiPort", (enum("EnabledState", words=RADIO, writable=False),), returns=STATE_CHANGE, family="STATE_CHANGE"
)

#: localProfileSynchronizationEnabled: whose profiles the firmware takes over from the operating system.
WIFI_SYNC = {"none": 0, "user": 1, "admin": 2, "all": 3}
WIFI_SERVICE = CimClass(
    "AMT_WiFiPortConfigurationService",
    (
        enum("localProfileSynchronizationEnabled", words=WIFI_SYNC),
        boolean("UEFIWiFiProfileShareEnabled"),
        text("LastConnectedSsidUnderMeControl", writable=False),
    ),
    returns=WIFI,
    family="WIFI",
)


#: AccessInfo is one of these (AddMpServer and AddProxyAccessPoint, Intel's MOF).
IPV4, IPV6, FQDN = 3, 4, 201

#: AddMpServer.AuthMethod.
BY_CERTIFICATE, BY_PASSWORD = 1, 2

#: The port that the public servers and the vendor's examples have.
MPS_PORT = 4433

#: Characters of a name, which are letters and digits, and of a password (Intel's MOF).
LONGEST_USERNAME = LONGEST_PASSWORD = 64

REMOTE_ACCESS_SERVICE = CimClass("AMT_RemoteAccessService", returns=PT_STATUS, family="PT_STATUS")

#: Not in the published schema of the service, and in every recording of it.
TUNNEL = boolean("IsRemoteTunnelConnected")

REMOTE_ACCESS_LIMITS = CimClass(
    "AMT_RemoteAccessCapabilities",
    (
        integer("MaxTotalMpServers", writable=False),
        integer("MaxTotalPolicies", writable=False),
        integer("MaxMpsPerPolicy", writable=False),
        integer("MaxTotalProxyEntryPoints", writable=False),
    ),
)

MPS = CimClass(
    "AMT_ManagementPresenceRemoteSAP",
    (text("Name"), text("AccessInfo"), integer("InfoFormat"), integer("Port"), text("CN")),
)

#: `Secret` is write-only.
MPS_LOGIN = CimClass("AMT_MPSUsernamePassword", (text("InstanceID"), text("RemoteID"), text("Secret")))

#: By what the device shows a server who it is: a login, or a certificate of its own.
MPS_CREDENTIAL = CimClass(
    "AMT_RemoteAccessCredentialContext", (reference("ElementInContext"), reference("ElementProvidingContext"))
)

#: AMT_RemoteAccessPolicyRule.Trigger, of which there is one policy each, and the names that firmware gives them.
TRIGGERS = {"user": 0, "alert": 1, "periodic": 2}
POLICY_NAMES = {"user": "User Initiated", "alert": "Alert", "periodic": "Periodic"}

ACCESS_POLICY = CimClass(
    "AMT_RemoteAccessPolicyRule",
    (text("PolicyRuleName"), enum("Trigger", words=TRIGGERS), integer("TunnelLifeTime"), octets("ExtendedData")),
)

#: The schedule of a periodic policy in network order: kind and seconds, or kind, hour and minute (vendor's guide, Add a
#: Remote Access Policy).
EVERY, DAILY = 0, 1

#: Which servers a policy calls, the first of them first.
ACCESS_POLICY_SERVERS = CimClass(
    "AMT_RemoteAccessPolicyAppliesToMPS",
    (reference("PolicySet"), reference("ManagedElement"), integer("OrderOfAccess"), integer("MpsType")),
)

PROXY_SERVICE = CimClass("IPS_HTTPProxyService", (boolean("SyncEnabled"),), returns=PT_STATUS, family="PT_STATUS")

PROXY = CimClass(
    "IPS_HTTPProxyAccessPoint",
    (
        text("Name"),
        text("AccessInfo"),
        integer("InfoFormat"),
        integer("Port"),
        text("NetworkDnsSuffix"),
        integer("Priority", writable=False),
    ),
)

ENVIRONMENT = CimClass(
    "AMT_EnvironmentDetectionSettingData",
    (
        text("InstanceID"),
        enum("DetectionAlgorithm", words={"local_domains": 0, "remote_urls": 1}),
        text("DetectionStrings", many=True),
        text("DetectionIPv6LocalPrefixes", many=True),
    ),
    key={"InstanceID": "Intel(r) AMT Environment Detection Settings"},
)

#: Domains, and characters of one (go-wsman-messages).
MOST_DOMAINS, LONGEST_DOMAIN = 5, 190

#: AMT_UserInitiatedConnectionService.EnabledState: where the user can make the device call.
USER_ACCESS = {"none": 32768, "bios": 32769, "os": 32770, "both": 32771}

USER_CONNECTION = CimClass(
    "AMT_UserInitiatedConnectionService",
    (enum("EnabledState", words=USER_ACCESS, writable=False), text("LastConnectionReason", writable=False)),
    returns=STATE_CHANGE,
    family="STATE_CHANGE",
)
