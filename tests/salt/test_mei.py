# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine in the minion's own machine: functions, grains, states and beacon; the firmware is simulated."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import Any, Callable

import pytest
import salt.loader
import saltext.amt.activation
import saltext.amt.here
import saltext.amt.seen
from cryptography.hazmat.primitives.hashes import SHA256
from salt.exceptions import CommandExecutionError
from saltext.amt.core.host.system import System
from saltext.amt.core.mei import amthi
from saltext.amt.core.mei.device import Client
from saltext.amt.core.mei.guids import AMTHI
from saltext.amt.core.provisioning.local import LocalMachine, open_local
from saltext.amt.core.resources.host.activation_steps import carry_out
from saltext.amt.core.resources.host.mei_facts import MeiFacts

from simulator.clock import ManualClock
from simulator.device import Description, Device
from simulator.firmware.model import Firmware
from tests.salt.conftest import minion_opts
from tests.salt.daemons import wait_until
from tests.unit.plugins.plugin_utils.provisioning.authority import intermediate, leaf, pem, root

NOWHERE = Path("/nonexistent")


class Clock(ManualClock):
    """Waiting moves the firmware's time and nothing else."""

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class Host:
    """A machine's driver: clients of simulated firmware, by the calls of `mei.node.Node`."""

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock()
        generation = settings.get("version", "16").split(".")[0]
        self.device = Device(Description("pc", "127.1.0.1", generation, settings), self.clock, Firmware)
        self.node = self.device.mei(self.clock)

    def client(self, guid: str = AMTHI, path: str = "", **options: Any) -> Client:
        return Client(guid, path, self.clock, lambda _path: Descriptor(self.node), **{"tries": 1, **options})

    def open_local(self, seconds: float) -> LocalMachine:
        return open_local(seconds, self.clock, lambda _path: Descriptor(self.node), lambda _port: "", NOWHERE)

    def unprovision(self) -> None:
        with self.client() as client:
            client.ask(amthi.request("unprovision", 0))
        self.clock.advance(60)


class Descriptor:
    def __init__(self, node: Any) -> None:
        self.node = node
        self.connection: Any = None

    def connect(self, guid: str) -> int:
        self.connection = self.node.connect(guid)
        return self.connection.largest

    def write(self, message: bytes) -> int:
        return self.connection.write(message)

    def read(self, _size: int, seconds: float) -> bytes:
        return self.connection.read(seconds)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The files of a machine with an engine and an armed watchdog."""
    files = {
        "sys/bus/pci/devices/0000:00:16.0/vendor": "0x8086",
        "sys/bus/pci/devices/0000:00:16.0/class": "0x078000",
        "sys/class/mei/mei0/dev_state": "ENABLED",
        "sys/class/watchdog/watchdog1/identity": "iamt_wdt",
        "sys/class/watchdog/watchdog1/timeout": "120",
        "sys/class/watchdog/watchdog1/state": "active",
        "sys/module/mei_me/refcnt": "0",
    }
    for name, text in files.items():
        path = tmp_path / "machine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "machine"


@pytest.fixture
def beacon(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """`beacon(host, settings...)`: one look of a minion that remembers the looks before."""
    module = importlib.import_module("saltext.amt.beacons.mei")
    monkeypatch.setattr(module, "ROOT", machine)
    monkeypatch.setattr(saltext.amt.seen, "LAST", {})

    def look(host: Host, *settings: dict[str, Any]) -> list[dict[str, Any]]:
        assert module.validate(list(settings)) == (True, "Valid beacon configuration")
        monkeypatch.setattr(module, "open_client", host.client)
        return module.beacon(list(settings))

    return look


def test_salt_loads_them(tmp_path: Path, minion: Any) -> None:
    loaded = minion({})
    assert loaded.functions["mei.info"]()["missing"], "no engine is in the machine of these tests"
    assert {"mei.watchdog_fed", "mei.lms_running"} <= set(loaded.states)
    opts = minion_opts(tmp_path)
    assert "mei.beacon" in salt.loader.beacons(opts, {})
    assert "mei.engine" in salt.loader.grain_funcs(opts)
    assert "mei" not in salt.loader.grains(opts)


def test_a_device_elsewhere_has_not_the_engine_of_whoever_speaks_for_it(minion: Any) -> None:
    loaded = minion({}, proxy={"proxytype": "amt"})
    with pytest.raises(CommandExecutionError, match="for a device elsewhere"):
        loaded.functions["mei.info"]()
    assert "mei.lms_dead" not in loaded.states
    assert "amt.powered" in loaded.states


def test_grains_of_a_machine_with_an_engine(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(hostname="pc", domain="example.test")
    module = importlib.import_module("saltext.amt.grains.mei")
    monkeypatch.setattr(module, "MeiFacts", lambda open_client, seconds: MeiFacts(machine, host.client, seconds))
    grains = module.engine()["mei"]
    assert grains["driver"] and grains["watchdog"] and grains["enabled"]
    assert (grains["provisioning_state"], grains["control_mode"]) == ("post", "admin")
    assert (grains["uuid"], grains["fqdn"]) == (host.device.firmware.settings.uuid, "pc.example.test")


def test_the_beacon_tells_changes_and_nothing_else(beacon: Any, machine: Path) -> None:
    host = Host(control_mode="client")
    assert beacon(host) == []
    assert beacon(host) == []
    host.unprovision()
    (event,) = beacon(host)
    assert event == {
        "tag": "provisioning",
        "old": {"provisioning_state": "post", "control_mode": "client"},
        "new": {"provisioning_state": "pre", "control_mode": "none"},
    }
    (machine / "sys/class/watchdog/watchdog1/state").write_text("inactive")
    (event,) = beacon(host)
    assert (event["tag"], event["old"]["state"], event["new"]["state"]) == ("watchdog", "active", "inactive")
    (machine / "sys/class/watchdog/watchdog1/identity").unlink()
    (event,) = beacon(host)
    assert event["new"] is None


def test_the_beacon_tells_that_amt_was_disabled(beacon: Any) -> None:
    beacon(Host())
    (event,) = beacon(Host(amt="disabled"))
    assert event["new"]["error"] == "NoClient"
    (event,) = beacon(Host())
    assert event["old"]["error"] == "NoClient"


def test_the_beacon_does_not_take_a_busy_engine_for_a_change(beacon: Any) -> None:
    host = Host()
    beacon(host)
    taken = [host.node.connect(AMTHI) for _each in range(4)]
    assert beacon(host) == []
    for connection in taken:
        connection.close()
    assert beacon(host) == []


def test_the_beacon_goes_on_after_a_refresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Salt loads it anew then. The machine of these tests has no engine."""
    monkeypatch.setattr(saltext.amt.seen, "LAST", {})
    config = [{"emitatstartup": True}, {"watch": ["provisioning"]}]
    (before, after) = (salt.loader.beacons(minion_opts(tmp_path), {}) for _ in range(2))
    assert len(before["mei.beacon"](config)) == 1
    assert after["mei.beacon"](config) == []


