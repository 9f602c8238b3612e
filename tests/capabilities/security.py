# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in, by what, and what is switched on."""

from __future__ import annotations

from tests.capabilities.capability import Capability

CAPABILITIES: tuple[Capability, ...] = ()
