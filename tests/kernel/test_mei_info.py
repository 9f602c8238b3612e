# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mei_info by real Ansible and ssh, on the stock driver, for every kind of machine that it tells apart."""

from __future__ import annotations

import re

import pytest

from .guest import UUID

ASK = [{"name": "ask", "outofband.amt.mei_info": {}}]
BLACKLIST = "/etc/modprobe.d/mei-not.conf"
HOLD_ALL = """
held = []
try:
    while True:
        held.append(node.Node("/dev/mei0"))
        held[-1].connect(guids.AMTHI)
except OSError:
    print("holding", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def ask(controller):
    """What the module returns."""

    def run(machine, user="root"):
        played = controller.on(machine, ASK, user=user)
        assert played.code == 0, played.output
        result = played.result("ask")
        assert not result["changed"]
        return result["mei"]

    return run


def unload(machine):
    """Takes the driver away. Somebody who still has the engine open would keep it, and systemd does not tell."""
    machine.guest.run("systemctl stop mei-sim && test ! -e /sys/module/mei_sim")


def reasons(found):
    return {row["what"]: row["error"] for row in found["missing"]}


def test_a_machine_that_is_set_up(plug, ask):
    machine = plug(control_mode="admin", hostname="pc", domain="example.test", mac="00-00-5e-00-53-01")
    machine.guest.wait("grep -qs iamt_wdt /sys/class/watchdog/*/identity")
    found = ask(machine)
    assert found["present"] is True
    assert found["pci"] == {"address": "0000:00:16.0", "device": "0xa13a", "driver": "mei_sim"}
    assert found["driver"] == {"loaded": True, "blacklisted_by": []}
    assert (found["device"]["node"], found["device"]["state"]) == ("/dev/mei0", "ENABLED")
    assert all(re.fullmatch("[0-9A-F]{8}", register) for register in found["device"]["firmware_status"])
    assert {client["name"]: client["driver"] for client in found["clients"]}["watchdog"] == "mei_wdt"
    assert found["watchdog"]["timeout"] == 120
    amt = found["amt"]
    assert (amt["present"], amt["enabled"], amt["provisioned"]) == (True, True, True)
    assert (amt["provisioning_state"], amt["control_mode"]) == ("post", "admin")
    assert (amt["uuid"], amt["uuid_is_products"]) == (UUID, True)
    assert amt["version"] == machine.device.firmware.settings.version
    assert amt["fqdn"]["name"] == "pc.example.test"
    assert amt["lan"]["wired"]["mac"] == "00:00:5e:00:53:01"
    assert found["engine"]["capabilities"]["amt"] is True
    assert set(reasons(found).values()) <= {"Refused"}


def test_a_machine_that_is_not_set_up(plug, ask):
    found = ask(plug(control_mode="none"))
    amt = found["amt"]
    assert (amt["enabled"], amt["provisioned"]) == (True, False)
    assert (amt["provisioning_state"], amt["control_mode"]) == ("pre", "none")
    assert {row["algorithm"] for row in amt["certificate_hashes"]} >= {"sha256"}
    assert set(reasons(found).values()) <= {"Refused"}


def test_client_control_mode(plug, ask):
    amt = ask(plug(control_mode="client"))["amt"]
    assert (amt["provisioning_state"], amt["control_mode"]) == ("post", "client")


def test_another_machine_s_engine(plug, ask):
    amt = ask(plug(uuid="00000000-0000-4000-8000-00000000000a"))["amt"]
    assert amt["uuid_is_products"] is False


def test_amt_is_disabled(plug, ask):
    found = ask(plug(amt="disabled"))
    assert (found["amt"]["present"], found["amt"]["enabled"]) == (True, False)
    assert reasons(found)["amt"] == "Disabled"
    assert found["engine"]["version"]
    assert found["watchdog"] is None


def test_the_driver_is_not_loaded(plug, ask):
    machine = plug()
    unload(machine)
    found = ask(machine)
    assert reasons(found) == {"device": "NotLoaded"}
    assert found["present"] is True
    assert found["driver"] == {"loaded": False, "blacklisted_by": []}
    assert found["pci"]["driver"] is None


def test_the_driver_is_blacklisted(plug, ask):
    machine = plug()
    unload(machine)
    machine.guest.put(BLACKLIST, "blacklist mei_me\n")
    found = ask(machine)
    machine.guest.run("rm " + BLACKLIST)
    assert reasons(found) == {"device": "NotLoaded"}
    assert found["driver"] == {"loaded": False, "blacklisted_by": [BLACKLIST]}
    assert BLACKLIST in found["missing"][0]["reason"]


def test_somebody_who_is_not_root(plug, ask):
    found = ask(plug(), user="somebody")
    assert set(reasons(found).values()) == {"NoPermission"}
    assert found["device"]["state"] == "ENABLED"


def test_somebody_else_has_all_connections(plug, ask):
    machine = plug()
    holding = machine.start_python(HOLD_ALL)
    assert holding.stdout.readline().strip() == "holding"
    found = ask(machine)
    holding.communicate()
    assert reasons(found)["amt"] == "ClientBusy"
    assert [holder["command"] for holder in found["holders"]] == ["python3"]
    assert found["engine"]["version"]


def test_a_reset_while_it_asks(plug, ask):
    machine = plug()
    machine.device.fail_mei("mei_reset_after", client="AMTHI", command="GetUuid", times=1)
    found = ask(machine)
    assert found["amt"]["uuid"] == UUID
    assert set(reasons(found).values()) <= {"Refused"}
