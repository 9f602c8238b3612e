# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Option rows as an Ansible argument spec."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .option import Option


def argument_spec(options: Iterable[Option]) -> dict[str, dict[str, Any]]:
    return {option.name: _entry(option) for option in options}


def _entry(option: Option) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": option.type}
    if option.required:
        entry["required"] = True
    if option.default is not None:
        entry["default"] = option.default
    if option.choices:
        entry["choices"] = list(option.choices)
    if option.elements:
        entry["elements"] = option.elements
    if option.options:
        entry["options"] = argument_spec(option.options)
    if option.secret:
        entry["no_log"] = True
    elif any(word in option.name for word in ("password", "key", "secret", "token")):
        entry["no_log"] = False
    return entry
