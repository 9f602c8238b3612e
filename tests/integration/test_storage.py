# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and asset notes in the firmware: the ladder of amt_storage in one run, and the playbook assets over a fleet."""

from __future__ import annotations

import json
import sys

import pytest

KEY = "a key of the whole fleet"
CONTACT = {
    "vendor": "Example",
    "app": "HelpDesk",
    "name": "contact.htm",
    "content": "<h1>Call 4711</h1>",
    "link": "Help",
}


def storage(name, *files, **other):
    task = {"files": list(files), **{key: each for key, each in other.items() if key == "purge"}}
    kept = {key: each for key, each in other.items() if key != "purge"}
    return {"name": name, "outofband.amt.amt_storage": task, **kept}


def test_the_ladder(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})
    (controller.folder / "files").mkdir(exist_ok=True)
    (controller.folder / "files" / "logo").write_bytes(bytes(range(256)) * 40)
    logo = {"vendor": "Example", "app": "HelpDesk", "name": "logo.png", "src": "logo", "compression": "none"}
    tasks = [
        storage("dry", CONTACT, logo, check_mode=True),
        storage("create", CONTACT, logo),
        storage("again", CONTACT, logo),
        storage("modify", {**CONTACT, "content": "<h1>4712</h1>"}),
        storage("remove", {"vendor": "Example", "app": "HelpDesk", "name": "logo.png", "state": "absent"}),
        storage("missing", {**logo, "src": "nowhere"}, ignore_errors=True),
        storage("purge", purge=True),
    ]
    run = controller.play(tasks, inventory, "--diff")
    assert run.code == 0, run.output
    changed = {
        "dry": True,
        "create": True,
        "again": False,
        "modify": True,
        "remove": True,
        "missing": False,
        "purge": True,
    }
    assert run.changed() == changed
    assert run.result("dry")["diff"] == run.result("create")["diff"]
    assert run.result("missing")["details"]["option"] == "src"
    assert [each["name"] for each in run.result("remove")["files"]] == ["contact.htm"]
    assert len(running.journal.writes(cls="amt-storage")) == 3 + 1 + 1 + 3
    assert not running.simulation.device("desk").firmware.web_storage.files


@pytest.fixture
def assets(simulate, controller):
    """The playbook, on a desk and one of before 11.6; their systems are this machine. `held`: what the desk keeps."""
    devices = [{"name": "desk", "generation": 15, "tls": False}, {"name": "old", "generation": 9, "tls": False}]
    running = simulate(devices)
    here = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "assets_owner": "Ann {{ 'Example' }}",
        "assets_room": "B-204",
    }
    hosts = {name: controller.plainly(running.device(name), running) for name in ("desk", "old")}
    hosts = {name: {**variables, **here} for name, variables in hosts.items()}
    inventory = controller.inventory(hosts, assets_key=KEY, assets_packages=False)

    def play(*arguments):
        return controller.playbook("assets", inventory, *arguments)

    play.held = running.simulation.device("desk").firmware.web_storage
    play.journal, play.folder = running.journal, controller.folder
    return play


def test_facts_are_kept_told_with_their_age_and_believed_only_when_they_are_signed(assets):
    stored = assets("-e", "amt_assets=store")
    assert stored.code != 0, "the old one has no web storage, and is named"
    assert "no web storage" in str(stored.result("Show who was not reached", "desk")["msg"])
    note = stored.result("Read what its firmware keeps", "desk")
    assert (note["state"], note["facts"]["owner"], note["facts"]["room"]) == ("verified", "Ann Example", "B-204")
    assert note["facts"]["system"]["kernel"]
    assert KEY not in stored.output
    written = len(assets.journal.writes(cls="amt-storage"))
    report = assets.folder / "assets.json"
    again = assets("-e", "amt_assets=store", "-e", "amt_report_file={0}".format(report))
    assert len(assets.journal.writes(cls="amt-storage")) == written
    assert "1 of 2 machines are done, 0 changed" in str(again.result("Show who was not reached", "desk")["msg"])
    desk = {each["name"]: each for each in json.loads(report.read_text())["devices"]}["desk"]
    assert (desk["asset_note"], desk["asset_days"], desk["asset_owner"]) == ("verified", 0, "Ann Example")
    forged = assets("-e", "assets_key=the-key-of-somebody-else")
    assert forged.result("Show each note", "desk")["msg"].startswith("forged, 0 days old")
