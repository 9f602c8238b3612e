# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution module and the resource type by Salt's loaders; who a call is about; what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import salt.cache
from salt.exceptions import CommandExecutionError, SaltCacheError, SaltInvocationError
from saltext.amt import facts
from saltext.amt.arguments import read_arguments
from saltext.amt.carry_out import carry_out, differences, sentence, without
from saltext.amt.chosen import read_sites
from saltext.amt.core.cim.network import GENERAL
from saltext.amt.core.errors import Interrupted, InvalidOption, Unavailable
from saltext.amt.core.option import HIDDEN, Option
from saltext.amt.core.resource import Outcome, Reader, Resource, told
from saltext.amt.devices import MASK, find_device, names
from saltext.amt.on_proxy import refusal

from simulator.firmware.security import on_die
from tests.salt.conftest import PASSWORD


def test_reads(site: Any, minion: Any) -> None:
    place = site("pc-01", "pc-02")
    amt = minion(place.pillar).functions
    assert amt["amt.list"]() == ["pc-01", "pc-02"]
    assert amt["amt.ping"](device="pc-01") is True
    assert amt["amt.power"](device="pc-01")["state"] == "on"
    assert set(amt["amt.inventory"](device="pc-01")) == {"system", "firmware", "network", "power"}
    assert set(amt["amt.inventory"](subsets="bios,memory", device="pc-02")) == {"bios", "memory"}
    assert amt["amt.get"]("AMT_GeneralSettings", device="pc-01")["HostName"] == "pc-01"
    assert amt["amt.enumerate"]("CIM_SoftwareIdentity", device="pc-01")
    assert amt["amt.isolation_info"](device="pc-01")["wired"]["state"] == "released"
    assert amt["amt.time"](device="pc-01")["source"] == "bios"
    assert amt["amt.alarms"](device="pc-01")["alarms"] == []
    assert amt["amt.power_scheme"](device="pc-01")["while_off"] == "woken"
    assert amt["amt.posture"](device="pc-01")["enabled"] is False
    with pytest.raises(CommandExecutionError, match="Unavailable: this firmware has no AMTAuthenticate"):
        amt["amt.attestation"](roots=[on_die.root_pem()], device="pc-01")
    assert place.writes("pc-01") == place.writes("pc-02") == 0


def test_acts(site: Any, minion: Any) -> None:
    place = site("pc-01")
    amt = minion(place.pillar).functions
    assert amt["amt.power_off"](graceful="never", device="pc-01")["changed"] is True
    assert amt["amt.power_off"](device="pc-01")["changed"] is False
    assert amt["amt.power_on"](device="pc-01")["state"] == "on"
    assert amt["amt.power_reset"](device="pc-01")["changed"] is True
    assert amt["amt.power_cycle"](device="pc-01")["changed"] is True
    assert amt["amt.boot_once"]("pxe", sol=True, device="pc-01")["target"] == "pxe"
    assert amt["amt.synchronize_time"](device="pc-01")["synchronized"] is True
    assert amt["amt.isolate"](allow=["arp", "dhcp"], expires=30, device="pc-01")["expires"] == 30
    assert amt["amt.release"](device="pc-01")["state"] == "released"
    assert amt["amt.put"]("AMT_GeneralSettings", {"PingResponseEnabled": False}, device="pc-01")["changed"] is True
    uuid = amt["amt.invoke"]("AMT_SetupAndConfigurationService", "GetUuid", changes=False, device="pc-01")
    assert uuid["result"]["ReturnValue"] == "0"
    assert uuid["changed"] is False


def test_failures_are_sentences_without_secrets(site: Any, minion: Any, caplog: Any) -> None:
    place = site("pc-01")
    place.running.device("pc-01").fail("wrong_password")
    amt = minion(place.pillar).functions
    assert amt["amt.ping"](device="pc-01") is False
    told = [record for record in caplog.records if "pc-01 does not answer" in record.getMessage()]
    assert [record.levelname for record in told] == ["WARNING"]
    with pytest.raises(CommandExecutionError, match=r"^AuthenticationRefused: ") as refused:
        amt["amt.power_on"](device="pc-01")
    assert PASSWORD not in str(refused.value)
    with pytest.raises(CommandExecutionError, match=r"^InvalidOption: device: None cannot be used: name a device"):
        amt["amt.power"]()
    with pytest.raises(CommandExecutionError, match=r"^InvalidOption: flavour"):
        amt["amt.boot_once"]("pxe", flavour="mint", device="pc-01")


