# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords of a fleet made anew by the runner: on record first, then told, then proven; and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import salt.config
from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.machine import open_machine
from saltext.amt.devices import find_device
from saltext.amt.rotation import kept

from tests.salt.conftest import PASSWORD
from tests.salt.test_runner import fleet_of, master  # noqa: F401  fixtures

NAMES = ["pc-01", "pc-02", "pc-03"]


def kept_in(folder: Path) -> dict[str, Any]:
    """A program of the administrator's own: a file for each device."""
    folder.mkdir(exist_ok=True)
    place = str(folder / "{device}")
    return {"command": ["sh", "-c", 'cat > "$0"', place], "recall": ["sh", "-c", 'test ! -e "$0" || cat "$0"', place]}


@pytest.fixture
def rotate(site: Any, master: Any) -> Callable[..., tuple[Any, Callable[..., Any]]]:  # noqa: F811
    def start(escrow: Any, **opts: Any) -> tuple[Any, Callable[..., Any]]:
        place = site(*NAMES)
        return place, master(amt=place.pillar["amt"], amt_escrow=escrow, **opts)["amt.rotate_password"]

    return start


def lets_in(place: Any, name: str, password: str) -> bool:
    endpoint = replace(find_device({}, place.pillar, name).endpoint, password=PASSWORD)
    with open_machine(endpoint) as machine:
        return machine.lets_in("admin", password)


def test_predicted_then_on_record_told_and_proven(rotate: Any, tmp_path: Path) -> None:
    place, run = rotate(kept_in(tmp_path / "kept"))
    foreseen = run("*", test=True)
    assert foreseen["counts"] == {"total": 3, "would_change": 3}
    assert place.running.journal.writes() == [] and list((tmp_path / "kept").iterdir()) == []

    done = run("*")
    assert done["counts"] == {"total": 3, "changed": 3}, done
    assert {name: each["changes"] for name, each in done["devices"].items()} == {
        name: each["changes"] for name, each in foreseen["devices"].items()
    }
    lines_of = {name: (tmp_path / "kept" / name).read_text().splitlines() for name in NAMES}
    assert all(len(lines) == 1 for lines in lines_of.values())
    made = {name: lines[0] for name, lines in lines_of.items()}
    assert len(set(made.values())) == 3
    assert all(lets_in(place, name, made[name]) for name in NAMES)
    told = str([foreseen, done])
    assert [each for each in (PASSWORD, *made.values()) if each in told] == []
    jobs = [path.read_bytes() for path in tmp_path.rglob("*.p") if path.is_file()]
    assert [each for each in made.values() if any(each.encode() in job for job in jobs)] == []

    again = run("pc-01")
    assert again["counts"] == {"total": 1, "changed": 1}, "pillar that has still the one before is no hindrance"
    assert (tmp_path / "kept" / "pc-01").read_text().strip() not in made.values()


def test_a_run_that_was_cut_off_is_ended_and_not_begun_anew(rotate: Any, tmp_path: Path) -> None:
    place, run = rotate(kept_in(tmp_path / "kept"))
    (tmp_path / "kept" / "pc-01").write_text(f"Pr0mised!Before\n{PASSWORD}\n")
    assert run("pc-01")["counts"] == {"total": 1, "changed": 1}
    assert (tmp_path / "kept" / "pc-01").read_text() == "Pr0mised!Before\n"
    assert lets_in(place, "pc-01", "Pr0mised!Before")


STORE = """
import pathlib
def get(key, profile=None):
    path = pathlib.Path(profile["folder"], key)
    return path.read_text() if path.exists() else None
def set_(key, value, profile=None):
    pathlib.Path(profile["folder"], key).write_text(value)
    return True
__func_alias__ = {"set_": "set"}
"""


def test_a_store_of_salt(rotate: Any, tmp_path: Path) -> None:
    """Its driver is one of the administrator's: what Salt 3008 still ships by itself reads only, or sets once."""
    driver = tmp_path / "extension_modules" / "sdb" / "folder.py"
    driver.parent.mkdir(parents=True)
    driver.write_text(STORE)
    place, run = rotate({"sdb": "kept/{device}"}, kept={"driver": "folder", "folder": str(tmp_path)})
    answers = run("*")["devices"]
    for name in NAMES:
        assert answers[name]["result"] is True, answers[name]
        assert f"its password is on record: sdb://kept/{name}" in answers[name]["comment"]
        assert lets_in(place, name, (tmp_path / name).read_text())


