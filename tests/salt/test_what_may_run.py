# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a device that is a resource runs what belongs to it, and nothing else of all that Salt ships."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import salt.loader
import salt.loader.context
import salt.modules
import salt.states
import saltext.amt
import yaml
from salt.exceptions import CommandExecutionError, SaltInvocationError
from saltext.amt.core.errors import InvalidOption

from tests.salt.daemons import HAS_RESOURCES

if not HAS_RESOURCES:
    pytest.skip("Salt has resources from 3008 on", allow_module_level=True)

from saltext.amt.device_states import OF_SALT, OF_THE_MINION, refuse

SHIPPED = Path(saltext.amt.__path__[0])


def names_of(package: Any) -> Iterator[tuple[str, str]]:
    """Module and function of everything in a package of Salt's, by the file's name and by the virtual one."""
    for path in sorted(Path(package.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        alias = {"__virtualname__": path.stem}
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                alias[getattr(node.targets[0], "id", "")] = str(node.value.value)
        for module in {path.stem, alias["__virtualname__"]}:
            for name in defined(tree):
                yield module, name
                yield module, name.rstrip("_")


def defined(tree: ast.Module) -> Iterator[str]:
    """Functions, and other names for them."""
    for node in tree.body:
        names = [node.name] if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Name)):
            names = [getattr(target, "id", "_") for target in node.targets]
        yield from (name for name in names if not name.startswith("_"))


@pytest.fixture
def device(site: Any, resource: Any, tmp_path: Path) -> Any:
    """A device with a folder of state files, `given.sls` among them."""
    (tmp_path / "states").mkdir()
    place = site("pc-01")
    place.pillar["secret"] = "in pillar"
    loaded = resource(place.pillar, "pc-01")
    loaded.place, loaded.states, loaded.file_roots = place, tmp_path / "states", str(tmp_path / "states")
    return loaded


def applied(device: Any, text: str, **settings: Any) -> Any:
    (device.states / "given.sls").write_text(text)
    return device.call("state.apply", "given", **settings)


def test_every_state_of_salt_is_refused_but_those_that_act_through_functions_of_the_device(device: Any) -> None:
    shipped = set(names_of(salt.states))
    assert len(shipped) > 500
    free = {(module, name) for module, names in OF_SALT.items() for name in names}
    assert free <= shipped
    ran = set()
    for module, function in shipped:
        try:
            refuse({"state": module, "fun": function, "name": "it"}, device.functions)
            ran.add((module, function))
        except InvalidOption as error:
            assert "would act on the managing minion" in str(error)
    assert ran == free


def test_every_function_of_a_device_is_written_for_it(device: Any) -> None:
    """Salt's own modules cannot be reached under any name."""
    reached = {name: device.functions[name] for name in device.functions}
    for name, function in reached.items():
        assert str(SHIPPED) in str(getattr(function, "func", function).__globals__["__file__"]), name
    ours = {name.split(".")[0] for name in reached}
    others = {f"{module}.{function}" for module, function in names_of(salt.modules) if module not in ours}
    assert len(others) > 3000
    assert not others & set(reached)
    documented = (Path(__file__).resolve().parents[2] / "docs" / "salt.md").read_text()
    assert [module for module in sorted(ours) if f"`{module}" not in documented] == []


ELSEWHERE = {
    "file.rename": {"source": "{place}/there", "force": True},
    "file.absent": {"name": "{place}/there"},
    "cmd.run": {},
    "module.run": {"cmd.run": [{"cmd": "touch {place}/made"}]},
    "mei.lms_dead": {},
    "salt.function": {"tgt": "*"},
    "no.such": {},
    "nothing": {},
}


