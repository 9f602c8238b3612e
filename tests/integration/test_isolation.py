# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Isolation from playbooks: the ladder of its modules, the verdict, the roles, and a fleet."""

from __future__ import annotations

import json

import pytest

from simulator import flows
from tests.runner.pace import patient

REPAIR = {"to": "198.51.100.20", "protocol": "tcp", "port": 443}
ELSEWHERE = {"to": "198.51.100.21", "protocol": "tcp", "port": 443}
ISOLATED = {"state": "isolated", "allow": ["dhcp", {"to": "198.51.100.20, https"}], "ip": [4]}
POLICY = {
    "name": "office",
    "precedence": 3,
    "ports": ["wired"],
    "filters": [
        {"name": "no mail", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}
    ],
}
QUARANTINE = {
    "amt_hosts": "amt",
    "isolate_remediation": ["198.51.100.20, https"],
    "isolate_reason": "ticket 4711",
    "isolate_ip": [4],
    "isolate_confirm": True,
}


MACHINES = 30
"""Several rounds of ten forks, and more than the roles allow by themselves. What a machine costs does not depend on how
many there are."""
LONG = patient(200)
"""Seconds for a playbook with all of them."""


def packet(device, question):
    """What the simulated firmware does with a packet of its host."""
    return device.call(lambda firmware: flows.ask(firmware, question)["action"])


@pytest.fixture
def desk(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})

    def climb(policy, isolated, *arguments):
        running.journal.clear()
        tasks = [
            {"name": "policies", "outofband.amt.amt_defense_policies": {"policies": [policy]}},
            {"name": "isolation", "outofband.amt.amt_isolation": isolated},
            {"name": "info", "outofband.amt.amt_isolation_info": {"snapshot": False}},
        ]
        run = controller.play(tasks, inventory, "--diff", *arguments)
        assert run.code == 0, run.output
        return run, running.journal.writes()

    climb.running, climb.inventory, climb.device = running, inventory, running.device("desk")
    return climb


def test_check_create_again_modify_again_release(desk):
    checked, writes = desk(POLICY, ISOLATED, "--check")
    assert writes == []
    created, writes = desk(POLICY, ISOLATED)
    assert created.changed() == checked.changed() == {"policies": True, "isolation": True, "info": False}
    assert writes
    assert (packet(desk.device, REPAIR), packet(desk.device, ELSEWHERE)) == ("pass", "drop")
    again, writes = desk(POLICY, ISOLATED)
    assert again.changed() == {"policies": False, "isolation": False, "info": False} and writes == []
    modified = {**ISOLATED, "allow": ["dhcp", {"to": "198.51.100.21, https"}]}
    run, writes = desk(POLICY, modified)
    assert run.changed() == {"policies": False, "isolation": True, "info": False}
    assert (packet(desk.device, REPAIR), packet(desk.device, ELSEWHERE)) == ("drop", "pass")
    assert desk(POLICY, modified)[1] == []
    released, _writes = desk(POLICY, {"state": "released"})
    assert released.result("info")["ports"]["wired"]["active"] == "ob-office"
    assert desk(POLICY, {"state": "released"})[1] == []


def test_the_diff_reads_like_firewall_rules(desk):
    run, _writes = desk(POLICY, ISOLATED, "--check")
    for line in (
        "-wired port, always: released",
        "+wired port, always: isolated",
        "+out pass ipv4 tcp to 198.51.100.20 port 443 count",
        "+out drop everything else count",
    ):
        assert line in run.output


def test_info_tells_who_and_what(desk, controller):
    desk(POLICY, ISOLATED)
    packet(desk.device, REPAIR)
    tasks = [{"name": "info", "outofband.amt.amt_isolation_info": {}}]
    port = controller.play(tasks, desk.inventory).result("info")["ports"]["wired"]
    assert port["state"] == "isolated" and port["since"]
    assert [(each["by"], each["made_by"], each["before"], each["active"]) for each in port["bound"]] == [
        ("system_defense", "amt_isolation", "ob-office", True)
    ]
    matched = [each["rule"] for each in port["counters"] if each["matched"]]
    assert matched == ["out pass ipv4 tcp to 198.51.100.20 port 443 count"]
    desk.running.journal.clear()
    assert controller.play(tasks, desk.inventory, "--check").code == 0
    assert desk.running.journal.writes() == []


