# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleet files: what they can say, and what is said of a wrong one."""

from __future__ import annotations

import pytest
import yaml

from simulator.fleet import FleetError, load_fleet, quick_fleet, read_fleet


def test_an_entry_is_dealt_out_over_its_devices(tmp_path):
    path = tmp_path / "fleet.yml"
    path.write_text(
        """
        defaults: {password: s3cret, domain: lab.test}
        devices:
          - {name: "pc-{n:02}", address: 127.9.0.254, count: 3, generation: [9, 16], power: [on, off]}
          - {name: extra, generation: 12, faults: [hung, {fault: busy, verb: get, times: 2}]}
        """
    )
    described = load_fleet(path)
    assert [(each.name, each.address, each.generation) for each in described] == [
        ("pc-01", "127.9.0.254", "9"),
        ("pc-02", "127.9.0.255", "16"),
        ("pc-03", "127.9.1.0", "9"),
        ("extra", "127.9.1.1", "12"),
    ]
    assert [each.settings.get("power") for each in described] == ["on", "off", "on", None]
    assert {each.settings["domain"] for each in described} == {"lab.test"}
    assert [fault["fault"] for fault in described[3].faults] == ["hung", "busy"]


def test_a_version_says_which_generation_it_is():
    described = read_fleet({"devices": [{"version": "15.0.42"}, {"version": "9.1.45"}, {}]})
    assert [each.generation for each in described] == ["15", "9", "16"]


WORDS = """
devices:
  - name: no
    hostname: off
    password: 0123
    mac: 10:11:22:33:44:55
    version: 16.1.30
    power: on
    tls: yes
    lms: off
    idle_timeout: 5
    flash_limit: ~
    durations: {on: 3, off: 5}
    users: {yes: no, off: {password: 007, realms: [remote_control]}}
    trusted_hashes: {on: "%s", no: %s}
    defense: {supported: on, GlobalMaxSupportedPolicies: 2, wireless: {IPv4_MaxTxFilters: 4}}
    latches: [PlatformErase, SecureErase]
    sessions: [sol, kvm]
    watchdog: {silent: yes, protocol: 1}
    faults: [{fault: delay, seconds: 2, times: 3}]
""" % ("1" * 64, "2" * 64)


def test_words_that_yaml_takes_for_something_else_are_what_was_written(tmp_path):
    path = tmp_path / "fleet.yml"
    path.write_text(WORDS)
    (each,) = load_fleet(path)
    settings = each.settings
    assert (each.name, each.idle_timeout) == ("no", 5.0)
    assert (settings["hostname"], settings["password"], settings["mac"]) == ("off", "0123", "10:11:22:33:44:55")
    assert (settings["power"], settings["tls"], settings["lms"], settings["flash_limit"]) == ("on", True, False, None)
    assert settings["durations"] == {"on": 3.0, "off": 5.0}
    assert settings["users"] == {"yes": "no", "off": {"password": "007", "realms": ["remote_control"]}}
    assert settings["trusted_hashes"] == {"on": "1" * 64, "no": "2" * 64}
    limits = {"supported": True, "GlobalMaxSupportedPolicies": 2, "wireless": {"IPv4_MaxTxFilters": 4}}
    assert settings["defense"] == limits
    assert settings["latches"] == ["PlatformErase", "SecureErase"]
    assert settings["sessions"] == ["sol", "kvm"]
    assert settings["watchdog"] == {"silent": True, "protocol": 1}
    assert each.faults == ({"fault": "delay", "seconds": 2, "times": 3},)


def test_what_other_yaml_has_made_of_words_is_taken_back():
    (each,) = read_fleet(yaml.safe_load("devices: [{power: off, durations: {on: 3, off: 5}, generation: 16}]"))
    assert (each.settings["power"], each.settings["durations"]) == ("off", {"on": 3.0, "off": 5.0})


def test_a_quick_fleet_has_every_generation_and_as_many_as_asked_for():
    described = quick_fleet(10_000)
    assert len({each.address for each in described}) == len({each.name for each in described}) == 10_000
    assert {each.generation for each in described} == {"9", "11", "12", "15", "16", "19"}


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "no devices"),
        ({"devices": []}, "no devices"),
        ({"devices": [{}], "more": 1}, "'more' is no key of a fleet; use defaults, devices"),
        ({"devices": [{"adress": "127.1.0.1"}]}, r"devices\[0\]: 'adress' is no key of a device; use one of .*address"),
        (
            {"devices": [{"control_mode": "client", "consent": "none"}]},
            r"devices\[0\]: consent: 'none' .*client control mode",
        ),
        ({"devices": [{"control_mode": "client", "consent": "kvm"}]}, "leave it out, or use control_mode: admin"),
        ({"devices": ["pc"]}, "write `key: value` pairs"),
        ({"devices": [{"address": "10.0.0.1"}]}, "'10.0.0.1'; use an address in 127.0.0.0/8"),
        ({"devices": [{"address": "127.1"}]}, "use an address in 127.0.0.0/8"),
        ({"devices": [{"generation": 3}]}, "generation is '3'; use one of 9, 11"),
        ({"devices": [{"count": 0}]}, "count is 0; give a whole number from 1"),
        ({"devices": [{"certificate": "gold"}]}, "certificate is 'gold'; use one of trusted"),
        ({"devices": [{"absence": "holiday"}]}, "absence is 'holiday'; use reset or silence"),
        ({"devices": [{"generation": 12, "version": "9.1.45"}]}, r"devices\[0\]: version: 9.1.45 is not one of AMT 12"),
        ({"devices": [{"tls": "perhaps"}]}, "tls: 'perhaps' is neither true nor false"),
        ({"devices": [{"connections": "many"}]}, "connections: 'many' is no whole number"),
        ({"devices": [{"idle_timeout": "nan"}]}, "idle_timeout: 'nan' is no number"),
        ({"devices": [{"password": 1.5}]}, "password: 1.5 is no text; put it in quotes"),
        ({"devices": [{"durations": {"on": "long"}}]}, "durations: on: 'long' is no number"),
        ({"devices": [{"durations": "long"}]}, "durations: 'long' is no table; write `key: value` pairs"),
        ({"devices": [{"tls_versions": "1.2 2.0"}]}, "tls_versions: '1.2 2.0' is not of 1.0 1.1 1.2 1.3"),
        ({"devices": [{"power": "sideways"}]}, "'sideways' is none of on"),
        ({"devices": [{"faults": ["fire"]}]}, "there is no fault 'fire'; choose from"),
        ({"devices": [{"faults": "hung"}]}, "write a list"),
        ({"devices": [{"name": "a"}, {"name": "a"}]}, "two devices have the name 'a'; give each its own"),
        ({"devices": [{"address": "127.1.0.1"}, {"address": "127.1.0.1"}]}, "two devices have the address"),
        ({"devices": [{"name": "pc-{n:x!}"}]}, "cannot be filled in"),
    ],
)
def test_a_wrong_fleet_is_told_key_value_and_way_out(document, complaint):
    with pytest.raises(FleetError, match=complaint):
        read_fleet(document)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(FleetError, match=r"nowhere\.yml: No such file"):
        load_fleet(tmp_path / "nowhere.yml")
    broken = tmp_path / "broken.yml"
    broken.write_text("devices: [")
    with pytest.raises(FleetError, match="is not YAML"):
        load_fleet(broken)
