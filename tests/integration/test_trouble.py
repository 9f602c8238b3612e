# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong is reported as what it is, once, and with the way out."""

from __future__ import annotations


def test_the_unreachable_are_unreachable_and_a_password_is_tried_once(simulate, controller):
    names = ("well", "pinned", "gone", "wrong", "strange", "plain_on_tls", "vanishing")
    running = simulate([{"name": "{n}", "count": len(names), "generation": 16, "tls": True}])
    device = dict(zip(names, running.devices))
    device["gone"].fail("refuse")
    hosts = {
        "well": controller.securely(device["well"], running, amt_fingerprint=device["well"].fingerprint),
        "pinned": controller.securely(device["pinned"], running, amt_fingerprint="00" * 32),
        "gone": controller.securely(device["gone"], running),
        "wrong": controller.securely(
            device["wrong"], running, amt_fingerprint=device["wrong"].fingerprint, amt_password="Wr0ng!pass"
        ),
        "strange": controller.securely(device["strange"], running, amt_ca_file="/etc/ssl/certs/ca-certificates.crt"),
        "plain_on_tls": controller.plainly(device["plain_on_tls"], running, amt_port=running.ports.tls),
    }
    ask = {"name": "ask", "outofband.amt.amt_info": {"gather_subset": ["power"]}}
    run = controller.play([ask, {**ask, "name": "ask again"}], controller.inventory(hosts))
    assert run.code == 4, run.output
    kinds = {each["host"]: (each["kind"], each["result"].get("error")) for each in run.records if each["task"] == "ask"}
    assert kinds.pop("plain_on_tls")[0] in ("unreachable", "failed")
    assert kinds == {
        "well": ("ok", None),
        "pinned": ("unreachable", "CertificateRefused"),
        "gone": ("unreachable", "Unreachable"),
        "wrong": ("unreachable", "AuthenticationRefused"),
        "strange": ("unreachable", "CertificateRefused"),
    }
    for host in ("pinned", "gone", "wrong", "strange"):
        result = run.result("ask", host)
        assert result["hint"] and result["hint"].lower() in result["msg"].lower()
    assert run.result("ask", "pinned")["details"]["fingerprint"] == device["pinned"].fingerprint
    assert [each["host"] for each in run.records if each["task"] == "ask again"] == ["well"]
    assert running.journal.count(device=device["wrong"].name, login="refused") == 1


def test_mistakes_of_the_caller_are_named_before_anything_is_sent(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    power, boot, info, wsman = ("outofband.amt.amt_" + name for name in ("power", "boot", "info", "wsman"))
    mistakes = {
        "choice": ({power: {"state": "up"}}, "value of state must be one of: on, off, sleep"),
        "missing": ({power: {}}, "missing required arguments: state"),
        "unknown": ({power: {"state": "on", "speed": 1}}, "speed"),
        "rule": ({power: {"state": "on", "graceful": "require"}}, "graceful"),
        "media": ({boot: {"target": "pxe", "media_index": 1}}, "media_index"),
        "subset": (
            {info: {"gather_subset": ["everything"]}},
            "gather_subset: 'everything' cannot be used: one of all, min",
        ),
        "query": ({info: {"query": "[?"}}, "jmespath.org"),
        "class": ({wsman: {"class_name": "Win32_Disk"}}, "AMT_, CIM_ or IPS_"),
        "async": ({power: {"state": "on"}, "async": 10, "poll": 5}, "forks"),
        "shell": ({"ansible.builtin.command": "id"}, "firmware has no shell"),
        "files": ({"ansible.builtin.copy": {"content": "x", "dest": "/tmp/x"}}, "firmware has no shell"),
        "facts": ({"ansible.builtin.setup": {}}, "gather_facts: false"),
        "timeout": ({info: {}, "vars": {"amt_read_timeout": 0}}, "read_timeout"),
        "fingerprint": ({info: {}, "vars": {"amt_fingerprint": "abc"}}, "64 hex digits"),
        "command": ({info: {}, "vars": {"amt_proxy_command": "ssh 'open"}}, "proxy_command"),
    }
    tasks = [{"name": name, "ignore_errors": True, **task} for name, (task, _words) in mistakes.items()]
    run = controller.play(tasks, controller.inventory({"desk": controller.plainly(running.device("desk"), running)}))
    assert run.code == 0, run.output
    for name, (_task, words) in mistakes.items():
        assert run.of(name)["kind"] == "failed", name
        assert words in run.result(name)["msg"], (name, run.result(name)["msg"])
    assert running.journal.entries() == []


def test_faults_on_the_way_are_typed_and_never_written_twice(simulate, controller):
    faults = {"busy": 1, "garbage": 1, "lost_answer": 1, "html_answer": 9, "access_denied": 9, "flash_write_limit": 9}
    running = simulate(
        [{"name": name.replace("_", "-"), "generation": 15, "tls": False, "power": "off"} for name in faults],
        durations={"on": 0},
    )
    hosts = {}
    for (fault, times), device in zip(faults.items(), running.devices):
        device.fail(fault, verb="invoke", times=times)
        hosts[fault] = controller.plainly(device, running)
    run = controller.play(
        [{"name": "on", "outofband.amt.amt_power": {"state": "on", "wait_timeout": 10}}], controller.inventory(hosts)
    )
    outcome = {each["host"]: each["result"].get("error") or each["result"].get("note") for each in run.records}
    assert outcome["access_denied"] == "AccessDenied"
    assert outcome["flash_write_limit"] == "Refused"
    assert outcome["busy"] == "Busy"
    assert "took effect" in outcome["lost_answer"]
    assert outcome["garbage"] and outcome["html_answer"]
    for device in running.devices:
        carried_out = [entry for entry in running.journal.writes(device=device.name) if entry.took_effect]
        assert len(carried_out) <= 1, device.name
        if device.name not in ("busy", "access-denied", "flash-write-limit"):
            assert len(running.journal.writes(device=device.name)) == 1, device.name


def test_waiting_in_vain_is_no_unknown_error(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})
    ask = {"outofband.amt.amt_info": {"gather_subset": ["power"]}, "register": "seen", "retries": 1, "delay": 0}
    waits = {**ask, "name": "waits", "until": "seen.amt.power.state == 'off'", "ignore_errors": True}
    comes = {**ask, "name": "comes", "until": ["seen.amt.power.state == 'on'"]}
    run = controller.play([waits, comes], inventory)
    assert run.code == 0, run.output
    assert "Unknown error" not in run.output
    assert "what is waited for is: seen.amt.power.state == 'off'" in run.result("waits")["msg"]
    assert run.of("comes")["kind"] == "ok"
