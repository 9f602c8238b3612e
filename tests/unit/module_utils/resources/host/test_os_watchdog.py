# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OS-health watchdog as desired state, on machines of files of every kind. The real driver: tests/kernel."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, NotReached
from ansible_collections.outofband.amt.plugins.module_utils.host import processes, turns
from ansible_collections.outofband.amt.plugins.module_utils.host.commands import CommandFailed
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import WATCHDOG
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.host import os_watchdog
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.os_watchdog import OsWatchdog
from ansible_collections.outofband.amt.plugins.module_utils.watchdog import absence, conflicts, files, systemd

from tests.unit.module_utils.watchdog.pretend import RELEASE, Machine

RULES, DROP_IN, REOPEN, UNIT, DAEMON = (
    name.lstrip("/") for name in (files.RULES, files.DROP_IN, files.REOPEN, files.UNIT, files.DAEMON)
)
CASES = {
    "systemd": {},
    "systemd, another timeout": {"timeout": 300},
    "the daemon": {"feeder": "watchdog"},
    "the daemon, how often": {"feeder": "watchdog", "timeout": 600, "interval": 7},
    "nobody of ours": {"feeder": "none"},
    "lifted": {"lift_blacklist": True},
    "absent": {"state": "absent"},
}
EXPECTED = {"systemd": "systemd", "lifted": "systemd", "the daemon": "watchdog", "absent": "none"}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def wanted(**given):
    return {**{option.name: option.default for option in OsWatchdog.options}, **given}


def run(machine, dry_run=False, **given):
    resource = OsWatchdog(machine.try_heartbeat)
    return converge(resource, machine.system(), wanted(**given), dry_run=dry_run)


def tree(machine):
    """All files but the lock of runs at once, which is empty and goes with the next start of the machine."""
    return {
        str(path): path.readlink() if path.is_symlink() else path.read_bytes()
        for path in sorted(machine.root.rglob("*"))
        if path.is_symlink() or (path.is_file() and path != machine.root / turns.LOCK)
    }


@pytest.mark.parametrize("case", CASES)
def test_a_dry_run_writes_nothing_and_predicts_the_real_diff(machine, case):
    before = tree(machine)
    predicted = run(machine, dry_run=True, **CASES[case])
    assert tree(machine) == before and machine.ran == [] and machine.tried == []
    real = run(machine, **CASES[case])
    assert (predicted.before, predicted.after, predicted.changed) == (real.before, real.after, real.changed)


@pytest.mark.parametrize("case", CASES)
def test_a_second_run_changes_and_writes_nothing(machine, case):
    run(machine, **CASES[case])
    after, ran = tree(machine), list(machine.ran)
    second = run(machine, **CASES[case])
    assert not second.changed and tree(machine) == after and machine.ran == ran


@pytest.mark.parametrize("first", CASES)
@pytest.mark.parametrize("second", CASES)
def test_from_any_state_to_any_other(machine, first, second):
    run(machine, **CASES[first])
    run(machine, **CASES[second])
    assert not run(machine, dry_run=True, **CASES[second]).changed


@pytest.mark.parametrize("first", ["absent", "systemd", "the daemon"])
@pytest.mark.parametrize("second", ["systemd", "the daemon", "lifted", "absent"])
def test_what_fails_anywhere_is_made_good_by_the_next_run(tmp_path, first, second):
    for number in range(1, 20):
        machine = Machine(tmp_path / str(number))
        run(machine, **CASES[first])
        machine.fails_at = len(machine.ran) + number
        try:
            run(machine, **CASES[second])
        except CommandFailed:
            run(machine, **CASES[second])
        else:
            break
        assert not run(machine, **CASES[second]).changed
        assert {None: "none", 1: "systemd", 500: "watchdog"}[machine.holder()] == EXPECTED[second]
    assert number < 20


