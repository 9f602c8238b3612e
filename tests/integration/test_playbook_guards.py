# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is hidden by a run that ends well, and nothing is written where nobody looks: the same for every playbook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

ON = 2
ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
CUT = {"isolate_remediation": ["198.51.100.20, https"], "isolate_ip": [4], "isolate_confirm": True}
GIVEN = {
    "power": {"amt_state": "on"},
    "profile": {"profile_document": {"name": {"ping": False}}},
    "quarantine": {**CUT, "isolate_reason": "ticket 4711"},
    "release": {"release_reason": "repaired", "release_confirm": True},
    "rotate_passwords": {"amt_escrow": {"vault_file": "passwords.yml"}},
    "provision_fleet": {"activate_escrow": {"vault_file": "passwords.yml"}},
}
"""What each playbook must be told; the others need nothing."""
FILES = {"amt_inventory_file": "new", "amt_report_file": "new.html", "amt_compliance_file": "new.html"}
FIRMWARE = [name for name in PLAYBOOKS if name != "provision_fleet"]
"""Those that talk to firmware from the controller; test_provision_fleet.py has the guards of the other."""


VAULT = {"rotate_passwords": ("--vault-password-file", "vault.pass")}


def given(name, **more):
    return "-e", json.dumps({**GIVEN.get(name, {}), **more}), *VAULT.get(name, ())


@pytest.fixture
def three(simulate, controller):
    """The first of them does not answer."""
    running = simulate([{"name": "{n}", "count": 3, "generation": 15, "tls": False, "power": "off"}])
    names = [device.name for device in running.devices]
    running.device(names[0]).fail("refuse")
    controller.write("vault.pass", "opens the vault")
    hosts = {device.name: controller.plainly(device, running) for device in running.devices}
    return running, controller.inventory(hosts), names


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_every_play_is_guarded(name):
    """By construction, so that the next playbook is too."""
    plays = yaml.safe_load((ROOT / "playbooks" / (name + ".yml")).read_text())
    assert all(
        play["hosts"].startswith("{{ lookup('outofband.amt.fleet_hosts', amt_hosts | default(") for play in plays
    )
    assert all(play["gather_facts"] is False for play in plays)
    assert plays[0]["ignore_unreachable"] is True, "one dead lot would end the run"
    assert len(plays) == 2 and "serial" not in plays[1] and plays[0]["hosts"] == plays[1]["hosts"]
    assert all("delegate_to" not in task for play in plays for task in play["tasks"])


@pytest.mark.parametrize("name", FIRMWARE)
def test_a_machine_that_is_away_keeps_no_other_from_its_turn_and_is_named(name, three, controller):
    running, inventory, names = three
    run = controller.playbook(name, inventory, *given(name, amt_hosts="amt", amt_serial=1))
    told = next(
        each["result"]["msg"]
        for each in run.records
        if each["task"].startswith(("Show who", "Show a", "Say where it is, and"))
    )
    assert any(line.startswith(names[0] + " ") and "refused" in line for line in told), told
    assert any(line.startswith("2 of 3 ") for line in told), told
    reading = name in ("assets", "compliance", "discover", "logs", "report")
    assert run.code == (0 if reading else 2)
    assert {entry.device for entry in running.journal.entries(login="accepted")} == set(names[1:])
    if not reading:
        assert [each["host"] for each in run.records if each["kind"] == "failed"] == [names[0]]
    else:
        assert controller.playbook(name, inventory, *given(name, amt_strict=True)).code == 2


@pytest.mark.parametrize("name", FIRMWARE)
def test_a_limit_limits_and_nothing_else(name, three, controller):
    running, inventory, names = three
    files = {"amt_inventory_file": "kept.yml", "amt_report_file": "fleet.html", "isolate_record": "record.jsonl"}
    files["amt_compliance_file"] = "compliance.html"
    if name == "report":
        (controller.folder / "record.jsonl").write_text("")
    run = controller.playbook(name, inventory, "--limit", names[1], *given(name, amt_hosts="amt", **files))
    assert run.code == 0, run.output
    assert "1 of 1 " in run.output
    assert {entry.device for entry in running.journal.entries()} == {names[1]}
    written = {"discover": "kept.yml", "report": "fleet.html", "quarantine": "record.jsonl"}
    written["rotate_passwords"] = "passwords.yml"
    expected = {**written, "compliance": "compliance.html"}.get(name, "inventory.yml")
    held = {"rotate_passwords": "$ANSIBLE_VAULT"}.get(name, names[1])
    assert held in (controller.folder / expected).read_text(), "relative paths count from where the user stands"


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_group_that_is_mistyped_is_no_empty_success(name, three, controller):
    running, inventory, _names = three
    arguments = given(name, amt_hosts="flor_two", **{**FILES, "isolate_record": "new"})
    run = controller.playbook(name, inventory, *arguments)
    sentence = "amt_hosts: flor_two is neither a host nor a group of the inventory (its groups are amt)"
    assert run.code != 0 and sentence in run.output, run.output
    assert running.journal.entries() == [] and list(controller.folder.glob("new*")) == []


def test_syntax_is_checked_without_an_inventory(controller):
    run = controller.run("ansible-playbook", "--syntax-check", *("outofband.amt." + name for name in PLAYBOOKS))
    assert run.code == 0, run.output


