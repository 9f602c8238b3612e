# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The AMT classes that amt_defense and amt_security do not hold. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    define(
        "AMT_AlarmClockService",
        "CIM_Service",
        when="NextAMTAlarmTime AMTAlarmClockInterval",
        methods=(method("AddAlarm", embedded="AlarmTemplate:IPS_AlarmClockOccurrence!", out="AlarmClock"),),
    ),
    define(
        "AMT_AssetTable",
        "CIM_ManagedElement",
        text="TableTypeInfo",
        u32="TableType",
        octets="TableData",
        keys="TableType InstanceID",
        required="TableData",
    ),
    define(
        "AMT_AssetTableService",
        "CIM_Service",
        texts="TableTypes",
        required="TableTypes",
        methods=(method("RequestMediaDeviceTableUpdate", flag="FullUpdate! Sticky!"),),
    ),
    define(
        "AMT_BootCapabilities",
        "CIM_Capabilities",
        flag=(
            "IDER SOL BIOSReflash BIOSSetup BIOSPause ForcePXEBoot ForceHardDriveBoot "
            "ForceHardDriveSafeModeBoot ForceDiagnosticBoot ForceCDorDVDBoot VerbosityScreenBlank "
            "PowerButtonLock ResetButtonLock KeyboardLock SleepButtonLock UserPasswordBypass "
            "ForcedProgressEvents VerbosityVerbose VerbosityQuiet ConfigurationDataReset BIOSSecureBoot "
            "SecureErase ForceUEFIHTTPSBoot ForceUEFIPBABoot ForceWinREBoot AMTSecureBootControl "
            "UEFIWiFiCoExistenceAndProfileShare"
        ),
        u32="PlatformErase",
    ),
    define(
        "AMT_BootSettingData",
        "CIM_BootSettingData",
        text="RSEPassword",
        flag=(
            "UseSOL UseSafeMode ReflashBIOS BIOSSetup BIOSPause LockPowerButton LockResetButton LockKeyboard "
            "LockSleepButton UserPasswordBypass ForcedProgressEvents ConfigurationDataReset UseIDER "
            "EnforceSecureBoot SecureErase PlatformErase OptionsCleared WinREBootEnabled "
            "UEFILocalPBABootEnabled UEFIHTTPSBootEnabled SecureBootControlEnabled RPEEnabled"
        ),
        u8="FirmwareVerbosity IDERBootDevice",
        u16="BootMediaIndex",
        u16s="BIOSLastStatus",
        u32="BootguardStatus UefiBootNumberOfParams",
        octets="UefiBootParametersArray",
        required=(
            "UseSOL UseSafeMode ReflashBIOS BIOSSetup BIOSPause LockPowerButton LockResetButton LockKeyboard "
            "LockSleepButton UserPasswordBypass ForcedProgressEvents FirmwareVerbosity ConfigurationDataReset "
            "IDERBootDevice UseIDER BootMediaIndex SecureErase"
        ),
    ),
    define(
        "AMT_EnvironmentDetectionSettingData",
        "CIM_SettingData",
        texts="DetectionStrings DetectionIPv6LocalPrefixes",
        u16="DetectionAlgorithm",
        required="DetectionAlgorithm",
        methods=(
            method("SetSystemDefensePolicy", ref="Policy"),
            method("EnableVpnRouting", flag="Enable!"),
        ),
    ),
    define(
        "AMT_EthernetPortSettings",
        "CIM_SettingData",
        text="MACAddress IPAddress SubnetMask DefaultGateway PrimaryDNS SecondaryDNS",
        flag="SharedMAC LinkIsUp SharedStaticIp SharedDynamicIP IpSyncEnabled DHCPEnabled",
        u8s="LinkPolicy",
        u16="VLANTag",
        u32=(
            "LinkPreference LinkControl ConsoleTcpMaxRetransmissions PhysicalConnectionType PhysicalNicMedium "
            "WLANLinkProtectionLevel"
        ),
        keys="InstanceID",
        methods=(
            method("SetLinkPreference", u32="LinkPreference! Timeout"),
            method("CancelLinkProtection"),
            method("RestoreLinkProtection"),
        ),
    ),
    define(
        "AMT_GeneralSettings",
        "CIM_SettingData",
        text="DigestRealm HostName DomainName HostOSFQDN",
        flag=(
            "NetworkInterfaceEnabled PingResponseEnabled WsmanOnlyMode DDNSUpdateEnabled "
            "DDNSUpdateByDHCPServerEnabled SharedFQDN RmcpPingResponseEnabled"
        ),
        u16="DHCPv6ConfigurationTimeout OemID",
        u32=(
            "IdleWakeTimeout PreferredAddressFamily DDNSTTL AMTNetworkEnabled DDNSPeriodicUpdateInterval "
            "PresenceNotificationInterval PrivacyLevel PowerSource ThunderboltDockEnabled "
            "DHCPSyncRequiresHostname"
        ),
        keys="InstanceID",
        methods=(
            method(
                "AMTAuthenticate",
                octets="MC_Nonce!",
                out=("Nonce UUID FQDN FWVersion AMTSVN SignatureMechanism Signature LengthOfCertificates Certificates"),
            ),
        ),
    ),
    define("AMT_MPSUsernamePassword", "CIM_SharedCredential"),
    define("AMT_ManagementPresenceRemoteSAP", "CIM_RemoteServiceAccessPoint", text="CN", u16="Port", required="Port"),
    define(
        "AMT_MessageLog",
        "CIM_MessageLog",
        methods=(
            method(
                "GetRecords",
                text="IterationIdentifier!",
                u32="MaxReadRecords!",
                out="IterationIdentifier NoMoreRecords RecordArray",
            ),
            method(
                "GetRecord",
                text="IterationIdentifier!",
                flag="PositionToNext",
                out="IterationIdentifier RecordNumber RecordData",
            ),
            method(
                "PositionAtRecord",
                text="IterationIdentifier!",
                flag="MoveAbsolute!",
                s64="RecordNumber!",
                out="IterationIdentifier RecordNumber",
            ),
            method("FreezeLog", flag="Freeze!"),
        ),
    ),
    define(
        "AMT_PCIDevice",
        "CIM_PCIController",
        u8="RevisionID ProgIf Subclass MinGrantTime MaxLatency",
        u16="SubsystemID VendorID DeviceLocation SubsystemVendorID",
        u32s="BaseAddress",
        keys="DeviceID",
    ),
    define(
        "AMT_RedirectionService",
        "CIM_Service",
        texts="AccessLog",
        flag="ListenerEnabled",
        methods=(method("TerminateSession", u32="SessionType"),),
    ),
    define(
        "AMT_RemoteAccessCapabilities",
        "CIM_Capabilities",
        u32="MaxTotalMpServers MaxTotalPolicies MaxMpsPerPolicy MaxTotalProxyEntryPoints",
    ),
    define(
        "AMT_RemoteAccessPolicyAppliesToMPS",
        "CIM_PolicySetAppliesToElement",
        u16="OrderOfAccess MpsType",
        keys="PolicySet ManagedElement",
    ),
    define(
        "AMT_RemoteAccessPolicyRule",
        "CIM_PolicyRule",
        u16="Trigger",
        u32="TunnelLifeTime",
        octets="ExtendedData",
        required="Trigger TunnelLifeTime",
    ),
    define(
        "AMT_RemoteAccessService",
        "CIM_Service",
        flag="IsRemoteTunnelConnected",
        u32="RemoteTunnelKeepAliveTimeout",
        methods=(
            method(
                "AddMpServer",
                text="AccessInfo! Username Password CN",
                u16="InfoFormat! Port!",
                u32="AuthMethod!",
                ref="Certificate",
                out="MpServer",
            ),
            method(
                "AddRemoteAccessPolicyRule",
                u16="Trigger!",
                u32="TunnelLifeTime!",
                octets="ExtendedData",
                refs="MpServer InternalMpServer",
                out="PolicyRule",
            ),
            method("CloseRemoteAccessConnection"),
        ),
    ),
    define(
        "AMT_SetupAndConfigurationService",
        "CIM_CredentialManagementService",
        text="ConfigurationServerFQDN DhcpDNSSuffix TrustedDNSSuffix",
        flag="ZeroTouchConfigurationEnabled",
        u8="ProvisioningMode ProvisioningState PasswordModel",
        octets="ProvisioningServerOTP",
        methods=(
            method("CommitChanges"),
            method("Unprovision", u32="ProvisioningMode"),
            method("PartialUnprovision"),
            method("ExtendProvisioningPeriod", u32="Duration"),
            method("SetMEBxPassword", text="Password"),
            method("GetUuid", out="UUID"),
            method("GetUnprovisionBlockingComponents", out="Component"),
        ),
    ),
    define(
        "AMT_SystemPowerScheme",
        "CIM_SettingData",
        text="SchemeGUID",
        keys="InstanceID SchemeGUID",
        required="ElementName",
        methods=(method("SetPowerScheme"),),
    ),
    define(
        "AMT_TimeSynchronizationService",
        "CIM_Service",
        u32="LocalTimeSyncEnabled TimeSource",
        methods=(
            method("GetLowAccuracyTimeSynch", out="Ta0"),
            method("SetHighAccuracyTimeSynch", u32="Ta0! Tm1! Tm2!"),
            method("EnableLocalTimeSync", flag="Enable!"),
        ),
    ),
    define("AMT_UserInitiatedConnectionService", "CIM_Service", text="LastConnectionReason"),
    define("AMT_WebUIService", "CIM_Service"),
    define(
        "AMT_WiFiPortConfigurationService",
        "CIM_NetworkPortConfigurationService",
        text="LastConnectedSsidUnderMeControl",
        flag="UEFIWiFiProfileShareEnabled",
        u32="localProfileSynchronizationEnabled NoHostCsmeSoftwarePolicy",
        methods=(
            method(
                "AddWiFiSettings",
                ref="WiFiEndpoint! ClientCredential CACredential",
                embedded=(
                    "WiFiEndpointSettingsInput:CIM_WiFiEndpointSettings! IEEE8021xSettingsInput:CIM_IEEE8021xSettings"
                ),
                out="WiFiEndpointSettings IEEE8021xSettings",
            ),
            method(
                "UpdateWiFiSettings",
                ref="WiFiEndpointSettings! ClientCredential CACredential",
                embedded=(
                    "WiFiEndpointSettingsInput:CIM_WiFiEndpointSettings! IEEE8021xSettingsInput:CIM_IEEE8021xSettings"
                ),
                out="IEEE8021xSettings",
            ),
            method("DeleteAllITProfiles"),
            method("DeleteAllUserProfiles"),
        ),
    ),
)