def test_the_managing_minion_is_not_touched(device: Any, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("kept")
    for state, arguments in ELSEWHERE.items():
        given = {"name": str(tmp_path / "made"), **arguments}
        text = yaml.safe_dump({"it": {state: [{key: value} for key, value in given.items()]}})
        given = yaml.safe_load(yaml.safe_dump(given).replace("{place}", str(tmp_path)))
        failed(device.call("state.single", state, **given))
        if "." in state:
            failed(applied(device, text.replace("{place}", str(tmp_path))))
    assert there.read_text() == "kept"
    assert not (tmp_path / "made").exists()
    assert device.place.requests() == 0


def failed(returned: Any) -> str:
    if isinstance(returned, list):
        return " ".join(map(str, returned))
    assert {each["result"] for each in returned.values()} == {False}, returned
    return " ".join(each["comment"] for each in returned.values())


def test_what_every_state_can_be_told_and_would_do_to_the_minion(device: Any) -> None:
    for name in OF_THE_MINION:
        comment = failed(applied(device, f"it:\n  amt.powered:\n    - power: 'off'\n    - {name}: touch\n"))
        assert comment.startswith(f"InvalidOption: {name}: 'touch' cannot be used: ")
    assert device.place.requests() == 0


CONDITIONS = [
    ("touch {place}/made", "a command would run on the managing minion"),
    (["true"], "a command would run on the managing minion"),
    ([{"fun": "cmd.run", "args": ["touch {place}/made"]}], "a device has no such function"),
    ([True], "a command would run"),
    ([{"args": []}], "a command would run"),
]


def test_conditions_ask_the_device(device: Any, tmp_path: Path) -> None:
    for condition, way_out in CONDITIONS:
        for name in ("onlyif", "unless"):
            text = yaml.safe_dump({"it": {"amt.powered": [{"power": "off"}, {name: condition}]}})
            comment = failed(applied(device, text.replace("{place}", str(tmp_path))))
            assert comment.startswith(f"InvalidOption: {name}: ") and way_out in comment
    assert not (tmp_path / "made").exists()
    assert device.place.requests() == 0


def test_conditions_and_slots_of_functions_work(device: Any) -> None:
    asked = "it:\n  amt.powered:\n    - power: __slot__:salt:{0}\n    - onlyif:\n      - fun: amt.ping\n"
    (answer,) = applied(device, asked.format("test.echo('off')"), test=True).values()
    assert (answer["result"], answer["changes"]["state"]["new"]) == (None, "off")
    assert "slot: " in failed(applied(device, asked.format("cmd.run('id')")))


def test_with_test_true_conditions_slots_and_templates_do_nothing(device: Any) -> None:
    acts = "amt.power_off"
    for text in (
        f"it:\n  test.nop:\n    - onlyif:\n      - fun: {acts}\n    - unless:\n      - fun: {acts}\n",
        f"it:\n  test.nop:\n    - text: __slot__:salt:{acts}()\n",
        f"{{{{ salt['{acts}']().changed | json }}}}:\n  test.nop: []\n",
    ):
        applied(device, text, test=True)
        assert device.place.requests() and not device.place.writes("pc-01"), text
    applied(device, text)
    assert device.place.writes("pc-01") == 1


def test_a_function_of_the_device_by_module_run_and_events(device: Any) -> None:
    (answer,) = applied(device, "it:\n  module.run:\n    - amt.power_off:\n      - graceful: never\n").values()
    assert answer["result"] is True, answer
    assert device.call("amt.power")["state"] == "off"
    assert "returner" in failed(applied(device, "it:\n  module.run:\n    - amt.ping: []\n    - returner: local\n"))
    for asked in ("with_env", "with_pillar"):
        with pytest.raises(SaltInvocationError, match="the managing minion's"):
            device.call("event.send", "tag", **{asked: True})


def test_states_side_by_side_are_of_the_same_device(device: Any) -> None:
    answers = applied(device, "it:\n  amt.powered:\n    - power: 'on'\n    - parallel: true\n")
    assert [(each["result"], each["comment"]) for each in answers.values()] == [(True, "pc-01 is as it should be")]


def test_a_command_line_does_not_say_where_devices_are(device: Any) -> None:
    for given in ({"devices": {"pc-01": {"proxy_command": ["id"]}}}, {"defaults": {"host": "192.0.2.9"}}):
        for call in (("apply", "given"), ("single", "amt.powered", "it"), ("show_sls", "given"), ("highstate",)):
            with pytest.raises(SaltInvocationError, match="is for the pillar of the managing minion"):
                device.call("state." + call[0], *call[1:], pillar={"amt": given})


def test_a_command_line_uses_nothing_of_the_managing_minion(device: Any, tmp_path: Path) -> None:
    kept, made = tmp_path / "kept", tmp_path / "made"
    kept.write_text("of the minion")
    run, files = ["touch", str(made)], [{"vendor": "a", "app": "b", "name": "c.txt", "src": str(kept)}]
    given: list[tuple[str, dict[str, Any]]] = [
        ("amt.tls_certificate", {"command": run}),
        ("amt.storage", {"files": files}),
        ("amt.event_log", {"archive": str(made)}),
        ("amt.audit_log", {"export": str(made)}),
        ("module.run", {"amt.tls_certificate": [{"command": run}]}),
    ]
    for state, arguments in given:
        assert "write its state files" in failed(device.call("state.single", state, "it", **arguments)), state
    with pytest.raises(CommandExecutionError, match="write its state files"):
        device.call("amt.tls_certificate", run)
    assert device.place.requests() == 0
    text = yaml.safe_dump({"it": {"amt.storage": [{"files": files}]}})
    assert [each["result"] for each in applied(device, text, test=True).values()] == [None]
    assert not made.exists()


FORMULA = """
{% set rack = salt['grains.filter_by']({'default': {'r': 1}, 'pc-01': {'r': 2}}, grain='id') %}
{% set merged = salt['slsutil.merge'](salt['defaults.merge']({'a': 1}, {'b': 2}, in_place=False), rack) %}
{% set chosen = salt['match.filter_by']({'pc-0*': 'mine', 'default': 'other'}, tgt_type='glob') %}
{{ {'given': [merged, salt['match.glob']('pc-*'), salt['match.compound']('L@pc-01 and not G@id:site'), chosen,
    salt['config.get']('secret'), salt['pillar.items']().secret, salt['sdb.get']('sdb://env/NAME'),
    salt['grains.item']('id').id, salt['test.version']()|length > 3]} | json | json }}:
  test.nop: []
"""


def test_what_formulas_ask_for(device: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("NAME", "from sdb")
    loaded = device.call
    device.functions.opts["env"] = {"driver": "env"}
    (answer,) = applied(device, FORMULA).values()
    merged, *others = yaml.safe_load(answer["name"])["given"]
    assert merged == {"a": 1, "b": 2, "r": 2}
    assert others == [True, True, "mine", "in pillar", "in pillar", "from sdb", "pc-01", True]
    with pytest.raises(SaltInvocationError, match="in state files"):
        loaded("sdb.get", "sdb://env/NAME")
    asked = loaded("state.single", "module.run", "it", **{"sdb.get": [{"uri": "sdb://env/NAME"}]})
    assert "in state files" in failed(asked) and "from sdb" not in str(asked)


def test_what_people_ask_of_anything(device: Any) -> None:
    assert device.call("grains.item", "id") == {"id": "pc-01"}
    assert "amt_host" in device.call("grains.ls")
    assert device.call("test.version")
    assert device.call("pillar.items")["secret"] == device.call("config.get", "secret") == "*" * 10
    assert device.call("pillar.keys", "amt:devices") == ["pc-01"]
    assert device.call("config.get", "pillar:secret") == ""
    assert device.call("config.get", "cachedir") == device.call("config.option", "cachedir") == ""
    assert device.call("config.option", "state_aggregate") is False, "Salt's engine asks for it"
    assert "Switch off" in device.call("sys.doc", "amt.power_off")["amt.power_off"]
    assert "wait_timeout" in device.call("sys.argspec", "amt.power_off")["amt.power_off"]
    assert "amt.powered" in device.call("sys.list_state_functions")
    assert "force_after" in device.call("sys.state_doc", "amt.powered")["amt.powered"]
    (device.states / "given.sls").write_text("it:\n  amt.powered:\n    - power: 'off'\n")
    (device.states / "top.sls").write_text("base: {'pc-*': [given]}\n")
    assert list(device.call("state.show_sls", "given")["it"]) == ["amt", "__sls__", "__env__"]
    assert [low["name"] for low in device.call("state.show_low_sls", "given")] == ["it"]
    assert list(device.call("state.show_highstate")) == ["it"]
    assert [low["name"] for low in device.call("state.show_lowstate")] == ["it"]
    assert device.call("state.show_top") == {"base": ["given"]}
    (answer,) = device.call("state.sls_id", "it", "given", test=True).values()
    assert answer["result"] is None
    with pytest.raises(SaltInvocationError, match="has the ID"):
        device.call("state.sls_id", "other", "given")
    assert device.place.writes("pc-01") == 0


TARGETS = [
    ("list", "pc-01,pc-02", False),
    ("list", "pc-01,site", True),
    ("grain", "amt_device:pc-01", False),
    ("grain", "id:site", True),
    ("compound", "T@amt", False),
    ("compound", "T@amt and G@amt_version:12*", False),
    ("compound", "T@amt:pc-01 or web-01", False),
    ("compound", "T@amt:pc-01 or site", True),
    ("compound", "not T@amt:pc-01 and si*", True),
    ("glob", "si*", True),
    ("glob", "pc-01", False),
    ("pcre", "si.*", True),
]


def test_what_is_meant_for_devices_does_not_run_on_their_minion(site: Any, minion: Any) -> None:
    """Salt runs states there too, and whatever was meant for `T@amt or web-01`."""
    loaded = minion(site("pc-01").pillar, resources={"amt": ["pc-01", "pc-02"]})
    execute = salt.loader.executors(loaded.opts, loaded.functions)["amt.execute"]
    for kind, target, meant in TARGETS:
        data = {"tgt": target, "tgt_type": kind, "delimiter": ":", "resource_targets": [{"type": "amt", "id": "pc-01"}]}
        states = execute(loaded.opts, {**data, "fun": "state.single"}, None, [], {})
        commands = execute(loaded.opts, {**data, "fun": "cmd.run"}, None, [], {})
        assert states == (None if meant else {}), target
        assert (commands is None) == meant, target
        assert meant or "not carried out on site" in commands
        assert execute(loaded.opts, {**data, "fun": "cmd.run", "resource_targets": []}, None, [], {}) is None
        several = {**data, "fun": ["test.ping", "cmd.run"], "resource_targets": []}
        assert (execute(loaded.opts, several, None, [], {}) is None) == meant, "Salt runs all of them on the minion"
        assert execute({**loaded.opts, "resources": {}}, several, None, [], {}) is None
    token = salt.loader.context.resource_ctxvar.set({"type": "ssh", "id": "web-01"})
    try:
        assert execute(loaded.opts, {**data, "tgt": "T@ssh", "fun": "state.apply"}, None, [], {}) is None
    finally:
        salt.loader.context.resource_ctxvar.reset(token)


def test_the_executor_stands_before_those_of_the_settings(device: Any) -> None:
    for before, after in (
        (None, ["amt", "direct_call"]),
        ("splay", ["amt", "splay"]),
        (["amt", "direct_call"], ["amt", "direct_call"]),
    ):
        opts = {"module_executors": before} if before else {}
        device.connection["amt.init"](opts)
        assert opts["module_executors"] == after
