# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mei_watchdog by real Ansible on a real system: mei_wdt, systemd and the watchdog daemon, and a firmware that counts.

The machine has a watchdog of its own beside it, as number 0.
"""

from __future__ import annotations

import itertools
import statistics
import time

import pytest

from .guest import Guest, wait_for

TASK = "Set the watchdog up"
NODE = "/dev/amt_watchdog"
FEEDS = "grep -qsx active /sys/class/watchdog/$(basename $(readlink {0}))/state".format(NODE)
HOLD = "exec 9> {0}; sleep 600".format(NODE)
OTHER = "Using hardware watchdog .iTCO"
BLACKLIST = "/etc/modprobe.d/blacklist-watchdog.conf"


class Rebootable(Guest):
    """A guest that keeps its disk when it starts again by itself."""

    def _qemu(self):
        return [word for word in super()._qemu() if word != "-no-reboot"]

    def reboot(self):
        was = self.run("cat /proc/sys/kernel/random/boot_id")
        self.run("systemctl reboot", check=False)
        self._ssh_control("exit")
        wait_for(lambda: self._boot() not in ("", was), "the guest to start again", 400)

    def _boot(self):
        return self.run("cat /proc/sys/kernel/random/boot_id", check=False)


def watchdog(machine, name):
    return machine.device.call(lambda firmware: getattr(firmware.os_watchdog, name))


def beats(machine):
    """Times at which the firmware had a heartbeat, and the timeouts in them."""
    return machine.device.call(lambda firmware: list(firmware.os_watchdog.heartbeats))


def wait_for_beats(machine, number, seconds):
    """The next heartbeats."""
    had = len(beats(machine))
    wait_for(lambda: len(beats(machine)) >= had + number, "{0} heartbeats".format(number), seconds)
    return [when for when, _timeout in beats(machine)[had : had + number]]


def attempt(controller, machine, *arguments, **options):
    run = controller.on(machine, [{"name": TASK, "outofband.amt.mei_watchdog": options}], *arguments)
    return run.result(TASK)


def set_up(controller, machine, *arguments, **options):
    result = attempt(controller, machine, *arguments, **options)
    assert "error" not in result, result
    return result


def log(machine, pattern):
    return machine.guest.run(
        'journalctl -b --no-pager -o cat | grep -e "{0}"'.format(pattern), check=False
    ).splitlines()


@pytest.fixture
def feeding(plug, controller):
    """A machine, and afterwards one that nobody feeds: the guest is the next test's too."""
    machines = []

    def start(**settings):
        machine = plug(**settings)
        machine.guest.run("udevadm settle")
        machines.append(machine)
        return machine

    yield start
    for machine in machines:
        if machine.guest.alive:
            set_up(controller, machine, state="absent")


def test_systemd_feeds_it(feeding, controller):
    machine = feeding()
    predicted = set_up(controller, machine, "--check", "--diff")
    assert predicted["changed"] and beats(machine)[1:] == []
    assert machine.guest.run("ls /etc/udev/rules.d") == ""
    real = set_up(controller, machine, "--diff")
    assert real["changed"] and real["diff"] == predicted["diff"]
    assert real["watchdog"]["identity"] == "iamt_wdt" and real["watchdog"]["node"] != "/dev/watchdog0"
    assert not set_up(controller, machine)["changed"]
    assert machine.guest.run("readlink /proc/1/fd/* | grep watchdog").split() == [real["watchdog"]["node"]]
    assert watchdog(machine, "running") and beats(machine)[-1][1] == 120
    assert log(machine, OTHER) == []


def test_systemd_beats_every_half_timeout_and_after_a_reset_of_the_engine(feeding, controller):
    machine = feeding()
    set_up(controller, machine)
    [first, second] = wait_for_beats(machine, 2, 240)
    assert 30 < second - first < 90, "a busy machine may hold one back, and none may be left out"
    machine.device.restart_engine()
    machine.guest.wait(FEEDS)
    assert watchdog(machine, "running") and log(machine, OTHER) == []
    assert not set_up(controller, machine)["changed"]


def test_taken_away_it_is_stopped(feeding, controller):
    machine = feeding()
    set_up(controller, machine)
    stops = watchdog(machine, "stops")
    assert set_up(controller, machine, state="absent")["feeder"] == "none"
    assert watchdog(machine, "stops") == stops + 1 and not watchdog(machine, "running")
    left = "ls /etc/modules-load.d/amt* /etc/systemd/system/amt* /etc/systemd/system.conf.d/*amt* /etc/amt* 2>/dev/null"
    assert machine.guest.run(left, check=False) == ""
    assert not set_up(controller, machine, state="absent")["changed"]


def test_the_daemon_feeds_it_at_the_interval_asked_for(feeding, controller):
    machine = feeding()
    real = set_up(controller, machine, feeder="watchdog", timeout=300, interval=2)
    assert real["feeder"] == "watchdog" and beats(machine)[-1][1] == 300
    times = wait_for_beats(machine, 6, 120)
    between = [after - before for before, after in itertools.pairwise(times)]
    assert 1.5 < statistics.median(between) < 3, "a busy machine may hold one back"
    assert not set_up(controller, machine, feeder="watchdog", timeout=300, interval=2)["changed"]
    machine.device.restart_engine()
    machine.guest.wait("systemctl is-active -q amt-watchdog.service && " + FEEDS)
    assert len(wait_for_beats(machine, 2, 120)) == 2


