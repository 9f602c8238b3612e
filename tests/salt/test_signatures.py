# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions are written out, options are rows: the two agree, and nothing of the core is left out."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import salt.state
import saltext.amt.core.resources
import saltext.amt.modules
import saltext.amt.modules.mei
import saltext.amt.states
import saltext.amt.states.mei
from saltext.amt import activation
from saltext.amt.answers import written_in
from saltext.amt.core.resource import Resource
from saltext.amt.core.resources.host.activation import Activation
from saltext.amt.core.resources.host.fact_script import FactScript
from saltext.amt.core.resources.host.lms import Lms
from saltext.amt.core.resources.host.os_watchdog import OsWatchdog
from saltext.amt.on_proxy import HERE
from saltext.amt.words import in_words_of_salt, known

from tests.capabilities import CAPABILITIES
from tests.salt import cases
from tests.salt.cases import handed_on

ROOT = Path(__file__).resolve().parents[2]
FED = {"feeder", "timeout", "interval", "lift_blacklist", "displace_lms"}
KEPT_IN_A_NOTE = {"state", "facts", "signing_key", "former_keys", "renew_after", "max_age", "capacity"}
HELD = {"allow", "ip", "neighbours", "expires", "precedence", "count", "event", "force"}
NOTED = {"capacity", "facts", "signing_key", "former_keys", "renew_after", "max_age"}
SETTING_UP = {"certificate", "dns_suffix", "over_tls", "mebx_password", "update_mebx"}
#: State -> options that it settles itself, or has no use for
SETTLED: dict[str, set[str]] = {
    "amt.isolated": {"state"},
    "amt.released": {"state", *HELD},
    "amt.profile": {"state"},
    "amt.asset_note": {"state"},
    "amt.no_asset_note": {"state", *NOTED},
    "amt.properties_set": {"action", "method", "arguments", "changes"},
    "mei.deactivated": {"state", *SETTING_UP},
    "mei.watchdog_fed": {"state"},
    "mei.watchdog_unfed": {"state", *FED},
    "mei.lms_running": {"state"},
    "mei.lms_dead": {"state", "log_level", "wait_timeout"},
}
OF_THE_MACHINE: dict[str, type[Resource]] = {
    "mei.activated": Activation,
    "mei.deactivated": Activation,
    "mei.watchdog_fed": OsWatchdog,
    "mei.watchdog_unfed": OsWatchdog,
    "mei.lms_running": Lms,
    "mei.lms_dead": Lms,
}
#: State -> the class of the core that stands in its body
STATES = {**{name: kind for name, each in cases.STATES.items() if (kind := handed_on(each))}, **OF_THE_MACHINE}
#: (state, option) -> what the state says where the row says something else
OWN_DEFAULTS = {("amt.powered", "power"): "on", ("mei.activated", "mode"): "client"}
#: Custom facts are Ansible's; Salt has grains
OF_ANSIBLE = {FactScript}
#: Salt keeps the word state for itself
OWN_NAMES = {("amt.powered", "state"): "power", ("mei.activated", "state"): "mode"}
#: Modules of Ansible that Salt has no use for: facts of a script, a step of activation by another machine
ANSIBLES = {"mei_fact_script", "mei_activation_step"}
#: What every state of a family has besides: amt is about a device, mei about the machine that the minion runs on
LAST = {"amt": ["device"], "mei": []}


def functions_of(file: Any) -> dict[str, Any]:
    found = inspect.getmembers(file, inspect.isfunction)
    return {name: each for name, each in found if each.__module__ == file.__name__ and not name.startswith("_")}


PLACES = {
    "amt": (dict(written_in(saltext.amt.modules)), dict(written_in(saltext.amt.states))),
    "mei": (functions_of(saltext.amt.modules.mei), functions_of(saltext.amt.states.mei)),
}


def resources() -> set[type[Resource]]:
    """All of the core, without those that others are made from."""
    found = set()
    (folder,) = map(Path, saltext.amt.core.resources.__path__)
    for each in sorted(folder.rglob("*.py")):
        name = ".".join(each.relative_to(folder).with_suffix("").parts)
        loaded = importlib.import_module(f"saltext.amt.core.resources.{name}")
        found |= {
            kind
            for _, kind in inspect.getmembers(loaded, inspect.isclass)
            if issubclass(kind, Resource) and kind.__module__ == loaded.__name__
        }
    return {kind for kind in found if not kind.__subclasses__()}


