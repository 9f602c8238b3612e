# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""AMT classes of users, keys, certificates, TLS, 802.1x and the audit log. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    define(
        "AMT_8021XProfile",
        "CIM_SettingData",
        text="RoamingIdentity ServerCertificateName Username Password Domain PACPassword",
        flag="Enabled ActiveInS0",
        u16="AuthenticationProtocol ServerCertificateNameComparison",
        u32="PxeTimeout",
        octets="ProtectedAccessCredential",
        ref="ClientCertificate ServerCertificateIssuer",
        required="Enabled",
    ),
    define("AMT_8021xCredentialContext", "CIM_CredentialContext", keys="ElementInContext ElementProvidingContext"),
    define(
        "AMT_AuditLog",
        "CIM_Log",
        u8="StoragePolicy MinDaysToKeep",
        u16="MaxAllowedAuditors",
        u32="PercentageFree AuditState",
        when="TimeOfLastRecord",
        keys="Name",
        required="PercentageFree AuditState MaxAllowedAuditors",
        methods=(
            method("ReadRecords", u32="StartIndex!", out="TotalRecordCount RecordsReturned EventRecords"),
            method("SetAuditLock", u32="LockTimeoutInSeconds Flag! Handle", out="Handle"),
            method(
                "ExportAuditLogSignature",
                u32="SigningMechanism!",
                out=(
                    "TotalRecordCount StartLogTime EndLogTime GenerationTime UUID FQDN SignatureMechanism "
                    "Signature LengthOfCertificates Certificates"
                ),
            ),
            method(
                "SetSigningKeyMaterial",
                u16s="LengthOfCertificates!",
                u32="SigningMechanismType!",
                octets="SigningKey! Certificates!",
            ),
        ),
    ),
    define(
        "AMT_AuditPolicyRule",
        "CIM_PolicyRule",
        u32s="AuditApplicationEventID PolicyType",
        required="AuditApplicationEventID PolicyType",
        methods=(
            method("SetAuditPolicy", flag="Enable!", u16="AuditedAppID! EventID!", u32="PolicyType"),
            method("SetAuditPolicyBulk", flags="Enable!", u16s="AuditedAppID! EventID!", u32s="PolicyType!"),
        ),
    ),
    define(
        "AMT_AuthorizationService",
        "CIM_Service",
        u32="AllowHttpQopAuthOnly",
        methods=(
            method(
                "AddUserAclEntryEx",
                text="DigestUsername",
                u32="AccessPermission!",
                u32s="Realms",
                octets="DigestPassword KerberosUserSid",
                out="Handle",
            ),
            method("EnumerateUserAclEntries", u32="StartIndex!", out="TotalCount HandlesCount Handles"),
            method(
                "GetUserAclEntryEx",
                u32="Handle!",
                out="DigestUsername DigestPassword KerberosUserSid AccessPermission Realms",
            ),
            method(
                "UpdateUserAclEntryEx",
                text="DigestUsername",
                u32="Handle! AccessPermission!",
                u32s="Realms",
                octets="DigestPassword KerberosUserSid",
            ),
            method("RemoveUserAclEntry", u32="Handle!"),
            method("SetAdminAclEntryEx", text="Username!", octets="DigestPassword!"),
            method("GetAdminAclEntry", out="Username"),
            method("GetAdminAclEntryStatus", out="IsDefault"),
            method("GetAdminNetAclEntryStatus", out="IsDefault"),
            method("SetAclEnabledState", flag="Enabled!", u32="Handle!"),
            method("GetAclEnabledState", u32="Handle!", out="Enabled"),
        ),
    ),
    define("AMT_CRL", "CIM_SettingData", text="Url", texts="SerialNumbers"),
    define("AMT_CryptographicCapabilities", "CIM_Capabilities", u32="HardwareAcceleration"),
    define(
        "AMT_KerberosSettingData",
        "CIM_SettingData",
        text="RealmName Passphrase Salt",
        texts="ServicePrincipalName",
        flag="KrbEnabled",
        u16="EncryptionAlgorithm",
        u16s="ServicePrincipalProtocol SupportedEncryptionAlgorithms ConfiguredEncryptionAlgorithms",
        u32="KeyVersion MaximumClockTolerance IterationCount",
        octets="MasterKey",
        required="KrbEnabled",
        methods=(
            method("GetCredentialCacheState", out="Enabled"),
            method("SetCredentialCacheState", flag="Enable!"),
        ),
    ),
    define(
        "AMT_ProvisioningCertificateHash",
        "CIM_Credential",
        flag="IsDefault Enabled",
        u8="HashType",
        octets="HashData",
        keys="InstanceID",
    ),
    define(
        "AMT_PublicKeyCertificate",
        "CIM_Credential",
        text="Issuer Subject",
        flag="TrustedRootCertficate ReadOnlyCertificate",
        octets="X509Certificate",
        keys="InstanceID",
    ),
    define(
        "AMT_PublicKeyManagementCapabilities",
        "CIM_Capabilities",
        u32=("MaximumCRLSize RootCertMaxSize RootCertMaxCount CommonNameMaxSize CommonNameMaxCount CertChainMaxSize"),
        u32s="SupportedKeyLengths",
    ),
    define(
        "AMT_PublicKeyManagementService",
        "CIM_CredentialManagementService",
        methods=(
            method("AddCRL", text="Url", texts="SerialNumbers", out="CRL"),
            method("ResetCRLList"),
            method("AddCertificate", octets="CertificateBlob!", out="CreatedCertificate"),
            method("AddTrustedRootCertificate", octets="CertificateBlob!", out="CreatedCertificate"),
            method("AddKey", octets="KeyBlob!", out="CreatedKey"),
            method(
                "GeneratePKCS10RequestEx",
                u32="SigningAlgorithm!",
                octets="NullSignedCertificateRequest!",
                ref="KeyPair!",
                out="SignedCertificateRequest",
            ),
            method("GenerateKeyPair", u32="KeyAlgorithm! KeyLength!", out="KeyPair"),
        ),
    ),
    define("AMT_PublicPrivateKeyPair", "CIM_Credential", octets="DERKey", keys="InstanceID"),
    define(
        "AMT_RemoteAccessCredentialContext", "CIM_CredentialContext", keys="ElementInContext ElementProvidingContext"
    ),
    define("AMT_TLSCredentialContext", "CIM_CredentialContext", keys="ElementInContext ElementProvidingContext"),
    define("AMT_TLSProtocolEndpoint", "CIM_ProtocolEndpoint", u8="Role"),
    define("AMT_TLSProtocolEndpointCollection", "CIM_Collection", keys="ElementName"),
    define(
        "AMT_TLSSettingData",
        "CIM_SettingData",
        text="X509IssuerName",
        texts="TrustedCN",
        flag="MutualAuthentication Enabled AcceptNonSecureConnections NonSecureConnectionsSupported",
        octets="X509SerialNumber",
        required="Enabled",
    ),
)
