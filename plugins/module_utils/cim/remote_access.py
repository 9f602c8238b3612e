# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Calls of the device to a management presence server, and whether it is at home (AMT.md 14.1)."""

from __future__ import annotations

from .returns import PT_STATUS, STATE_CHANGE
from .schema import CimClass, boolean, enum, integer, octets, reference, text

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
