# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scan of networks by real ansible-inventory, on simulated networks."""

from __future__ import annotations

import json

import pytest

GENERATIONS = [9, 12, 15, 16, 19]


@pytest.fixture
def scan(controller):
    """Write a source, list it, and return the inventory as ansible-inventory prints it."""

    def listed(running, *arguments, env=None, **options):
        source = {
            "plugin": "outofband.amt.amt_scan",
            "rmcp_port": running.ports.presence,
            "port": running.ports.plain,
            "tls_port": running.ports.tls,
            "ping_timeout": 3,
            "banner_timeout": 10,
            **options,
        }
        path = controller.write("fleet.amt_scan.yml", source)
        run = controller.run("ansible-inventory", "-i", path, "--list", *arguments, env=env)
        assert run.code == 0, run.output
        text = run.output[run.output.index("\n{") :] if not run.output.startswith("{") else run.output
        found = json.loads(text[: text.rindex("}") + 1], object_hook=trusted_or_not)
        return found, found["_meta"]["hostvars"]

    return listed


def trusted_or_not(value):
    """What strangers said is marked by Ansible, so that it is never taken for a template; here only the text counts."""
    return value.get("__ansible_unsafe", value)


def around(running):
    """A range with the devices and a silent address at either end."""
    first, last = running.devices[0].address, running.devices[-1].address
    before = first.rpartition(".")[0] + ".0"
    prefix, _dot, number = last.rpartition(".")
    return "{0}-{1}.{2}".format(before, prefix, int(number) + 1)


def test_devices_are_found_by_ping_and_banner_without_a_log_in(simulate, scan):
    running = simulate([{"name": "{n}", "count": 5, "generation": GENERATIONS}])
    running.devices[1].fail("unplugged")
    inventory, found = scan(
        running,
        ranges=[around(running)],
        keyed_groups=[{"key": "amt_generation | string", "prefix": "amt"}],
        groups={"unencrypted": "not amt_tls"},
        compose={"amt_fingerprint": "amt_certificate.sha256"},
    )
    addresses = [device.address for device in running.devices]
    assert sorted(found) == sorted(address for address in addresses if address != addresses[1])
    assert set(inventory["amt"]["hosts"]) == set(found)
    assert inventory["amt_9"]["hosts"] == [addresses[0]]
    assert addresses[0] in inventory["unencrypted"]["hosts"] and addresses[4] not in inventory["unencrypted"]["hosts"]
    newest = found[addresses[4]]
    assert newest["ansible_connection"] == "outofband.amt.wsman"
    assert newest["amt_version"].startswith("19.") and newest["amt_generation"] == 19
    assert newest["amt_port"] == running.ports.tls and newest["amt_tls"] is True
    assert newest["amt_ping"] is True and newest["amt_provisioning"] == "post"
    assert newest["amt_certificate"]["sha256"] == newest["amt_fingerprint"] == running.devices[4].fingerprint
    assert running.journal.count(login="accepted") == running.journal.count(login="refused") == 0


def test_ping_only_and_banner_only(simulate, scan):
    running = simulate([{"name": "{n}", "count": 3, "generation": 16}])
    _inventory, pinged = scan(running, ranges=[around(running)], banner="none")
    assert len(pinged) == 3
    assert {entry.verb for entry in running.journal.entries()} == {"presence"}
    running.journal.clear()
    _inventory, looked = scan(running, ranges=[around(running)], ping=False)
    assert {name: device["amt_ping"] for name, device in looked.items()} == dict.fromkeys(pinged, False)
    assert "presence" not in {entry.verb for entry in running.journal.entries()}


def test_a_log_in_brings_facts_and_is_tried_once(simulate, scan):
    running = simulate([{"name": "{n}", "count": 4, "generation": [16, 16, 16, 15], "tls": [True, True, True, False]}])
    good, wrong, unpinned, plain = running.devices
    wrong.fail("wrong_password")
    _inventory, found = scan(
        running,
        ranges=[around(running)],
        login=True,
        password=good.password,
        fingerprints={device.address: device.fingerprint for device in (good, wrong)},
        gather_subset=["firmware", "power"],
        query="[?amt_login != 'nothing']",
        tls="preferred",
    )
    outcome = {device.address: found[device.address]["amt_login"] for device in running.devices}
    assert outcome == {
        good.address: "ok",
        wrong.address: "refused",
        unpinned.address: "untrusted",
        plain.address: "ok",
    }
    assert found[good.address]["amt"]["power"]["state"] == "on"
    assert found[good.address]["amt"]["firmware"]["version"] == found[good.address]["amt_version"]
    assert "fingerprint" in found[unpinned.address]["amt_login_error"]
    assert running.journal.count(device=wrong.name, login="refused") == 1
    assert running.journal.count(device=unpinned.name, login="accepted") == 0
    assert good.password not in json.dumps(found)