#: What pillar says -> the keys that the sentence names.
HINTS = [
    ({"uuid": "0" * 32}, ["uuid"]),
    ({"tls": True, "ca_file": "/nonexistent"}, ["ca_file"]),
    ({"connect_timeout": 0}, ["connect_timeout"]),
    ({"password": "another"}, ["username", "password"]),
    ({"tls": True, "fingerprint": "00"}, ["fingerprint"]),
    ({"tls": True}, ["tls"]),
]


@pytest.mark.parametrize(("said", "keys"), HINTS, ids=lambda value: str(value)[:24])
def test_sentences_name_the_keys_of_pillar(site: Any, minion: Any, said: dict[str, Any], keys: list[str]) -> None:
    place = site("pc-01")
    place.pillar["amt"]["devices"]["pc-01"].update(said)
    with pytest.raises(CommandExecutionError) as refused:
        minion(place.pillar).functions["amt.power"](device="pc-01")
    assert all("the pillar key " + key in str(refused.value) for key in keys), refused.value
    assert "`" not in str(refused.value)


class Waiting(Reader):
    def survey(self, machine: Any, wanted: Any) -> dict[str, Any]:
        seen = machine.get(GENERAL)["HostName"]
        machine.attempt(self.ends)
        return {"seen": seen}

    def ends(self) -> None:
        raise Interrupted("no answer", "raise `read_timeout`")


def test_so_does_what_is_unread(site: Any) -> None:
    outcome = carry_out(Waiting(), find_device({}, site("pc-01").pillar, "pc-01"), {})
    assert [row["hint"] for row in told(outcome)["unread"]] == ["raise the pillar key read_timeout"]


def test_a_resource_is_the_device_of_its_job(site: Any, resource: Any) -> None:
    place = site("pc-01", "pc-02")
    second = resource(place.pillar, "pc-02")
    assert second.connection["amt.initialized"]() is True
    assert second.connection["amt.discover"]({"pillar": place.pillar}) == ["pc-01", "pc-02"]
    chosen = {**place.pillar, "resources": {"amt": {"resource_ids": ["pc-02"]}}}
    assert second.connection["amt.discover"]({"pillar": chosen}) == ["pc-02"]
    assert second.call("test.ping") is True
    assert second.call("amt.get", "AMT_GeneralSettings")["HostName"] == "pc-02"
    assert second.call("amt.power")["state"] == "on"
    with pytest.raises(SaltInvocationError, match="and not exclude"):
        second.call("state.apply", "nothing", exclude="x", __pub_jid="1")


def test_grains_never_ask_the_network(site: Any, resource: Any) -> None:
    place = site("pc-01")
    device = resource(place.pillar, "pc-01")
    address = place.running.device("pc-01").address
    assert device.ask("grains") == {"id": "pc-01", "amt_device": "pc-01", "amt_host": address}
    assert place.requests() == 0
    read = device.ask("grains_refresh")
    assert read["amt_version"].startswith("12.")
    asked = place.requests()
    assert asked
    place.running.device("pc-01").fail("refuse")
    assert resource(place.pillar, "pc-01").ask("grains") == read
    assert device.call("grains.get", "amt_hostname") == "pc-01"
    assert place.requests() == asked
    assert device.call("test.ping") is False
    place.running.device("pc-01").heal()
    assert device.call("test.ping") is True


