# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that say hostile things wherever they say a text; what Salt has of them is shown, kept and used."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

import pytest
import salt.config
import salt.loader
import yaml
from salt.exceptions import CommandExecutionError

from simulator.firmware.security import on_die
from tests.salt.cases import CASES, FUNCTIONS, Case
from tests.salt.daemons import HAS_RESOURCES

RUN = "touch {0}"
WORDS = [
    "{{{{ salt['cmd.run']('{run}') }}}}",
    "{{% do salt['cmd.run']('{run}') %}}12.0",
    "#!py\ndef run():\n  import os; os.system('{run}')",
    "x: &a [*a]\n- cmd.run: {run}\r\nfatal: forged",
    "'\"`{run}`$({run});{run} &",
    "__slot__:salt:cmd.run('{run}')",
    "__slot__:salt:amt.power_off(graceful='never')",
    "!!python/object/apply:os.system ['{run}']",
    "\x1b[2J\x1b]0;owned\x07\x08\x9b2J\x85\u2028",
    "\u202egnp.exe\u2066 </script><script>",
    "../../../../etc/passwd",
    "pc-02",
    "a\x00b\ufffe" + "w" * 20_000,
]
SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\ud800-\udfff]")
GIVEN = {
    "amt.inventory": {"subsets": ["all"]},
    "amt.enumerate": {"class_name": "CIM_SoftwareIdentity"},
    "amt.get": {"class_name": "AMT_GeneralSettings"},
    "amt.attestation": {"roots": [on_die.root_pem()]},
}
READS = [(name, GIVEN.get(name, {})) for name, each in FUNCTIONS.items() if "read" in each.__code__.co_names]
READS.append(("amt.refresh_grains", {}))
PREDICTED = [
    Case("amt.defense_policies", {"policies": [], "purge": True}),
    Case("amt.properties_set", {"class_name": "AMT_GeneralSettings", "properties": {"HostName": "pc"}}),
    *(case for case in CASES if case.state != "amt.released"),
]
#: Of all that is asked, each stranger is asked one in so many, and every question is put to several of them.
SHARE = 3
USED = """
quoted:
  test.nop:
    - name: {{ grains | json | json }}
{{ ('named ' ~ grains.get('amt_hostname') ~ grains.get('serialnumber')) | json }}:
  test.configurable_test_state:
    - changes: false
    - result: true
    - comment: {{ grains.get('manufacturer') | json }}
"""


@pytest.fixture
def strangers(site: Any, tmp_path: Path) -> Any:
    """Devices by name; every second one says it in its keys too."""
    words = [
        word.replace("{run}", RUN.format(tmp_path / "owned")).replace("{{", "{").replace("}}", "}") for word in WORDS
    ]
    names = [f"pc-{number:02}" for number in range(len(words))]
    place = site(*names, each=[{"says": word, "says_keys": number % 2 == 1} for number, word in enumerate(words)])
    return names, place


def harmless(answers: Any, place: Path) -> str:
    text = json.dumps(answers, ensure_ascii=False)
    assert SHOWN.findall(str(answers)) == [] and "\\u001b" not in text
    assert not (place / "owned").exists()
    return text


def told(function: Callable[..., Any], *arguments: Any, **settings: Any) -> Any:
    """A return, or the sentence in its place."""
    try:
        return function(*arguments, **settings)
    except CommandExecutionError as error:
        return str(error)


def shared(asked: Sequence[Any], number: int) -> Sequence[Any]:
    """Those that the stranger of this number is asked: a few of all, and over the strangers each of them."""
    return [each for place, each in enumerate(asked) if (place + number) % SHARE == 0]


def test_functions_states_and_runner(strangers: Any, minion: Any, tmp_path: Path, caplog: Any) -> None:
    names, place = strangers
    loaded = minion(place.pillar, test=True)
    for number, name in enumerate(names):
        for function, arguments in shared(READS, number):
            harmless(told(loaded.functions[function], device=name, **arguments), tmp_path)
        for case in shared(PREDICTED, number):
            answer = loaded.states[case.state]("it", device=name, **case.arguments)
            assert answer["result"] in (None, True, False)
            harmless(answer, tmp_path)
    assert [each for each in place.running.journal.writes() if each.took_effect] == []
    opts = {**salt.config.DEFAULT_MASTER_OPTS, "root_dir": str(tmp_path), "__role": "master", "id": "m_master"}
    opts.update({each: str(tmp_path / each) for each in ("cachedir", "sock_dir", "pki_dir", "extension_modules")})
    run = salt.loader.runner({**opts, "amt": place.pillar["amt"]}, utils={}, context={})
    for function in ("inventory", "report"):
        answers = run["amt." + function]("*")
        assert list(answers["devices"]) == names
        harmless(answers, tmp_path)
    assert SHOWN.findall("".join(record.getMessage() for record in caplog.records if "amt" in record.name)) == []


@pytest.mark.skipif(not HAS_RESOURCES, reason="Salt has resources from 3008 on")
def test_grains_are_used_in_state_files(strangers: Any, resource: Any, tmp_path: Path) -> None:
    names, place = strangers
    (tmp_path / "states").mkdir()
    (tmp_path / "states" / "given.sls").write_text(USED)
    device = resource(place.pillar, names[0])
    for name in names:
        device.name = name
        grains = device.ask("grains_refresh")
        assert grains["id"] == grains["amt_device"] == name
        assert all(len(line.splitlines()) < 2 for line in map(str, grains.values()))
        answers = device.call("state.apply", "given")
        assert {each["result"] for each in answers.values()} == {True}, answers
        kept = yaml.safe_load(harmless({each["__id__"]: each["name"] for each in answers.values()}, tmp_path))
        assert json.loads(kept["quoted"])["id"] == name
    assert place.running.journal.writes() == []
