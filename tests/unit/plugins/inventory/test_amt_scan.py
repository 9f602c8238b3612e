# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the words of hostile devices in Ansible's own inventory, cache and templates. Nothing is scanned."""

from __future__ import annotations

import copy
import itertools
import re

import pytest
import yaml
from ansible import constants as C
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.template import Templar, trust_as_template
from ansible_collections.outofband.amt.plugins.doc_fragments import login
from ansible_collections.outofband.amt.plugins.inventory import amt_scan

NAME = "outofband.amt.amt_scan"
FRAGMENTS = (login, constructed, inventory_cache)
WARNED = []


class InventoryModule(amt_scan.InventoryModule):
    """The plugin behind its scan: `found` is what the network had to say, once for each time that it was asked."""

    found = ()
    scans = 0

    def devices(self):
        self.scans += 1
        return copy.deepcopy(list(self.found))


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Parse a source as Ansible does: what it finds, its options, what other sources have brought before."""
    options = {}
    for fragment in FRAGMENTS:
        options.update(yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"])
    options.update(yaml.safe_load(amt_scan.DOCUMENTATION)["options"])
    C.config.initialize_plugin_configuration_definitions("inventory", NAME, options)
    WARNED.clear()
    monkeypatch.setattr(amt_scan.telling.Telling, "warn", lambda self, words, about: WARNED.extend(about))

    def parsed(found, before=None, may_read=True, **given):
        path = tmp_path / "fleet.amt_scan.yml"
        path.write_text(yaml.safe_dump({"plugin": NAME, "ranges": ["192.0.2.1-99"], **given}))
        plugin = InventoryModule()
        plugin._load_name, plugin.found = NAME, found
        inventory = before or InventoryData()
        inventory.current_source = str(path)
        plugin.parse(inventory, DataLoader(), str(path), may_read)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        inventory.reconcile_inventory()
        return inventory, plugin

    return parsed


def device(number, common_name="", **others):
    found = {
        "amt_host": "192.0.2.{0}".format(number),
        "amt_name": "",
        "amt_port": 16993,
        "amt_tls": True,
        "amt_version": "16.1.27",
        "amt_generation": 16,
        "amt_ports": [16993],
        "amt_certificate": {"common_name": common_name, "issuer": common_name, "sha256": "0" * 64},
    }
    return {**found, **others}


def names(inventory):
    return sorted(inventory.hosts)


@pytest.fixture
def hostile(tmp_path):
    touched = tmp_path / "touched"
    command = "touch {0}".format(touched)
    return touched, (
        "{{{{ lookup('pipe', '{0}') }}}}".format(command),
        "{% set x = lookup('pipe', '" + command + "') %}",
        "{% raw %}",
        "{{ 7 * 7 }}",
        "!unsafe x",
        "!vault |",
        "pc\nansible_connection: local",
        "../../etc/passwd",
        "-oProxyCommand=x",
        "'\"`$(x)",
        "\x1b]0;x\x07",
        "\x00",
        "\u202exe.exe",
        "</script>",
        "x" * 100_000,
    )


@pytest.mark.parametrize("cached", [False, True])
def test_what_a_device_says_is_data_and_never_a_template(source, hostile, tmp_path, cached):
    touched, words = hostile
    found = [
        device(number, text, amt={"system": {"model": text}, text: {text: [text]}}, amt_login_error=text)
        for number, text in enumerate(words, 1)
    ]
    given = {
        "hostnames": ["amt_certificate.common_name", "amt.system.model"],
        "compose": {"composed": "amt.system.model", "joined": "'x' ~ amt.system.model", "listed": "[amt.system.model]"},
        "keyed_groups": [
            {"key": "amt.system.model", "prefix": "model"},
            {"key": "amt.system.model", "prefix": "", "separator": ""},
            {"key": "amt", "prefix": "facts"},
        ],
        "groups": {"told": "amt.system.model"},
    }
    if cached:
        given.update(cache=True, cache_plugin="jsonfile", cache_connection=str(tmp_path / "cache"))
        source(found, **given)
    inventory, plugin = source(found, **given)
    assert plugin.scans == (0 if cached else 1)
    assert names(inventory) == sorted(each["amt_host"] for each in found)
    for number, text in enumerate(words, 1):
        variables = inventory.hosts["192.0.2.{0}".format(number)].vars
        assert variables["amt"] == found[number - 1]["amt"]
        templar = Templar(loader=DataLoader(), variables=variables)
        for name, expected in (("composed", text), ("joined", "x" + text), ("listed", [text])):
            assert templar.template(variables[name]) == variables[name] == expected
            assert templar.template(trust_as_template("{{ " + name + " }}")) == expected
        assert templar.template(trust_as_template("{{ amt.system.model }}")) == text
        assert templar.template(variables["amt_login_error"]) == text
    assert all(re.fullmatch(r"\w{1,100}", name) for name in inventory.groups)
    assert not touched.exists()


def test_localhost_keeps_its_own_connection(source):
    inventory, _plugin = source(
        [device(1, "localhost"), device(2, "127.0.0.1"), device(3, "2130706433"), device(4, amt_host="127.0.0.1")],
        hostnames=["amt_certificate.common_name"],
    )
    assert names(inventory) == ["192.0.2.1", "192.0.2.2", "192.0.2.3", "amt-127.0.0.1"]
    assert "ansible_connection" not in inventory.get_host("localhost").vars or (
        inventory.get_host("localhost").vars["ansible_connection"] == "local"
    )
    assert len(WARNED) == 3


def test_devices_of_the_same_name_are_all_there(source):
    twice = [device(1, "pc-07"), device(2, "PC-07"), device(3, "pc-08"), device(4)]
    inventory, _plugin = source(twice, hostnames=["amt_certificate.common_name", "amt_name"])
    assert names(inventory) == ["192.0.2.1", "192.0.2.2", "192.0.2.4", "pc-08"]
    assert inventory.hosts["pc-08"].vars["amt_host"] == "192.0.2.3"
    assert len(WARNED) == 2 and "192.0.2.1" in WARNED[0]


def test_filler_identities_do_not_merge_devices(source):
    filler = {"uuid": "03000200-0400-0500-0006-000700080009", "serial_number": "To Be Filled By O.E.M."}
    two = [device(number, amt={"system": filler}) for number in (1, 2)]
    inventory, _plugin = source(two, hostnames=["amt.system.uuid", "amt.system.serial_number"])
    assert names(inventory) == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize("name", ["amt", "all", "ungrouped", "unencrypted", "servers"])
def test_no_device_has_the_name_of_a_group_and_sets_its_variables(source, name):
    before = InventoryData()
    before.add_group("servers")
    inventory, _plugin = source(
        [device(1, name), device(2, "pc-02")],
        before,
        hostnames=["amt_certificate.common_name"],
        groups={"unencrypted": "not amt_tls"},
    )
    assert names(inventory) == ["192.0.2.1", "pc-02"]
    assert all(group.vars == {} for group in inventory.groups.values())


def test_a_group_is_not_named_as_a_host(source):
    inventory, _plugin = source(
        [device(1, "amt_16"), device(2, "pc_02")],
        hostnames=["amt_certificate.common_name"],
        keyed_groups=[
            {"key": "amt_generation | string", "prefix": "amt"},
            {"key": "amt_certificate.common_name", "prefix": "", "separator": ""},
        ],
    )
    assert names(inventory) == ["amt_16", "pc_02"]
    assert set(inventory.groups) == {"all", "ungrouped", "amt"}
    assert set(WARNED) == {"amt_16", "pc_02"}


def test_no_device_chooses_a_group_that_others_made(source):
    before = InventoryData()
    before.add_group("domain_controllers")
    before.add_group("site_berlin")
    said = {"domain": "domain_controllers", "site": "berlin"}
    inventory, _plugin = source(
        [device(1, amt=said)],
        before,
        keyed_groups=[
            {"key": "amt.domain", "prefix": "", "separator": ""},
            {"key": "[amt.domain, 'fine']", "prefix": "", "separator": ""},
            {"key": "amt.missing", "prefix": "x", "default_value": "none"},
            {"key": "amt.site", "prefix": "site"},
        ],
    )
    assert inventory.groups["domain_controllers"].hosts == []
    groups = {group.name for group in inventory.hosts["192.0.2.1"].groups}
    assert {"amt", "fine", "site_berlin"} <= groups


def test_no_device_joins_a_host_that_others_made(source):
    def others():
        made = InventoryData()
        made.add_host("dc01")
        made.set_variable("dc01", "ansible_connection", "ssh")
        return made

    given = {"hostnames": ["amt_certificate.common_name"]}
    liar, proven = device(1, "DC01"), device(1, "dc01", amt_login="ok")
    for found, more in ((liar, {}), (liar, {"set_connection": False}), (proven, {})):
        inventory, _plugin = source([found], others(), **given, **more)
        assert names(inventory) == ["192.0.2.1", "dc01"]
        assert (
            inventory.hosts["dc01"].vars["ansible_connection"] == "ssh"
            and "amt_host" not in inventory.hosts["dc01"].vars
        )
    inventory, _plugin = source([proven], others(), set_connection=False, **given)
    assert names(inventory) == ["dc01"] and inventory.hosts["dc01"].vars["amt_host"] == "192.0.2.1"
    inventory, _plugin = source([device(1, amt_name="dc01")], others(), set_connection=False)
    assert inventory.hosts["dc01"].vars["amt_host"] == "192.0.2.1"


def test_several_scans_share_their_groups_and_their_devices(source):
    given = {
        "hostnames": ["amt_certificate.common_name"],
        "keyed_groups": [{"key": "amt_version", "prefix": "", "separator": ""}],
    }
    inventory, _plugin = source([device(1, "pc-01"), device(2, "pc-02")], **given)
    source([device(2, "pc-02"), device(3, "pc-03"), device(4, "pc-01")], inventory, **given)
    assert names(inventory) == ["192.0.2.4", "pc-01", "pc-02", "pc-03"]
    assert len(inventory.groups["_6_1_27"].hosts) == 4
    assert len(WARNED) == 1 and "192.0.2.4" in WARNED[0]


CHANGES = (
    {"ranges": ["192.0.2.1-98"]},
    {"exclude": ["192.0.2.4"]},
    {"hosts": ["192.0.2.200"]},
    {"port": 26992},
    {"rmcp_port": 624},
    {"banner": "answered"},
    {"ping_timeout": 9},
    {"tls": "required"},
    {"login": True, "password": "P@ssw0rd"},
    {"login": True, "password": "P@ssw0rd", "remote_user": "ops"},
    {"login": True, "password": "P@ssw0rd", "gather_subset": ["power"]},
    {"login": True, "password": "P@ssw1rd"},
)


def test_the_cache_knows_what_shapes_a_result(source, tmp_path):
    given = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    for more in ({}, *CHANGES):
        assert source([device(1)], **given, **more)[1].scans == 1, more
    for more in ({}, *CHANGES):
        assert source([device(1)], **given, **more)[1].scans == 0, more
    after = {"hostnames": ["amt_host"], "group": "others", "compose": {"x": "amt_tls"}, "query": "[]"}
    assert source([device(1)], **given, **after)[1].scans == 0
    assert source([device(1)], may_read=False, **given)[1].scans == 1


def test_the_cache_knows_the_lines_of_files(source, tmp_path):
    given = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    listing = tmp_path / "machines.txt"
    scans = []
    for text in ("192.0.2.1\n", "192.0.2.1\n", "192.0.2.2\n"):
        listing.write_text(text)
        scans.append(source([device(1)], files=["machines.txt"], **given)[1].scans)
    assert scans == [1, 0, 1]


def test_no_password_is_in_the_name_or_the_content_of_the_cache(source, tmp_path):
    folder = tmp_path / "cache"
    given = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder)}
    source([device(1)], login=True, password="P@ssw0rd", **given)
    (kept,) = folder.iterdir()
    assert "P@ssw0rd" not in kept.name + kept.read_text()


MISTAKES = (
    ({"netwroks": ["192.0.2.0/24"]}, "netwroks", "did you mean networks?"),
    ({"colour": "red"}, "colour", "no such option"),
    ({"networks": ["192.0.2.0"]}, "networks", "192.0.2.0/24"),
    ({"networks": ["pc-01"]}, "networks", "hosts"),
    ({"hosts": ["pc-01:16992"]}, "hosts", "port"),
    ({"hosts": ["https://pc-01/"]}, "hosts", "without"),
    ({"hosts": ["pc 01"]}, "hosts", "name"),
    ({"hosts": ["-oProxyCommand=x"]}, "hosts", "name"),
    ({"hosts": [None]}, "hosts", "text"),
    ({"hosts": ["224.0.0.1"]}, "hosts", "multicast"),
    ({"hosts": ["0.0.0.0"]}, "hosts", "host"),
    ({"ranges": [12]}, "ranges", "text"),
    ({"rate": 0}, "rate", "above 0"),
    ({"rate": float("nan")}, "rate", "above 0"),
    ({"banner_timeout": float("inf")}, "banner_timeout", "above 0"),
    ({"concurrency": -1}, "concurrency", "above 0"),
    ({"port": 0}, "port", "1 to 65535"),
    ({"rmcp_port": 70000}, "rmcp_port", "1 to 65535"),
    ({"port": 16993}, "tls_port", "no TLS"),
    ({"login": "yess"}, "login", "true or false"),
    ({"set_connection": None}, "set_connection", "true or false"),
    ({"cache": "sometimes"}, "cache", "true or false"),
    ({"tls": "maybe"}, "tls", "required, preferred, never"),
    ({"group": "all"}, "group", "letters"),
    ({"group": "floor two"}, "group", "letters"),
    ({"ping": False, "banner": "answered"}, "banner", "banner: all"),
    ({"login": True}, "password", "AMT_PASSWORD"),
    ({"login": True, "password": "x", "ca_file": "/nonexistent.pem"}, "ca_file", "no such file"),
    ({"login": True, "password": "x", "fingerprints": {"192.0.2.1": "12"}}, "fingerprints", "64 hex"),
    ({"login": True, "password": "x", "gather_subset": ["everything"]}, "gather_subset", "one of"),
    ({"query": "[?"}, "query", "jmespath.org"),
    ({"query": "[].{amt_host: 'localhost'}"}, "query", "whole devices"),
    ({"files": ["missing.txt"]}, "files", "cannot be read"),
)


@pytest.mark.parametrize(("given", "option", "way_out"), MISTAKES)
def test_mistakes_name_option_value_and_way_out(source, given, option, way_out):
    with pytest.raises(AnsibleParserError) as caught:
        source([device(1)], **given)
    told = str(caught.value)
    assert "{0}: ".format(option) in told and "cannot be used" in told and way_out in told


POLICIES = (
    ({}, "", "preferred"),
    ({"ca_file": "/ca.pem"}, "", "required"),
    ({"fingerprints": {"192.0.2.1": "0" * 64}}, "", "required"),
    ({"client_certificate": "/c.pem"}, "", "required"),
    ({}, "amt_ca_file: /ca.pem\n", "required"),
    ({}, "amt_tls: true\n", "required"),
    ({}, "amt_tls: false\n", "never"),
    ({"tls": "preferred", "ca_file": "/ca.pem"}, "amt_tls: true\n", "preferred"),
    ({"tls": True}, "", "required"),
)


@pytest.mark.parametrize(("given", "variables", "word"), POLICIES)
def test_whether_tls_is_required(source, tmp_path, given, variables, word):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "amt.yml").write_text(variables or "{}\n")
    _inventory, plugin = source([], **given)
    assert plugin.options["tls"] == word


def test_variables_beside_the_playbook_count_too(source, tmp_path, monkeypatch):
    folder = tmp_path / "plays"
    (folder / "group_vars").mkdir(parents=True)
    (folder / "group_vars" / "amt.yml").write_text("amt_ca_file: /ca.pem\n")
    (folder / "site.yml").write_text("[]\n")
    monkeypatch.setattr(amt_scan.context, "CLIARGS", {"args": (str(folder / "site.yml"), "outofband.amt.discover")})
    assert source([])[1].options["tls"] == "required"
    monkeypatch.setattr(amt_scan.context, "CLIARGS", {"args": "all"})
    assert source([])[1].options["tls"] == "preferred"


@pytest.mark.parametrize(("written", "word"), [("true", "required"), ("no", "never"), ("preferred", "preferred")])
def test_the_environment_of_the_connection_counts_for_the_scan(source, monkeypatch, written, word):
    monkeypatch.setenv("AMT_TLS", written)
    assert source([])[1].options["tls"] == word


def test_a_variable_of_the_group_may_be_a_template_and_the_password_of_the_operating_system_is_not_taken(
    source, tmp_path
):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yml").write_text("ansible_password: root's\nansible_user: root\n")
    (tmp_path / "group_vars" / "amt.yml").write_text("amt_password: '{{ amt_secret }}'\namt_secret: S3cret!pw\n")
    options = source([], login=True)[1].options
    assert (options["password"], options["remote_user"]) == ("S3cret!pw", "admin")


def test_thousands_of_devices_are_named_and_grouped_in_linear_time(source):
    many = [
        device(0, "pc-{0}".format(number // 2), amt_host="10.0.{0}.{1}".format(*divmod(number, 256)))
        for number in range(5000)
    ]
    inventory, _plugin = source(
        many,
        ranges=["10.0.0.0-10.0.255.255"],
        hostnames=["amt_certificate.common_name"],
        keyed_groups=[{"key": "amt_certificate.common_name", "prefix": "cn"}],
    )
    assert len(inventory.hosts) == 5000 and len(inventory.groups) == 2500 + 3


def test_every_option_is_applied_before_or_after_the_cache():
    from ansible_collections.outofband.amt.plugins.plugin_utils.scan import options

    known = set(yaml.safe_load(amt_scan.DOCUMENTATION)["options"])
    known.update(*(yaml.safe_load(each.ModuleDocFragment.DOCUMENTATION)["options"] for each in FRAGMENTS))
    assert set(options.AFTER_THE_CACHE) <= known
    assert set(itertools.chain(options.ABOVE_ZERO, options.PORTS, options.LISTS)) <= known