def test_systemd_feeds_it(machine):
    outcome = run(machine, timeout=300)
    assert outcome.changed and outcome.after["feeder"] == "systemd" and machine.holder() == 1
    assert "RuntimeWatchdogSec=300s\nWatchdogDevice=/dev/amt_watchdog\n" in machine.text(DROP_IN)
    assert machine.text("etc/modules-load.d/amt-watchdog.conf").endswith("mei_wdt\n")
    assert 'ATTR{identity}=="iamt_wdt"' in machine.text(RULES) and "amt-watchdog-reopen@%k" in machine.text(RULES)
    assert machine.ran[0] == "modprobe --ignore-install mei_wdt" and machine.ran[-1] == "systemctl daemon-reexec"
    assert machine.tried == [("/dev/watchdog1", 300)]
    assert outcome.facts["watchdog"]["timeout"] == 300 and outcome.facts["watchdog"]["state"] == "active"
    assert all(text is None or text.startswith("# Managed by") for text in outcome.after["files"].values())


def test_the_daemon_feeds_it(machine):
    run(machine, feeder="watchdog", timeout=600)
    assert machine.holder() == 500 and machine.text(DROP_IN) is None
    assert "interval = 150\n" in machine.text(DAEMON) and "BindsTo=dev-amt_watchdog.device" in machine.text(UNIT)


def test_from_systemd_to_the_daemon_and_away(machine):
    run(machine)
    run(machine, feeder="watchdog")
    assert machine.holder() == 500 and machine.text(DROP_IN) is None
    assert "restart amt-watchdog.service" in machine.text(REOPEN)
    gone = run(machine, state="absent")
    assert machine.holder() is None and gone.after["feeder"] == "none"
    assert [name for name in (RULES, DROP_IN, REOPEN, UNIT, DAEMON) if machine.text(name)] == []


def test_absent_leaves_what_is_not_ours(machine):
    machine.load()
    machine.write("etc/systemd/system.conf", "[Manager]\nRuntimeWatchdogSec=30\nWatchdogDevice=/dev/watchdog1\n")
    machine.held_by(1)
    assert not run(machine, state="absent").changed
    assert machine.holder() == 1


def test_a_watchdog_is_known_by_its_identity_and_not_by_its_number(machine):
    machine.other_watchdog()
    outcome = run(machine)
    assert outcome.facts["watchdog"]["node"] == "/dev/watchdog1"
    assert outcome.facts["other_watchdogs"] == ["/dev/watchdog0 (iTCO_wdt)"]


def test_without_files_of_the_watchdog_class_the_driver_tells(machine):
    machine.load()
    (machine.root / "sys/class/watchdog/watchdog1/identity").unlink()
    machine.folder("sys/class/watchdog/watchdog1/device")
    (machine.root / "sys/class/watchdog/watchdog1/device/driver").symlink_to("/sys/bus/mei/drivers/mei_wdt")
    assert run(machine, feeder="none").facts["watchdog"]["identity"] == "mei_wdt"


def without_engine(machine):
    shutil.rmtree(machine.root / "sys/bus/pci")
    shutil.rmtree(machine.root / "sys/class/mei")


def other_only(machine):
    without_engine(machine)
    machine.other_watchdog()


def without_driver_of_the_engine(machine):
    shutil.rmtree(machine.root / "sys/class/mei")
    shutil.rmtree(machine.root / "sys/module/mei_me")


def disabled(machine):
    shutil.rmtree(machine.root / "sys/bus/mei/devices" / WATCHDOG)


def away(machine):
    disabled(machine)
    machine.write("sys/class/mei/mei0/dev_state", "RESETTING")


def not_required(machine):
    machine.required = False


def not_required_later(machine):
    machine.required = False
    machine.load()


def silent(machine):
    machine.required, machine.state = False, "PROBE"


def not_taken(machine):
    machine.folder("sys/bus/mei/drivers/mei_wdt")


def no_driver(machine):
    machine.write("lib/modules/" + RELEASE + "/modules.dep", "kernel/drivers/watchdog/softdog.ko:")