@pytest.mark.parametrize(
    ("escrow", "said"),
    [
        (None, "InvalidOption: amt_escrow"),
        ({}, "InvalidOption: escrow"),
        ({"sdb": "sdb://kept/amt"}, "InvalidOption: amt_escrow: sdb: 'sdb://kept/amt' cannot be used: it has to have"),
        ({"sdb": None}, "InvalidOption: amt_escrow: sdb: 'nothing' cannot be used: Salt looks up"),
        ({"command": ["store", "{device}"]}, "InvalidOption: escrow.recall"),
    ],
)
def test_where_no_place_is_said_nobody_is_asked(rotate: Any, escrow: Any, said: str) -> None:
    place, run = rotate(escrow)
    returned = run("*")
    assert returned["error"].startswith(said), returned
    assert returned["retcode"] == 1 and place.requests() == 0


def test_salt_leaves_the_setting_as_it_is_written(tmp_path: Path) -> None:
    """It looks up every sdb:// address of the master's settings while it reads them."""
    written = "{0}: {{driver: env}}\namt_escrow: {{sdb: '{1}kept/amt/{{device}}'}}\n"
    for beginning, name in (("", "good"), ("sdb://", "bad")):
        (tmp_path / name).write_text(written.format("kept", beginning))
    read = salt.config.master_config(str(tmp_path / "good"))["amt_escrow"]
    assert kept(read)["sdb"] == "sdb://kept/amt/{device}"
    with pytest.raises(InvalidOption, match="leave that away"):
        kept(salt.config.master_config(str(tmp_path / "bad"))["amt_escrow"])


def test_what_cannot_be_recorded_is_not_told(rotate: Any, tmp_path: Path) -> None:
    place, run = rotate({**kept_in(tmp_path / "kept"), "command": ["sh", "-c", "cat >&2; exit 3", "{device}"]})
    returned = run("*")
    assert returned["counts"] == {"total": 3, "failed": 3}
    for answer in returned["devices"].values():
        assert answer["comment"].startswith("EscrowFailed: ") and "was not told" in answer["comment"]
    assert place.running.journal.writes() == []


def test_a_caller_cannot_take_the_record_of_another_device(rotate: Any, tmp_path: Path) -> None:
    place, run = rotate(kept_in(tmp_path / "kept"))
    asked = run("*", devices={"pc-99": {"host": "192.0.2.1"}})
    assert asked["error"].startswith("InvalidOption: devices: 'pc-99' cannot be used: who has a password on record")
    assert place.requests() == 0


EXPORTED = """
configuration:
  generalSettings: {sharedFQDN: true, pingResponseEnabled: false}
  network:
    wireless: {profiles: [{profileName: office, ssid: office, authenticationMethod: WPA2PSK, password: Wh1sper-it}]}
  amtSpecific: {controlMode: acmactivate, adminPassword: Pr0filed!Password}
"""


def test_a_profile_of_rpc_go(master: Any, tmp_path: Path, minion: Any, site: Any) -> None:  # noqa: F811
    """Its document is taken by the state, and its secrets are named and not told."""
    (tmp_path / "office.yaml").write_text(EXPORTED)
    told = master()["amt.profile_from_rpc"](str(tmp_path / "office.yaml"))
    assert "Wh1sper" not in str(told) and "Pr0filed" not in str(told)
    behind = {row["setting"]: row["why"] for row in told["left_behind"]}
    assert {"wireless.profiles[0].passphrase", "admin.password", "amtSpecific.controlMode"} == set(behind)
    assert "mei.activated" in behind["amtSpecific.controlMode"]
    document = {name: part for name, part in told["profile"].items() if name != "wireless"}
    place = site("pc-01")
    done = minion(place.pillar).states["amt.profile"](name="office", profile=document, device="pc-01")
    assert done["result"] is True and done["changes"], done


@pytest.mark.parametrize("content", [None, "- just\n- a list\n", "a: [b\n", "\x00\x01", "configuration: secret\n"])
def test_what_is_no_profile_is_told_without_its_content(master: Any, tmp_path: Path, content: Any) -> None:  # noqa: F811
    if content is not None:
        (tmp_path / "office.yaml").write_text(content)
    told = master()["amt.profile_from_rpc"](str(tmp_path / "office.yaml"))
    assert told["error"].startswith("InvalidOption: ") and told["retcode"] == 1
    assert "secret" not in told["error"] and "just" not in told["error"]
