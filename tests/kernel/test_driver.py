# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stock mei.ko with the simulated firmware: what the driver shows, and how the core gets along with it."""

from __future__ import annotations

import errno

import pytest

from .guest import UUID, wait_for

AMTHI = "12f80028-b4b7-4b2d-aca8-46e0ff65814c"
LME = "6733a4db-0476-4e7b-b3af-bcfc29bee7a7"
WATCHDOG = "05b79a6f-4628-4d7f-899d-a91514cb32ab"
FIXED_MKHI = "55213584-9a29-4916-badf-0fb7ed682aeb"

CONNECT = """
def connect(guid):
    opened = node.Node("/dev/mei0")
    try:
        opened.connect(guid)
    except OSError as error:
        opened.close()
        return error.errno
    return opened
"""
ASK_UUID = """
with device.Client(guids.AMTHI) as client:
    tell(amthi.read_response("uuid", client.ask(amthi.request("uuid"))))
"""
UUID_AGAIN_AND_AGAIN = """
class Counted(node.Node):
    opened = 0
    def __init__(self, path):
        super().__init__(path)
        Counted.opened += 1

with device.Client(guids.AMTHI, open_node=Counted) as client:
    answers = []
    while not told_to_stop():
        answers.append(amthi.read_response("uuid", client.ask(amthi.request("uuid"))))
tell({"answers": len(answers), "uuids": sorted(set(answers)), "opened": Counted.opened})
"""


def test_the_driver_shows_the_firmware(plug):
    machine = plug()
    shown = {
        name: machine.read("/sys/class/mei/mei0/" + name) for name in ("dev_state", "hbm_ver", "kind", "fw_status")
    }
    assert (shown["dev_state"], shown["hbm_ver"], shown["kind"]) == ("ENABLED", "2.2", "mei")
    registers = shown["fw_status"].split()
    assert len(registers) == 6 and all(int(register, 16) >= 0 for register in registers)
    version = ".".join(machine.device.firmware.settings.version.split(".")[:3])
    machine.guest.wait("head -n 1 /sys/class/mei/mei0/fw_ver | grep -q '^0:{0}'".format(version))


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
def test_an_older_bus(plug, version):
    machine = plug(hbm_version=version)
    assert machine.read("/sys/class/mei/mei0/hbm_ver") == version
    assert machine.python(ASK_UUID) == UUID


def test_the_clients_are_on_the_bus(plug):
    """Clients that take more than one connection are none of the kernel's business: it does not put them there."""
    machine = plug()
    wait_for(lambda: machine.clients() >= {LME, WATCHDOG, FIXED_MKHI}, "the clients to be on the bus")
    machine.guest.wait("readlink /sys/bus/mei/devices/*{0}/driver | grep -q mei_wdt".format(WATCHDOG))


def test_an_unknown_client_is_refused(plug):
    code = CONNECT + "tell(connect('00000000-1111-2222-3333-444444444444'))"
    assert plug().python(code) == errno.ENOTTY


def test_a_client_without_a_free_connection_is_busy(plug):
    machine = plug()
    holding = (
        CONNECT
        + """
first, second = connect(guids.LME), connect(guids.LME)
first.close()
third = connect(guids.LME)
tell([isinstance(first, node.Node), second, isinstance(third, node.Node)])
"""
    )
    assert machine.python(holding) == [True, errno.EBUSY, True]


def test_as_many_connections_as_the_client_says(plug):
    machine = plug()
    code = (
        CONNECT
        + """
opened = []
while isinstance(got := connect(guids.AMTHI), node.Node):
    opened.append(got)
tell([len(opened), got])
"""
    )
    assert machine.python(code) == [
        machine.device.engine(lambda engine: engine.client("AMTHI").connections),
        errno.EBUSY,
    ]


def test_an_answer_of_many_chunks(plug):
    """A chunk has 508 octets."""
    machine = plug()
    code = """
with device.Client(guids.AMTHI) as client:
    answer = client.ask(amthi.request("code_versions"))
tell([len(answer), amthi.read_response("code_versions", answer)["versions"]["AMT"]])
"""
    size, version = machine.python(code)
    assert size > 508
    assert machine.device.firmware.settings.version.startswith(version)


