# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every capability, one file for each domain. Who stands here is tested for the promises of all resources, raced
against itself and its opposite, met with every fault, spoilt in its answers, and compared with other people's code."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.capabilities.capability import Capability

DOMAINS = sorted({file.stem for file in Path(__file__).parent.glob("*.py")} - {"__init__", "capability"})
CAPABILITIES: dict[str, Capability] = {
    each.module: each
    for domain in DOMAINS
    for each in importlib.import_module("{0}.{1}".format(__name__, domain)).CAPABILITIES
}
