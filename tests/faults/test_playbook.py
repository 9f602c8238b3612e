# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same through real ansible-playbook and TLS: what a user sees of a device that misbehaves all the time."""

from __future__ import annotations

from collections import Counter

from ansible_collections.outofband.amt.plugins.module_utils import errors

SAMPLE = [
    "refuse",
    "unplugged",
    "hung",
    "tls_broken",
    "drop_before_answer",
    "busy",
    "access_denied",
    "unsupported",
    "stale_nonce",
    "wrong_password",
    "flash_write_limit",
    "lost_answer",
    "cut_chunk",
    "garbage",
    "html_answer",
    "deep_xml",
    "entities",
    "endless_answer",
    "trickle",
]
TASKS = {
    "info": {"outofband.amt.amt_info": {"gather_subset": ["power"]}},
    "boot": {"outofband.amt.amt_boot": {"target": "pxe"}},
    "power": {"outofband.amt.amt_power": {"state": "off", "graceful": "never", "wait_timeout": 5}},
    "isolate": {"outofband.amt.amt_isolation": {"state": "isolated", "allow": ["dhcp"], "ip": [4]}},
    "wsman": {
        "outofband.amt.amt_wsman": {
            "class_name": "CIM_BootConfigSetting",
            "action": "invoke",
            "method": "ChangeBootOrder",
            "selectors": {"InstanceID": "Intel(r) AMT: Boot Configuration 0"},
        }
    },
}
LIMITS = {"amt_connect_timeout": 2, "amt_read_timeout": 2, "amt_deadline": 6}
UNLIMITED = ("none", "wrong_password")
"""Each of their tasks comes to its end, however busy this machine is."""
UNREACHABLE = ("Unreachable", "CertificateRefused", "AuthenticationRefused")


def test_a_fleet_of_misfits(simulate, controller):
    running = simulate([{"name": "{n}", "count": len(SAMPLE) + 1, "generation": 16}])
    hosts = {}
    for fault, device in zip(["none", *SAMPLE], running.devices):
        hosts[fault] = controller.securely(device, running, **({} if fault in UNLIMITED else LIMITS))
        if fault != "none":
            device.fail(fault)
    tasks = [{"name": name, **task, "ignore_errors": True, "ignore_unreachable": True} for name, task in TASKS.items()]
    run = controller.play(tasks, controller.inventory(hosts), "--forks", "20")
    seen = {(each["host"], each["task"]): each for each in run.records}
    assert set(seen) == {(host, task) for host in hosts for task in TASKS}, run.output
    for (host, task), each in seen.items():
        judge(host, task, each)
    refused = Counter(entry.device for entry in running.journal.entries(login="refused"))
    assert set(refused.values()) == {len(TASKS)}


def judge(host, task, each):
    result, place = each["result"], "{0}: {1}".format(host, task)
    assert "Traceback" not in str(result), place
    if each["kind"] == "ok":
        assert host in ("none", "flash_write_limit"), place
        return
    kind = result["error"]
    assert issubclass(getattr(errors, kind), errors.AmtError), place
    assert (each["kind"] == "unreachable") == (kind in UNREACHABLE), place
    assert result["msg"], place
    assert result["changed"] is False, place
    assert host != "none", (place, result["msg"])
