# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Certificates, keys and TLS (AMT.md 10.3; vendor's guide, Certificate Management and TLS)."""

from __future__ import annotations

from .returns import PT_STATUS
from .schema import CimClass, boolean, integer, octets, reference, text

CERTIFICATE = CimClass(
    "AMT_PublicKeyCertificate",
    (
        text("InstanceID"),
        octets("X509Certificate"),
        boolean("TrustedRootCertficate"),  # spelt so
        boolean("ReadOnlyCertificate", writable=False),
        text("Subject"),
        text("Issuer"),
    ),
)

#: DERKey: the public part as PKCS#1 has it.
KEY_PAIR = CimClass("AMT_PublicPrivateKeyPair", (text("InstanceID"), octets("DERKey")))

STORE = CimClass("AMT_PublicKeyManagementService", returns=PT_STATUS, family="PT_STATUS")

STORE_LIMITS = CimClass(
    "AMT_PublicKeyManagementCapabilities",
    (
        integer("RootCertMaxCount"),
        integer("RootCertMaxSize"),
        integer("CertChainMaxSize"),
        integer("CommonNameMaxCount"),
        integer("CommonNameMaxSize"),
        integer("MaximumCRLSize"),
        integer("SupportedKeyLengths", many=True),
    ),
)

#: SerialNumbers: base64 of the number's octets.
CRL = CimClass("AMT_CRL", (text("InstanceID"), text("Url"), text("SerialNumbers", many=True)))

#: GenerateKeyPair, KeyAlgorithm.
RSA = 0

#: GeneratePKCS10RequestEx, SigningAlgorithm. sha384 is what AMT 22 asks for.
SIGNING = {"sha256": 1, "sha384": 2}

#: Returned until a new key can be used: MeshCentral asks again on both.
NOT_READY = ("PKI_GENERATING_KEYS", "OPERATION_IN_PROGRESS")

LARGEST = 4100
"""Octets of a certificate (X509Certificate's MaxLen), where the device does not tell."""

_CONTEXT = (reference("ElementInContext"), reference("ElementProvidingContext"))
TLS_CONTEXT = CimClass("AMT_TLSCredentialContext", _CONTEXT)
CONTEXTS = (
    TLS_CONTEXT,
    CimClass("CIM_CredentialContext", _CONTEXT),
    CimClass("IPS_8021xCredentialContext", _CONTEXT),
    CimClass("AMT_8021xCredentialContext", _CONTEXT),
    CimClass("AMT_RemoteAccessCredentialContext", _CONTEXT),
    CimClass("AMT_EACCredentialContext", _CONTEXT),
)
"""Who uses a certificate: the base class lists those of Wi-Fi, and on some firmware all of the others again."""

TLS_COLLECTION = CimClass("AMT_TLSProtocolEndpointCollection", (text("ElementName"),))

#: By the class that provides the context.
USERS = {
    "AMT_TLSProtocolEndpointCollection": "tls",
    "CIM_IEEE8021xSettings": "wifi",
    "IPS_IEEE8021xSettings": "8021x",
    "AMT_8021XProfile": "8021x",
    "AMT_ManagementPresenceRemoteSAP": "remote_access",
    "AMT_EndpointAccessControlService": "access_control",
}

REMOTE, LOCAL = "Intel(r) AMT 802.3 TLS Settings", "Intel(r) AMT LMS TLS Settings"

#: NonSecureConnectionsSupported came with 16; what lacks it has plain ports.
TLS_SETTINGS = CimClass(
    "AMT_TLSSettingData",
    (
        text("InstanceID"),
        boolean("Enabled"),
        boolean("MutualAuthentication"),
        boolean("AcceptNonSecureConnections"),
        text("TrustedCN", many=True),
        boolean("NonSecureConnectionsSupported", writable=False),
        text("X509IssuerName", writable=False),
        octets("X509SerialNumber", writable=False),
    ),
    instances=({"InstanceID": REMOTE}, {"InstanceID": LOCAL}),
)

#: What a client's certificate is for, besides TLS clients, by the side that it connects to (vendor's guide).
CLIENT_USAGES = {"remote": "2.16.840.1.113741.1.2.1", "local": "2.16.840.1.113741.1.2.2"}
