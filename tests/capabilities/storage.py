# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firmware keeps for others."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.storage import Storage

from tests.capabilities.capability import Capability


def files(firmware: Any) -> Any:
    """Every file with what a browser is told of it; the folders are those of the files."""
    held = firmware.web_storage
    assert {path[:depth] for path in held.files for depth in range(1, len(path))} == held.folders
    return sorted((path, file.octets, file.headers, file.link) for path, file in held.files.items())


def page(content: str, **other: Any) -> dict[str, Any]:
    return {"vendor": "Example", "app": "HelpDesk", "name": "contact.htm", "content": content, **other}


CAPABILITIES = (
    Capability(
        "amt_storage",
        Storage,
        {
            "in two pieces": {"files": [page("long " * 1600, compression="none", link="Help")], "purge": True},
            "another and more": {"files": [page("4711"), {"name": "index.htm", "content": "<p>"}], "purge": True},
            "nothing": {"files": [], "purge": True},
        },
        files,
        write={"verb": "put", "cls": "amt-storage"},
        effects={"amt-storage put": 2},
        generations=("11", "12", "15", "16", "19"),
    ),
)
