# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The third-party data store of AMT 3 to 11: AMT.md 10.6, from an older public copy of Intel's schema (4.0.0); the
vendor's guide, Storage Concepts and Objects, Application Development Guidelines."""

from __future__ import annotations

from .returns import PT_STATUS
from .schema import CimClass, boolean, integer, octets, text

ADMINISTRATION = CimClass(
    "AMT_ThirdPartyDataStorageAdministrationService",
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(
        integer("TotalStorage"),
        integer("TotalAllocatedStorage"),
        integer("MaxPartnerStorage"),
        integer("TotalPartnerAllocatedStorage"),
        integer("MaxNonPartnerTotalAllocationSize"),
        integer("Handle"),
        integer("Handles", many=True),
        integer("ApplicationHandles", many=True),
        text("EnterpriseName"),
        text("VendorName"),
        text("ApplicationName"),
        integer("AttrType"),
        boolean("IsPartner"),
        boolean("Partner"),
        boolean("ActiveSession"),
        integer("TotalAllocationSize"),
        integer("NewAllocationSize"),
        integer("CurrentAllocationSize"),
        octets("UUID"),
    ),
)
STORE = CimClass(
    "AMT_ThirdPartyDataStorageService",
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(
        integer("Mtu"),
        integer("WriteEraseLimit"),
        text("CallerUUID"),
        text("VendorName"),
        text("ApplicationName"),
        text("EnterpriseName"),
        text("SessionHandle"),
        integer("ApplicationHandle"),
        integer("BlockOwnerApplication"),
        integer("BytesAvailable"),
        integer("BytesRequested"),
        integer("BlockHandle"),
        integer("BlockHandles", many=True),
        integer("BlockSize"),
        boolean("BlockHidden"),
        text("BlockName"),
        integer("ByteOffset"),
        integer("ByteCount"),
        octets("Data"),
        integer("BytesWritten"),
    ),
)
PARTNER = 1  # AttrType of an allocation
MOST_ENTERPRISES = 4
LONGEST_NAME, LONGEST_BLOCK_NAME = 64, 32  # characters
UNIT = 4096  # bytes: of allocations, and of one request
