# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that says something else: in every class, and without a change to what it is."""

from __future__ import annotations

import pytest

from simulator.firmware.schema import CLASSES, lookup
from simulator.foreign import Foreign, Raw


@pytest.mark.parametrize("cls", sorted(CLASSES))
def test_every_text_of_every_class_is_reached(cls):
    row = lookup(cls)
    for name, known in row.properties.items():
        told = Foreign("<x>\x07").instead_of(cls, name, "truth")
        assert (told == "&lt;x&gt;\x07") == (known.kind == "text" and name not in row.keys)
        with_keys = Foreign("x", keys=True).instead_of(cls, name, "truth")
        assert isinstance(with_keys, Raw) == (known.kind == "text")


def test_what_is_no_text_is_itself():
    assert Foreign("x").instead_of("CIM_Chassis", "Model", 5) == 5
    assert Foreign("").instead_of("CIM_Chassis", "Model", "truth") == "truth"
