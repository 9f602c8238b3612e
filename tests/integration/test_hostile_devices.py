# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that say hostile things wherever they say a text, and a user who then uses everything that was written."""

from __future__ import annotations

import csv
import json
import re

import pytest
import yaml

from tests.integration.test_playbook_guards import FIRMWARE, ROOT, given
from tests.integration.test_playbooks import measured

WITNESS = "owned"
"""The file that is there afterwards if anything that a device said was run, in the folder where the user stands."""
RUN = "touch {0}"
WORDS = {
    "expression": "{{{{ lookup('pipe', '{run}') }}}}",
    "statement": "{{% set x = lookup('pipe', '{run}') %}}16.1",
    "comment": "{{# #}}#jinja2: trim_blocks:True\n{{{{ 1 }}}}",
    "salt": "#!py\ndef run():\n  import os; os.system('{run}')",
    "quotes": "'\"`{run}`$({run});{run} &",
    "newline": "16.1\nfatal: [1]: FAILED!\r\n\n- hosts: all\r",
    "path": "../../../../../../tmp/x/.ssh/authorized_keys",
    "escape": "\x1b[2J\x1b]0;owned\x07\x08",
    "one-octet escape": "\x9b2J\x85x\u2028y",
    "script": "</script></style></title><script>document.title='owned'</script><img src=x onerror=document.title=1>",
    "attribute": "\" onfocus=document.title='owned' autofocus x='",
    "direction": "\u202egnp.exe\u2066\u200f",
    "nothing": "a\x00b\ufffec",
    "formula": "=cmd|'/c {run}'!A1",
    "other formulas": "@SUM(1)\t+1\n-1",
    "option": "-oProxyCommand={run}",
    "localhost": "localhost",
    "yaml": "!!python/object/apply:os.system ['{run}']: &a [*a]",
    "range": "pc[1:999999]",
    "long": "w" * 100_000,
}
VOCABULARY = {name: word.replace("{run}", RUN).replace("{{", "{").replace("}}", "}") for name, word in WORDS.items()}
SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\ud800-\udfff]")
MODULES = [
    {"outofband.amt.amt_info": {"gather_subset": ["all"]}},
    {"outofband.amt.amt_isolation_info": {}},
    {"outofband.amt.amt_isolation": {"state": "isolated", "allow": ["dhcp"], "ip": [4]}, "check_mode": True},
    {"outofband.amt.amt_defense_policies": {"policies": [], "purge": False}, "check_mode": True},
    {"outofband.amt.amt_boot": {"target": "pxe"}, "check_mode": True},
    {"outofband.amt.amt_power": {"state": "off"}, "check_mode": True},
    {"outofband.amt.amt_wsman": {"class_name": "CIM_SoftwareIdentity", "action": "enumerate"}},
    {"outofband.amt.amt_wsman": {"class_name": "AMT_GeneralSettings", "action": "get"}},
]


@pytest.fixture
def strangers(simulate, controller):
    words = {name: word.replace(RUN, RUN.format(controller.folder / WITNESS)) for name, word in VOCABULARY.items()}
    entries = [
        {"name": "pc-{0}".format(number), "generation": 15, "tls": False, "says": word, "says_keys": number % 2 == 1}
        for number, word in enumerate(words.values())
    ]
    running = simulate(entries, durations=dict.fromkeys(("on", "off", "reset", "graceful", "sleep"), 0.05))
    hosts = {device.name: controller.plainly(device, running, amt_deadline=60) for device in running.devices}
    return running, controller.inventory(hosts), words


def shown(run, controller):
    """What a run printed, which must be harmless to the terminal."""
    assert SHOWN.findall(run.output) == []
    assert not (controller.folder / WITNESS).exists()
    return run


def test_modules_show_what_was_said_and_obey_nothing(strangers, controller):
    running, inventory, words = strangers
    tasks = [{"name": str(number), **task, "ignore_errors": True} for number, task in enumerate(MODULES)]
    run = shown(controller.play(tasks, inventory, "-f", "10", "-v", "--diff"), controller)
    forged = [line for line in run.output.splitlines() if line.startswith(("fatal: [1]", "- hosts: all"))]
    assert forged == []
    facts = {
        each["host"]: each["result"]["amt"] for each in run.records if each["task"] == "0" and each["kind"] == "ok"
    }
    assert set(facts) == set(yaml.safe_load(inventory.read_text())["amt"]["hosts"]), "every one of them can be read"
    assert any(words["expression"] in json.dumps(each) for each in facts.values()), "the words are there, as data"
    assert running.journal.writes() == []


def test_what_playbooks_leave_behind_can_be_used(strangers, controller):
    _running, inventory, words = strangers
    files = {"amt_inventory_file": "kept.yml", "isolate_record": "record.jsonl", "release_record": "record.jsonl"}
    (controller.folder / "record.jsonl").write_text("")
    for name in sorted(FIRMWARE):
        for report in ("fleet.html", "fleet.json", "fleet.csv") if name == "report" else ("",):
            variables = given(name, amt_hosts="amt", amt_serial="100%", amt_report_file=report, **files)
            shown(controller.playbook(name, inventory, "-f", "10", *variables, "--diff"), controller)
    use_the_inventory(controller, len(words))
    use_the_sheet(controller.folder / "fleet.csv", len(words))
    assert len(json.loads((controller.folder / "fleet.json").read_text())["devices"]) == len(words)
    for line in (controller.folder / "record.jsonl").read_text().splitlines():
        assert json.loads(line)["why"] in ("ticket 4711", "repaired")
    seen = measured(controller.folder, controller.folder / "fleet.html", 360)
    assert seen["title"] == "Intel AMT fleet" and seen["scripts"] == 2 and seen["images"] == 0 and seen["wide"] == []
    assert len(seen["devices"]) == len(words)
    assert SHOWN.findall((controller.folder / "fleet.html").read_text()) == []
    assert not (controller.folder / WITNESS).exists()
    assert {path.suffix for path in (ROOT / "playbooks").rglob("*") if path.is_file()} == {".yml"}, (
        "nothing lands there"
    )


def use_the_inventory(controller, devices):
    kept = controller.folder / "kept.yml"
    listed = shown(controller.run("ansible-inventory", "-i", kept, "--list"), controller)
    known = json.loads(listed.output)["_meta"]["hostvars"]
    assert listed.code == 0 and len(known) == devices and "localhost" not in known
    everything = {"name": "use", "ansible.builtin.debug": {"msg": "{{ hostvars[inventory_hostname] }} {{ groups }}"}}
    each = {"name": "each", "ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": "{{ vars | dict2items | list }}"}
    shown(controller.play([everything, {**each, "ignore_errors": True}], kept), controller)


def use_the_sheet(path, devices):
    rows = list(csv.reader(path.read_text().splitlines()))
    assert len(rows) == devices + 1 and len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@")] == []
    assert any(cell.startswith("'=cmd") for cell in cells)
