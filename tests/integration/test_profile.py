# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One document for several generations: its diff, its drift, its export; the baseline, and who deviates from it."""

from __future__ import annotations

import csv
import json

import pytest
import yaml

from tests.integration.test_playbooks import chromium, measured

COMPANY = {"name": {"domain": "example.com", "shared_fqdn": False, "ping": False}, "time": {"synchronized": True}}
SITE = {"name": {"domain": "site.example.com"}, "redirection": {"web_ui": False}}


@pytest.fixture
def fleet_of_four(simulate, controller):
    """AMT 9 to 19; the last does not answer."""
    running = simulate(
        [
            {"name": "old", "generation": 9, "tls": False},
            {"name": "desk", "generation": 15, "tls": False},
            {"name": "new", "generation": 19},
            {"name": "gone", "generation": 15, "tls": False},
        ]
    )
    running.device("gone").fail("refuse")
    hosts = {name: controller.plainly(running.device(name), running) for name in ("old", "desk", "gone")}
    hosts["new"] = controller.securely(running.device("new"), running)
    return running, controller.inventory(hosts)


def named(running, name):
    return running.device(name).call(lambda firmware: dict(firmware.general.values))


def test_a_document_in_layers_its_drift_and_its_export(fleet_of_four, controller):
    running, inventory = fleet_of_four
    files = {"profile_files": [str(controller.write(name, document)) for name, document in LAYERS.items()]}
    asked = "-e", json.dumps({**files, "profile_skip_unsupported": True})
    checked = controller.playbook("profile", inventory, *asked, "--check", "--diff")
    assert running.journal.writes() == []
    assert "site.example.com" in checked.output, "the diff"
    done = controller.playbook("profile", inventory, *asked)
    assert done.code == 2 and "3 of 4 devices answered, 3 changed." in done.output
    for name in ("old", "desk", "new"):
        assert (named(running, name)["DomainName"], named(running, name)["PingResponseEnabled"]) == (
            "site.example.com",
            False,
        )
    running.journal.clear()
    again = controller.playbook("profile", inventory, *asked)
    assert "3 of 4 devices answered, 0 changed." in again.output
    assert running.journal.writes() == []
    running.device("desk").call(lambda firmware: firmware.general.values.update(PingResponseEnabled=True))
    drifted = controller.playbook("profile", inventory, *asked, "--check")
    found = {each["host"]: each["result"]["deviations"] for each in drifted.records if "deviations" in each["result"]}
    assert found["desk"] == [{"part": "name", "setting": "ping", "found": True, "wanted": False}]
    assert found["old"] == found["new"] == []
    kept = controller.playbook("profile", inventory, "-e", "profile_export_to=.", "--limit", "desk,new")
    assert kept.code == 0, kept.output
    document = yaml.safe_load((controller.folder / "new.yml").read_text())
    assert document["name"]["domain"] == "site.example.com"
    running.journal.clear()
    fed = controller.playbook("profile", inventory, "-e", "profile_files=new.yml", "--limit", "new")
    assert fed.code == 0 and "1 of 1 devices answered, 0 changed." in fed.output
    assert running.journal.writes() == []


LAYERS = {"company.yml": COMPANY, "site.yml": SITE}


def test_a_baseline_and_who_deviates_from_it_since_when(fleet_of_four, controller):
    running, inventory = fleet_of_four
    arguments = {"amt_compliance_history": "kept.json", "hardening_consent": False}
    more = {
        "hardening_more": [
            {"name": "our domain", "why": "tickets are made for it", "profile": {"name": {"domain": "example.test"}}}
        ]
    }
    arguments.update(more)
    page = controller.folder / "amt-compliance.html"
    first = controller.playbook("compliance", inventory, "-e", json.dumps(arguments))
    assert first.code == 0, first.output
    assert running.journal.writes() == []
    assert "3 of 4 devices answered: 0 are as they should be, 3 deviate, 1 could not be read" in first.output
    play = [{"hosts": "desk", "gather_facts": False, "roles": ["outofband.amt.hardening"]}]
    hardened = controller.run(
        "ansible-playbook",
        "-i",
        inventory,
        controller.write("play.yml", play),
        "-e",
        json.dumps({"hardening_consent": "false"}),
    )
    assert hardened.code == 0, hardened.output
    second = controller.playbook("compliance", inventory, "-e", json.dumps(arguments))
    assert "3 of 4 devices answered: 1 are as they should be, 2 deviate, 1 could not be read" in second.output
    kept = {device["name"]: device for device in json.loads((controller.folder / "kept.json").read_text())["devices"]}
    assert (kept["desk"]["status"], kept["gone"]["status"]) == ("ok", "unreachable")
    ping = next(row for row in kept["new"]["deviations"] if row["setting"] == "ping")
    assert ping["line"] == "hardening_no_ping" and "sweeps" in ping["why"]
    seen = measured(controller.folder, page, 1100)
    assert seen["tiles"] == ["4 devices", "1 as they should be", "2 deviate", "1 not read"]
    assert seen["wide"] == [] and seen["small"] == [] and seen["loaded"] == []
    assert seen["devices"] == ["new", "old", "gone", "desk"]
    running.device("new").fail("access_denied", cls="AMT_TimeSynchronizationService")
    spreadsheet = controller.playbook(
        "compliance", inventory, "-e", json.dumps({**arguments, "amt_compliance_file": "who.csv"})
    )
    assert spreadsheet.code == 0, spreadsheet.output
    rows = list(csv.DictReader((controller.folder / "who.csv").read_text().splitlines()))
    parts = {(row["part"], row["setting"]): row for row in rows if row["device"] == "new"}
    assert parts["name", "ping"]["line"] == "hardening_no_ping"
    assert "AccessDenied" in parts["time", ""]["problem"], "what cannot be read costs itself"
    strict = controller.playbook("compliance", inventory, "-e", json.dumps({**arguments, "amt_strict": True}))
    assert strict.code == 2
    shot = controller.folder / "compliance.png"
    chromium(controller.folder, page, 360, "--screenshot={0}".format(shot))
    assert shot.read_bytes().startswith(b"\x89PNG")


def test_a_profile_of_rpc_go_is_carried_over_in_one_task(simulate, controller):
    running = simulate([{"name": "pc", "generation": 15, "tls": False}])
    inventory = controller.inventory({"pc": controller.plainly(running.device("pc"), running)})
    services = {"kvm": False, "sol": True, "ider": False}
    controller.write(
        "rpc.yaml",
        {
            "name": "office",
            "configuration": {
                "generalSettings": {"sharedFQDN": False, "pingResponseEnabled": False},
                "redirection": {"services": services, "userConsent": "KVM"},
                "amtSpecific": {"controlMode": "acmactivate", "mebxPassword": "pl4nted-MEBx!"},
            },
        },
    )
    task = {"name": "move", "outofband.amt.amt_profile": {"rpc_file": "rpc.yaml", "profile": {"name": {"ping": True}}}}
    run = controller.play([task], inventory, "-vvv")
    assert run.code == 0, run.output
    result = run.result("move")
    assert (named(running, "pc")["SharedFQDN"], named(running, "pc")["PingResponseEnabled"]) == (False, True)
    assert result["profile"]["redirection"]["kvm"] is False
    left = [row["setting"] for row in result["left_behind"]]
    assert left == ["amtSpecific.controlMode", "amtSpecific.mebxPassword"]
    assert "pl4nted" not in run.output
