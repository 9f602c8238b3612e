# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The third-party data store. Facts: an older public copy of Intel's schema (4.0.0); newer ones have it no more."""

from __future__ import annotations

from .row import define, method

SESSION = "SessionHandle!"
ROWS = (
    define(
        "AMT_ThirdPartyDataStorageAdministrationService",
        "CIM_Service",
        methods=(
            method(
                "GetGlobalStorageAttributes",
                out="TotalStorage TotalAllocatedStorage MaxPartnerStorage TotalPartnerAllocatedStorage "
                "MaxNonPartnerTotalAllocationSize",
            ),
            method("AdminGetRegisteredApplications", out="ApplicationHandles"),
            method(
                "AdminGetApplicationAttributes",
                u32="Handle!",
                out="AttrType UUID VendorName ApplicationName EnterpriseName CurrentAllocationSize ActiveSession "
                "Partner",
            ),
            method("AdminRemoveApplication", u32="Handle!"),
            method("AddStorageEaclEntry", text="EnterpriseName!", out="Handle"),
            method("EnumerateStorageEaclEntries", out="Handles"),
            method("GetStorageEaclEntry", u32="Handle!", out="EnterpriseName"),
            method("RemoveStorageEaclEntry", u32="Handle!"),
            method(
                "AddStorageFpaclEntry",
                u32="AttrType! TotalAllocationSize!",
                text="ApplicationName! VendorName!",
                flag="IsPartner!",
                out="Handle",
            ),
            method("EnumerateStorageAllocEntries", out="Handles"),
            method(
                "GetStorageAllocEntry",
                u32="Handle!",
                out="AttrType VendorName ApplicationName IsPartner TotalAllocationSize",
            ),
            method("UpdateStorageFpaclEntry", u32="Handle! NewAllocationSize!"),
            method("RemoveStorageFpaclEntry", u32="Handle!"),
        ),
    ),
    define(
        "AMT_ThirdPartyDataStorageService",
        "CIM_Service",
        methods=(
            method("GetMTU", out="Mtu"),
            method("GetWriteEraseLimit", out="WriteEraseLimit"),
            method(
                "RegisterApplication",
                hexadecimal="CallerUUID!",
                text="VendorName! ApplicationName! EnterpriseName!",
                out="SessionHandle",
            ),
            method("UnregisterApplication", hexadecimal=SESSION),
            method("GetCurrentApplicationHandle", hexadecimal=SESSION, out="ApplicationHandle"),
            method("GetBytesAvailable", hexadecimal=SESSION, out="BytesAvailable"),
            method(
                "AllocateBlock",
                hexadecimal=SESSION,
                u32="BytesRequested!",
                flag="BlockHidden!",
                text="BlockName",
                out="BlockHandle",
            ),
            method("DeallocateBlock", hexadecimal=SESSION, u32="BlockHandle!"),
            method("GetAllocatedBlocks", hexadecimal=SESSION, u32="BlockOwnerApplication!", out="BlockHandles"),
            method(
                "GetBlockAttributes",
                hexadecimal=SESSION,
                u32="BlockHandle!",
                out="BlockSize BlockHidden BlockName",
            ),
            method("SetBlockVisibility", hexadecimal=SESSION, u32="BlockHandle!", flag="BlockHidden!"),
            method("LockBlock", hexadecimal=SESSION, u32="BlockHandle!"),
            method("UnlockBlock", hexadecimal=SESSION, u32="BlockHandle!"),
            method("ReadBlock", hexadecimal=SESSION, u32="BlockHandle! ByteOffset! ByteCount!", out="Data"),
            method(
                "WriteBlock",
                hexadecimal=SESSION,
                u32="BlockHandle! ByteOffset!",
                octets="Data!",
                out="BytesWritten",
            ),
        ),
    ),
)
