# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""System Defense: filters, policies, what binds them to a port, and the counters (AMT.md 8; vendor's guide, System
Defense and its use cases). No replies of real firmware are published: every row is from the vendor's schema."""

from __future__ import annotations

from .returns import PT_STATUS
from .schema import CimClass, Property, boolean, datetime, enum, integer, octets, reference, text

#: DeviceID of CIM_EthernetPort; vendor's guide, Get the Statistics of the Active Policy.
PORTS = {"wired": "Intel(r) AMT Ethernet Port 0", "wireless": "Intel(r) AMT Ethernet Port 1"}

#: FilterDirection: 0 is transmit, seen from the machine.
DIRECTIONS = {"out": 0, "in": 1}

#: FilterProfile; vendor's guide, Create an IP Filter.
PROFILES = {"count_pass": 0, "count_drop": 1, "limit": 2, "pass": 3, "drop": 4}

#: Longest Name and PolicyName; vendor's guide, Create an IP Filter and Create a System Defense Policy.
NAME_LENGTH = 16

#: AMT_SystemDefensePolicy.FilterCreationHandles holds at most so many; vendor's class reference.
FILTERS_IN_POLICY = 62

#: SetTimeout: minutes, 0 is never; the vendor's schema names 1..65535.
TIMEOUT_MAXIMUM = 65535

_FILTER: tuple[Property, ...] = (
    text("InstanceID"),
    text("Name"),
    text("CreationClassName"),
    text("SystemName"),
    text("SystemCreationClassName"),
    enum("FilterProfile", words=PROFILES),
    enum("FilterDirection", words=DIRECTIONS),
    boolean("ActionEventOnMatch"),
    integer("FilterProfileData"),
)

ETHERNET_FILTER = CimClass(
    "AMT_Hdr8021Filter",
    (
        *_FILTER,
        integer("HdrProtocolID8021"),
        octets("HdrSrcMACAddr8021"),
        octets("HdrSrcMACMask8021"),
        octets("HdrDestMACAddr8021"),
        octets("HdrDestMACMask8021"),
        integer("HdrPriorityValue8021"),
        integer("HdrVLANID8021"),
    ),
)

#: Addresses and the flow label are hexadecimal text. The numbers of TCP flags are not published: they stay numbers.
IP_FILTER = CimClass(
    "AMT_IPHeadersFilter",
    (
        *_FILTER,
        integer("HdrIPVersion"),
        text("HdrSrcAddress"),
        text("HdrSrcAddressEndOfRange"),
        text("HdrSrcMask"),
        text("HdrDestAddress"),
        text("HdrDestAddressEndOfRange"),
        text("HdrDestMask"),
        integer("HdrProtocolID"),
        integer("HdrSrcPortStart"),
        integer("HdrSrcPortEnd"),
        integer("HdrDestPortStart"),
        integer("HdrDestPortEnd"),
        integer("HdrDSCP", many=True),
        text("HdrFlowLabel"),
        integer("TCPFlagsOn", many=True),
        integer("TCPFlagsOff", many=True),
    ),
)

