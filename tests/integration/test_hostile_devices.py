# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that say hostile things wherever they say a text, and a user who then uses everything that was written."""

from __future__ import annotations

import csv
import json
import re
from contextlib import suppress

import pytest
import yaml
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.errors import Unsupported
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client

from simulator.firmware.storage.web_storage import File
from simulator.foreign import Foreign
from tests import certificate_maker as made
from tests.capabilities import CAPABILITIES
from tests.in_process import Direct
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


def cells_of(path):
    rows = list(csv.reader(path.read_text().splitlines()))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@")] == []
    return cells


def use_the_sheet(path, devices):
    cells = cells_of(path)
    assert len(list(csv.reader(path.read_text().splitlines()))) == devices + 1
    assert any(cell.startswith("'=cmd") for cell in cells)


THEIR_LOG_IN = ("amt_admin", "amt_tls", "amt_tls_certificate")
"""Modules after which one logs in otherwise."""
SHORT = "{{lookup('pipe','>owned')}}"
"""Fits into a name of 32 characters. A pipe runs in the folder of the playbook, where the user stands here."""
DISGUISE = "\x1b[2J\r\n\u202e\x9b2J\u2028<script>"
SECRET = "a key of the whole fleet"
ASKED = {
    "amt_attestation": {"roots": [made.root("One")]},
    "amt_asset_note": {"signing_key": SECRET},
    "amt_certificates": {},
}
"""In the place of a wish, or where there is none."""
NO_TEXTS = {
    "amt_attestation": "the certificates that it judges are refused before",
    "amt_audit": "names of the core for numbers, of which the policy consists",
    "amt_boot": "consent is asked for before; the other run has its texts",
    "amt_consent": "numbers",
    "amt_event_log": "records are octets, told in words of the core",
    "amt_general": "numbers and switches",
    "amt_posture": "no firmware of today has one",
    "amt_power": "numbers",
    "amt_redirection": "switches",
    "amt_time": "numbers",
}
"""Modules that tell no text of a device here, each with the reason."""
OURS = {"name": "ours", "why": "tickets", "profile": {"name": {"domain": "example.test"}}}
FOLDER = {"amt_log_folder": "logs", "profile_export_to": "documents", "amt_compliance_history": "kept.json"}
PAGES = {"amt_report_file": "report.html", "amt_log_file": "log.html", "amt_compliance_file": "compliance.html"}


def every_module():
    """A task for each module that asks a device, those of tomorrow too; what writes is only asked what it would do."""
    listed = {next(iter(task)): task for task in MODULES}
    for module in sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("amt_*.py")):
        name = "outofband.amt." + module
        wish = ASKED.get(module, CAPABILITIES[module].first if module in CAPABILITIES else {})
        task = listed.get(name) or {name: json.loads(json.dumps(wish))}
        yield {"check_mode": True, **task, "name": module, "register": "found_" + module, "ignore_errors": True}


USED = [
    {
        "name": "kept",
        "ansible.builtin.set_fact": {"kept": "{{ vars | dict2items | selectattr('key', 'match', 'found_') }}"},
    },
    {
        "name": "given on",
        "ansible.builtin.debug": {"msg": "{{ hostvars | dict2items | map(attribute='value.kept') }}"},
        "run_once": True,
    },
]
SHEET_OPTIONS = {
    "fleet": {},
    "log": {place + "_archive": "logs/{host}." + place + ".jsonl" for place in ("event", "audit")},
    "compliance": {},
}
SHEETS = [
    {"name": name + end, "outofband.amt.{0}_report".format(name): {"path": name + end, **options}, "run_once": True}
    for name, options in SHEET_OPTIONS.items()
    for end in (".csv", ".json")
]
READ_AGAIN = [
    {
        "name": "read",
        "ansible.builtin.include_vars": {"file": "documents/{{ inventory_hostname }}.yml", "name": "read"},
    },
    {"name": "all", "ansible.builtin.debug": {"msg": "{{ read }}"}},
    {"name": "each", "ansible.builtin.debug": {"msg": "{{ item.value }}"}, "loop": "{{ read | dict2items }}"},
    {"name": "compared", "outofband.amt.amt_profile": {"profile": "{{ read }}", "state": "compared"}},
]


@pytest.fixture
def full_ones(simulate, controller):
    """Devices that hold whatever a module can leave in one. All but the first then have other words for it."""
    words = " ".join(word.replace(RUN, "touch " + WITNESS) for name, word in VOCABULARY.items() if name != "long")
    spoken = {"itself": ("", False), "short": (SHORT, True), "formula": ("=1+1 " + words, False), "all": (words, True)}
    kind = {"generation": 15, "tls": False, "wireless": True, "data_store": True}
    running = simulate([{"name": name, **kind} for name in spoken])
    for handle in running.devices:
        filled(handle._device)
        handle._device.powered.service.foreign = Foreign(*spoken[handle.name])
    running.journal.clear()
    hosts = {handle.name: controller.plainly(handle, running, amt_deadline=60) for handle in running.devices}
    return running, controller.inventory(hosts)