def blacklisted(machine):
    machine.write("usr/lib/modprobe.d/blacklist-linux.conf", "blacklist mei_wdt")


def blacklisted_for_good(machine):
    machine.write("proc/cmdline", "module_blacklist=mei_wdt")


def foreign_file(machine):
    machine.write(RULES, "# mine")


def no_systemd(machine):
    (machine.root / "run/systemd/system").rmdir()


REFUSALS = {
    without_engine: ("NoEngine", "BIOS"),
    other_only: ("OtherWatchdogOnly", "out"),
    without_driver_of_the_engine: ("NotLoaded", "modprobe mei_me"),
    disabled: ("Disabled", "MEBx"),
    away: ("EngineAway", "kernel log"),
    not_required: ("NotRequired", "provision"),
    not_required_later: ("NotRequired", "provision"),
    silent: ("FirmwareSilent", "power"),
    not_taken: ("NotBound", "log"),
    no_driver: ("NoDriver", "package"),
    blacklisted: ("Blacklisted", "lift_blacklist"),
    blacklisted_for_good: ("Blacklisted", "command line"),
    foreign_file: ("ForeignFile", "move it"),
    no_systemd: ("NoSystemd", "by hand"),
}


@pytest.mark.parametrize("spoil", REFUSALS)
def test_what_stands_in_the_way_is_told_apart_and_nothing_is_written(machine, spoil):
    spoil(machine)
    before = tree(machine)
    with pytest.raises(AmtError) as caught:
        run(machine)
    kind, way_out = REFUSALS[spoil]
    assert type(caught.value).__name__ == kind and way_out in caught.value.hint
    if "modprobe --ignore-install mei_wdt" not in machine.ran:
        assert tree(machine) == before


def test_others_are_named_beside_the_reason(machine):
    disabled(machine)
    machine.other_watchdog()
    with pytest.raises(AmtError, match="iTCO_wdt"):
        run(machine)


def test_a_blacklist_is_lifted_by_a_file_of_ours(machine):
    blacklisted(machine)
    run(machine, lift_blacklist=True)
    assert 'RUN+="/sbin/modprobe --ignore-install mei_wdt"' in machine.text(RULES)
    assert machine.text("usr/lib/modprobe.d/blacklist-linux.conf") == "blacklist mei_wdt\n"


def test_one_that_only_the_kernel_could_lift_is_not(machine):
    blacklisted_for_good(machine)
    with pytest.raises(AmtError, match="/proc/cmdline"):
        run(machine, lift_blacklist=True)


def test_two_never_feed(machine):
    machine.load()
    machine.write("proc/77/comm", "feeder")
    machine.write("proc/77/cgroup", "0::/user.slice/session-2.scope")
    machine.held_by(77)
    for feeder in ("systemd", "watchdog"):
        with pytest.raises(AmtError, match=r"feeder \(process 77, session-2.scope\)"):
            run(machine, feeder=feeder)
    assert run(machine, feeder="none").after["feeder"] == "another"
    assert machine.holder() == 77


def test_lms_keeps_it_unless_it_is_taken(machine):
    machine.load()
    machine.held_by(77)
    with pytest.raises(AmtError, match=r"lms.service\) feeds") as caught:
        run(machine)
    assert "displace_lms" in caught.value.hint
    run(machine, displace_lms=True)
    assert machine.holder() == 1 and "iamt_watchdog" not in machine.text(RULES)
    assert not run(machine, displace_lms=True).changed


def test_left_to_others_lms_finds_it(machine):
    run(machine, feeder="none")
    assert 'SYMLINK+="iamt_watchdog"' in machine.text(RULES)


CONFIGURED = {
    "etc/systemd/system.conf": "[Manager]\nRuntimeWatchdogSec=30\n",
    "etc/systemd/system.conf.d/10-hardware.conf": "[Manager]\nWatchdogDevice=/dev/watchdog0\n",
    "usr/lib/systemd/system.conf.d/90-late.conf": "[Manager]\nRuntimeWatchdogSec = 1min\n",
    "proc/cmdline": "quiet systemd.watchdog_sec=20",
}


