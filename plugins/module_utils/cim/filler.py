# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What vendors leave where nobody filled in a value: it says nothing, and as an identity it is shared by strangers.

Texts are compared without case, blanks and punctuation, so that `To be filled by OEM` is `To Be Filled By O.E.M.`.
Sources: the texts of AMI's and Intel's BIOS kits as recorded replies have them (AMT.md 7), the blacklists of serial
numbers of OCS Inventory and GLPI, and of UUIDs of FreeBSD's rc script `hostid`.
"""

from __future__ import annotations

import re

#: In any property; the names of properties, which some leave there, among them.
TEXTS = frozenset(
    {
        "assettag",
        "baseboardserialnumber",
        "chassisserialnumber",
        "defaultstring",
        "invalid",
        "na",
        "nodimm",
        "none",
        "notapplicable",
        "notavailable",
        "notpresent",
        "notset",
        "notspecified",
        "null",
        "nullstring",
        "oem",
        "serialnumber",
        "systemmanufacturer",
        "systemproductname",
        "systemserialnumber",
        "undefined",
        "unknown",
    }
)
TEXT_BEGINNINGS = ("tobefilled", "tobedefined", "filledbyoem")

#: In a serial number or an asset tag only: elsewhere these may mean something.
SERIALS = frozenset(
    {
        "123456789000",
        "123456789abcdef",
        "0123456789abcdef",
        "empty",
        "eval",
        "iatpass",
        "sn123456fvgv3i0b8o5n6n7k",
        "tulipcomputers",
    }
)
_COUNTED = re.compile(r"(?:sys|mb|sn|chassis|serialnumber)?([0-9]{4,})")
_COUNTING = ("0123456789" * 4, "1234567890" * 4, "9876543210" * 4, "9876543210"[1:] * 4)
_REPEATED = re.compile(r"(?:serialnumber)?(\w)\1*")

#: With the first three groups in either order of bytes. The second is AMI's, the third Dell's without a service tag.
UUIDS = frozenset(
    {
        "00010203-0405-0607-0809-0a0b0c0d0e0f",
        "03000200-0400-0500-0006-000700080009",
        "4c4c4544-0000-2010-8020-80c04f202020",
        "07090201-0103-0301-0807-060504030201",
        "11111111-2222-3333-4444-555555555555",
        "12345678-1234-5678-90ab-cddeefaabbcc",
        "890e2d14-cacd-45d1-ae66-bc80e8bfeb0f",
        "8e275844-178f-44a8-aceb-a7d7e5178c63",
        "dc698397-fa54-4cf2-82c8-b1b5307a6a7f",
        "deadbeef-dead-beef-dead-beefdeadbeef",
        "fefefefe-fefe-fefe-fefe-fefefefefefe",
    }
)
_UNSET_NODE = "ffffffffffffffffffffffff"
_UUID = re.compile(r"[0-9a-f]{32}")


def is_filler(text: str) -> bool:
    """Whether a text, of whatever property, says only that nobody filled it in. An empty one does."""
    if not text.strip(" \t\r\n\0"):
        return True
    key = _key(text)
    return key in TEXTS or key.startswith(TEXT_BEGINNINGS)


def is_filler_serial(text: str) -> bool:
    """Whether a serial number or asset tag is one that other machines may have too: filler, counted, one character."""
    key = _key(text)
    if is_filler(text) or not key or key in SERIALS or _REPEATED.fullmatch(key):
        return True
    counted = _COUNTED.fullmatch(key)
    return counted is not None and any(series.startswith(counted.group(1)) for series in _COUNTING)


def is_filler_uuid(text: str) -> bool:
    """Whether a UUID, in whichever order of bytes, is one that other machines may have too, or none at all."""
    digits = text.replace("-", "").strip(" \t\r\n\0{}").lower()
    if not _UUID.fullmatch(digits) or digits == digits[:2] * 16 or digits.endswith(_UNSET_NODE):
        return True
    return not _FILLER_DIGITS.isdisjoint((digits, _swapped(digits)))


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _swapped(digits: str) -> str:
    octets = [digits[at : at + 2] for at in range(0, 32, 2)]
    return "".join((*octets[3::-1], *octets[5:3:-1], *octets[7:5:-1], *octets[8:]))


_FILLER_DIGITS = frozenset(each.replace("-", "") for each in UUIDS)
