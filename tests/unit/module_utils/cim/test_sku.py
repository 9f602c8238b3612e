# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of a SKU in words. What bits mean: AMT.md 3."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.sku import sku_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("16392", ["amt", "corporate"]),
        ("16400", ["standard_manageability", "corporate"]),
        ("8", ["amt"]),
        ("0", []),
        ("\u0661\u0666", None),
        ("-8", None),
        ("", None),
        ("9" * 20, None),
        ("{{ 8 }}", None),
    ],
)
def test_known_bits_have_words_and_what_is_no_number_has_none(number, words):
    assert sku_words(number) == words
