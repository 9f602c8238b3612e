# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the documentation, run as they stand; and ansible-doc reads every plugin."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import os
import ssl
import time
from pathlib import Path

import yaml

from simulator.firmware.security import on_die
from tests import certificate_maker as made

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("amt_*.py"))


PREPARATION = [
    {
        "name": "an office whose network the firmware knows",
        "outofband.amt.amt_wsman": {
            "action": "put",
            "class_name": "AMT_EnvironmentDetectionSettingData",
            "properties": {"DetectionStrings": ["example.test"]},
        },
    }
]
"""What the examples take for granted."""


def authority():
    """The files of an authority, as variables."""
    root = Path(next(word for word in made.authority("Fleet root", 2048) if word.endswith("root.pem")))
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(root.read_text())).hexdigest()
    known = {"fleet_ca": str(root.with_suffix("")), "fleet_root": root.read_text(), "root_fingerprint": fingerprint}
    return {"name": "an authority for the fleet", "ansible.builtin.set_fact": known}


ISSUE = "openssl x509 -req -CAcreateserial -days 365"
CERTIFICATES = [
    {"name": "its root on the device", "outofband.amt.amt_certificates": {"roots": ["{{ fleet_root }}"]}},
    {
        "name": "a certificate of the device's own",
        "outofband.amt.amt_tls_certificate": {
            "command": [*ISSUE.split(), "-CA", "{{ fleet_ca }}.pem", "-CAkey", "{{ fleet_ca }}.key"],
            "subject": "CN=desk",
        },
        "register": "made",
    },
    {
        "name": "which it is",
        "ansible.builtin.set_fact": {"own_fingerprint": "{{ made.served.fingerprint }}"},
    },
]
"""What those take for granted that name certificates by their fingerprints."""


VARIABLES = {
    "vault_helpdesk_password": "Help-d3sk!",
    "vault_ad_objects": {"desk": "of the object in AD"},
    "radius_password": "Plu9ged in",
    "office_passphrase": "0ffice secret",
    "guest_passphrase": "gu3sts only",
    "new_passphrase": "an0ther secret",
}
"""The same, of variables."""
AUDITOR = {"auditor": {"password": "Aud1tor!pass", "realms": ["audit_log"]}}
REDIRECTION = {"services": {"kvm": False, "sol": True, "ider": False}}
MOVES = "amt_wired"
"""Whose examples send the device to addresses that nobody has here: they are tried in check mode."""
OF_OLD = "amt_data_store"
"""What only a firmware has that is older than the others."""
OTHER_LOG_IN = "amt_admin"
"""Whose examples change the log-in of the inventory, so that each has a device of its own."""


PASS = """#!/bin/sh
case "$1" in
insert) for last; do :; done; mkdir -p "store/${last%/*}"; cat > "store/$last" ;;
show) test -e "store/$2" || exit 1; cat "store/$2" ;;
esac
"""


