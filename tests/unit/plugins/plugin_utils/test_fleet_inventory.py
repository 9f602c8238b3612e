# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of strangers' texts, read again by Ansible itself."""

from __future__ import annotations

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.outofband.amt.plugins.plugin_utils.fleet_inventory import (
    HEAD,
    added_to,
    as_file,
    connection_variables,
    inventory,
    moved,
    written_before,
)

NAMES = ["amt_host"]
TEMPLATE = "{{ 1 + 1 }}"
WORDS = ["plain 1.2-3", TEMPLATE, "{% raw %}", "a: b", "'\"", "x\ny", "!vault x", "\u202e", "*a", "0x10", "true", "~"]


def read(text, folder):
    path = folder / "kept.yml"
    path.write_text(text)
    loader = DataLoader()
    return loader, InventoryManager(loader=loader, sources=[str(path)])


@pytest.mark.parametrize("word", WORDS)
def test_a_text_comes_back_as_it_was_and_is_no_template(tmp_path, word):
    variables = {"pc": {"amt_host": word, "amt_certificate": {"common_name": word, "list": [word]}, "amt_port": 5}}
    groups, warnings = inventory([("pc", "192.0.2.1")], variables, ["amt_host", "amt_port"])
    loader, kept = read(as_file(groups), tmp_path)
    known = kept.get_host("pc").vars
    assert (known["amt_host"], known["amt_port"], warnings) == (word, 5, [])
    templar = Templar(loader=loader, variables={})
    assert templar.template(known["amt_certificate"]) == {"common_name": word, "list": [word]}
    assert templar.template(known["amt_host"]) == word


@pytest.mark.parametrize(
    "name", [TEMPLATE, "a[1:9]", "-oProxyCommand=x", "../x", "a\nb", "pc:22", "\u202ex", "", "{%x%}", "a\x00"]
)
def test_what_cannot_be_a_name_is_written_under_its_address(tmp_path, name):
    variables = {name: {"amt_host": "192.0.2.1", "group_names": [TEMPLATE, "floor_two", "a[1:9]"]}}
    groups, warnings = inventory([(name, "192.0.2.1")], variables, ["amt_host"])
    _loader, kept = read(as_file(groups), tmp_path)
    assert [host.name for host in kept.get_hosts()] == ["192.0.2.1"]
    assert set(kept.groups) == {"all", "ungrouped", "amt", "floor_two"}
    assert len(warnings) == 3 and all(sentence.isprintable() for sentence in warnings)


def test_none_is_lost_without_a_word():
    hosts = [("a[1:2]", "192.0.2.1"), ("b[1:2]", "192.0.2.1"), ("c[1:2]", "{{ x }}")]
    groups, warnings = inventory(hosts, {name: {} for name, _address in hosts}, [])
    assert as_file(groups).count("192.0.2.1") == 1 and len(warnings) == 3
    assert sum("is not written" in sentence for sentence in warnings) == 2


@pytest.mark.parametrize("name", ["pc-01", "Büro 3", "fe80::1%eth0", "192.0.2.1", "2001:db8::1", "pc.example.net"])
def test_names_that_people_give_are_kept(tmp_path, name):
    groups, warnings = inventory([(name, "192.0.2.9")], {name: {}}, [])
    _loader, kept = read(as_file(groups), tmp_path)
    assert [host.name for host in kept.get_hosts()] == [name] and warnings == []


def test_secrets_are_no_variables_to_keep():
    options = {
        "host": {"vars": [{"name": "inventory_hostname"}, {"name": "amt_host"}]},
        "password": {"vars": [{"name": "amt_password"}]},
        "proxy_token": {"vars": [{"name": "amt_proxy_token"}]},
        "deadline": {},
    }
    assert connection_variables(options) == ["amt_host", "ansible_connection"]


def made(**hosts):
    """Groups of hosts, each with an address and perhaps a floor."""
    variables = {
        name: {"amt_host": address, "group_names": [floor] if floor else []} for name, (address, floor) in hosts.items()
    }
    return inventory([(name, address) for name, (address, _floor) in hosts.items()], variables, ["amt_host"])[0]


def test_who_did_not_answer_stays_with_all_that_was_added_by_hand():
    text = as_file(made(a=("192.0.2.1", "two"), b=("192.0.2.2", "two"), c=("192.0.2.3", "")))
    before = written_before(text + "site: {children: {two: {}}, vars: {amt_user: ops}}\n")
    groups, kept = added_to(before, made(a=("192.0.2.9", "three")), NAMES)
    assert kept == ["b", "c"]
    assert groups["amt"]["hosts"] == {**before["amt"]["hosts"], "a": {"amt_host": "192.0.2.9"}}
    assert (list(groups["two"]["hosts"]), list(groups["three"]["hosts"])) == (["b"], ["a"])
    assert groups["site"] == {"children": {"two": {}}, "vars": {"amt_user": "ops"}, "hosts": {}}
    assert added_to(groups, made(), NAMES) == (groups, ["b", "c", "a"])
    assert written_before(as_file(groups)) == groups


def test_the_same_device_under_a_new_name_is_not_kept_twice():
    before = written_before(as_file(made(old=("192.0.2.1", "two"), other=("192.0.2.2", ""))))
    groups, kept = added_to(before, made(new=("192.0.2.1", "two")), NAMES)
    assert kept == ["other"] and list(groups["two"]["hosts"]) == ["new"]


def test_what_somebody_wrote_beside_a_device_that_answers_again_stays(tmp_path):
    text = as_file(made(old=("192.0.2.1", "two"), b=("192.0.2.2", "")))
    before = written_before(text)
    before["amt"]["hosts"]["old"].update(rack="{{ 7 }}", amt_certificate={"self_signed": True})
    before["two"]["hosts"]["old"] = {"shelf": 3}
    groups, kept = added_to(before, made(new=("192.0.2.1", "two")), NAMES)
    assert groups["amt"]["hosts"]["new"] == {"amt_host": "192.0.2.1", "rack": "{{ 7 }}"}
    assert groups["two"]["hosts"] == {"new": {"shelf": 3}} and kept == ["b"]


def test_a_name_that_stood_for_another_address_is_told():
    before = made(a=("192.0.2.1", ""), b=("192.0.2.2", ""))
    assert moved(before, made(a=("192.0.2.9", ""), b=("192.0.2.2", ""), c=("192.0.2.1", ""))) == [
        "'a' was at '192.0.2.1' in this file, and is at '192.0.2.9' now"
    ]


@pytest.mark.parametrize("word", WORDS)
def test_what_stays_is_no_template_either(tmp_path, word):
    first, _warnings = inventory([("pc", "192.0.2.1")], {"pc": {"amt_host": word}}, ["amt_host"])
    groups, kept = added_to(written_before(as_file(first)), made(), NAMES)
    loader, read_again = read(as_file(groups), tmp_path)
    assert kept == ["pc"]
    assert Templar(loader=loader, variables={}).template(read_again.get_host("pc").vars["amt_host"]) == word


@pytest.mark.parametrize(
    "text",
    [
        "amt: {hosts: {pc: {}}}\n",
        "[amt]\npc\n",
        HEAD + "amt: [pc]\n",
        HEAD + "x: {hosts: [a]}\n",
        HEAD + "a: !vault b\n",
    ]
    + [HEAD + "{", HEAD + "- a\n", HEAD + "a: 2026-13-45\n", HEAD],
)
def test_a_file_that_somebody_else_wrote_is_told_apart(text):
    assert written_before(text) is None


def test_an_empty_file_is_nobody_s():
    assert written_before("") == written_before(" \n") == {}
