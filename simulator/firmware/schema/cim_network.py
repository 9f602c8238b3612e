# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""CIM classes of ports, endpoints and 802.1x. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    define(
        "CIM_EthernetPort",
        "CIM_NetworkPort",
        texts="CapabilityDescriptions OtherEnabledCapabilities",
        u16s="Capabilities EnabledCapabilities",
        u32="MaxDataSize",
    ),
    define(
        "CIM_IEEE8021xCapabilities",
        "CIM_Capabilities",
        flag="RoamingSupported FastRoamingSupported",
        u16s="SupportedAuthenticationProtocols",
    ),
    define(
        "CIM_IEEE8021xSettings",
        "CIM_SettingData",
        text="RoamingIdentity ServerCertificateName Username Password Domain PACPassword",
        u16="AuthenticationProtocol ServerCertificateNameComparison",
        octets="ProtectedAccessCredential PSK",
    ),
    define(
        "CIM_LANEndpoint",
        "CIM_ProtocolEndpoint",
        text="LANID OtherLANType MACAddress",
        texts="AliasAddresses GroupAddresses",
        u16="LANType",
        u32="MaxDataSize",
    ),
    define(
        "CIM_LogicalPort",
        "CIM_LogicalDevice",
        text="OtherPortType",
        u16="UsageRestriction PortType",
        u64="Speed MaxSpeed RequestedSpeed",
    ),
    define(
        "CIM_LogicalPortCapabilities",
        "CIM_EnabledLogicalElementCapabilities",
        flag="AutoSenseSpeedConfigurable",
        u64s="RequestedSpeedsSupported",
    ),
    define(
        "CIM_NetworkPort",
        "CIM_LogicalPort",
        text="OtherNetworkPortType OtherLinkTechnology PermanentAddress",
        texts="NetworkAddresses",
        flag="FullDuplex AutoSense",
        u16="PortNumber LinkTechnology",
        u64="SupportedMaximumTransmissionUnit ActiveMaximumTransmissionUnit",
    ),
    define(
        "CIM_NetworkPortCapabilities",
        "CIM_LogicalPortCapabilities",
        flag="SpeedConfigurable NetworkIDsConfigurable",
        u16="NetworkIDsFormat",
        u16s="LinkTechnologiesSupported",
        u64s="PortSpeedsSupported",
    ),
    define(
        "CIM_NetworkPortConfigurationService",
        "CIM_Service",
        methods=(
            method(
                "AddLANEndpoint",
                text="Address! LANID",
                texts="AliasAddresses GroupAddresses",
                ref="Port!",
                out="Endpoint",
            ),
        ),
    ),
    define(
        "CIM_WiFiEndpoint",
        "CIM_LANEndpoint",
        text="OtherEncryptionMethod OtherAuthenticationMethod AccessPointAddress",
        flag="Associated",
        u16="EncryptionMethod AuthenticationMethod IEEE8021xAuthenticationProtocol BSSType",
    ),
    define(
        "CIM_WiFiEndpointCapabilities",
        "CIM_EnabledLogicalElementCapabilities",
        texts="OtherSupportedEncryptionMethods OtherSupportedAuthenticationMethods",
        u16s="SupportedEncryptionMethods SupportedAuthenticationMethods",
    ),
    define(
        "CIM_WiFiEndpointSettings",
        "CIM_SettingData",
        text="SSID OtherEncryptionMethod OtherAuthenticationMethod PSKPassPhrase",
        u8="Priority KeyIndex",
        u16="BSSType EncryptionMethod AuthenticationMethod",
        octets="PSKValue",
        hexadecimals="Keys",
    ),
    define("CIM_WiFiPort", "CIM_NetworkPort"),
    define(
        "CIM_WiFiPortCapabilities",
        "CIM_NetworkPortCapabilities",
        texts="OtherSupportedPortTypes",
        u16s="SupportedPortTypes",
    ),
)
