# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firmware keeps for others."""

from __future__ import annotations

import random
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.asset_note import AssetNote
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.data_store import DataStore
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


def data_store(firmware: Any) -> Any:
    """Who is there, what is set aside, and blocks with what is in them. Sessions and locks come and go."""
    held = firmware.data_store.held
    aside = sorted((each.vendor, each.name, each.size) for each in held.allocations.values())
    blocks = sorted((each.name, each.hidden, bytes(each.data)) for each in held.blocks.values())
    return sorted(held.enterprises.values()), aside, blocks


PROGRAM = {
    "vendor": "Acme",
    "name": "Inventory",
    "enterprise": "Example",
    "uuid": "4c4c4544-0042-4810-8054-b7c04f4d3258",
}
ASIDE = {"enterprises": ["Example"], "allocations": [{"vendor": "Acme", "application": "Inventory", "size": 16384}]}

CAPABILITIES = (
    Capability(
        "amt_data_store",
        DataStore,
        {
            "set aside": {**ASIDE, "application": PROGRAM, "blocks": [], "purge": True},
            "a block": {
                **ASIDE,
                "application": PROGRAM,
                "blocks": [{"name": "facts", "content": "x" * 5000, "hidden": True}],
                "purge": True,
            },
            "nothing": {
                "enterprises": [],
                "allocations": [],
                "application": {**PROGRAM, "state": "absent"},
                "blocks": [],
                "purge": True,
            },
        },
        data_store,
        write={"method": "AddStorageEaclEntry"},
        effects={
            "AMT_ThirdPartyDataStorageAdministrationService AddStorageEaclEntry": 1,
            "AMT_ThirdPartyDataStorageAdministrationService AddStorageFpaclEntry": 1,
        },
        settings={"data_store": True},
        generations=("9", "11"),
    ),
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