def examples(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "EXAMPLES":
            return ast.literal_eval(node.value)
    raise AssertionError("{0} has no EXAMPLES".format(path))


def shown_by(module):
    return yaml.safe_load(examples(PLUGINS / "modules" / (module + ".py")))


def test_examples_of_modules_run(simulate, controller):
    device = {"name": "desk", "generation": 15, "tls": False, "wireless": True, "users": AUDITOR}
    running = simulate([device, {"name": "attic", "generation": 9, "tls": False}])
    inventory = controller.inventory({each.name: controller.plainly(each, running) for each in running.devices})
    switched_on = {"name": "switched on", "outofband.amt.amt_power": {"state": "on"}}
    tasks, names = [*PREPARATION, authority(), *CERTIFICATES], []
    for module in sorted({*MODULES} - {OTHER_LOG_IN, OF_OLD}):
        for example in shown_by(module):
            tasks += [switched_on, {**example, "check_mode": True} if module == MOVES else example]
            names.append(example["name"])
    tasks += yaml.safe_load(yaml.safe_load((PLUGINS / "filter/fleet.yml").read_text())["EXAMPLES"])
    controller.write("office.yml", {"name": {"ping": True}})
    controller.write("exported-profile.yaml", {"name": "office", "configuration": {"redirection": REDIRECTION}})
    controller.write("audit.key", made.key_pem("audit", 2048))
    controller.write("audit.pem", made.pem(made.certificate("audit", bits=2048)))
    (controller.folder / "console.htm.gz").write_bytes(gzip.compress(b"<h1>Console</h1>"))
    controller.write("OnDie_CA_RootCA.pem", on_die.root_pem())
    controller.write("ODCA_lists.pem", "".join(on_die.revocation_lists(time.time())))
    run = controller.play(tasks, inventory, "--limit", "desk", vars=VARIABLES)
    assert run.code == 0, run.output
    assert len(set(names)) == len(names)
    assert set(names) <= {each["task"] for each in run.records if each["kind"] == "ok"}
    of_old = shown_by(OF_OLD)
    run_of_old = controller.play(of_old, inventory, "--limit", "attic")
    assert run_of_old.code == 0, run_of_old.output
    returned = {module: documented_returns(module) for module in MODULES}
    for task in [*tasks, *of_old]:
        module = next((key for key in task if key.startswith("outofband.amt.")), "")
        for each in [*run.records, *run_of_old.records]:
            if each["task"] == task["name"] and module:
                known = returned[module.rpartition(".")[2]]
                assert undocumented(each["result"], known) == set(), task["name"]


def test_examples_that_change_the_log_in_run(simulate, controller):
    """Beside a vault file, and with a program that keeps files as `pass` does."""
    shown = shown_by(OTHER_LOG_IN)
    running = simulate([{"name": "{n}", "count": len(shown), "generation": 15, "tls": False}])
    inventory = controller.inventory({each.name: controller.plainly(each, running) for each in running.devices})
    (controller.folder / "group_vars/amt").mkdir(parents=True)
    controller.write("vault.pass", "opens the vault")
    program = controller.write("pass", PASS)
    program.chmod(0o755)
    plays = [
        {"hosts": device.name, "gather_facts": False, "tasks": [task], "vars": {"vault_new_password": "Given-passw0rd"}}
        for device, task in zip(running.devices, shown)
    ]
    arguments = ("-i", inventory, controller.write("plays.yml", plays), "--vault-password-file", "vault.pass")
    path = {"PATH": "{0}:{1}".format(controller.folder, os.environ["PATH"])}
    run = controller.run("ansible-playbook", *arguments, env=path)
    assert run.code == 0, run.output
    for task in shown:
        result = run.result(task["name"])
        assert result["changed"] and undocumented(result, documented_returns(OTHER_LOG_IN)) == set()


OPTIONS_TOO = "The other options are returned"


def documented_returns(module):
    tree = ast.parse((PLUGINS / "modules" / (module + ".py")).read_text(encoding="utf-8"))
    texts = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)}
    options = set(yaml.safe_load(texts["DOCUMENTATION"])["options"])
    told_too = OPTIONS_TOO in " ".join(texts["RETURN"].split())
    return set(yaml.safe_load(texts["RETURN"])) | (options if told_too else set())


def undocumented(result, known):
    return {key for key in result if not key.startswith("_ansible")} - known - {"changed"}


def test_examples_of_the_scan_are_understood(simulate, controller):
    running = simulate([{"name": "{n}", "count": 2, "generation": 15, "tls": False}])
    for number, source in enumerate(yaml.safe_load_all(examples(PLUGINS / "inventory/amt_scan.py"))):
        assert not {"networks", "ranges", "hosts"}.isdisjoint(source)
        for places in ("networks", "ranges", "exclude", "ca_file"):
            source.pop(places, None)
        source.update(
            hosts=[device.address for device in running.devices],
            rmcp_port=running.ports.presence,
            port=running.ports.plain,
            tls_port=running.ports.tls,
            cache_connection=str(controller.folder / "cache"),
            strict=True,
        )
        path = controller.write("{0}.amt_scan.yml".format(number), source)
        run = controller.run(
            "ansible-inventory", "-i", path, "--list", env={"AMT_PASSWORD": running.devices[0].password}
        )
        assert run.code == 0, run.output
        assert running.devices[1].address in run.output, run.output
        assert "failed" not in run.output.lower(), run.output


def test_ansible_doc_reads_everything(controller):
    kinds = {
        "module": [*MODULES, "fleet_report", "record", "state_before"],
        "connection": ["wsman"],
        "inventory": ["amt_scan"],
        "filter": ["fleet", "trouble", "from_here"],
        "lookup": ["fleet_hosts"],
    }
    for kind, names in kinds.items():
        run = controller.run("ansible-doc", "-t", kind, "--json", *("outofband.amt." + name for name in names))
        assert run.code == 0, run.output
        documents = json.loads(run.output[run.output.index("{") :])
        for name in names:
            document = documents["outofband.amt." + name]["doc"]
            assert document["short_description"] and document["version_added"]
            if name in MODULES:
                needed = {"check_mode", "diff_mode", "idempotent", "action_group", "platform", "async", "action"}
                assert needed <= set(document["attributes"]), name