def test_verdicts_in_a_playbook(controller):
    inventory = controller.write("local.yml", {"amt": {"hosts": {"localhost": {"ansible_connection": "local"}}}})
    common = {"direction": "out", "source": "10.0.0.9", "protocol": "tcp"}
    verdicts = {
        "good": "{{ allow | outofband.amt.defense_verdict(repair) }}",
        "bad": "{{ allow | outofband.amt.defense_verdict(elsewhere) }}",
        "made": "{{ policy | outofband.amt.defense_verdict(mail) }}",
    }
    variables = {
        "allow": ["dhcp", {"to": "10.0.5.20, https"}],
        "repair": {**common, "destination": "10.0.5.20", "destination_port": 443},
        "elsewhere": {**common, "destination": "10.0.5.21", "destination_port": 443},
        "mail": {**common, "destination": "10.0.5.21", "destination_port": 25},
        "policy": POLICY,
    }
    tasks = [
        {"name": "proof", "ansible.builtin.set_fact": verdicts, "vars": variables},
        {"name": "mistake", "ansible.builtin.debug": {"msg": "{{ ['dns'] | outofband.amt.defense_verdict({}) }}"}},
    ]
    run = controller.play(tasks, inventory)
    facts = run.result("proof")["ansible_facts"]
    assert (facts["good"]["action"], facts["bad"]["rule"], facts["made"]["rule"]) == ("pass", "default", "no mail")
    assert run.code != 0 and "give out or in" in run.output


def test_the_role_refuses_what_was_not_meant(desk, controller):
    for change, sentence in (
        ({"isolate_confirm": False}, "say that you mean it"),
        ({"isolate_at_most": 0}, "more than isolate_at_most"),
        ({"isolate_remediation": []}, "what must stay reachable"),
        ({"isolate_must_drop": [{"direction": "out", "ethertype": "arp"}]}, "would meet"),
        ({"isolate_allow_always": []}, "allow dhcp"),
    ):
        given = json.dumps({**QUARANTINE, **change})
        run = controller.playbook("quarantine", desk.inventory, "-e", given)
        assert run.code != 0 and sentence in run.output.replace("\n", " "), run.output
    assert desk.running.journal.writes() == []


def test_a_fleet_is_quarantined_and_released(simulate, controller):
    running = simulate([{"name": "pc-{n:03}", "count": MACHINES, "generation": 15, "tls": False}], sockets_each=False)
    hosts = {device.name: controller.plainly(device, running) for device in running.devices}
    inventory = controller.inventory(hosts)
    record = controller.folder / "record.jsonl"
    cut = {**QUARANTINE, "isolate_at_most": MACHINES, "amt_serial": "100%", "isolate_record": str(record)}
    back = {"amt_hosts": "amt", "release_reason": "repaired", "release_confirm": True, "release_at_most": MACHINES}
    back.update(amt_serial="100%", release_record=str(record))
    for name, variables, action, lines in (
        ("quarantine", cut, "drop", MACHINES),
        ("release", back, "pass", 2 * MACHINES),
    ):
        running.journal.clear()
        first = controller.playbook(name, inventory, "-f", "10", "-e", json.dumps(variables), seconds=LONG)
        assert first.code == 0, first.output[-2000:]
        assert {entry.device for entry in running.journal.writes()} == set(hosts)
        assert {packet(device, ELSEWHERE) for device in running.devices} == {action}
        running.journal.clear()
        second = controller.playbook(name, inventory, "-f", "10", "-e", json.dumps(variables), seconds=LONG)
        assert second.code == 0 and running.journal.writes() == []
        written = [json.loads(line) for line in record.read_text().splitlines()]
        assert len(written) == lines
    assert {line["host"] for line in written} == set(hosts)
    assert {(line["what"], line["why"]) for line in written} == {("isolated", "ticket 4711"), ("released", "repaired")}
