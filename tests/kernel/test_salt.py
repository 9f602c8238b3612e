# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Salt in the guest, its extension from file_roots: states, functions and grains of the MEI family."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.kernel import image, salt_drive
from tests.kernel.conftest import ROOT, Machine
from tests.kernel.debian import run
from tests.kernel.guest import Guest

PASSWORD = "Minion-passw0rd"
CALLER = """
import json, sys
sys.path.insert(0, "/opt/salt")
import salt.client, salt.config
caller = salt.client.Caller(mopts=salt.config.minion_config("/etc/salt/minion"))
for function, arguments, options in json.loads(sys.argv[1]):
    print(json.dumps(caller.cmd(function, *arguments, **options)), flush=True)
"""
"""What salt-call does, for several calls with one start of Salt, which takes the longest."""
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def booted(guest_image: image.Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A guest with Salt at /opt/salt, the extension in its file_roots."""
    try:
        drive = salt_drive.prepare()
    except image.NotToBeHad as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("guest")
    with Guest(guest_image, folder / "firmware", folder, drive=drive) as started:
        started.run("mkdir -p /opt/salt && mount -o ro /dev/vdb /opt/salt")
        run(sys.executable, ROOT / "extensions/salt/file_roots.py", folder / "salt")
        started.put_tree(folder / "salt", "/srv/salt", ".")
        started.put("/etc/salt/minion", "{id: pc, file_client: local}\n")
        synced = salt(started, function("saltutil.sync_all"))[0]
        assert "states.mei" in synced["states"] and "grains.mei" in synced["grains"]
        yield started


def function(called: str, /, *arguments: Any, **options: Any) -> tuple[str, Sequence[Any], dict[str, Any]]:
    return called, arguments, options


def state(called: str, **options: Any) -> tuple[str, Sequence[Any], dict[str, Any]]:
    return function("state.single", called, name="it", **options)


def salt(guest: Guest, *calls: tuple[str, Sequence[Any], dict[str, Any]]) -> list[Any]:
    """What a minion's functions return, one after another; of `state.single` what the state does."""
    told = guest.python(CALLER, json.dumps(calls))
    assert PASSWORD not in told
    returned = [json.loads(line) for line in told.splitlines() if line.startswith(("{", "[", '"'))]
    return [
        next(iter(each.values())) if call[0] == "state.single" else each
        for call, each in zip(calls, returned, strict=True)
    ]


def test_activation_by_salt(plug: Callable[..., Machine]) -> None:
    machine = plug(control_mode="none")
    changes = {"control_mode": {"old": "none", "new": "client"}}
    wanted = state("mei.activated", password=PASSWORD)
    (predicted,) = salt(machine.guest, state("mei.activated", password=PASSWORD, test=True))
    assert (predicted["result"], predicted["changes"]) == (None, changes)
    assert not machine.running.journal.entries(access="write", cls="IPS_HostBasedSetupService")
    done, again = salt(machine.guest, wanted, wanted)
    assert (done["result"], done["changes"]) == (True, changes)
    assert (again["result"], again["changes"]) == (True, {})
    (grains,) = salt(machine.guest, function("grains.item", "mei"))
    assert (grains["mei"]["provisioning_state"], grains["mei"]["control_mode"]) == ("post", "client")


def test_the_watchdog_by_salt(plug: Callable[..., Machine]) -> None:
    machine = plug()
    wanted = state("mei.watchdog_fed", timeout=180)
    predicted, done, again, told, _back = salt(
        machine.guest,
        state("mei.watchdog_fed", timeout=180, test=True),
        wanted,
        wanted,
        function("mei.info"),
        state("mei.watchdog_unfed"),
    )
    assert (predicted["result"], done["result"]) == (None, True), done
    assert predicted["changes"] == done["changes"]
    assert (again["result"], again["changes"]) == (True, {})
    assert told["watchdog"]["timeout"] == 180


def test_what_is_missing_is_told_by_salt(plug: Callable[..., Machine]) -> None:
    (told,) = salt(plug(amt="disabled").guest, state("mei.watchdog_fed"))
    assert told["result"] is False and told["comment"].startswith("Disabled: ")
