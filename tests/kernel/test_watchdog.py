# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stock mei_wdt.ko, and the firmware that outlives the system whose heartbeats it counts."""

from __future__ import annotations

import base64
import errno
import itertools
import statistics
import struct

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.schema import CimClass

from .guest import wait_for

IDENTITY = "iamt_wdt"
NODE = "/dev/$(basename $(dirname $(grep -l {0} /sys/class/watchdog/*/identity)))".format(IDENTITY)
KERNEL_MINIMUM = 120
MESSAGE_LOG = CimClass("AMT_MessageLog", ())
SYSTEM_STOP = 0x20
"""Sensor type of a platform event: the operating system has stopped (IPMI)."""
WATCHDOG_API = """
import errno, fcntl, struct
SET_TIMEOUT, GET_TIMEOUT, GET_SUPPORT = 0xC0045706, 0x80045707, 0x80285700
watchdog = os.open(arguments["node"], os.O_WRONLY)
def timeout(seconds):
    try:
        return struct.unpack("i", fcntl.ioctl(watchdog, SET_TIMEOUT, struct.pack("i", seconds)))[0]
    except OSError as error:
        return -error.errno
"""
FEED = """
node=NODE
exec python3 -c '
import os, sys, time
watchdog = os.open(sys.argv[1], os.O_WRONLY)
while True:
    os.write(watchdog, b"x")
    time.sleep(float(sys.argv[2]))
' "$node" INTERVAL
"""


def texts(value):
    return value if isinstance(value, list) else [value]


class Watched:
    """A machine with its OS watchdog, and what the firmware knows of it."""

    def __init__(self, machine):
        self.machine = machine
        self.guest = machine.guest
        self.guest.wait("grep -qs {0} /sys/class/watchdog/*/identity".format(IDENTITY))
        self.node = self.guest.run("echo " + NODE).strip()

    def firmware(self, look):
        """`look(watchdog)` in the firmware, as of now."""

        def settled(firmware):
            firmware.settle()
            return look(firmware.os_watchdog)

        return self.machine.device.call(settled)

    @property
    def heartbeats(self):
        return self.firmware(lambda watchdog: list(watchdog.heartbeats))

    @property
    def stops(self):
        return self.firmware(lambda watchdog: watchdog.stops)

    def running(self):
        return self.firmware(lambda watchdog: watchdog.due is not None)

    def expirations(self):
        return self.firmware(lambda watchdog: len(watchdog.expirations))

    def feed(self, interval):
        """A process in the guest that feeds it, without an end."""
        before = len(self.heartbeats)
        script = FEED.replace("NODE", self.node).replace("INTERVAL", str(interval))
        unit = "systemd-run --quiet --unit=feeder --collect bash -c '{0}'".format(script.replace("'", "'\\''"))
        self.guest.run(unit)
        wait_for(lambda: len(self.heartbeats) > before + 1, "heartbeats")

    def python(self, code):
        return self.machine.python(WATCHDOG_API + code, node=self.node)


@pytest.fixture
def watched(plug):
    machine = plug()
    yield Watched(machine)
    if machine.guest.alive:
        machine.guest.run("systemctl stop feeder.service", check=False)


def test_it_is_found_by_identity_beside_others(watched):
    others = watched.guest.run("cat /sys/class/watchdog/*/identity").split("\n")
    assert "iTCO_wdt" in others and IDENTITY in others
    driver = watched.guest.run("readlink /sys/class/watchdog/{0}/device/driver".format(watched.node.split("/")[-1]))
    assert driver.strip().endswith("mei_wdt")


def test_heartbeats_come_at_the_interval_that_was_asked_for(watched):
    watched.feed(0.5)
    count = len(watched.heartbeats)
    wait_for(lambda: len(watched.heartbeats) >= count + 6, "six heartbeats")
    times = [at for at, _timeout in watched.heartbeats[-6:]]
    between = [after - before for before, after in itertools.pairwise(times)]
    assert {timeout for _at, timeout in watched.heartbeats} == {KERNEL_MINIMUM}
    assert min(between) > 0.4
    assert statistics.median(between) < 1.5, "a busy machine may hold one back"


