# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of a site: rendered by Salt, carried out on a simulated fleet, its quarantine asked for by an event."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import salt.config
import salt.loader
import salt.pillar
import salt.utils.reactor
import saltext.amt.runners.amt as runners
import yaml
from saltext.amt.fleet import SETTINGS

from tests.salt.conftest import minion_opts

SITE = Path(__file__).resolve().parents[2] / "extensions" / "salt" / "examples" / "site"
STATES = sorted(path.stem for path in (SITE / "states").glob("*.sls") if path.stem != "top")


def example_opts(place: Path) -> dict[str, Any]:
    opts = minion_opts(place)
    opts.update(id="site-berlin", grains={"id": "site-berlin"}, autoload_dynamic_modules=False)
    opts["file_roots"] = {"base": [str(SITE / "states")]}
    opts["pillar_roots"] = {"base": [str(SITE / "pillar")]}
    opts["pillar"] = salt.pillar.get_pillar(opts, opts["grains"], opts["id"], "base").compile_pillar()
    return opts


@pytest.mark.parametrize("name", STATES)
def test_states_render_to_what_there_is(tmp_path: Path, name: str) -> None:
    opts = example_opts(tmp_path)
    functions = salt.loader.minion_mods(opts)
    states = salt.loader.states(opts, functions, {}, salt.loader.serializers(opts))
    chunks = functions["state.show_low_sls"](name)
    assert chunks
    for chunk in chunks:
        assert isinstance(chunk, dict), chunk
        known = inspect.signature(states[f"{chunk['state']}.{chunk['fun']}"]).parameters
        given = {key for key in chunk if not key.startswith("__")} - {"state", "fun", "order"}
        assert given <= set(known)


def test_names_of_devices_are_what_they_are_in_pillar(tmp_path: Path) -> None:
    """YAML would make numbers, and other things, of them."""
    opts = example_opts(tmp_path)
    named = sorted([*opts["pillar"]["amt"]["devices"], "0012", "fe80::1", "off", "rack 1: 'left'"])
    opts["pillar"]["amt"]["devices"] = {name: {} for name in named}
    for state in ("evening", "morning"):
        chunks = salt.loader.minion_mods(opts)["state.show_low_sls"](state, pillar=opts["pillar"])
        assert sorted(chunk["device"] for chunk in chunks) == named


def test_the_top_file_and_the_schedule_name_states_that_are_there(tmp_path: Path) -> None:
    top = yaml.safe_load((SITE / "states" / "top.sls").read_text())
    schedule = example_opts(tmp_path)["pillar"]["schedule"]
    named = {name for names in top["base"].values() for name in names} | {each["args"][0] for each in schedule.values()}
    assert named == {"baseline", "evening", "morning"}
    assert named < set(STATES)


def test_the_settings_are_those_that_salt_has(tmp_path: Path) -> None:
    known = {"master": salt.config.DEFAULT_MASTER_OPTS, "minion": salt.config.DEFAULT_MINION_OPTS}
    read = [(path.parent.name[:-2], yaml.safe_load(path.read_text())) for path in SITE.glob("m*.d/*.conf")]
    assert len(read) == 3
    for whose, settings in read:
        assert set(settings) - {"reactor"} <= set(known[whose])


def test_on_real_devices(site: Any, resource: Any, tmp_path: Path) -> None:
    place = site("pc-01")
    shown = example_opts(tmp_path)
    pillar = {**shown["pillar"], **place.pillar, "amt": {**shown["pillar"]["amt"], **place.pillar["amt"]}}
    device = resource(pillar, "pc-01", file_roots=shown["file_roots"])
    for call in (["state.apply"], ["state.apply", "release"]):
        assert results(device.call(*call)) == {True}
    applied = device.call("state.apply", "quarantine", test=True)
    assert results(applied) == {None}
    assert results(device.call("state.highstate", test=True)) == {True}


def results(answer: Any) -> set[Any]:
    assert isinstance(answer, dict), answer
    return {each["result"] for each in answer.values()}


@pytest.mark.parametrize(
    ("device", "targets"),
    [("pc-01", ["T@amt:pc-01"]), (10023, ["T@amt:10023"]), ("*' or G@os:*", []), ("", [])],
)
def test_the_reactor_isolates_the_device_of_the_event(tmp_path: Path, device: Any, targets: list[str]) -> None:
    chunks = reactions(tmp_path, "quarantine", device)
    assert [chunk["tgt"] for chunk in chunks] == targets
    assert all(
        (chunk["state"], chunk["fun"], chunk["tgt_type"]) == ("local", "state.apply", "compound") for chunk in chunks
    )


@pytest.mark.parametrize(
    ("device", "targets"),
    [("pc-01", ["pc-01"]), (10023, ["10023"]), ("0012", ["0012"]), ("*", []), ("pc-01,pc-02", [])],
)
def test_the_runner_isolates_the_device_of_the_event(tmp_path: Path, device: Any, targets: list[str]) -> None:
    chunks = reactions(tmp_path, "quarantine_by_runner", device)
    given = [{key: value for each in chunk["args"] for key, value in each.items()} for chunk in chunks]
    assert [each["tgt"] for each in given] == targets
    assert all(each["site"] == "site-berlin" and each["tgt_type"] == "list" for each in given)
    known = set(inspect.signature(runners.isolate).parameters) | {option.name for option in SETTINGS}
    assert all(set(each) <= known for each in given)
    assert all((chunk["state"], chunk["fun"]) == ("runner", "amt.isolate") for chunk in chunks)


def reactions(place: Path, name: str, device: Any) -> list[dict[str, Any]]:
    """What the master would do about an event that names this device."""
    opts = {**salt.config.DEFAULT_MASTER_OPTS, **minion_opts(place), "__role": "master", "file_client": "local"}
    reactor = salt.utils.reactor.Reactor(opts)
    reactor.minions = None
    event = {"id": "site-berlin", "data": {"device": device}}
    return list(reactor.reactions("site/quarantine", event, [str(SITE / "reactor" / f"{name}.sls")]))