def test_where_a_device_comes_from() -> None:
    pillar = {
        "amt": {"defaults": {"password": "p", "tls": False}, "devices": {"pc-01": None, "pc-02": {"host": "a.example"}}}
    }
    assert find_device({}, pillar, "pc-01").endpoint.host == "pc-01"
    assert find_device({}, pillar, "pc-02").endpoint.host == "a.example"
    assert find_device({}, pillar, "pc-02").endpoint.port == 16992
    numbered = {"amt": {**pillar["amt"], "devices": {10023: {"host": "c.example"}}}}
    assert names(numbered) == ["10023"]
    assert find_device({}, numbered, "10023").endpoint.host == "c.example"
    assert names(read_sites({"id": "m", **numbered}, {}.get, None, None)) == ["10023"]
    proxy = {**pillar, "proxy": {"proxytype": "amt", "host": "b.example", "password": "q"}}
    found = find_device({"id": "pc-09"}, proxy)
    assert (found.name, found.endpoint.host, found.endpoint.password) == ("pc-09", "b.example", "q")


PROXY = {"proxy": {"proxytype": "amt", "host": "b.example", "password": "q"}}


def test_a_device_that_is_targeted_is_the_one_that_is_meant(site: Any, resource: Any, minion: Any) -> None:
    place = site("pc-01", "pc-02")
    first = resource(place.pillar, "pc-01")
    assert first.call("amt.ping", device="pc-01") is True
    assert first.call("amt.list") == ["pc-01"]
    for call, arguments in OTHERS.items():
        with pytest.raises(CommandExecutionError, match=r"^InvalidOption: device: 'pc-02' cannot be used: this job is"):
            first.call(call, *arguments, device="pc-02")
    (answer,) = first.call("state.single", "amt.powered", "it", power="off", device="pc-02").values()
    assert (answer["result"], "this job is for pc-01" in answer["comment"]) == (False, True)
    loaded = minion({**place.pillar, **PROXY}, id="px-01")
    for call, arguments in OTHERS.items():
        with pytest.raises(CommandExecutionError, match="this job is for px-01; target pc-02 itself"):
            loaded.functions[call](*arguments, device="pc-02")
    answer = loaded.states["amt.powered"]("it", power="off", device="pc-02")
    assert (answer["result"], "this job is for px-01" in answer["comment"]) == (False, True)
    assert loaded.functions["amt.list"]() == ["px-01"]
    assert place.writes("pc-01") == place.writes("pc-02") == 0


OTHERS: dict[str, list[Any]] = {
    "amt.ping": [],
    "amt.power_off": [],
    "amt.inventory": [],
    "amt.refresh_grains": [],
    "amt.isolate": [],
    "amt.get": ["AMT_GeneralSettings"],
}


def test_a_proxy_is_where_pillar_says_now() -> None:
    """Salt's options have what it said when the proxy started."""
    opts = {"id": "px-01", "proxy": {**PROXY["proxy"], "host": "old.example"}}
    assert find_device(opts, PROXY).endpoint.host == "b.example"
    assert find_device(opts, {}).endpoint.host == "old.example"


