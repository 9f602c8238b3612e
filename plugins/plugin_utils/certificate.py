# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader of certificates that ansible-core brings."""

from __future__ import annotations

from typing import Any


def load_certificate(der: bytes) -> Any:
    """None for what is no certificate."""
    from cryptography import x509  # takes a tenth of a second that few runs need

    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        return None
