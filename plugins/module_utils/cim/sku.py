# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is sold under the name: the features that the SKU of a firmware has."""

from __future__ import annotations

#: Bits of the Sku number whose meaning is known (AMT.md 3).
SKU_BITS = {"amt": 3, "standard_manageability": 4, "corporate": 14}


def sku_words(number: str) -> list[str] | None:
    """The known bits of a SKU by name; None when it is no number."""
    if not (number.isascii() and number.isdecimal() and len(number) < 20):
        return None
    return [word for word, bit in SKU_BITS.items() if int(number) >> bit & 1]
