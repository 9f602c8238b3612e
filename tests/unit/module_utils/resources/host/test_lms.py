# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""LMS as desired state, on machines of files and with a systemd that is none."""

from __future__ import annotations

import shutil

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.lms import owner, service
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.lms import Lms

from tests.unit.module_utils.lms.pretend import BANNER, Machine

CASES = {"present": {}, "present, talkative": {"log_level": "debug"}, "absent": {"state": "absent"}}


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def run(machine, dry_run=False, **given):
    wanted = {**{option.name: option.default for option in Lms.options}, **given}
    return converge(Lms(machine.banner), machine.system(), wanted, dry_run=dry_run)


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_a_dry_run_writes_nothing_and_predicts_the_real_diff(machine, case, running):
    machine.start(running)
    predicted = run(machine, dry_run=True, **CASES[case])
    assert machine.writes() == [] and service.log_level(machine.root) is None
    real = run(machine, **CASES[case])
    assert (predicted.before, predicted.after, predicted.changed) == (real.before, real.after, real.changed)


@pytest.mark.parametrize("case", CASES)
def test_a_second_run_changes_and_writes_nothing(machine, case):
    run(machine, **CASES[case])
    done = machine.writes()
    assert not run(machine, **CASES[case]).changed and machine.writes() == done


def test_it_runs_and_carries_amt(machine):
    outcome = run(machine)
    assert outcome.after == {
        "running": True,
        "outdated": False,
        "enabled": True,
        "healthy": True,
        "log_level": None,
    }
    assert outcome.facts["banner"] == BANNER and outcome.facts["version"] == "2506.0.0.0"
    assert outcome.facts["lme"]["how"] == "listens" and outcome.facts["lme"]["process"]["unit"] == "lms.service"
    assert machine.writes() == ["systemctl enable lms.service", "systemctl restart lms.service"]
    assert (machine.root / "etc/lms").is_dir()


def test_one_that_runs_and_carries_nothing_is_restarted(machine):
    machine.start(True)
    machine.works, machine.enabled = False, True
    with pytest.raises(AmtError) as caught:
        run(machine, wait_timeout=3)
    assert machine.writes() == ["systemctl restart lms.service"]
    assert type(caught.value).__name__ == "NotHealthy" and "journalctl" in caught.value.hint


def test_one_that_an_update_has_replaced_is_restarted(machine):
    run(machine)
    machine.program("/usr/bin/lms (deleted)")
    done = machine.writes()
    outcome = run(machine)
    assert outcome.before["outdated"] and not outcome.after["outdated"]
    assert machine.writes() == [*done, "systemctl restart lms.service"]
    assert not run(machine).changed


def test_the_log_level_is_written_as_lms_reads_it(machine):
    run(machine, log_level="debug")
    file = machine.root / "etc/lms/IntelAMTUNS_/LMSLoggingSeverity"
    assert file.read_bytes() == bytes.fromhex("34 02 00 00 00 00 00 00 00")
    assert run(machine, log_level="error").before["log_level"] == "debug"
    assert machine.writes()[-1] == "systemctl restart lms.service"
    assert not run(machine).changed


def test_absent_is_stopped_and_not_started_at_boot(machine):
    run(machine)
    outcome = run(machine, state="absent")
    assert outcome.changed and not machine.running and not machine.enabled


def test_absent_where_it_never_was(machine):
    machine.load = "not-found"
    assert not run(machine, state="absent").changed


def test_the_name_that_the_unit_waits_for_is_asked_of_udev(machine):
    (machine.root / "dev/mei").unlink()
    run(machine)
    assert "udevadm trigger --action=add --subsystem-match=mei" in machine.writes()


def not_installed(machine):
    machine.load = "not-found"


def masked(machine):
    machine.load = "masked"


def without_engine(machine):
    shutil.rmtree(machine.root / "sys/bus/pci")
    shutil.rmtree(machine.root / "sys/class/mei")


def disabled(machine):
    shutil.rmtree(machine.root / "sys/bus/mei")


def away(machine):
    disabled(machine)
    machine.write("sys/class/mei/mei0/dev_state", "INIT_CLIENTS")


def port_taken(machine):
    machine.listens(88)


def lme_taken(machine):
    machine.holds(88)
    machine.connection(True)


def no_systemd(machine):
    (machine.root / "run/systemd/system").rmdir()


REFUSALS = {
    not_installed: ("NotInstalled", "role lms"),
    masked: ("Masked", "unmask"),
    without_engine: ("NoEngine", "BIOS"),
    disabled: ("Disabled", "MEBx"),
    away: ("EngineAway", "kernel log"),
    port_taken: ("PortTaken", "stop it"),
    lme_taken: ("LmeTaken", "one at a time"),
    no_systemd: ("NoSystemd", ""),
}


@pytest.mark.parametrize("spoil", REFUSALS)
def test_what_stands_in_the_way_is_named_and_nothing_is_done(machine, spoil):
    spoil(machine)
    with pytest.raises(AmtError) as caught:
        run(machine)
    kind, way_out = REFUSALS[spoil]
    assert type(caught.value).__name__ == kind and way_out in caught.value.hint
    assert machine.writes() == []
    if "taken" in spoil.__name__:
        assert "rpc (process 88, session-1.scope)" in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "way_out"),
    [
        (lambda machine: machine.write("proc/sys/net/ipv6/conf/lo/disable_ipv6", "1"), "IPv6"),
        (lambda machine: (machine.holds(88), machine.holds(77), machine.connection(True)), "rpc (process 88"),
        (lambda machine: (machine.root / "dev/mei").unlink(), "/dev/mei"),
    ],
)
def test_why_a_started_one_carries_nothing(machine, spoil, way_out):
    machine.works = False
    machine.start(True)
    machine.start = lambda running: None
    spoil(machine)
    with pytest.raises(AmtError) as caught:
        run(machine, wait_timeout=2)
    assert way_out in caught.value.hint


OWNERS = {
    "nobody": ((), None, False, None, "nobody"),
    "who listens": ((77, 88), 77, True, 77, "listens"),
    "the only one": ((88,), None, True, 88, "only_holder"),
    "one of two": ((77, 88), None, True, None, "one_of_holders"),
    "holders of other clients": ((77, 88), None, False, None, "nobody"),
    "no debugfs": ((88,), None, None, None, "unknown"),
    "no debugfs, and who listens": ((77, 88), 77, None, 77, "listens"),
    "one that may not be seen": ((), None, True, None, "unknown"),
}


@pytest.mark.parametrize("case", OWNERS)
def test_who_has_lme(machine, case):
    holding, listening, connected, process, how = OWNERS[case]
    for number in holding:
        machine.holds(number)
    if listening:
        machine.listens(listening)
    if connected is None:
        shutil.rmtree(machine.root / "sys/kernel")
    else:
        machine.connection(connected)
    found = owner.owner(machine.root)
    assert found["how"] == how and found["connected"] == connected
    assert (found["process"] or {}).get("pid") == process


def test_a_version_is_the_packages_when_it_does_not_run(machine):
    assert service.facts(machine.root, machine, machine.banner)["version"] == "2506.0.0"
    assert not any(line.startswith("busctl") for line in machine.ran)
