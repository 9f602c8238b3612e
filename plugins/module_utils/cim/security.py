# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log in, by what, and what is switched on.

Accounts (AMT.md 10.1), tickets (10.2), certificates, keys and TLS (10.3), the clock (10.4), redirection and pages
(9.1), consent of the user at the machine (9.2); vendor's guide, the chapters of the same names.
"""

from __future__ import annotations

from .realms import NUMBERS
from .returns import OPT_IN, PT_STATUS, STATE_CHANGE
from .schema import CimClass, boolean, enum, integer, octets, reference, text

#: `on` and `default` let the machine's own system set the clock (Intel's MOF, LocalTimeSyncEnabled). With `bios` nobody
#: has set it yet, and it follows that of the BIOS (vendor's guide, Time Synchronization).
TIME_SERVICE = CimClass(
    "AMT_TimeSynchronizationService",
    (
        enum("LocalTimeSyncEnabled", words={"default": 0, "on": 1, "off": 2}, writable=False),
        enum("TimeSource", words={"bios": 0, "configured": 1}, writable=False),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: What GetLowAccuracyTimeSynch answers: seconds since 1970 (UTC).
TIME_TOLD = integer("Ta0")

#: 2004-01-01, in seconds since 1970: no clock is set by an earlier one (Intel's MOF, SetHighAccuracyTimeSynch).
EARLIEST_TIME = 1072915200

#: AMT_RedirectionService.EnabledState, which RequestStateChange takes too: 32768, plus 1 with IDE-R, plus 2 with SOL.
REDIRECTION_STATES = {"none": 32768, "ider": 32769, "sol": 32770, "ider and sol": 32771}

#: Its sessions; TerminateSession answers with Intel's own numbers.
REDIRECTION_SESSIONS = CimClass("AMT_RedirectionService", returns=PT_STATUS, family="PT_STATUS")

#: TerminateSession.SessionType (Intel's MOF).
SESSION_TYPES = {"ider": 0, "sol": 1}

REDIRECTION_SERVICE = CimClass(
    "AMT_RedirectionService",
    (
        enum("EnabledState", words=REDIRECTION_STATES),
        boolean("ListenerEnabled"),
        text("AccessLog", many=True, writable=False),
    ),
    returns=STATE_CHANGE,
    family="STATE_CHANGE",
)

#: What RequestStateChange of a service is asked for (DMTF CIM_EnabledLogicalElement).
SWITCH = {True: 2, False: 3}

#: `offline` is on too, without a session or with one: devices show it either way.
SWITCHED = enum("EnabledState", words={"on": 2, "off": 3, "offline": 6}, writable=False)

KVM_ACCESS = CimClass("CIM_KVMRedirectionSAP", (SWITCHED,), returns=STATE_CHANGE, family="STATE_CHANGE")

WEB_UI = CimClass("AMT_WebUIService", (SWITCHED,), returns=STATE_CHANGE, family="STATE_CHANGE")

KVM_SETTINGS = CimClass(
    "IPS_KVMRedirectionSettingData",
    (
        text("InstanceID"),
        boolean("EnabledByMEBx", writable=False),
        boolean("BackToBackFbMode"),
        boolean("Is5900PortEnabled"),
        boolean("OptInPolicy"),
        integer("OptInPolicyTimeout"),
        integer("SessionTimeout"),
        text("RFBPassword"),
        integer("DefaultScreen"),
        boolean("DoubleBufferEnabled"),
        boolean("DoubleBufferActive", writable=False),
        boolean("ZlibControlSupported", writable=False),
        boolean("GrayscalePixelFormatSupported", writable=False),
        enum("InitialDecimationModeForLowRes", words={"unsupported": 0, "off": 1, "automatic": 2, "on": 3}),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: Minutes without use after which a session is closed, 0 for never (vendor's guide, Managing the KVM Feature).
MOST_SESSION_TIMEOUT = 255

#: IPS_ScreenSettingData has four screens, and DefaultScreen counts from 0 (Intel's MOF).
SCREENS = 4

#: Characters of an RFB password, no more and no fewer (Intel's MOF).
RFB_PASSWORD_LENGTH = 8

#: The first version that has no port 5900 any more, as people found; the guide says that firmware from then on refuses
#: the password and the switch as unsupported (User Consent General Flow).
WITHOUT_PORT_5900 = (16, 1, 33)

#: IPS_OptInService.OptInRequired. With `all`, KVM, media and every change of the next boot need consent.
POLICIES = {"none": 0, "kvm": 1, "all": 4294967295}

OPT_IN_SERVICE = CimClass(
    "IPS_OptInService",
    (
        enum("OptInRequired", words=POLICIES),
        enum(
            "OptInState",
            words={"not_started": 0, "requested": 1, "displayed": 2, "received": 3, "in_session": 4},
            writable=False,
        ),
        integer("CanModifyOptInPolicy", writable=False),
        integer("OptInCodeTimeout"),
        integer("OptInDisplayTimeout"),
    ),
    returns=OPT_IN,
    family="OPT_IN",
)

#: Seconds without a session of redirection after which consent is over: 1 to 15 minutes (vendor's guide, User Consent
#: General Flow).
LEAST_CODE_TIMEOUT, MOST_CODE_TIMEOUT = 60, 900

#: Seconds for which a code stays on the screen; 16 bits (Intel's MOF), which advises 300 at least.
MOST_DISPLAY_TIMEOUT = 65535

#: The states in which consent is given.
GIVEN = ("received", "in_session")


#: AddUserAclEntryEx, AccessPermission: from where a user may come (vendor's schema).
ACCESS = {"local": 0, "network": 1, "any": 2}

#: Of those besides the administrator (limits of the vendor's own profile editor, SCS 11 and 12). No source tells of
#: others on another generation.
MOST_DIGEST_USERS, MOST_KERBEROS_USERS = 7, 32

LONGEST_USER_NAME = 16
"""Characters, printable ASCII without NOT_IN_USER_NAMES and blanks (vendor's schema; SCS)."""
NOT_IN_USER_NAMES = ':,<>&"'
SYSTEM_ACCOUNT = "$$"
"""How the name of an account begins that the firmware has made: it can be disabled, and not removed."""
RESERVED_USER_NAMES = ("admin", "administrator")

LONGEST_SID = 28
"""Octets of KerberosUserSid (vendor's schema)."""

AUTHORIZATION = CimClass(
    "AMT_AuthorizationService",
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(
        integer("StartIndex"),
        integer("TotalCount"),
        integer("HandlesCount"),
        integer("Handles", many=True),
        integer("Handle"),
        text("Username"),
        text("DigestUsername"),
        octets("DigestPassword"),
        octets("KerberosUserSid"),
        enum("AccessPermission", words=ACCESS),
        enum("Realms", many=True, words=NUMBERS),
        boolean("Enabled"),
        boolean("IsDefault"),
    ),
)


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
EAC_CONTEXT = CimClass("AMT_EACCredentialContext", _CONTEXT)
CONTEXTS = (
    TLS_CONTEXT,
    CimClass("CIM_CredentialContext", _CONTEXT),
    CimClass("IPS_8021xCredentialContext", _CONTEXT),
    CimClass("AMT_8021xCredentialContext", _CONTEXT),
    CimClass("AMT_RemoteAccessCredentialContext", _CONTEXT),
    EAC_CONTEXT,
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


#: SupportedEncryptionAlgorithms and ConfiguredEncryptionAlgorithms (vendor's schema).
ENCRYPTIONS = {"rc4": 0, "aes128": 1, "aes256": 2}

#: Port of a service principal -> ServicePrincipalProtocol (vendor's schema): web, web over TLS, redirection, the same
#: over TLS. The guide says that AMT ignores principals.
PROTOCOLS = {16992: 0, 16993: 1, 16994: 2, 16995: 3}
MOST_PRINCIPALS = 4

#: EncryptionAlgorithm, which is always this; MasterKey goes with it alone.
RC4 = 0
MASTER_KEY_SIZE = 16
"""Octets of MasterKey."""

MOST_MINUTES = 5
"""MaximumClockTolerance: the default too."""

ITERATIONS = 4096
"""IterationCount of RFC 3962, section 4, where nobody says otherwise; Active Directory says so too."""

KERBEROS = CimClass(
    "AMT_KerberosSettingData",
    (
        boolean("KrbEnabled"),
        text("RealmName"),
        text("ServicePrincipalName", many=True),
        integer("ServicePrincipalProtocol", many=True),
        integer("KeyVersion"),
        integer("EncryptionAlgorithm"),
        octets("MasterKey"),
        integer("MaximumClockTolerance"),
        text("Passphrase"),
        text("Salt"),
        integer("IterationCount"),
        enum("SupportedEncryptionAlgorithms", many=True, words=ENCRYPTIONS, writable=False),
        enum("ConfiguredEncryptionAlgorithms", many=True, words=ENCRYPTIONS),
    ),
)

#: AMTAuthenticate: who the firmware is, signed by a key that Intel has certified for this very chip. AMT 15 and later,
#: by Intel's guide (On-Die Certificate Authority). UUID is in hexadecimal; the certificates stand one after the other.
AUTHENTICATE = CimClass(
    "AMT_GeneralSettings",
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(
        octets("MC_Nonce"),
        octets("Nonce"),
        text("UUID"),
        text("FQDN"),
        text("FWVersion"),
        integer("AMTSVN"),
        integer("SignatureMechanism"),
        octets("Signature"),
        integer("LengthOfCertificates", many=True),
        octets("Certificates"),
    ),
)
#: SignatureMechanism that stands for TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, the only one there is (Intel's MOF).
ECDSA_SHA384 = 0
#: Common names of the certificates of AMT itself, and of the one that is of the chip (rpc-go, lmsTls.go).
AMT_SIGNERS = ("AMT RCFG", "iAMT CSME IDevID RCFG")
CHIP, CHIP_NAMES = 3, ("ROM CA", "ROM DE")

#: SetEacOptions, UpdatePostureState and GetPosture of AMT_EndpointAccessControlService (Intel's MOF). NAC is Cisco's
#: and not supported from AMT 9 on, NAP is Microsoft's; the class is gone from CSME 18 on (vendor's class reference).
EAC_VENDORS = {"nac": 1, "nap": 2, "both": 3}
POSTURE_HASHES = {"sha1": 1, "sha256": 2, "sha384": 3}
POSTURE_COUNTERS = {"boot": 0, "agent_presence": 1}
NAC_UNTIL = 8
ATTRIBUTES = 0
"""PostureType: pairs of attribute and value, the only one."""

EAC_SERVICE = CimClass(
    "AMT_EndpointAccessControlService",
    (SWITCHED, text("Name"), text("SystemName"), text("CreationClassName"), text("SystemCreationClassName")),
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(
        enum("EacVendors", words=EAC_VENDORS),
        enum("PostureHashAlgorithm", words=POSTURE_HASHES),
        enum("UpdateType", words=POSTURE_COUNTERS),
        octets("PostureChangeHash"),
    ),
)
EAC_SWITCH = CimClass("AMT_EndpointAccessControlService", (SWITCHED,), returns=STATE_CHANGE, family="STATE_CHANGE")

LARGEST_AUDIT_REQUEST = 30
"""Events that one SetAuditPolicyBulk changes; the vendor advises to keep it below 6 kB (Intel's MOF)."""
MOST_SIGNING_CERTIFICATES, MOST_SIGNING_OCTETS, SIGNING_KEY_BITS = 5, 4100, 2048
#: AuditApplicationEventID: the application in the upper half, the event in the lower (vendor's guide, View the Audit
#: Policy Details).
AUDIT_POLICY = CimClass(
    "AMT_AuditPolicyRule",
    (
        integer("AuditApplicationEventID", many=True, writable=False),
        integer("PolicyType", many=True, writable=False),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(boolean("Enable", many=True),),
)
#: The same log, whose state is changed in DMTF's way.
AUDIT_SWITCH = CimClass("AMT_AuditLog", returns=STATE_CHANGE, family="STATE_CHANGE")
