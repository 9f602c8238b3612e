# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution module and the resource type by Salt's loaders; who a call is about; what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from salt.exceptions import CommandExecutionError, SaltCacheError, SaltInvocationError
from saltext.amt.arguments import read_arguments
from saltext.amt.carry_out import differences, without
from saltext.amt.chosen import read_sites
from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.option import HIDDEN, Option
from saltext.amt.core.resource import Outcome, Resource
from saltext.amt.devices import find_device, names

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
        ({"pc": {"password": "s3cret", "host": "http://pc"}}, "without port or scheme"),
        ({"pc": {"password": True}}, "give text, in quotes"),
        ({"pc": {"password": {"value": "s3cret"}}}, "give text, in quotes"),
        ({"pc": {"password": "s3cret", "host": ["pc"]}}, "give text, in quotes"),
        ({"pc": {"password": "s3cret", "tls": "false"}}, "give true or false"),
        ({"pc": {"password": "s3cret", "deadline": True}}, "give a number"),
        ({"pc": {"password": "s3cret", "proxy_command": "ssh -W"}}, "as a list"),
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


ROWS = (
    Option("state", choices=("on", "off"), required=True),
    Option("count", type="int", default=3),
    Option("sure", type="bool", default=False),
    Option("words", type="list", elements="str", default=[]),
    Option("inner", type="dict", options=(Option("key", secret=True), Option("size", type="int", default=1))),
)


def test_arguments_by_rows() -> None:
    assert read_arguments(ROWS, {"state": True}) == {
        "state": "on",
        "count": 3,
        "sure": False,
        "words": [],
        "inner": None,
    }
    read = read_arguments(ROWS, {"state": "off", "count": "4", "sure": "True", "words": "a, b", "inner": {"key": "k"}})
    assert read == {"state": "off", "count": 4, "sure": True, "words": ["a", "b"], "inner": {"key": "k", "size": 1}}


@pytest.mark.parametrize(
    "given",
    [{}, {"state": "up"}, {"state": "on", "count": True}, {"state": "on", "sure": 1}, {"state": "on", "words": 3}]
    + [{"state": "on", "inner": "x"}, {"state": "on", "inner": {"nut": 1}}, {"state": "on", "shape": "round"}],
)
def test_arguments_that_will_not_do(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        read_arguments(ROWS, given)


def test_secrets_stay_inside() -> None:
    class Keeper(Resource):
        options = ROWS

    outcome = Outcome(Keeper(), {"inner": {"key": "old", "size": 1}}, {"inner": {"key": "new", "size": 1}}, {}, "")
    assert differences(outcome) == {"secret": {"old": HIDDEN, "new": HIDDEN}}
    assert without(["new"], {"a": ["a new one"], "new": 1}) == {"a": [f"a {HIDDEN} one"], HIDDEN: 1}