def test_limits_of_the_timeout(watched):
    assert watched.python("tell([timeout(seconds) for seconds in (119, 120, 65535, 65536, 300)])") == [
        -errno.EINVAL,
        120,
        65535,
        -errno.EINVAL,
        300,
    ]
    assert [timeout for _at, timeout in watched.heartbeats][-3:] == [120, 65535, 300]


def test_closing_it_stops_it(watched):
    stops = watched.stops
    watched.python("os.write(watchdog, b'x')\ntell(1)")
    assert watched.stops == stops + 1
    assert not watched.running()


def test_a_second_feeder_is_refused(watched):
    watched.feed(0.5)
    code = """
try:
    os.open(arguments["node"], os.O_WRONLY)
    tell(0)
except OSError as error:
    tell(error.errno)
"""
    assert watched.machine.python(code, node=watched.node) == errno.EBUSY


def test_the_watchdog_of_old_firmware(plug):
    """It does not answer heartbeats. The driver tells by the PCI id, so the device is plugged in anew."""
    machine = plug(generation=9, watchdog={"protocol": 1})
    machine.guest.run("systemctl restart mei-sim && systemctl start mei-relay")
    watched = Watched(machine)
    assert machine.read("/sys/bus/pci/devices/0000:00:16.0/device") == "0x1e3a"
    watched.feed(0.5)
    assert watched.running()


def test_a_firmware_that_does_not_require_it_has_none(plug):
    machine = plug(watchdog={"required": False})
    machine.guest.run("modprobe mei_wdt; udevadm settle")
    machine.guest.wait("grep -qs NOT_REQUIRED /sys/kernel/debug/mei_wdt/state")
    assert IDENTITY not in machine.guest.run("cat /sys/class/watchdog/*/identity")


def test_no_longer_required_and_required_again(watched):
    present = "grep -qs {0} /sys/class/watchdog/*/identity".format(IDENTITY)
    watched.firmware(lambda watchdog: setattr(watchdog, "required", False))
    watched.python("os.write(watchdog, b'x')\ntell(1)")
    watched.guest.wait("! " + present)
    watched.firmware(lambda watchdog: setattr(watchdog, "required", True))
    watched.machine.device.engine(lambda engine: engine.notify("WD"))
    watched.guest.wait(present)


def test_a_feeder_that_is_stopped_for_a_while(watched):
    watched.feed(0.5)
    watched.guest.run("systemctl kill --signal=STOP feeder.service")
    assert watched.running() and not watched.expirations()
    watched.machine.running.advance(KERNEL_MINIMUM - 30)
    assert watched.running() and not watched.expirations()
    watched.machine.running.advance(30)
    assert watched.expirations() == 1
    watched.guest.run("systemctl kill --signal=CONT feeder.service")
    wait_for(watched.running, "the watchdog to run again")


def test_a_kernel_that_crashed_is_noticed_by_the_firmware(watched):
    """The event is in AMT's log, which is read from outside when the system is dead."""
    watched.feed(0.5)
    watched.guest.crash()
    assert watched.running() and not watched.expirations()
    count = len(watched.heartbeats)
    watched.machine.running.advance(KERNEL_MINIMUM + 1)
    assert watched.expirations() == 1
    assert not watched.running()
    assert len(watched.heartbeats) == count
    with watched.machine.out_of_band() as outside:
        read = outside.ask(MESSAGE_LOG, "GetRecords", {"IterationIdentifier": "1", "MaxReadRecords": "10"})
    newest = base64.b64decode(texts(read["RecordArray"])[0])
    time, sensor = struct.unpack_from("<IxB", newest)
    assert (sensor, newest[13], struct.unpack_from("<H", newest, 14)[0]) == (SYSTEM_STOP, 0xAA, KERNEL_MINIMUM)
    assert 0 <= watched.machine.running.clock.now() - time < KERNEL_MINIMUM