def test_the_core_outlives_a_reset_of_the_engine(plug):
    machine = plug()
    asking = machine.start_python(UUID_AGAIN_AND_AGAIN)

    def wait_for_questions():
        count = len(machine.commands())
        wait_for(lambda: len(machine.commands()) > count + 5, "questions to arrive")

    for _reset in range(2):
        wait_for_questions()
        machine.device.restart_engine()
    wait_for_questions()
    told = machine.told_by(asking)
    assert told["uuids"] == [UUID]
    assert told["opened"] == 3
    assert told["answers"] > 10


def test_a_client_comes_and_goes(plug):
    machine = plug()
    present = "grep -qs iamt_wdt /sys/class/watchdog/*/identity"
    machine.guest.wait(present)
    machine.device.engine(lambda engine: engine.remove_client("WD"))
    machine.device.restart_engine()
    machine.guest.wait("! " + present)
    machine.wait_until_enabled()
    assert WATCHDOG not in machine.clients()
    machine.device.engine(lambda engine: engine.add_client("WD"))
    machine.guest.wait(present)
    assert WATCHDOG in machine.clients()


def test_amt_that_is_disabled_has_no_clients(plug):
    machine = plug(amt="disabled")
    assert machine.clients().isdisjoint({AMTHI, LME, WATCHDOG})
    code = CONNECT + "tell([connect(guids.AMTHI), connect(guids.LME), isinstance(connect(guids.MKHI), node.Node)])"
    assert machine.python(code) == [errno.ENOTTY, errno.ENOTTY, True]


def test_a_relay_that_starts_again_is_a_reset_of_the_engine(plug):
    """An open descriptor is of no more use, and the core opens another."""
    machine = plug()
    code = """
import subprocess
with device.Client(guids.AMTHI) as client:
    before = amthi.read_response("uuid", client.ask(amthi.request("uuid")))
    raw = node.Node("/dev/mei0")
    raw.connect(guids.AMTHI)
    subprocess.run(["systemctl", "kill", "--signal=KILL", "mei-relay"], check=True)
    subprocess.run(["sh", "-c", "until grep -q ENABLED /sys/class/mei/mei0/dev_state; do sleep 0.05; done"], check=True)
    try:
        raw.write(amthi.request("uuid"))
        number = 0
    except OSError as error:
        number = error.errno
    tell([before, number, amthi.read_response("uuid", client.ask(amthi.request("uuid")))])
"""
    assert machine.python(code) == [UUID, errno.ENODEV, UUID]


def test_a_device_that_is_unplugged_and_plugged_in_again(plug):
    machine = plug()
    address = "0000:00:16.0"
    machine.guest.run("echo {0} > /sys/bus/pci/drivers/mei_sim/unbind".format(address))
    assert machine.guest.run("ls /dev/mei*; ls /sys/bus/mei/devices").split() == ["/dev/mei-sim"]
    machine.guest.run("echo {0} > /sys/bus/pci/drivers/mei_sim/bind".format(address))
    machine.wait_until_enabled()
    assert machine.python(ASK_UUID) == UUID


def test_a_firmware_that_stays_away_is_given_up_and_taken_back(plug):
    """The driver tries three times; what comes after that is a new device to it."""
    machine = plug()
    machine.device.engine(lambda engine: setattr(engine, "answers_reset", False))
    machine.device.restart_engine()
    wait_for(lambda: machine.state() == "DISABLED", "the driver to give up")
    opening = """
try:
    node.Node("/dev/mei0")
except OSError as error:
    tell(error.errno)
"""
    assert machine.python(opening) == errno.ENODEV
    machine.device.engine(lambda engine: setattr(engine, "answers_reset", True))
    machine.guest.run("systemctl restart mei-relay")
    machine.wait_until_enabled()
    assert machine.python(ASK_UUID) == UUID


def test_the_core_outlives_a_sleep_of_the_machine(plug):
    """The kernel's own rehearsal of a suspend: devices sleep for five seconds and wake."""
    machine = plug()
    code = """
from pathlib import Path
with device.Client(guids.AMTHI) as client:
    before = amthi.read_response("uuid", client.ask(amthi.request("uuid")))
    Path("/sys/power/pm_test").write_text("devices")
    Path("/sys/power/state").write_text("freeze")
    tell([before, amthi.read_response("uuid", client.ask(amthi.request("uuid")))])
"""
    assert machine.python(code) == [UUID, UUID]
    assert "suspend exit" in machine.guest.run("dmesg")