#: What AntiSpoofingSupport's numbers mean is not published, apart from 0.
POLICY = CimClass(
    "AMT_SystemDefensePolicy",
    (
        text("InstanceID"),
        text("PolicyName"),
        integer("PolicyPrecedence"),
        integer("AntiSpoofingSupport"),
        integer("FilterCreationHandles", many=True),
        boolean("TxDefaultDrop"),
        boolean("TxDefaultMatchEvent"),
        boolean("TxDefaultCount"),
        boolean("RxDefaultDrop"),
        boolean("RxDefaultMatchEvent"),
        boolean("RxDefaultCount"),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: What GetTimeout tells and SetTimeout takes.
TIMEOUT = integer("Timeout")

_BINDING: tuple[Property, ...] = (
    reference("Antecedent"),
    reference("Dependent"),
    boolean("Active", writable=False),
)

#: At most one for each port is enabled by each of these; the active policy is the enabled one of highest precedence.
BINDINGS = {
    "system_defense": CimClass("AMT_NetworkPortSystemDefensePolicy", (*_BINDING, boolean("Enabled", writable=False))),
    "environment": CimClass("AMT_EnvironmentDetectionInterfacePolicy", (*_BINDING, boolean("Enabled", writable=False))),
    "agent": CimClass("AMT_AgentPresenceInterfacePolicy", (*_BINDING, boolean("Enabled", writable=False))),
    "default": CimClass("AMT_NetworkPortDefaultSystemDefensePolicy", _BINDING),
}

ETHERNET_PORT = CimClass("CIM_EthernetPort", (text("DeviceID"),), key={"CreationClassName": "CIM_EthernetPort"})

GENERAL_CAPABILITIES = CimClass(
    "AMT_GeneralSystemDefenseCapabilities",
    (
        text("InstanceID"),
        integer("GlobalMaxSupportedPolicies", writable=False),
        integer("GlobalMaxSupportedFilters", writable=False),
    ),
)

_LIMITS = ("MaxTxFilters", "MaxTxCounters", "MaxRxFilters", "MaxRxCounters")

PORT_CAPABILITIES = CimClass(
    "AMT_NetworkPortSystemDefenseCapabilities",
    (
        text("InstanceID"),
        *(integer("{0}_{1}".format(family, limit), writable=False) for family in ("IPv4", "IPv6") for limit in _LIMITS),
        boolean("IPv4_AntiSpoofingCapable", writable=False),
        boolean("IPv6_AntiSpoofingCapable", writable=False),
        integer("IPv6_to_IPv4_Ratio", writable=False),
    ),
)

#: ReadCount: the schema says how often it was read, the vendor's viewer shows it as the number of matches.
STATISTICS = CimClass(
    "AMT_ActiveFilterStatistics",
    (
        reference("Antecedent"),
        reference("Dependent"),
        integer("ReadCount", writable=False),
        boolean("FilterMatched", writable=False),
        datetime("ActivationTime", writable=False),
        datetime("LastResetTime", writable=False),
    ),
)

ENVIRONMENT_DETECTION = CimClass(
    "AMT_EnvironmentDetectionSettingData",
    (
        text("InstanceID"),
        integer("DetectionAlgorithm"),
        text("DetectionStrings", many=True),
        text("DetectionIPv6LocalPrefixes", many=True),
    ),
    key={"InstanceID": "Intel(r) AMT Environment Detection Settings"},
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: Wired 802.1X of the firmware. Enabled: 2 with certificates, 3 disabled, 6 without certificates (AMT.md 5.6).
WIRED_8021X = CimClass(
    "IPS_IEEE8021xSettings",
    (text("InstanceID"), enum("Enabled", words={"with_certificates": 2, "disabled": 3, "without_certificates": 6})),
    key={"InstanceID": "Intel(r) AMT: 8021X Settings"},
)

#: DeviceID is the agent's GUID in base64. Names of states and of ActionSd: the vendor's schema of AddAction.
AGENT_STATES = {"not_started": 1, "stopped": 2, "running": 4, "expired": 8, "suspended": 16}
AGENT_ACTIONS = {"activate": 0, "deactivate": 1}

WATCHDOG = CimClass(
    "AMT_AgentPresenceWatchdog",
    (
        text("DeviceID"),
        text("MonitoredEntityDescription"),
        integer("StartupInterval"),
        integer("TimeoutInterval"),
        integer("CurrentState", writable=False),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

WATCHDOG_ACTION = CimClass(
    "AMT_AgentPresenceWatchdogAction",
    (text("PolicyActionName"), boolean("EventOnTransition"), enum("ActionSd", words=AGENT_ACTIONS)),
)

#: A watchdog (Antecedent) and its actions (Dependent), among much else.
CONCRETE_DEPENDENCY = CimClass("CIM_ConcreteDependency", (reference("Antecedent"), reference("Dependent")))
