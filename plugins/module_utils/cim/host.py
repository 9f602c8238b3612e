# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How far a device is set up, and what provisioning calls (AMT.md 3, 10.1, 11)."""

from __future__ import annotations

from .returns import CERTIFICATE_CHAIN, HOST_BASED_SETUP, PT_STATUS
from .schema import CimClass, boolean, enum, integer, octets, text

SETUP = CimClass(
    "AMT_SetupAndConfigurationService",
    (
        enum("ProvisioningState", words={"pre": 0, "in": 1, "post": 2}),
        enum("ProvisioningMode", words={"admin": 1, "client": 4}),
        boolean("ZeroTouchConfigurationEnabled"),
        text("ConfigurationServerFQDN"),
        text("TrustedDNSSuffix"),
        text("DhcpDNSSuffix"),
        integer("PasswordModel"),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

HOST_BASED = CimClass(
    "IPS_HostBasedSetupService",
    (
        enum("CurrentControlMode", words={"none": 0, "client": 1, "admin": 2}),
        enum("AllowedControlModes", words={"client": 1, "admin": 2}, many=True),
        octets("ConfigurationNonce", writable=False),
    ),
    returns=HOST_BASED_SETUP,
    family="HOST_BASED_SETUP",
)

#: The same class as HOST_BASED, for the one method of it that returns numbers of another family.
CHAIN = CimClass("IPS_HostBasedSetupService", returns=CERTIFICATE_CHAIN, family="CERTIFICATE_CHAIN")

#: Setup and AdminSetup, NetAdminPassEncryptionType: the password comes as HTTP digest's HA1 in hexadecimal digits.
DIGEST_HASH = 2

#: AdminSetup and UpgradeClientToAdmin, SigningAlgorithm: RSA PKCS#1 v1.5 with SHA-256.
RSA_SHA256 = 2

#: Unprovision, ProvisioningMode: everything but what the factory set.
EVERYTHING = 1

#: StartConfigurationHBased (AMTHI), numbers of hash algorithms.
HASHES = {"sha256": 2, "sha384": 3}

NONCE_SIZE = 20