def test_a_device_without_tls_gets_no_log_in_where_a_pin_is_given(simulate, scan):
    """What is offered decides nothing: neither here nor by the variables that a play would log in with."""
    running = simulate([{"name": "{n}", "count": 2, "generation": [16, 15], "tls": [True, False]}])
    secured, plain = running.devices
    _inventory, found = scan(
        running,
        ranges=[around(running)],
        login=True,
        password=plain.password,
        fingerprints={secured.address: secured.fingerprint},
    )
    assert {name: told["amt_login"] for name, told in found.items()} == {
        secured.address: "ok",
        plain.address: "untrusted",
    }
    told = found[plain.address]
    assert (told["amt_tls"], told["amt_port"], told["amt_ports"]) == (True, running.ports.tls, [running.ports.plain])
    assert not [entry for entry in running.journal.entries(device=plain.name) if entry.login != "none"]


def test_the_query_keeps_whole_devices_and_the_cache_keeps_the_network_quiet(simulate, scan, tmp_path):
    running = simulate([{"name": "{n}", "count": 3, "generation": [12, 16, 16]}])
    options = {
        "ranges": [around(running)],
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
    }
    _inventory, every = scan(running, **options)
    assert len(every) == 3
    running.journal.clear()
    _inventory, kept = scan(running, query="[?amt_generation > `12`]", **options)
    assert len(kept) == 2
    assert running.journal.entries() == []
    _inventory, again = scan(running, "--flush-cache", **options)
    assert again == every
    assert running.journal.count(verb="presence") == 3


def test_names_groups_and_connection_are_the_users_choice(simulate, scan):
    running = simulate([{"name": "desk-{n}", "count": 2, "generation": 15, "tls": False}])
    inventory, found = scan(
        running,
        hosts=[device.address for device in running.devices],
        login=True,
        password=running.devices[0].password,
        hostnames=["amt.network.hostname", "amt_host"],
        gather_subset=["network"],
        group="firmware",
        set_connection=False,
    )
    assert sorted(found) == sorted(device.firmware.settings.hostname for device in running.devices)
    assert sorted(inventory["firmware"]["hosts"]) == sorted(found)
    assert not any("ansible_connection" in variables for variables in found.values())


def test_names_that_devices_choose_cost_nobody_a_place(simulate, scan):
    """By certificate localhost, and the group that all are in. By host name the same after cloning, and a template."""
    running = simulate(
        [
            {"name": "localhost", "generation": 16, "hostname": "clone"},
            {"name": "amt", "generation": 16, "hostname": "clone"},
            {"name": "pc-03", "generation": 16, "hostname": "{{ lookup('pipe', 'touch touched') }}"},
            {"name": "{{ 7 * 7 }}", "generation": 16, "hostname": "-oProxyCommand=x"},
        ]
    )
    addresses = [device.address for device in running.devices]
    inventory, found = scan(running, ranges=[around(running)], hostnames=["amt_certificate.common_name"])
    assert sorted(found) == sorted([*addresses[:2], "pc-03", addresses[3]])
    assert sorted(inventory["amt"]["hosts"]) == sorted(found)
    assert "vars" not in inventory["amt"]
    _inventory, found = scan(
        running,
        ranges=[around(running)],
        hostnames=["amt.network.hostname"],
        login=True,
        password=running.devices[0].password,
        fingerprints={device.address: device.fingerprint for device in running.devices},
        gather_subset=["network"],
        compose={"said": "amt.network.hostname"},
    )
    assert sorted(found) == sorted(addresses)
    assert found[addresses[2]]["said"] == "{{ lookup('pipe', 'touch touched') }}"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "list what to scan"),
        ({"networks": ["10.0.0.0/8"]}, "16777214 addresses are listed"),
        ({"hosts": ["127.0.0.1"], "rate": 0}, "rate: 0.0 cannot be used"),
        ({"hosts": ["127.0.0.1"], "ping": False, "banner": "none"}, "only banner: all finds anything"),
        ({"hosts": ["127.0.0.1"], "query": "[?"}, "jmespath.org"),
        ({"hosts": ["127.0.0.1"], "query": "length(@)"}, "list of whole devices"),
        ({"hosts": ["127.0.0.1"], "colour": "red"}, "colour: 'red' cannot be used"),
        ({"netwroks": ["192.0.2.0/24"]}, "did you mean networks?"),
    ],
)
def test_mistakes_are_named(controller, options, words):
    path = controller.write(
        "x.amt_scan.yml",
        {"plugin": "outofband.amt.amt_scan", "banner": "none", "ping_timeout": 0.1, **options},
    )
    run = controller.run(
        "ansible-inventory", "-i", path, "--list", env={"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1"}
    )
    assert run.code != 0 and words in " ".join(run.output.split()), run.output


def test_a_file_of_another_name_is_left_to_other_plugins(controller):
    path = controller.write("fleet.yml", {"plugin": "outofband.amt.amt_scan", "hosts": ["127.0.0.1"]})
    run = controller.run(
        "ansible-inventory", "-i", path, "--list", env={"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1"}
    )
    assert run.code != 0 and "amt_scan" in run.output