@pytest.mark.parametrize(
    "word", ["systemd.watchdog_sec=20", "systemd.watchdog-sec=20", "systemd.watchdog-device=/dev/watchdog7"]
)
def test_the_kernels_command_line_is_read_as_systemd_reads_it(machine, word):
    machine.write("proc/cmdline", "quiet " + word)
    with pytest.raises(conflicts.SystemdFeedsAnother, match="/proc/cmdline"):
        run(machine)


@pytest.mark.parametrize("others", ["RuntimeWatchdogSec=30", "RuntimeWatchdogSec=30\nWatchdogDevice=/dev/watchdog"])
def test_systemd_that_feeds_the_only_one_by_somebody_elses_file(machine, others):
    machine.write("etc/systemd/system.conf.d/10-own.conf", "[Manager]\n" + others)
    for feeder in ("systemd", "watchdog"):
        with pytest.raises(conflicts.FedByAnother, match="the watchdog of AMT") as caught:
            conflicts.check_settings(machine.root, feeder, "/dev/watchdog0")
        assert caught.value.hint.startswith("take that out")


@pytest.mark.parametrize("name", CONFIGURED)
def test_systemd_that_is_set_up_for_another_one_is_left_alone(machine, name):
    machine.write(name, CONFIGURED[name])
    with pytest.raises(AmtError, match="/" + name) as caught:
        run(machine)
    assert "feeder: watchdog" in caught.value.hint
    assert run(machine, feeder="watchdog").after["feeder"] == "watchdog"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etc/systemd/system.conf", "[Manager]\n#RuntimeWatchdogSec=30\nRuntimeWatchdogSec=off\n"),
        ("etc/systemd/system.conf", "[Journal]\nRuntimeWatchdogSec=30\n"),
        ("etc/systemd/system.conf.d/10-hardware.bak", "[Manager]\nRuntimeWatchdogSec=30\n"),
        ("etc/systemd/system.conf.d/10-same.conf", "[Manager]\nWatchdogDevice=/dev/amt_watchdog\n"),
    ],
)
def test_settings_that_are_no_obstacle(machine, name, text):
    machine.write(name, text)
    assert run(machine).after["feeder"] == "systemd"


@pytest.mark.parametrize("device", ["/dev/amt_watchdog", "/dev/watchdog1"])
def test_the_daemon_does_not_feed_what_systemd_is_set_up_for(machine, device):
    machine.load()
    machine.write("etc/systemd/system.conf", "[Manager]\nRuntimeWatchdogSec=30\nWatchdogDevice=" + device)
    with pytest.raises(AmtError, match="set up to feed the watchdog of AMT"):
        run(machine, feeder="watchdog")


def test_a_drop_in_of_etc_hides_the_one_of_the_package(machine):
    machine.write("usr/lib/systemd/system.conf.d/10.conf", "[Manager]\nRuntimeWatchdogSec=30\n")
    machine.write("etc/systemd/system.conf.d/10.conf", "")
    assert run(machine).after["feeder"] == "systemd"


def test_the_configuration_of_the_daemon_may_not_name_it_too(machine):
    machine.load()
    machine.write("etc/watchdog.conf", "watchdog-device = /dev/watchdog1")
    with pytest.raises(AmtError, match=r"/etc/watchdog.conf names /dev/watchdog1"):
        run(machine)


def test_what_names_it_by_a_number_that_is_not_known_before_is_found_before_anything_is_written(machine):
    machine.write("etc/watchdog.conf", "watchdog-device = /dev/watchdog1")
    with pytest.raises(conflicts.DaemonFeedsIt):
        run(machine)
    assert machine.ran == ["modprobe --ignore-install mei_wdt"] and machine.text(RULES) is None


