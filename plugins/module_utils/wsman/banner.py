# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How a firmware's web server names itself to anybody who connects."""

from __future__ import annotations

import re
import ssl

from .endpoint import Endpoint
from .tls import make_context

SERVER = re.compile(
    rb"^server:[ \t]*(Intel\(R\) (?:Active Management Technology|Standard Manageability)[ \t]*([0-9.]*)[^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
"""The header of an answer: whole name, and version. A platform with a part of AMT's features has the second name (SKU
standard_manageability)."""


def any_certificate() -> ssl.SSLContext:
    """A context that takes whatever the device shows, down to TLS 1.0: this only looks, and sends no secret."""
    return make_context(Endpoint("any", legacy_tls=True), verify=False)
