# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""System Defense, agent presence, events and endpoint access control. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    define(
        "AMT_ActiveFilterStatistics",
        flag="FilterMatched",
        u32="ReadCount",
        when="ActivationTime LastResetTime",
        ref="Antecedent Dependent",
        keys="Antecedent Dependent",
    ),
    define(
        "AMT_AgentPresenceCapabilities",
        "CIM_Capabilities",
        u32="MaxTotalAgents MaxTotalActions MinGuaranteedActionListSize MaxEacAgents",
    ),
    define("AMT_AgentPresenceInterfacePolicy", "AMT_InterfacePolicy", flag="Enabled"),
    define("AMT_AgentPresenceService", "CIM_Service"),
    define(
        "AMT_AgentPresenceWatchdog",
        "CIM_Watchdog",
        u16="CurrentState StartupInterval TimeoutInterval",
        keys="DeviceID",
        required="StartupInterval TimeoutInterval",
        methods=(
            method("RegisterAgent", out="SessionSequenceNumber TimeoutInterval"),
            method("AssertPresence", u32="SequenceNumber!"),
            method("AssertShutdown", u32="SequenceNumber!"),
            method("AddAction", flag="EventOnTransition! ActionEac", u16="OldState! NewState! ActionSd"),
            method("DeleteAllActions"),
        ),
    ),
    define(
        "AMT_AgentPresenceWatchdogAction",
        "CIM_PolicyAction",
        flag="EventOnTransition",
        u16="ActionSd",
        methods=(method("GetActionEac", out="ActionEac"),),
    ),
    define(
        "AMT_ComplexFilterEntryBase",
        "AMT_FilterEntryBase",
        text="SystemCreationClassName SystemName CreationClassName",
        keys="SystemCreationClassName SystemName CreationClassName Name InstanceID",
    ),
    define("AMT_EACCredentialContext", "CIM_CredentialContext", keys="ElementInContext ElementProvidingContext"),
    define(
        "AMT_EndpointAccessControlService",
        "CIM_Service",
        methods=(
            method("GetPosture", u16="PostureType!", out="SignedPosture PostureChangeHash"),
            method("GetPostureHash", u16="PostureType!", out="PostureChangeHash"),
            method("UpdatePostureState", u16="UpdateType!"),
            method("GetEacOptions", out="EacVendors PostureHashAlgorithm"),
            method("SetEacOptions", u32="EacVendors! PostureHashAlgorithm!"),
        ),
    ),
    define("AMT_EnvironmentDetectionInterfacePolicy", "AMT_InterfacePolicy", flag="Enabled"),
    define(
        "AMT_EventLogEntry",
        "CIM_LogEntry",
        u8=(
            "DeviceAddress EventSensorType EventType EventOffset EventSourceType EventSeverity SensorNumber "
            "Entity EntityInstance"
        ),
        u8s="EventData",
    ),
    define("AMT_EventManagerService", "CIM_Service", text="DefaultCommunityString"),
    define("AMT_EventSubscriber", "CIM_RemotePort"),
    define("AMT_FilterEntryBase", "CIM_LogicalElement", flag="IsNegated"),
    define("AMT_FilterInSystemDefensePolicy", "CIM_Dependency", keys="Antecedent Dependent"),
    define(
        "AMT_GeneralSystemDefenseCapabilities",
        "CIM_Capabilities",
        u32="GlobalMaxSupportedPolicies GlobalMaxSupportedFilters",
        keys="InstanceID",
    ),
    define(
        "AMT_Hdr8021Filter",
        "AMT_ComplexFilterEntryBase",
        flag="ActionEventOnMatch",
        u8="HdrPriorityValue8021",
        u16="HdrProtocolID8021 FilterProfile FilterDirection",
        u32="HdrVLANID8021 FilterProfileData",
        octets="HdrSrcMACAddr8021 HdrSrcMACMask8021 HdrDestMACAddr8021 HdrDestMACMask8021",
        required="HdrProtocolID8021 FilterProfile FilterDirection ActionEventOnMatch",
    ),
    define(
        "AMT_IPHeadersFilter",
        "AMT_ComplexFilterEntryBase",
        flag="ActionEventOnMatch",
        u8="HdrIPVersion HdrProtocolID",
        u8s="HdrDSCP",
        u16="HdrSrcPortStart HdrSrcPortEnd HdrDestPortStart HdrDestPortEnd FilterProfile FilterDirection",
        u16s="TCPFlagsOn TCPFlagsOff",
        u32="FilterProfileData",
        hexadecimal=(
            "HdrSrcAddress HdrSrcAddressEndOfRange HdrSrcMask HdrDestAddress HdrDestAddressEndOfRange "
            "HdrDestMask HdrFlowLabel"
        ),
        required="FilterProfile FilterDirection ActionEventOnMatch",
    ),
    define("AMT_InterfacePolicy", "CIM_Dependency", flag="Active", keys="Antecedent Dependent"),
    define(
        "AMT_NetworkFilter",
        "AMT_FilterEntryBase",
        text="SystemCreationClassName SystemName CreationClassName",
        u32="OwnerID",
        keys="SystemCreationClassName SystemName CreationClassName Name OwnerID",
    ),
    define("AMT_NetworkPortDefaultSystemDefensePolicy", "CIM_Dependency", flag="Active", keys="Antecedent Dependent"),
    define(
        "AMT_NetworkPortSystemDefenseCapabilities",
        "CIM_Capabilities",
        flag="IPv4_AntiSpoofingCapable IPv6_AntiSpoofingCapable",
        u16=(
            "IPv4_MaxTxFilters IPv4_MaxTxCounters IPv4_MaxRxFilters IPv4_MaxRxCounters IPv6_MaxTxFilters "
            "IPv6_MaxTxCounters IPv6_MaxRxFilters IPv6_MaxRxCounters IPv6_to_IPv4_Ratio"
        ),
        keys="InstanceID",
    ),
    define("AMT_NetworkPortSystemDefensePolicy", "AMT_InterfacePolicy", flag="Enabled"),
    define(
        "AMT_PETCapabilities",
        "CIM_Capabilities",
        flag="IsLegacySensor AssertionEvent DeassertionEvent",
        u8=(
            "Index DeviceAddress EventSensorType EventType EventOffset EventSourceType EventSeverity "
            "SensorNumber Entity EntityInstance"
        ),
    ),
    define("AMT_PETFilterForTarget", "CIM_Dependency", keys="Antecedent Dependent"),
    define(
        "AMT_PETFilterSetting",
        "CIM_SettingData",
        flag="EnableFilter OEMFilter LogOnEvent SendAlert",
        u8=(
            "DeviceAddress EventSensorType EventType EventOffset EventSourceType EventSeverity SensorNumber "
            "Entity EntityInstance PolicyID"
        ),
        required=(
            "EnableFilter OEMFilter LogOnEvent DeviceAddress EventSensorType EventType EventOffset "
            "EventSourceType EventSeverity SensorNumber Entity EntityInstance PolicyID SendAlert"
        ),
    ),
    define(
        "AMT_SNMPEventSubscriber",
        "AMT_EventSubscriber",
        text="CommunityString",
        u8="PolicyID",
        required="AccessInfo PolicyID",
    ),
    define("AMT_StateTransitionCondition", "CIM_PolicyCondition", text="StateSpace", u16="OldState NewState"),
    define(
        "AMT_SystemDefensePolicy",
        "CIM_ManagedElement",
        text="PolicyName",
        flag="TxDefaultDrop TxDefaultMatchEvent TxDefaultCount RxDefaultDrop RxDefaultMatchEvent RxDefaultCount",
        u32="PolicyPrecedence AntiSpoofingSupport",
        u32s="FilterCreationHandles",
        keys="InstanceID",
        required=(
            "PolicyPrecedence TxDefaultDrop TxDefaultMatchEvent TxDefaultCount RxDefaultDrop "
            "RxDefaultMatchEvent RxDefaultCount"
        ),
        methods=(
            method("GetTimeout", out="Timeout"),
            method("SetTimeout", u32="Timeout!"),
            method("UpdateStatistics", flag="ResetOnRead!", ref="NetworkInterface!"),
        ),
    ),
    define("AMT_SystemDefensePolicyInService", "CIM_Dependency", keys="Dependent Antecedent"),
    define("AMT_SystemDefenseService", "CIM_Service"),
    define("AMT_TrapTargetForService", "CIM_ServiceSAPDependency", keys="Antecedent Dependent"),
)
