# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every state three times on simulated firmware: test=True, for real, and once more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.salt.cases import CASES, MOMENTS, PASSWORD, Case


@pytest.mark.parametrize("case", CASES, ids=[case.state for case in CASES])
def test_predicted_then_done_then_nothing_to_do(site: Any, minion: Any, case: Case, caplog: Any) -> None:
    """And nobody is told what is secret: neither by an answer, nor by the log."""
    place = site("pc-01", **{"wireless": True, **case.settings})
    running, predicting = minion(place.pillar), minion(place.pillar, test=True)
    given = {"name": "it", "device": "pc-01", **case.arguments}
    if case.state == "amt.released":
        assert running.functions["amt.isolate"](allow=["dhcp", "arp"], device="pc-01")["changed"]
    before = place.writes("pc-01")

    predicted = predicting.states[case.state](**given)
    assert predicted["result"] is None, predicted
    assert predicted["changes"]
    assert place.writes("pc-01") == before

    done = running.states[case.state](**given)
    assert done["result"] is True, done
    assert lasting(done["changes"]) == lasting(predicted["changes"])
    assert place.writes("pc-01") > before
    assert all(set(change) == {"old", "new"} and change["old"] != change["new"] for change in done["changes"].values())

    after = place.writes("pc-01")
    for loaded in (running, predicting):
        again = loaded.states[case.state](**given)
        assert (again["result"], again["changes"]) == (True, {})
    assert place.writes("pc-01") == after
    told = str([predicted, done]) + caplog.text
    assert [secret for secret in (PASSWORD, *case.secrets) if secret in told] == []


def lasting(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: change for name, change in changes.items() if name not in MOMENTS}


def test_yaml_spells_on_as_a_boolean(site: Any, minion: Any) -> None:
    place = site("pc-01", power="off")
    done = minion(place.pillar).states["amt.powered"](name="it", power=True, device="pc-01")
    assert done["changes"] == {"state": {"old": "off", "new": "on"}}


@pytest.mark.parametrize(
    ("state", "arguments", "sentence"),
    [
        ("amt.powered", {"power": "reset"}, "InvalidOption: power: 'reset' cannot be used"),
        ("amt.powered", {"wait_timeout": "soon"}, "InvalidOption: wait_timeout: 'soon' cannot be used"),
        ("amt.booted_once", {"target": "moon"}, "InvalidOption: target: 'moon' cannot be used"),
        ("amt.isolated", {"allow": [{"frob": 1}]}, "InvalidOption: "),
        ("amt.isolated", {}, "Unavailable: this would cost the machine its manageability"),
        ("amt.defense_policies", {"policies": [{"title": "x"}]}, "InvalidOption: title: 'x' cannot be used"),
        ("amt.properties_set", {"class_name": "X_Y", "properties": {"a": 1}}, "InvalidOption: class_name"),
    ],
)
def test_what_cannot_be_is_false_with_a_sentence(
    site: Any, minion: Any, state: str, arguments: dict[str, Any], sentence: str
) -> None:
    place = site("pc-01")
    for test in (True, False):
        refused = minion(place.pillar, test=test).states[state](name="it", device="pc-01", **arguments)
        assert (refused["result"], refused["changes"]) == (False, {})
        assert refused["comment"].startswith(sentence)
    assert place.writes("pc-01") == 0


def test_failures_name_their_type_and_never_the_password(site: Any, minion: Any) -> None:
    place = site("pc-01", "pc-02")
    place.running.device("pc-01").fail("wrong_password")
    place.running.device("pc-02").fail("malformed_xml")
    states = minion(place.pillar).states
    comments = [states["amt.powered"](name="it", device=name)["comment"] for name in ("pc-01", "pc-02", "pc-03")]
    kinds = [comment.partition(":")[0] for comment in comments]
    assert kinds == ["AuthenticationRefused", "ProtocolError", "InvalidOption"]
    assert "it has pc-01, pc-02" in comments[2]
    assert "Uns3en" not in str(comments)


def test_a_prerequisite_is_predicted_and_not_done(site: Any, minion: Any, tmp_path: Path) -> None:
    place = site("pc-01", "pc-02", power="off")
    (tmp_path / "states").mkdir()
    chain = {
        "the first": {"amt.powered": [{"device": "pc-01"}, {"prereq": [{"amt": "the second"}]}]},
        "the second": {"amt.powered": [{"device": "pc-02"}]},
    }
    (tmp_path / "states" / "chain.sls").write_text(yaml.safe_dump(chain))
    for changed in (2, 0):
        done = minion(place.pillar).functions["state.sls"]("chain")
        assert sum(bool(each["changes"]) for each in done.values()) == changed, done
    assert [entry.device for entry in place.running.journal.writes()] == ["pc-01", "pc-02"]
