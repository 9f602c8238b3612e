# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""State files of a device that is a resource: what they can ask for, and what is kept from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from salt.exceptions import SaltInvocationError

from tests.salt.conftest import PASSWORD


@pytest.fixture
def device(site: Any, resource: Any, tmp_path: Path) -> Any:
    """`device("a state file")`: a device with it, under the name `given`."""

    def load(text: str) -> Any:
        (tmp_path / "states").mkdir()
        (tmp_path / "states" / "given.sls").write_text(text)
        return resource(site("pc-01").pillar, "pc-01")

    return load


def named(returned: Any) -> list[str]:
    assert isinstance(returned, dict), returned
    return [each["name"] for each in returned.values()]


def test_state_files_know_the_name_and_the_pillar(device: Any) -> None:
    asking = "{{ grains.id }} {{ salt['grains.get']('id') }} {{ salt['pillar.get']('amt:defaults:tls') }}"
    loaded = device(f"{asking}:\n  amt.powered: []\n")
    assert named(loaded.call("state.apply", "given")) == ["pc-01 pc-01 False"]


def test_pillar_of_a_command_line_is_merged_into_that_of_the_minion(device: Any) -> None:
    loaded = device("{{ pillar['amt']['remediation'] }}:\n  amt.powered: []\n")
    given = {"amt": {"remediation": "dhcp"}}
    assert named(loaded.call("state.apply", "given", pillar=given)) == ["dhcp"]
    (answer,) = loaded.call("state.single", "amt.powered", "it", pillar=given).values()
    assert answer["result"] is True, answer
    with pytest.raises(SaltInvocationError, match="a mapping"):
        loaded.call("state.apply", "given", pillar="amt")


def test_what_orchestration_always_says_is_no_mistake(device: Any) -> None:
    loaded = device("it:\n  amt.powered: []\n")
    for function, arguments in (("sls", ["given"]), ("apply", ["given"]), ("single", ["amt.powered", "it"])):
        returned = loaded.call(f"state.{function}", *arguments, queue=False, concurrent=False)
        assert named(returned) == ["it"]


def test_states_of_the_managing_minions_own_engine_are_not_for_devices(device: Any) -> None:
    loaded = device("it:\n  mei.lms_dead: []\n")
    (answer,) = loaded.call("state.apply", "given").values()
    assert answer["result"] is False
    assert "it would act on the managing minion" in answer["comment"]


def test_secrets_of_pillar_are_not_shown_to_whoever_asks_a_device(device: Any) -> None:
    assert PASSWORD not in str(device("").call("pillar.get", "amt"))


def test_a_device_costs_what_the_one_before_it_cost(device: Any, monkeypatch: Any) -> None:
    """Salt 3008 wraps lists of options at every copy, and goes through all of it for each file that it loads."""
    import saltext.amt.device_states as place

    seen = []
    begun = place.DeviceState.__init__
    monkeypatch.setattr(
        place.DeviceState, "__init__", lambda self, opts, **more: (seen.append(opts), begun(self, opts, **more))[1]
    )
    loaded = device("it:\n  test.nop: []\n")
    for _ in range(4):
        loaded.call("state.apply", "given")
    assert len(seen) == 4
    assert {type(opts["optimization_order"]) for opts in seen} == {list}
    assert {type(opts["grains"]) for opts in seen} == {dict}


def test_of_the_device_before_nothing_is_left(site: Any, resource: Any, tmp_path: Path) -> None:
    """Salt goes through the devices of a job in one process, and leaves options of states in modules that it shares."""
    (tmp_path / "states").mkdir()
    asking = "{{ grains.id }} {{ grains.get('amt_version', '')[:3] }}"
    (tmp_path / "states" / "given.sls").write_text(f"'{asking}':\n  amt.powered: []\n")
    loaded = resource(site("pc-01", "pc-02", "pc-03").pillar, "pc-01")
    loaded.ask("grains_refresh")
    for name, shown in (("pc-01", "pc-01 12."), ("pc-02", "pc-02 "), ("pc-03", "pc-03 ")):
        loaded.name = name
        (answer,) = loaded.call("state.apply", "given").values()
        assert (answer["name"], answer["comment"]) == (shown, f"{name} is as it should be"), "one minion has them all"
