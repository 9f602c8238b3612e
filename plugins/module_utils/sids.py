# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Security identifiers of Windows, as people have them and as firmware keeps them (MS-DTYP 2.4.2). Pure."""

from __future__ import annotations

import re
import struct

from .cim.security import LONGEST_SID
from .errors import InvalidOption

REVISION = 1
_TEXT = re.compile(r"S-1-(0x[0-9A-F]{1,12}|[0-9]{1,10})((?:-[0-9]{1,10})+)", re.IGNORECASE)
_HEAD = 8
_NUMBER = 4
_LARGEST_NUMBER = 2**32 - 1
#: From here on an authority is written in hexadecimal digits (MS-DTYP 2.4.2.1).
_HEXADECIMAL = 2**32
_WAY_OUT = "a SID looks like S-1-5-21-1004336348-1177238915-682003330-1105; whoami /user, or Get-ADUser, shows it"


def read_sid(option: str, text: str) -> bytes:
    """InvalidOption for what is none, or has no room in the firmware."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise InvalidOption(option, text, _WAY_OUT)
    base = 16 if found[1].lower().startswith("0x") else 10
    authority, numbers = int(found[1], base), [int(each) for each in found[2].split("-")[1:]]
    if authority >= 2**48 or max(numbers) > _LARGEST_NUMBER:
        raise InvalidOption(option, text, _WAY_OUT)
    octets = struct.pack("<BB", REVISION, len(numbers)) + authority.to_bytes(6, "big")
    octets += struct.pack("<{0}I".format(len(numbers)), *numbers)
    if len(octets) > LONGEST_SID:
        most = (LONGEST_SID - _HEAD) // _NUMBER
        raise InvalidOption(option, text, "firmware has room for {0} numbers after the authority".format(most))
    return octets


def shown_sid(octets: bytes) -> str:
    """ValueError for octets that are no SID."""
    count = (len(octets) - _HEAD) // _NUMBER
    if len(octets) < _HEAD + _NUMBER or octets[0] != REVISION or len(octets) != _HEAD + _NUMBER * octets[1]:
        raise ValueError(octets)
    authority = int.from_bytes(octets[2:_HEAD], "big")
    numbers = struct.unpack("<{0}I".format(count), octets[_HEAD:])
    shown = str(authority) if authority < _HEXADECIMAL else "0x{0:012X}".format(authority)
    return "-".join(("S", str(REVISION), shown, *map(str, numbers)))


def normal_sid(option: str, text: str) -> str:
    return shown_sid(read_sid(option, text))
