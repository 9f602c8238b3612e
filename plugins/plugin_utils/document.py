# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of devices as files of YAML, in which a text that could be a template is `!unsafe`: a network's name that a
device made up is run by nobody who takes such a file for variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleFilterError

from .fleet_inventory import Dumper, Loader, Unsafe, plain

TEMPLATES = ("{", "#jinja2")
"""Every template has one of these."""
NOT_YAML = "this is no YAML of a document: {0}"


def to_document(value: Any) -> str:
    return yaml.dump(_marked(value), Dumper=Dumper, sort_keys=False, allow_unicode=False, width=10**6)


def from_document(text: str) -> Any:
    """AnsibleFilterError."""
    try:
        return _unmarked(yaml.load(plain(text), Loader))  # noqa: S506  a SafeLoader with one harmless mark more
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise AnsibleFilterError(NOT_YAML.format(error)) from error


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_marked(key): _marked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(each) for each in value]
    if isinstance(value, str):
        return Unsafe(plain(value)) if any(word in value for word in TEMPLATES) else plain(value)
    return value


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {_unmarked(key): _unmarked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unmarked(each) for each in value]
    return plain(value) if isinstance(value, str) else value