def filled(device):
    """By every capability, and by hand where another console, or a thief of the log-in, could have left a text."""
    for attempt in range(10):
        device.firmware.login_failed(SHORT + DISGUISE * (attempt % 2), "=1+1" + DISGUISE)
    clock = SystemClock()
    machine = Machine(Client(Direct(device), clock), clock, Deadline(clock, 600))
    wishes = {name: each.first for name, each in CAPABILITIES.items() if name not in THEIR_LOG_IN}
    wishes["amt_certificates"] = {"roots": [made.root(SHORT + DISGUISE)], "certificates": [], "revoked": []}
    wishes["amt_storage"] = {"files": [{"name": "index.htm", "content": SHORT}]}
    wishes["amt_asset_note"] = {
        "facts": {"owner": SHORT, "room": "=1+1" + DISGUISE, SHORT + DISGUISE: [DISGUISE]},
        "signing_key": SECRET,
    }
    wishes["amt_alarms"] = {"alarms": [{"name": SHORT, "at": "2087-12-24T06:30:00Z", "every": "1 day"}]}
    for name, wish in wishes.items():
        resource = CAPABILITIES[name].resource()
        with suppress(Unsupported):
            converge(resource, machine, {**{option.name: option.default for option in resource.options}, **wish})
    device.firmware.web_storage.files[SHORT, "../..", "=1+1"] = File(b"x", (("content-type", SHORT),), SHORT + DISGUISE)
    profiles = device.firmware.wifi_profiles.profiles
    for profile in profiles.values():
        profile.values["SSID"] = SHORT + "\x9b\t"


def test_every_module_on_what_is_there_and_what_is_kept_of_it(full_ones, controller):
    running, inventory = full_ones
    tasks = {"first.yml": [*every_module(), *USED], "last.yml": SHEETS, "again.yml": READ_AGAIN}
    first, last, again = (
        controller.write(name, [{"hosts": "amt", "gather_facts": False, "tasks": each}]) for name, each in tasks.items()
    )
    books = ["outofband.amt." + name for name in ("assets", "logs", "compliance", "profile")]
    asked = {**FOLDER, **PAGES, "assets_key": SECRET, "hardening_more": [OURS]}
    run = "ansible-playbook", "-i", inventory, "-v", "--diff"
    done = shown(controller.run(*run, first, *books, last, "-e", json.dumps(asked)), controller)
    assert done.code == 0, done.output
    silent = {task["name"] for task in every_module()} - {each["task"] for each in done.records if told(each)}
    assert silent <= set(NO_TEXTS), "a module that shows no word of them, and is not said to have none"
    says = [each for each in done.records if "Say what could not be" in each["task"] and each["kind"] == "ok"]
    named = {each["host"]: each["result"]["msg"] for each in says}
    assert set(named) == {"short", "formula", "all"} and any(line.startswith("users: ") for line in named["short"])
    documents = json.dumps({"profile_files": "documents/{{ inventory_hostname }}.yml"})
    read = shown(controller.run(*run, "--check", again, books[-1], "-e", documents), controller)
    assert {each["kind"] for each in read.records if each["task"] in ("read", "all", "each", "compared")} == {"ok"}
    assert json.loads(json.dumps(read.result("all", "short")["msg"]))["alarms"]["alarms"][0]["name"] == SHORT
    use_the_pages_and_sheets(controller)
    assert running.journal.writes() == []
    assert not (controller.folder / WITNESS).exists()


def told(record):
    """Whether a result has the words of a device, as every one of them has these."""
    return "lookup(" in json.dumps(record["result"])


def use_the_pages_and_sheets(controller):
    for name in PAGES.values():
        seen = measured(controller.folder, controller.folder / name, 360)
        assert seen["title"] in ("Assets", "Intel AMT logs", "Intel AMT compliance")
        assert (seen["scripts"], seen["images"], seen["wide"]) == (2, 0, [])
        assert sorted(seen["devices"]) == ["all", "formula", "itself", "short"]
    for name in SHEET_OPTIONS:
        cells = cells_of(controller.folder / (name + ".csv"))
        assert any(SHORT in cell for cell in cells), name
        assert SHORT in json.dumps(json.loads((controller.folder / (name + ".json")).read_text()))
    folders = {path: [*(controller.folder / path).iterdir()] for path in ("logs", "documents")}
    assert {path: len(found) for path, found in folders.items()} == {"logs": 8, "documents": 4}
    for path in [*folders["logs"], *folders["documents"], *controller.folder.glob("*.*")]:
        if path.is_file():
            assert SHOWN.findall(path.read_text()) == [], path
    for path in [*folders["logs"], *controller.folder.glob("*.json")]:
        text = path.read_text()
        documents = [json.loads(each) for each in (text.splitlines() if path.suffix == ".jsonl" else [text])]
        assert SHOWN.findall(texts_of(documents)) == [], path


def texts_of(value):
    """Every text of a document, as it is once it was read."""
    if isinstance(value, dict):
        return texts_of([*value, *value.values()])
    return "\n".join(map(texts_of, value)) if isinstance(value, list) else str(value)
