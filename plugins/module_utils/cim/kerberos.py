# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Log-ins by ticket (AMT.md 10.2; vendor's guide, Get/Set Kerberos Settings)."""

from __future__ import annotations

from .schema import CimClass, boolean, enum, integer, octets, text

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