def test_from_the_daemon_to_systemd(feeding, controller):
    machine = feeding()
    set_up(controller, machine, feeder="watchdog", interval=2)
    real = set_up(controller, machine)
    assert real["feeder"] == "systemd" and log(machine, OTHER) == []
    assert machine.guest.run("systemctl is-active amt-watchdog.service", check=False).strip() == "inactive"
    assert "amt-watchdog" not in machine.guest.run("pgrep -a watchdog", check=False)


def test_two_never_feed(feeding, controller):
    machine = feeding()
    set_up(controller, machine, feeder="none")
    holding = machine.guest.start_command(HOLD)
    try:
        machine.guest.wait(FEEDS)
        for feeder in ("systemd", "watchdog"):
            refused = attempt(controller, machine, feeder=feeder)
            assert refused["error"] == "FedByAnother", refused
            assert refused["details"]["command"] in ("bash", "sh", "sleep")
    finally:
        holding.kill()
        machine.guest.run("fuser -k {0} || pkill -x sleep".format(NODE), check=False)
    machine.guest.wait("! " + FEEDS)


def test_systemd_that_feeds_another_one_is_left_alone(feeding, controller):
    machine = feeding()
    path = "/etc/systemd/system.conf.d/10-board.conf"
    machine.guest.put(path, "[Manager]\nRuntimeWatchdogSec=60\n")
    try:
        refused = attempt(controller, machine)
        assert refused["error"] == "SystemdFeedsAnother" and path in refused["msg"]
        assert set_up(controller, machine, feeder="watchdog", interval=2)["feeder"] == "watchdog"
    finally:
        machine.guest.run("rm " + path)


def test_a_feeder_that_hangs_is_noticed_by_the_firmware(feeding, controller):
    machine = feeding()
    set_up(controller, machine, feeder="watchdog", interval=2)
    wait_for_beats(machine, 1, 120)
    machine.guest.run("systemctl kill --signal=SIGSTOP amt-watchdog.service")
    machine.running.advance(90)
    assert watchdog(machine, "running") and not watchdog(machine, "expirations")
    machine.running.advance(30)
    wait_for(lambda: not watchdog(machine, "running"), "the watchdog to expire")
    [expired] = watchdog(machine, "expirations")
    assert 119 < expired - beats(machine)[-1][0] < 125
    machine.guest.run("systemctl kill --signal=SIGCONT amt-watchdog.service")
    wait_for_beats(machine, 1, 120)


def test_why_there_is_none(feeding, controller):
    machine = feeding(watchdog={"required": False})
    refused = attempt(controller, machine)
    assert refused["error"] == "NotRequired" and "provision" in refused["hint"], refused
    assert "iTCO_wdt" in refused["msg"]


def test_amt_that_is_disabled(feeding, controller):
    machine = feeding(amt="disabled")
    assert attempt(controller, machine)["error"] == "Disabled"


def test_a_firmware_that_falls_silent_never_meets_systemd(feeding, controller):
    machine = feeding()
    machine.device.call(lambda firmware: setattr(firmware.os_watchdog, "silent", True))
    started = time.monotonic()
    refused = attempt(controller, machine)
    assert refused["error"] == "FirmwareSilent", refused
    assert time.monotonic() - started < 300, "a heartbeat without an answer blocks its sender for good"
    assert machine.guest.run("systemctl is-system-running", check=False).strip() in ("running", "degraded")
    machine.device.call(lambda firmware: setattr(firmware.os_watchdog, "silent", False))


def test_a_blacklist_is_named_and_lifted_and_all_of_it_outlives_a_reboot(guest_image, plug, controller, tmp_path):
    machine = plug()
    machine.guest.kill()
    link = machine.guest.firmware
    with Rebootable(guest_image, link, tmp_path) as guest:
        machine.guest = guest
        machine.wait_until_enabled()
        guest.put(BLACKLIST, "blacklist mei_wdt\n")
        guest.run("udevadm settle; modprobe -r mei_wdt")
        refused = attempt(controller, machine)
        assert refused["error"] == "Blacklisted" and BLACKLIST in refused["msg"], refused
        assert set_up(controller, machine, lift_blacklist=True)["changed"]
        had = len(beats(machine))
        guest.reboot()
        guest.wait(FEEDS)
        assert guest.run("cat " + BLACKLIST) == "blacklist mei_wdt\n"
        assert guest.run("readlink /proc/1/fd/* | grep watchdog").strip() == guest.run("readlink -f " + NODE).strip()
        assert len(beats(machine)) > had and watchdog(machine, "running")
        assert not set_up(controller, machine, lift_blacklist=True)["changed"]


def test_the_role_sets_both_sides(feeding, controller):
    machine = feeding(control_mode="admin", durations={"reset": 0.2})
    firmware = {
        "amt_host": machine.device.address,
        "amt_port": machine.running.ports.tls,
        "amt_ca_file": str(machine.running.ca_file),
        "amt_password": machine.device.password,
        "os_watchdog_on_expiry": "reboot",
        "os_watchdog_reboot_delay": 60,
    }
    role = {"name": "role", "ansible.builtin.include_role": {"name": "outofband.amt.os_watchdog"}}
    run = controller.on(machine, [role], vars=firmware)
    assert run.code == 0, run.output
    action = watchdog(machine, "action")
    assert (action["HeciWatchDogExpirationAction"], action["Timeout"], action["ReArmReset"]) == (1, 60, True)
    assert watchdog(machine, "running")
    again = controller.on(machine, [role], vars=firmware)
    assert [task for task, changed in again.changed().items() if changed] == []
    gone = controller.on(machine, [role], vars={**firmware, "os_watchdog_state": "absent"})
    assert gone.code == 0, gone.output
    assert watchdog(machine, "action")["HeciWatchDogExpirationAction"] == 0 and not watchdog(machine, "running")