def test_who_means_nobody_is_told_so(three, controller):
    running, inventory, names = three
    for pattern, more, sentence in (
        ("amt:!flor_two", (), "amt_hosts: flor_two is neither a host nor a group"),
        ("nothing-*", (), "amt_hosts: nothing-* means no host"),
        ("amt:!amt", (), "amt_hosts: amt:!amt means no host"),
        (names[2], ("--limit", names[1]), "--limit {0} leaves no host of {1}".format(names[1], names[2])),
        ("amt", ("-e", "isolate_reason=ticket 4711"), "these words of the command line went nowhere: 4711"),
    ):
        run = controller.playbook("power", inventory, *given("power", amt_hosts=pattern), *more)
        assert run.code != 0 and sentence in run.output, run.output
    assert running.journal.entries() == []


def test_the_role_by_itself_misses_lost_words_too(three, controller):
    running, inventory, _names = three
    play = [{"hosts": "amt", "gather_facts": False, "roles": ["outofband.amt.isolate"]}]
    arguments = ("-e", json.dumps(CUT), "-e", "isolate_reason=ticket 4711")
    run = controller.run("ansible-playbook", "-i", inventory, controller.write("play.yml", play), *arguments)
    assert run.code != 0 and "went nowhere: 4711" in run.output
    assert running.journal.entries() == []


@pytest.mark.parametrize(
    ("name", "file", "says"),
    [
        ("discover", {"amt_inventory_file": "missing/kept.yml"}, "there is no folder"),
        ("report", {"amt_report_file": "missing/fleet.html"}, "there is no folder"),
        ("report", {"amt_report_file": "fleet.pdf"}, "give it one of the endings"),
        ("report", {"amt_report_file": "/dev/null", "amt_report_title": "x"}, "give it one of the endings"),
        ("report", {"isolate_record": "missing.jsonl"}, "there is none; give the file that was written"),
        ("report", {"isolate_record": "kept.json", "amt_report_file": "./kept.json"}, "that is the record"),
        ("quarantine", {"isolate_record": "missing/record.jsonl"}, "there is no folder"),
        ("release", {"release_record": "/dev/null"}, "is no ordinary file"),
        ("nightly", {"amt_work": "missing.yml"}, "there is no file"),
    ],
)
def test_a_file_that_cannot_be_written_is_found_out_before_anything_is_done(name, file, says, three, controller):
    running, inventory, _names = three
    run = controller.playbook(name, inventory, *given(name, amt_hosts="amt", **file))
    assert run.code != 0 and says in run.output, run.output
    assert running.journal.entries() == []


def test_a_record_is_kept_where_the_user_stands_and_only_grows(three, controller):
    _running, inventory, names = three
    record = controller.folder / "record.jsonl"
    record.write_text('{"host": "earlier"}\n{"host": "killed in the mid')
    arguments = given("quarantine", amt_hosts="amt", isolate_record="record.jsonl", isolate_when="environment")
    failed = controller.playbook("quarantine", inventory, *arguments, "--limit", names[1])
    assert failed.code != 0
    for name, also in (
        ("quarantine", {"isolate_record": "record.jsonl"}),
        ("release", {"release_record": "record.jsonl"}),
    ):
        user = {"awx_user_name": "ann", "awx_job_id": 7} if name == "release" else {}
        run = controller.playbook(name, inventory, *given(name, amt_hosts="amt", **also, **user), env={"USER": "bob"})
        assert run.code == 2, run.output
    lines = record.read_text().splitlines()
    assert lines[:2] == ['{"host": "earlier"}', '{"host": "killed in the mid']
    told = [json.loads(line) for line in lines[2:]]
    assert [line["what"] for line in told] == ["not isolated", "isolated", "isolated", "released", "released"]
    assert "problem" in told[0] and told[1]["rules"]
    assert [line["who"] for line in told[1:]] == ["bob", "bob", "ann", "ann"] and told[3]["job"] == 7
    assert {line["host"] for line in told[1:3]} == set(names[1:])
    assert record.stat().st_mode & 0o777 == 0o644, "what was there keeps its mode"


def test_a_machine_that_is_lost_in_the_middle_is_on_record(three, controller):
    """Cut off, and never heard of again: neither left out nor told as if nothing had been done to it."""
    running, inventory, names = three
    arguments = given("quarantine", amt_hosts="amt", isolate_record="record.jsonl")
    assert controller.playbook("quarantine", inventory, *arguments, "--limit", names[1]).code == 0
    entries = running.journal.entries(device=names[1])
    binds = [(entry.cls, entry.verb) for entry in entries].index(("AMT_NetworkPortSystemDefensePolicy", "create"))
    for verb in ("get", "enumerate", "pull"):
        asked = sum(entry.verb == verb and entry.login == "accepted" for entry in entries[:binds])
        running.device(names[2]).fail("drop_before_answer", verb=verb, nth=asked + 1)
    assert controller.playbook("quarantine", inventory, *arguments, "--limit", names[2]).code != 0
    told = [json.loads(line) for line in (controller.folder / "record.jsonl").read_text().splitlines()]
    assert [(line["host"], line["what"]) for line in told] == [(names[1], "isolated"), (names[2], "perhaps isolated")]
    assert "may have been carried out before" in told[1]["problem"]