@pytest.mark.parametrize(
    ("devices", "sentence"),
    [
        ({"pc": {"passwd": "s3cret"}}, "passwd"),
        ({"pc": {"password": ""}}, "pillar has no password for pc"),
        ({"pc": {"password": "s3cret", "auth": "kerberos"}}, "only digest"),
        ({"pc": {"password": "s3cret", "port": "many"}}, "give a number"),
        ({"pc": {"password": "s3cret", "host": "http://pc"}}, "without port, scheme or brackets"),
        ({"pc": {"password": True}}, "give text, in quotes"),
        ({"pc": {"password": {"value": "s3cret"}}}, "give text, in quotes"),
        ({"pc": {"password": "s3cret", "host": ["pc"]}}, "give text, in quotes"),
        ({"pc": {"password": "s3cret", "tls": "false"}}, "give true or false"),
        ({"pc": {"password": "s3cret", "deadline": True}}, "give a number"),
        ({"pc": {"password": "s3cret", "proxy_command": "ssh -W"}}, "as a list"),
        ({"pc": {"password": "s3cret", "deadline": float("nan")}}, "give a number"),
        ({"pc": {"password": "s3cret", "host": "pc.example:16993"}}, "host: pc.example, port: 16993"),
        ({"pc": {"password": "s3cret", "uuid": "the new one"}}, "a UUID is 32 hex digits"),
        ({"pc": {"password": "sdb://vault/amt/s3cret"}}, "nobody looks it up"),
        ({"pc": {"password": "-----BEGIN PGP MESSAGE-----\ns3cret"}}, "#!jinja|yaml|gpg"),
        ({"pc": {"password": "$ANSIBLE_VAULT;1.1\ns3cret"}}, "Salt cannot read it"),
        ({"pc": {"password": "*" * 10}}, "in place of a secret"),
        ({"pc": {"password": "s3cret\n"}}, "password of pc: '**********' cannot be used: it ends in a line feed"),
        ({"pc": {"password": "s3\x00cret"}}, "control characters"),
        ({"pc": {"password": "s3cret\ud800"}}, "control characters"),
        ({"other": {}}, "it has other"),
        ({"pc": "s3cret"}, "it is a mapping"),
        (["pc"], "it is a mapping"),
    ],
)
def test_pillar_that_will_not_do(devices: Any, sentence: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        find_device({}, {"amt": {"devices": devices}}, "pc")
    assert sentence in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_pillar_that_did_not_render_is_told_as_that(site: Any, resource: Any, minion: Any) -> None:
    place = site("pc-01")
    broken = {**place.pillar, "_errors": ["Rendering SLS 'devices' failed.\nSee the log"]}
    told = r"^Unavailable: pillar did not render: Rendering SLS 'devices' failed.\\nSee the log"
    device = resource(broken, "pc-01")
    for call in ("test.ping", "amt.power", "grains.refresh"):
        with pytest.raises(CommandExecutionError, match=told):
            device.call(call)
    before = {"resources": {"amt": ["pc-01", "pc-07"]}, "id": "site"}
    assert device.connection["amt.discover"]({**before, "pillar": broken}) == ["pc-01", "pc-07"]
    with pytest.raises(CommandExecutionError, match=told):
        minion({**broken, **PROXY}, id="px-01").functions["amt.ping"]()
    assert place.requests() == 0


def test_a_device_that_another_minion_manages_is_left_alone(site: Any, resource: Any, minion: Any, caplog: Any) -> None:
    place = site("pc-01", "pc-02", "pc-03")
    place.pillar["amt"]["devices"]["pc-01"]["minion"] = "site"
    place.pillar["amt"]["devices"]["pc-02"]["minion"] = "site-munich"
    ours = resource(place.pillar, "pc-02")
    assert ours.connection["amt.discover"]({"pillar": place.pillar, "id": "site"}) == ["pc-01", "pc-03"]
    chosen = {**place.pillar, "resources": {"amt": ["pc-01", "pc-02", "pc-99"]}}
    assert ours.connection["amt.discover"]({"pillar": chosen, "id": "site"}) == ["pc-01", "pc-99"]
    assert "other minions than site for pc-02" in caplog.text
    managed = "^Unavailable: pc-02 is managed by the minion site-munich, and this is site"
    loaded = minion(place.pillar)
    for call in (ours.call, lambda name: loaded.functions[name](device="pc-02")):
        with pytest.raises(CommandExecutionError, match=managed):
            call("amt.power_off")
    (answer,) = ours.call("state.single", "amt.powered", "it", power="off").values()
    assert (answer["result"], answer["comment"].startswith(managed[1:])) == (False, True)
    assert loaded.functions["amt.ping"](device="pc-01") is True
    assert place.writes("pc-02") == 0


def test_a_device_whose_minion_nobody_names_is_left_alone(site: Any, minion: Any) -> None:
    """The same where there are no resources."""
    place = site("pc-01")
    place.pillar["amt"]["defaults"]["minion"] = ""
    loaded = minion(place.pillar)
    assert loaded.functions["amt.list"]() == ["pc-01"]
    told = "^Unavailable: pillar does not say which minion manages pc-01. Put minion: site under amt:defaults"
    for call in ("amt.ping", "amt.power", "amt.power_off"):
        with pytest.raises(CommandExecutionError, match=told):
            loaded.functions[call](device="pc-01")
    answer = loaded.states["amt.powered"]("it", power="off", device="pc-01")
    assert (answer["result"], answer["comment"][:35]) == (False, told[1:36])
    assert place.requests() == 0


def test_a_resource_whose_minion_nobody_names_is_left_alone(site: Any, resource: Any) -> None:
    """Two minions that are given the same pillar would both act, and neither could see it."""
    place = site("pc-01")
    place.pillar["amt"]["defaults"]["minion"] = ""
    device = resource(place.pillar, "pc-01")
    assert device.ask("grains")["id"] == "pc-01"
    told = "^Unavailable: pillar does not say which minion manages pc-01. Put minion: site under amt:defaults"
    for call in ("test.ping", "amt.power", "amt.power_off", "grains.refresh"):
        with pytest.raises(CommandExecutionError, match=told):
            device.call(call)
    (answer,) = device.call("state.single", "amt.powered", "it", power="off").values()
    assert (answer["result"], answer["comment"][:35]) == (False, told[1:36])
    assert place.requests() == 0


def test_a_machine_that_was_replaced_is_refused(site: Any, minion: Any) -> None:
    place = site("pc-01", "pc-02")
    here = place.pillar["amt"]["devices"]["pc-01"]
    uuid = minion(place.pillar).functions["amt.inventory"](device="pc-01")["system"]["uuid"]
    here["uuid"] = uuid.upper()
    assert minion(place.pillar).functions["amt.power"](device="pc-01")["state"] == "on"
    here["host"] = place.pillar["amt"]["devices"]["pc-02"]["host"]
    loaded = minion(place.pillar)
    with pytest.raises(
        CommandExecutionError, match=f"^WrongMachine: the machine at this address has the UUID .* and {uuid} was"
    ):
        loaded.functions["amt.power_off"](device="pc-01")
    answer = loaded.functions["amt.ping"](device="pc-01", why=True)
    assert (answer["result"], answer["comment"][:13]) == (False, "WrongMachine:")
    assert loaded.states["amt.powered"]("it", power="off", device="pc-01")["result"] is False
    assert place.writes("pc-02") == 0


HOSTILE = "x\x1b[31m\u202e\x07{{ 7*7 }}\n- key: {% raw %} <script> ../ \x00 `id`"


def test_what_a_device_says_is_harmless_wherever_it_is_shown() -> None:
    read = {
        "firmware": {"version": HOSTILE, "sku": [], "control_mode": "admin", "provisioning_state": "post"},
        "network": {"hostname": HOSTILE, "fqdn": "pc-01.example.net", "ports": {HOSTILE: {"mac": HOSTILE}}},
        "system": {"uuid": None, "manufacturer": HOSTILE, "model": "M" * 9999, "serial_number": "S1"},
    }
    found = facts.grains_from(read)
    assert (found["amt_version"], found["amt_hostname"], found["amt_fqdn"]) == (None, None, "pc-01.example.net")
    assert len(found["productname"]) == facts.LONGEST
    for text in [*found["amt_mac_addresses"], *found["amt_mac_addresses"].values(), found["manufacturer"]]:
        assert text.isprintable(), text
    rest = facts.grains_from({**read, "firmware": None, "network": None, "unread": [{"reason": HOSTILE}]})
    assert rest.keys() == {*facts.OF_SYSTEM, "amt_unread"}
    assert rest["amt_unread"][0].isprintable()
    shown = without([], {HOSTILE: [HOSTILE]})
    assert not {"\x1b", "\u202e", "\x00", "\x07"} & set(str(shown) + "".join(shown))
    assert "\n" not in sentence(Unavailable(HOSTILE, HOSTILE))


def test_what_changed_keeps_its_type(site: Any, minion: Any) -> None:
    place = site("pc-01")
    wanted = {"PingResponseEnabled": False, "IdleWakeTimeout": 5}
    answer = minion(place.pillar).states["amt.properties_set"](
        "it", class_name="AMT_GeneralSettings", properties=wanted, device="pc-01"
    )
    assert answer["changes"]["PingResponseEnabled"] == {"old": True, "new": False}
    assert {type(each["old"]) for each in answer["changes"].values()} <= {bool, int}


def test_an_answer_after_an_act_is_of_the_state_after_it(site: Any, minion: Any) -> None:
    place = site("pc-01")
    amt = minion(place.pillar).functions
    answer = amt["amt.power_off"](graceful="never", device="pc-01")
    assert answer["available"] == amt["amt.power"](device="pc-01")["available"]
    answer = amt["amt.put"]("AMT_GeneralSettings", {"PingResponseEnabled": False}, device="pc-01")
    assert answer["result"]["PingResponseEnabled"] == "false"


def test_what_yaml_makes_of_pillar() -> None:
    """Digits become numbers, and a key with nothing after it becomes nothing: as if it was not there."""
    given = {"password": 12345678, "username": None, "host": None, "proxy_command": ["ssh", "-p", 2222]}
    found = find_device({}, {"amt": {"defaults": {"tls": None}, "devices": {"pc": given}}}, "pc").endpoint
    assert (found.password, found.username, found.host, found.tls) == ("12345678", "admin", "pc", True)
    assert found.proxy_command == ("ssh", "-p", "2222")


def test_a_mistake_in_the_pillar_of_a_resource_is_told(site: Any, resource: Any) -> None:
    """Of an error while it asks for grains, Salt says nothing: the device would have no answer at all."""
    place = site("pc-01")
    place.pillar["amt"]["devices"]["pc-02"] = {"passwd": "s3cret"}
    device = resource(place.pillar, "pc-02")
    assert device.ask("grains") == {"id": "pc-02"}
    with pytest.raises(CommandExecutionError, match=r"^InvalidOption: pillar key: 'passwd' cannot be used"):
        device.call("test.ping")


@pytest.mark.parametrize("chosen", ["pc-02", 7, {"resource_ids": "pc-02"}])
def test_which_devices_are_resources_is_a_list(site: Any, resource: Any, caplog: Any, chosen: Any) -> None:
    place = site("pc-01")
    found = resource(place.pillar, "pc-01").connection["amt.discover"]
    assert found({"pillar": {**place.pillar, "resources": {"amt": chosen}}}) == []
    assert "resources:amt:resource_ids" in caplog.text and "give a list of names" in caplog.text
    assert found({"pillar": {**place.pillar, "resources": {"amt": ["pc-01"]}}}) == ["pc-01"]


def test_what_was_read_and_cannot_be_read_again_is_no_grain(site: Any, resource: Any, monkeypatch: Any) -> None:
    place = site("pc-01")
    device = resource(place.pillar, "pc-01")

    def fetch(*place: str) -> None:
        raise SaltCacheError("disk")

    monkeypatch.setattr("salt.cache.Cache.fetch", fetch)
    assert set(device.ask("grains")) == {"id", "amt_device", "amt_host"}


@pytest.mark.parametrize("name", ["b\u00fcro-01", "\u673a\u5668 7", "-x", "a:b", "{{ 1 }}", "..", "x" * 200])
def test_names_of_every_kind(site: Any, resource: Any, tmp_path: Path, name: str) -> None:
    place = site("pc-01")
    place.pillar["amt"]["devices"] = {name: place.pillar["amt"]["devices"]["pc-01"]}
    device = resource(place.pillar, name)
    assert device.ask("grains_refresh")["amt_hostname"] == "pc-01"
    assert device.ask("grains")["amt_version"].startswith("12.")
    assert device.call("amt.list") == [name]
    (tmp_path / "states").mkdir()
    (tmp_path / "states" / "given.sls").write_text("{{ grains.id | json }}:\n  amt.powered: []\n")
    (answer,) = device.call("state.apply", "given").values()
    assert (answer["name"], answer["comment"]) == (name, f"{name} is as it should be")
    kept = {path for path in tmp_path.rglob("*") if path.is_file() and "amt/grains" in str(path)}
    assert len(kept) == 1 and (tmp_path / "cache" / "amt" / "grains") in next(iter(kept)).parents


def test_many_devices_are_registered_by_one_reader(site: Any, resource: Any, monkeypatch: Any) -> None:
    """Salt asks for the grains of each in the loop of its events, and loads modules anew for every reader."""
    pillar = site("pc-01").pillar
    described = pillar["amt"]["devices"]["pc-01"]
    pillar["amt"]["devices"] = {f"pc-{number}": described for number in range(100)}
    made = []
    factory = salt.cache.factory
    monkeypatch.setattr("salt.cache.factory", lambda opts: made.append(opts) or factory(opts))
    loaded = resource(pillar, "pc-0")
    for name in pillar["amt"]["devices"]:
        loaded.name = name
        assert loaded.ask("grains")["id"] == name
    assert len(made) == 1


ROWS = (
    Option("state", choices=("on", "off"), required=True),
    Option("count", type="int", default=3),
    Option("sure", type="bool", default=False),
    Option("pause", type="float", default=1.0),
    Option("words", type="list", elements="str", default=[]),
    Option("inner", type="dict", options=(Option("key", secret=True), Option("size", type="int", default=1))),
)


def test_arguments_by_rows() -> None:
    assert read_arguments(ROWS, {"state": True}) == {
        "state": "on",
        "count": 3,
        "sure": False,
        "pause": 1.0,
        "words": [],
        "inner": None,
    }
    read = read_arguments(ROWS, {"state": "off", "count": "4", "sure": "True", "words": "a, b", "inner": {"key": "k"}})
    assert read == {
        "state": "off",
        "count": 4,
        "sure": True,
        "pause": 1.0,
        "words": ["a", "b"],
        "inner": {"key": "k", "size": 1},
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"state": "on", "pause": "nan"},
        {"state": "on", "pause": "inf"},
        {"state": "up"},
        {"state": "on", "count": True},
        {"state": "on", "sure": 1},
        {"state": "on", "words": 3},
    ]
    + [{"state": "on", "count": "--3"}, {"state": "on", "count": "9" * 5000}]
    + [{"state": "on", "inner": "x"}, {"state": "on", "inner": {"nut": 1}}, {"state": "on", "shape": "round"}],
)
def test_arguments_that_will_not_do(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        read_arguments(ROWS, given)


@pytest.mark.parametrize("given", ["sdb://vault/key", "-----BEGIN PGP MESSAGE-----", " $ANSIBLE_VAULT;1.1", MASK])
def test_what_stands_for_a_secret_is_sent_to_no_device(given: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        read_arguments(ROWS, {"state": "on", "inner": {"key": given}})
    assert str(refused.value).startswith(f"key: '{MASK}' cannot be used")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("state.template_str", ["#!py\n"]),
        ("state.low", [{"state": "test", "fun": "nop"}]),
        ("state.single", [["amt.storage", "it"], {"files": [{"name": "a", "src": "/etc/shadow"}]}]),
        ("state.single", [["test.nop", "it"], {"unless": [{"fun": "amt.tls_certificate", "args": [["id"]]}]}]),
        ("state.single", [["test.nop", "__slot__:salt:amt.tls_certificate(id)"], {}]),
        ("state.sls", [["it"], {"pillar": {"proxy": {"proxytype": "amt", "host": "192.0.2.9"}}}]),
        ("state.apply", [["it"], {"pillar": {"amt": {"defaults": {"proxy_command": ["id"]}}}}]),
        ("state.highstate", [[], {"pillar": "-----BEGIN PGP MESSAGE-----"}]),
        ("cmd.run", ["id"]),
        ("config.get", ["pillar:proxy:password"]),
    ],
)
def test_what_a_command_line_cannot_have_of_a_proxys_machine(function: str, said: Any) -> None:
    assert "px-01" in refusal({"id": "px-01", **PROXY}, function, said)
    assert not refusal({"id": "site"}, function, said)
    assert not refusal({"id": "px-01", **PROXY}, "state.single", [["amt.powered", "it"], {"power": "on"}])
    assert not refusal({"id": "px-01", **PROXY}, "state.sls", [["it"], {"pillar": {"amt": {"remediation": "dhcp"}}}])


def test_secrets_stay_inside() -> None:
    class Keeper(Resource):
        options = ROWS

    outcome = Outcome(Keeper(), {"inner": {"key": "old", "size": 1}}, {"inner": {"key": "new", "size": 1}}, {}, "")
    assert differences(outcome) == {"secret": {"old": MASK, "new": MASK}}
    assert without([], [f"a {HIDDEN}"]) == [f"a {MASK}"]
    assert without(["new"], {"a": ["a new one"], "new": 1}) == {"a": [f"a {MASK} one"], MASK: 1}
