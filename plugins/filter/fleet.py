# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter `fleet`; its documentation is in fleet.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.fleet.report import fleet


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"fleet": fleet}