@pytest.mark.parametrize("feeder", ["systemd", "watchdog"])
def test_the_daemons_own_configuration_may_name_the_first_watchdog_in_another_way(machine, feeder):
    machine.write("etc/watchdog.conf", "watchdog-device = /dev/watchdog")
    conflicts.check_settings(machine.root, feeder, "/dev/watchdog1")
    with pytest.raises(conflicts.DaemonFeedsIt, match="names /dev/watchdog, the watchdog of AMT"):
        conflicts.check_settings(machine.root, feeder, "/dev/watchdog0")


def test_a_missing_daemon_is_told(machine):
    machine.programs.discard("watchdog")
    with pytest.raises(AmtError) as caught:
        run(machine, feeder="watchdog")
    assert "install the package" in caught.value.hint


def test_a_firmware_that_stays_silent_never_meets_systemd(machine):
    machine.deaf = True
    with pytest.raises(AmtError, match="silent"):
        run(machine)
    assert machine.holder() is None and "systemctl daemon-reexec" not in machine.ran


def test_a_feeder_that_does_not_feed_is_found_out(machine):
    machine.reexec = lambda: None
    with pytest.raises(NotReached, match="fed by none") as caught:
        run(machine)
    assert "journalctl" in caught.value.hint


@pytest.mark.parametrize(
    "given",
    [
        {"timeout": 119},
        {"timeout": 65536},
        {"interval": 30},
        {"feeder": "watchdog", "interval": 61},
        {"feeder": "watchdog", "interval": 0},
    ],
)
def test_what_no_driver_takes_is_refused_first(machine, given):
    with pytest.raises(InvalidOption):
        run(machine, **given)


def test_without_udev_the_files_are_still_written(machine):
    machine.programs.discard("udevadm")
    assert run(machine, feeder="none").changed and machine.text(RULES)


@pytest.mark.parametrize("span", ["0", "0s", "0 s", "0min", "00", "0.0s", "0h 0min 0s", "off", "Off", ""])
def test_a_span_without_length_is_off(machine, span):
    machine.write("etc/systemd/system.conf", "[Manager]\nRuntimeWatchdogSec={0}\n".format(span))
    assert systemd.settings(machine.root, files.DROP_IN) == {}
    run(machine, feeder="watchdog")


@pytest.mark.parametrize("span", ["10s", "0min 10s", "1", "default", "0.5s"])
def test_a_span_with_length_is_on(machine, span):
    machine.write("etc/systemd/system.conf", "[Manager]\nRuntimeWatchdogSec={0}\n".format(span))
    assert systemd.settings(machine.root, files.DROP_IN) == {"RuntimeWatchdogSec": (span, "/etc/systemd/system.conf")}


def as_nobody(look):
    """What a user who is not root finds: 0 for True. The test's own user, where that is not root."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            status = 0 if look() else 1
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_what_others_have_open_is_hidden_from_who_is_not_root():
    assert as_nobody(lambda: processes.hidden(Path("/"))) == 0
    assert not processes.hidden(Path("/nowhere"))


def test_a_dry_run_without_root_says_what_it_cannot_see(machine, monkeypatch):
    machine.load()
    assert run(machine, dry_run=True).facts["unseen"] == []
    monkeypatch.setattr(os_watchdog, "hidden", lambda root: True)
    (sentence,) = run(machine, dry_run=True).facts["unseen"]
    assert "without root" in sentence


def test_who_may_not_look_into_debugfs_is_told_nothing_of_the_firmware(tmp_path, monkeypatch):
    machine = Machine(tmp_path, required=False)
    machine.load()
    (machine.root / absence.STATE).unlink()
    assert type(absence.reason(machine.root, lift=False)).__name__ == "NotRequired"
    monkeypatch.setattr(absence, "_closed", lambda root: True)
    error = absence.reason(machine.root, lift=False)
    assert (type(error).__name__, error.hint) == ("NotSeen", "become root")