def test_every_resource_that_writes_has_a_state() -> None:
    writing = {kind for kind in resources() if kind.apply is not Resource.apply}
    assert len(writing) >= 5
    assert writing - OF_ANSIBLE == set(STATES.values())
    for family, (_module, states) in PLACES.items():
        assert {f"{family}.{name}" for name in states} == {name for name in STATES if name.startswith(family)}


def test_every_row_of_a_capability_is_tried_by_a_state() -> None:
    """One is missing where no state `amt.*` hands its resource on, or none takes what its first wish says."""
    assert {case.module for case in cases.CASES if case.module} == set(CAPABILITIES)


def test_what_a_proxy_keeps_from_command_lines_is_what_the_core_marks() -> None:
    rows = [row for name, kind in STATES.items() if name.startswith("amt.") for row in kind.options]
    assert {each.name for row in rows for each in (row, *row.options) if each.here} == set(HERE)


def test_every_resource_is_in_the_execution_module() -> None:
    assert resources() - {*OF_THE_MACHINE.values()} - OF_ANSIBLE <= set(map(handed_on, cases.FUNCTIONS.values()))


@pytest.mark.parametrize("name", STATES)
def test_arguments_are_the_options(name: str) -> None:
    kind, settled = STATES[name], SETTLED.get(name, set())
    options = activation.OPTIONS if kind is Activation else kind.options
    rows = {OWN_NAMES.get((name, option.name), option.name): option for option in options if option.name not in settled}
    family, function = name.split(".")
    arguments = dict(inspect.signature(PLACES[family][1][function]).parameters)
    assert next(iter(arguments)) == "name"
    assert list(arguments)[len(arguments) - len(LAST[family]) :] == LAST[family]
    assert not set(arguments) & (salt.state.STATE_INTERNAL_KEYWORDS | {"state", "fun"})
    own = {argument: each for argument, each in arguments.items() if argument not in ("name", "device")}
    assert set(own) == set(rows)
    for option, each in own.items():
        row = rows[option]
        default = None if each.default is inspect.Parameter.empty else each.default
        default = list(default) if isinstance(default, tuple) else default
        if (name, option) in OWN_DEFAULTS:
            assert default == OWN_DEFAULTS[name, option]
        elif default is None:
            assert row.required or row.default in (None, [], {}), option
        else:
            assert default == row.default, option


@pytest.mark.parametrize(
    ("called", "function"),
    [
        (f"{family}.{name}", each)
        for family, places in PLACES.items()
        for place in places
        for name, each in place.items()
    ],
)
def test_every_function_shows_how_it_is_called(called: str, function: Any) -> None:
    assert "CLI Example:" in function.__doc__
    assert called in function.__doc__


def test_salt_has_the_files_of_the_family_as_one_module(minion: Any) -> None:
    """One function is found in these files alone, and two files do not have the same."""
    for place, package in ((0, saltext.amt.modules), (1, saltext.amt.states)):
        names = [name for name, _ in written_in(package)]
        assert len(names) == len(set(names))
        for name in names:
            loaded = minion({})
            loader = (loaded.functions, loaded.states)[place]
            assert inspect.getdoc(loader[f"amt.{name}"]) == inspect.getdoc(PLACES["amt"][place][name])
            assert all(file.startswith("amt_") for file in loader.loaded_files)


@pytest.mark.parametrize("place", PLACES["amt"])
def test_what_salt_injects_is_asked_of_the_loader_at_work(place: Any) -> None:
    """The functions of a resource are in no loader's file, and a deltaproxy has one loader for each device."""
    for name, each in place.items():
        injected = [word for word in each.__code__.co_names if word.startswith("__")]
        assert [word for word in injected if word not in each.__globals__] == [], name


@pytest.mark.parametrize("name", STATES)
def test_the_documentation_of_a_state_has_every_argument(name: str) -> None:
    """As `sys.state_doc` shows it."""
    family, function = name.split(".")
    told = PLACES[family][1][function]
    said = {word for line in told.__doc__.splitlines() for word in line.strip().split(", ")}
    assert [each for each in inspect.signature(told).parameters if each not in {"name", "device", *said}] == []


def test_what_the_core_calls_a_module_is_called_here_as_it_is_here() -> None:
    """And what begins like that, as grains do, stays as it is."""
    modules = {file.stem for file in (ROOT / "plugins" / "modules").glob("*.py")} - ANSIBLES
    ours = {name for name in modules if name.startswith(("amt_", "mei_"))}
    assert len(ours) > 20
    have = {*known(), *STATES}
    assert {name: said for name in ours if (said := in_words_of_salt(name)) not in have} == {}
    assert (
        in_words_of_salt("amt_version is 12: see amt_admin, amt_tls.")
        == "amt_version is 12: see amt.administrator, amt.tls."
    )
