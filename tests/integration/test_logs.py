# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs by real runs: what is audited, archived, exported and proven; and the playbook over a fleet, twice."""

from __future__ import annotations

import json

from tests import certificate_maker as made

WATCHED = {"events": [{"name": "wireless", "audited": False}], "enabled": True}
SELF_SIGNED = made.pem(made.certificate("signer", bits=2048))


def tasks():
    key = {"signing_key": made.key_pem("signer", 2048), "signing_certificates": [SELF_SIGNED]}
    return [
        {"name": "What is audited", "outofband.amt.amt_audit": {**WATCHED, **key}},
        {"name": "Freeze", "outofband.amt.amt_event_log": {"frozen": True, "archive": "{host}.event.jsonl"}},
        {"name": "Archive", "outofband.amt.amt_audit_log": {"archive": "{host}.audit.jsonl"}},
        {
            "name": "Export",
            "outofband.amt.amt_audit_log": {"export": "{host}.audit.json"},
            "when": "not ansible_check_mode",
        },
        {
            "name": "Prove",
            "outofband.amt.audit_proof": {"path": "pc.audit.json", "roots": [SELF_SIGNED]},
            "when": "not ansible_check_mode",
        },
    ]


def test_one_device(controller, simulate):
    running = simulate([{"name": "pc", "generation": 15}])
    device = running.device("pc")
    device.firmware.login_failed("mallory", "192.0.2.66")
    inventory = controller.inventory({"pc": controller.plainly(device, running)})
    checked = controller.play(tasks(), inventory, "--check", "--diff")
    assert checked.code == 0, checked.output
    assert not running.journal.writes()
    assert not (controller.folder / "pc.audit.jsonl").exists()
    done = controller.play(tasks(), inventory)
    assert done.code == 0, done.output
    assert done.changed() == {"What is audited": True, "Freeze": True, "Archive": True, "Export": True, "Prove": False}
    assert {**done.changed(), "Export": False, "Prove": False, "Freeze": True} == checked.changed()
    assert done.result("Prove")["proven"], done.result("Prove")["problems"]
    assert "PRIVATE" not in done.output
    lines = [json.loads(line) for line in (controller.folder / "pc.audit.jsonl").read_text().splitlines()]
    assert (lines[0]["host"], lines[0]["by"]) == ("pc", "mallory")
    again = controller.play(tasks()[:2], inventory)
    assert again.changed() == {"What is audited": False, "Freeze": False}


def test_a_fleet_twice(controller, simulate):
    """The second run adds what is new, leaves the rest alone, and names who is away."""
    running = simulate([{"name": "one", "generation": 15}, {"name": "two", "generation": 12}])
    hosts = {name: controller.plainly(running.device(name), running) for name in ("one", "two")}
    inventory = controller.inventory({**hosts, "../away": {**hosts["one"], "ansible_host": "127.0.0.1", "amt_port": 1}})
    for number in range(12):
        running.device("one").firmware.login_failed("mallory{0}".format(number), "192.0.2.66")
    first = controller.playbook("logs", inventory, "-e", "amt_log_days=3650")
    assert first.code == 0, first.output
    report = first.result("Write the page")
    assert (report["total"], report["answered"]) == (3, 2)
    assert (report["new"], report["records"]) == (13, 13)
    assert any("away" in line for line in report["table"])
    folder = controller.folder / "amt-logs"
    assert folder.stat().st_mode & 0o777 == 0o700
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["one.audit.jsonl", "one.event.jsonl"]
    page = (controller.folder / "amt-logs.html").read_text()
    assert "failed log-in" in page
    assert "mallory11" in page
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    running.device("two").firmware.login_failed("eve", "192.0.2.67")
    second = controller.playbook("logs", inventory, "-e", "amt_log_days=3650")
    assert second.result("Write the page")["new"] == 1
    changed = {path.name for path in folder.iterdir() if path.stat().st_mtime_ns != before.get(path)}
    assert changed == {"two.audit.jsonl"}
