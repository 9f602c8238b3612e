# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firmware keeps for others."""

from __future__ import annotations

import random
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.asset_note import AssetNote
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.notes import opened
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.storage import Storage

from tests.capabilities.capability import Capability


def files(firmware: Any) -> Any:
    """Every file with what a browser is told of it; the folders are those of the files."""
    held = firmware.web_storage
    assert {path[:depth] for path in held.files for depth in range(1, len(path))} == held.folders
    return sorted((path, file.octets, file.headers, file.link) for path, file in held.files.items())


def noise(length: int) -> str:
    """Text that no compression makes smaller than half of it."""
    return random.Random(length).randbytes(length // 2).hex()


def page(content: str, **other: Any) -> dict[str, Any]:
    return {"vendor": "Example", "app": "HelpDesk", "name": "contact.htm", "content": content, **other}


SIGNED = {"signing_key": "a key of the whole fleet"}


def note(firmware: Any) -> Any:
    """The facts of the one note that is there, verified. None without any."""
    held = firmware.web_storage.files
    notes = [opened(file.octets, firmware.settings.uuid, [SIGNED["signing_key"]]) for file in held.values()]
    facts = [each.note.facts for each in notes if each.state == "verified"]
    return (facts[0] if facts else None), len(held)


CAPABILITIES = (
    Capability(
        "amt_asset_note",
        AssetNote,
        {
            "in two pieces": {"facts": {"owner": "Ann", "noise": noise(20_000)}, **SIGNED},
            "another": {"facts": {"owner": "Bob", "room": "B-204"}, **SIGNED},
            "none": {"state": "absent"},
        },
        note,
        write={"verb": "put", "cls": "amt-storage"},
        effects={"amt-storage put": 2},
        generations=("11", "12", "15", "16", "19"),
    ),
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
