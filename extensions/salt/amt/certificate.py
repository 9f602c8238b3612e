# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""The reader of certificates that Salt brings."""

from __future__ import annotations

from typing import Any

from cryptography import x509


def load_certificate(der: bytes) -> Any:
    """None for what is no certificate."""
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        return None
