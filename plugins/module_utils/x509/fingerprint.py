# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How people write the fingerprint of a certificate."""

from __future__ import annotations

import re

_PLAIN = re.compile("[0-9a-f]{64}")


def plain_fingerprint(text: str) -> str:
    """A SHA-256 as 64 small hexadecimal digits, from those with colons or without; empty for anything else."""
    plain = text.replace(":", "").lower()
    return plain if _PLAIN.fullmatch(plain) else ""
