# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The IPS classes. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    define("IPS_8021xCredentialContext", "CIM_CredentialContext", keys="ElementInContext ElementProvidingContext"),
    define(
        "IPS_AdminProvisioningRecord",
        "IPS_ProvisioningAuditRecord",
        text="CertificateCN",
        flag="SecureDNS AdditionalCaSerialNums HashIsOemDefault",
        u8="SelectedHashType EHBCState",
        octets="SelectedHashData",
        hexadecimal="CaCertificateSerials",
    ),
    define(
        "IPS_AlarmClockOccurrence",
        "CIM_ManagedElement",
        text="InstanceID",
        flag="DeleteOnCompletion",
        when="StartTime Interval",
        keys="InstanceID",
    ),
    define(
        "IPS_ClientProvisioningRecord", "IPS_ProvisioningAuditRecord", u8="HashAlgorithm", octets="ProvCertificateHash"
    ),
    define("IPS_DALProvisioningRecord", "IPS_ProvisioningAuditRecord", octets="DALRecord"),
    define(
        "IPS_HTTPProxyAccessPoint",
        "CIM_RemoteServiceAccessPoint",
        text="NetworkDnsSuffix",
        u8="Type",
        u16="Port",
        u32="Priority",
        required="Type Port NetworkDnsSuffix Priority",
        methods=(method("UpdatePriority"),),
    ),
    define(
        "IPS_HTTPProxyService",
        "CIM_Service",
        flag="SyncEnabled",
        methods=(
            method(
                "AddProxyAccessPoint",
                text="AccessInfo! NetworkDnsSuffix!",
                u16="InfoFormat! Port!",
                out="ProxyAccessPoint",
            ),
        ),
    ),
    define(
        "IPS_HostBasedSetupService",
        "CIM_SecurityService",
        u8="CurrentControlMode CertChainStatus",
        u8s="AllowedControlModes",
        octets="ConfigurationNonce",
        methods=(
            method(
                "Setup",
                u16="NetAdminPassEncryptionType! SigningAlgorithm",
                octets="McNonce Certificate DigitalSignature",
                hexadecimal="NetworkAdminPassword!",
            ),
            method("AddNextCertInChain", flag="IsLeafCertificate IsRootCertificate", octets="NextCertificate!"),
            method(
                "AdminSetup",
                u16="NetAdminPassEncryptionType! SigningAlgorithm",
                octets="McNonce DigitalSignature",
                hexadecimal="NetworkAdminPassword!",
            ),
            method("UpgradeClientToAdmin", u16="SigningAlgorithm", octets="McNonce DigitalSignature"),
            method("DisableClientControlMode"),
        ),
    ),
    define(
        "IPS_HostBootReason",
        "CIM_ManagedElement",
        text="ReasonDetails",
        u32="Reason PreviousSxState",
        keys="InstanceID",
        required="Reason PreviousSxState",
    ),
    define(
        "IPS_HostIPSettings",
        "CIM_SettingData",
        text="IpAddress SubnetMask DefaultGateway PrimaryDNS SecondaryDNS",
        flag="DHCPEnabled",
    ),
    define(
        "IPS_IEEE8021xSettings",
        "CIM_IEEE8021xSettings",
        flag="AvailableInS0",
        u32="PxeTimeout Enabled",
        required="Enabled",
        methods=(method("SetCertificates", ref="ServerCertificateIssuer ClientCertificate"),),
    ),
    define(
        "IPS_IPv6PortSettings",
        "CIM_SettingData",
        text=(
            "IPv6Address PrimaryDNS SecondaryDNS DefaultRouter CurrentPrimaryDNS CurrentSecondaryDNS "
            "CurrentDefaultRouter"
        ),
        texts="CurrentAddressInfo",
        u32="InterfaceIDType",
        hexadecimal="ManualInterfaceID",
        keys="InstanceID",
    ),
    define("IPS_IderSessionUsingPort", "IPS_SessionUsingPort", keys="Antecedent Dependent"),
    define(
        "IPS_KVMRedirectionSettingData",
        "CIM_SettingData",
        text="RFBPassword",
        flag=(
            "EnabledByMEBx BackToBackFbMode Is5900PortEnabled OptInPolicy DoubleBufferEnabled "
            "DoubleBufferActive ZlibControlSupported GrayscalePixelFormatSupported"
        ),
        u8="DefaultScreen InitialDecimationModeForLowRes",
        u16="OptInPolicyTimeout SessionTimeout",
        methods=(method("TerminateSession"),),
    ),
    define("IPS_KvmSessionUsingPort", "IPS_SessionUsingPort", keys="Antecedent Dependent"),
    define("IPS_LANEndpoint", "CIM_LANEndpoint"),
    define("IPS_ManualProvisioningRecord", "IPS_ProvisioningAuditRecord"),
    define(
        "IPS_OptInService",
        "CIM_Service",
        u8="OptInState CanModifyOptInPolicy",
        u16="OptInDisplayTimeout",
        u32="OptInCodeTimeout OptInRequired",
        methods=(
            method("StartOptIn"),
            method("CancelOptIn"),
            method("SendOptInCode", u32="OptInCode"),
        ),
    ),
    define(
        "IPS_PowerManagementCapabilities",
        "CIM_PowerManagementCapabilities",
        u16="OSPowerSavingStateSupported OSPowerSavingStateChangeSupported",
    ),
    define(
        "IPS_PowerManagementService",
        "CIM_Service",
        u16="OSPowerSavingState",
        methods=(
            method(
                "RequestOSPowerSavingStateChange",
                u16="OSPowerSavingState",
                when="Time TimeoutPeriod",
                ref="ManagedElement",
                out="Job",
            ),
        ),
    ),
    define("IPS_ProvisioningAuditRecord", "CIM_LogEntry"),
    define("IPS_ProvisioningRecordLog", "CIM_RecordLog"),
    define("IPS_RasSessionUsingPort", "IPS_SessionUsingPort", keys="Antecedent Dependent"),
    define(
        "IPS_ScreenConfigurationService",
        "CIM_Service",
        u16="CurrentState EnabledState RemainingConsecutiveRebootsNum",
        methods=(method("SetSessionState", u8="SessionState ConsecutiveRebootsNum"),),
    ),
    define(
        "IPS_ScreenSettingData",
        "CIM_SettingData",
        flags="IsActive",
        u8="PrimaryIndex SecondaryIndex TertiaryIndex QuadraryIndex",
        u32s="ResolutionX ResolutionY",
        s32s="UpperLeftX UpperLeftY",
        methods=(method("ResetToDefault"),),
    ),
    define(
        "IPS_SecIOService", "CIM_Service", u8="DefaultScreen NumberOfScreens", u16="language RequestedLanguage zoom"
    ),
    define("IPS_SessionUsingPort", "CIM_Dependency", keys="Antecedent Dependent"),
    define("IPS_SolSessionUsingPort", "IPS_SessionUsingPort", keys="Antecedent Dependent"),
    define(
        "IPS_TLSProvisioningRecord",
        "IPS_ProvisioningAuditRecord",
        text="ProvServerFQDN ProvServerIP",
        flag="SecureDNS HostInitiated AdditionalCaSerialNums HashIsOemDefault IsTimeValid",
        u8="ProvisioningTLSMode SelectedHashType",
        octets="SelectedHashData",
        hexadecimal="CaCertificateSerials",
    ),
    define(
        "IPS_WatchDogAction",
        "CIM_ManagedElement",
        flag="ReArmReset",
        u32="HeciWatchDogExpirationAction AgentPresenceWatchDogExpirationAction Timeout",
        keys="InstanceID",
        required="HeciWatchDogExpirationAction AgentPresenceWatchDogExpirationAction",
        methods=(
            method("ApplyActionOnWatchDog", flag="ActionEnable!", ref="AgentPresenceWatchDog!"),
            method("CancelRebootAction"),
        ),
    ),
)