def test_the_first_look_is_told_when_asked_for(beacon: Any) -> None:
    events = beacon(Host(), {"emitatstartup": True}, {"watch": ["provisioning"]})
    assert [event["tag"] for event in events] == ["provisioning"]


@pytest.mark.parametrize("config", [{}, [{"watch": ["weather"]}], [{"watch": "watchdog"}]])
def test_a_configuration_that_cannot_be_used(config: Any) -> None:
    usable, said = importlib.import_module("saltext.amt.beacons.mei").validate(config)
    assert usable is False and "mei beacon" in said


def test_what_is_missing_is_told(minion: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """States by Salt's loader, on a machine of files that has nothing."""
    monkeypatch.setattr(saltext.amt.here, "System", functools.partial(System, tmp_path))
    states = minion({}).states
    for name, kind in (("mei.watchdog_fed", "NoEngine"), ("mei.lms_running", "NoSystemd")):
        told = states[name](name="x")
        assert told["result"] is False and told["comment"].startswith(kind), told
    refused = states["mei.watchdog_fed"](name="x", timeout=60)
    assert refused["comment"].startswith("InvalidOption: timeout: 60")


@pytest.fixture
def activating(minion: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`activating(host, test=False, ...)`: the states of a minion there, with secrets in the environment."""
    monkeypatch.setenv("TEST_AMT_PASSWORD", "gone again after the test")
    monkeypatch.delenv("TEST_AMT_PASSWORD")

    def on(host: Host, test: bool = False, **opts: Any) -> Any:
        monkeypatch.setattr(
            saltext.amt.activation, "carry_out", functools.partial(carry_out, open_machine=host.open_local)
        )
        return minion({}, test=test, secrets={"driver": "env"}, **opts)

    return on


def mode(host: Host) -> str:
    with host.client() as client:
        return amthi.read_response("control_mode", client.ask(amthi.request("control_mode")))


KEPT = {"escrow": {"sdb": "sdb://secrets/TEST_AMT_PASSWORD"}}


def test_activation_and_back(activating: Any) -> None:
    host = Host(control_mode="none")
    changed = {"control_mode": {"old": "none", "new": "client"}}
    predicted = activating(host, test=True).states["mei.activated"](name="amt", **KEPT)
    assert (predicted["result"], predicted["changes"]) == (None, changed)
    assert mode(host) == "none"
    loaded = activating(host)
    assert loaded.functions["sdb.get"]("sdb://secrets/TEST_AMT_PASSWORD") is None
    done = loaded.states["mei.activated"](name="amt", **KEPT)
    assert (done["result"], done["changes"]) == (True, changed), done
    password = loaded.functions["sdb.get"]("sdb://secrets/TEST_AMT_PASSWORD")
    assert len(password) >= 8 and password not in str(done) and "sdb://secrets/TEST_AMT_PASSWORD" in done["comment"]
    assert mode(host) == "client"
    again = loaded.states["mei.activated"](name="amt", **KEPT)
    assert (again["result"], again["changes"]) == (True, {})
    back = loaded.states["mei.deactivated"](name="amt", **KEPT)
    assert (back["result"], back["changes"]) == (True, {"control_mode": {"old": "client", "new": "none"}})
    assert mode(host) == "none"


@pytest.mark.parametrize("address", ["sdb://unknown/Pc-01", "sdb://secrets", "sdb://broken/Pc-01", "sdb://many/Pcs"])
def test_a_store_of_secrets_that_cannot_be_asked(activating: Any, tmp_path: Path, address: str) -> None:
    """Of an unknown store Salt gives the address back, which is no password."""
    host = Host(control_mode="none")
    (tmp_path / "many.yaml").write_text("Pcs: {Pc-01: Kept-passw0rd}\n")
    many = {"driver": "yaml", "files": [str(tmp_path / "many.yaml")]}
    loaded = activating(host, broken={"driver": "nobody"}, many=many)
    refused = loaded.states["mei.activated"](name="amt", escrow={"sdb": address})
    assert refused["result"] is False and refused["comment"].startswith("EscrowFailed: " + address), refused
    assert "Kept-passw0rd" not in str(refused)
    assert mode(host) == "none"


def test_admin_control_mode_by_certificate(activating: Any, tmp_path: Path) -> None:
    file = tmp_path / "chain.pem"
    file.write_bytes(pem(leaf(), intermediate(), root()))
    trusted = {"Test Root": root().certificate.fingerprint(SHA256()).hex()}
    host = Host(version="15.0.42", control_mode="none", dns_suffix="example.com", trusted_hashes=trusted)
    state = activating(host).states["mei.activated"]
    wanted = {"mode": "admin", "password": "Given-passw0rd", "certificate": {"file": str(file)}}
    done = state(name="amt", **wanted)
    assert done["result"] is True and mode(host) == "admin", done
    assert state(name="amt", **wanted)["changes"] == {}
    refused = state(name="amt", mode="client", password="Given-passw0rd")
    assert refused["result"] is False and refused["comment"].startswith("Unavailable: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "InvalidOption: escrow"),
        ({"mode": "absent"}, "InvalidOption: mode"),
        ({"mode": "admin", "password": "Given-passw0rd"}, "InvalidOption: certificate"),
        ({"escrow": {"sdb": "vault/amt"}}, "InvalidOption: escrow.sdb"),
        ({"escrow": {"command": ["true"]}}, "InvalidOption: escrow.recall"),
        ({"escrow": {"command": ["true"], "sdb": "sdb://a/b"}}, "InvalidOption: escrow: 'command, sdb' cannot"),
        ({"escrow": {"vault_file": "x"}}, "InvalidOption: vault_file"),
        ({"password": "short"}, "InvalidOption: password"),
        ({"password": "Given-passw0rd", "certificate": {"file": "/x"}}, "InvalidOption: certificate"),
    ],
)
def test_an_activation_that_cannot_be(activating: Any, given: dict[str, Any], said: str) -> None:
    told = activating(Host(control_mode="none")).states["mei.activated"](name="amt", **given)
    assert told["result"] is False and told["comment"].startswith(said), told
    assert "Given-passw0rd" not in str(told)


def test_a_real_minion_and_its_master(ask: Any, minion_daemon: Any, event_listener: Any) -> None:
    """The machine of these tests has no engine: the function and the beacon say so, up to the master's event bus."""
    told = ask(minion_daemon.id, "mei.info")[minion_daemon.id]
    assert told["present"] is False and told["missing"][0]["error"] == "NoEngine"
    tag = f"salt/beacon/{minion_daemon.id}/mei/provisioning"
    wait_until(lambda: any(event.tag == tag for event in list(event_listener.store)))
    (event,) = (event for event in list(event_listener.store) if event.tag == tag)
    assert event.data["new"]["error"] == "NoDevice"
