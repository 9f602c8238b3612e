# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A returned number has the name of its own family, or of the status that it carries."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.returns import BOOT, OPT_IN, PT_STATUS, name_of


@pytest.mark.parametrize(
    ("family", "code", "name"),
    [
        (BOOT, 6, "ACCESS_DENIED"),
        (OPT_IN, 3, "BLOCKED"),
        (PT_STATUS, 0x26, "FLASH_WRITE_LIMIT_EXCEEDED"),
        (BOOT, 0x8000 + 0x26, "FLASH_WRITE_LIMIT_EXCEEDED"),
        (BOOT, 0x8000 + 0x802, "UNSUPPORTED_BOOT_OPTION"),
        (BOOT, 0x26, "unknown"),
        (BOOT, 0x8000, "unknown"),
        (BOOT, 0xFFFF, "unknown"),
    ],
)
def test_names(family, code, name):
    assert name_of(family, code) == name
