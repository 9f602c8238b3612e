# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mei_activation and its action plugin; the module's part stands in this process."""

from __future__ import annotations

import errno
import json
from types import SimpleNamespace

import pytest
import yaml
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.outofband.amt.plugins.action.mei_activation import MODULE, ActionModule, ModuleFailed
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.harmless import DANGEROUS
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation import KEPT_BACK, Activation
from ansible_collections.outofband.amt.plugins.plugin_utils.vault_file import VaultFile

from tests.unit.plugins.plugin_utils.activations import GIVEN, Site
from tests.unit.plugins.test_docs_match_options import ROOT, assert_same, blocks

FILE = ROOT / "plugins/modules/mei_activation.py"
MEBX = "Mebx-passw0rd"


def test_documented_options_are_the_option_rows():
    options = yaml.safe_load(blocks(FILE)["DOCUMENTATION"])["options"]
    assert_same(options, argument_spec((*Activation.options, *KEPT_BACK)), ("mei_activation",))


def test_what_is_secret_is_declared_so():
    spec = argument_spec((*Activation.options, *KEPT_BACK))
    for name in ("password", "mebx_password"):
        assert spec[name]["no_log"] is True
    assert spec["certificate"]["options"]["passphrase"]["no_log"] is True


class Machine:
    """Takes the place of `_execute_module`: runs what the module runs, in this process."""

    def __init__(self, site):
        self.site = site
        self.requests = []

    def __call__(self, name, arguments, task_vars=None):
        assert name == MODULE
        assert set(arguments) == {"request"}
        request = json.loads(arguments["request"])
        self.requests.append(request)
        assert set(request["wanted"]) == {option.name for option in Activation.options}
        try:
            return {"answer": self.site.machine_for(request["wanted"])(request["step"], request["given"])}
        except AmtError as error:
            told = {"error": type(error).__name__, "hint": error.hint, "details": error.details}
            return {"failed": True, "msg": str(error), **told}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture
def task(site, tmp_path):
    """Runs the action with arguments; `check` and `diff` as the play would have them."""

    def run(check=False, wait=0, **arguments):
        loader = DataLoader()
        loader.set_vault_secrets([("default", VaultSecret(b"opens the vault"))])
        made = Task.load({"action": MODULE, "args": arguments})
        made.check_mode, made.diff, made.async_val = check, True, wait
        context = PlayContext()
        action = ActionModule(
            made,
            connection_loader.get("local", context),
            context,
            loader,
            Templar(loader=loader),
            SimpleNamespace(),
        )
        action._execute_module = run.machine
        return action.run(task_vars={"inventory_hostname": "pc-01"})

    run.machine = Machine(site)
    run.vault = tmp_path / "vault.yml"
    run.escrow = {"vault_file": str(run.vault)}
    return run


def test_a_result_tells_everything_but_the_password(task, site):
    result = task(state="client", escrow=task.escrow, password=GIVEN)
    assert result == {
        "changed": True,
        "state": "client",
        "control_mode": {"before": "none", "after": "client"},
        "steps": ["setup"],
        "version": "15.0.42",
        "password_in": "vault file {0}, amt_passwords.pc-01".format(task.vault),
        "password_proven": True,
        "fingerprint": "",
        "diff": {"before": {"state": "absent"}, "after": {"state": "client"}},
    }
    documented = set(yaml.safe_load(blocks(FILE)["RETURN"]))
    assert set(result) - {"changed", "diff"} <= documented
    assert site.host.knows(GIVEN)
    assert GIVEN not in json.dumps(task.machine.requests)


def over_tls(task, tmp_path, trouble):
    """An activation over TLS in which `trouble` comes once, when the commit has reached the firmware."""
    site = Site(tmp_path, "19")
    task.machine = Machine(site)
    journal = site.host.device.surroundings.journal
    once = iter([True])

    def strike(kind):
        if kind == "read" and journal.entries(method="CommitChanges") and next(once, False):
            trouble(site)

    site.host.before = strike
    result = task(state="admin", escrow=task.escrow, certificate={"file": str(site.file)}, mebx_password=MEBX)
    assert next(once, None) is None
    return site, result


def lose_the_engine(site):
    site.host.device.restart_engine(2.0)
    raise OSError(errno.ENODEV, "engine reset")


def crash(site):
    raise ModuleFailed("the module ended without a word")


@pytest.mark.parametrize("trouble", [lose_the_engine, crash])
def test_an_answer_to_the_commit_that_is_lost_between_relay_and_controller_is_read_back(task, tmp_path, trouble):
    site, result = over_tls(task, tmp_path, trouble)
    assert "failed" not in result, result
    assert result["password_proven"] is True and site.host.mode() == "admin"


def test_a_failure_tells_where_the_password_is(task, site):
    site.host.device.scripts.add(fault="access_denied", verb="invoke", times=5)
    result = task(state="client", escrow=task.escrow)
    assert result["failed"] and not result["changed"]
    assert "pc-01" in result["password_in"]
    assert result["error"] == "AccessDenied"


def test_check_mode_writes_no_file_and_tells_the_machine_to_read_only(task, site):
    result = task(check=True, state="admin", escrow=task.escrow, certificate={"file": str(site.file)})
    assert result["changed"] and result["steps"] == ["add_chain", "admin_setup"]
    assert [each["step"] for each in task.machine.requests] == ["read"]
    assert not task.vault.exists()
    assert not list(task.vault.parent.glob("*.lock"))


def test_a_chain_that_cannot_work_names_its_cause(task, site):
    site.file.write_bytes(site.file.read_bytes().partition(b"-----END CERTIFICATE-----\n")[2])
    result = task(state="admin", escrow=task.escrow, certificate={"file": str(site.file)})
    assert result["failed"] and result["error"] == "ChainRefused"
    assert result["details"]["cause"] == "no_leaf"


REFUSED = {
    "no place for the password": ({"state": "client"}, "escrow"),
    "two places": ({"state": "client", "escrow": {"vault_file": "/a", "command": ["b"]}}, "vault_file or command"),
    "a command without recall": ({"state": "client", "escrow": {"command": ["a"]}}, "escrow.recall"),
    "a weak password": ({"state": "client", "password": "weak"}, "8 to 32"),
    "a weak MEBx password": ({"state": "admin", "password": GIVEN, "mebx_password": "weak"}, "mebx_password"),
    "a certificate for client": ({"state": "client", "password": GIVEN, "certificate": {"file": "/a"}}, "admin only"),
    "a MEBx password for client": ({"state": "client", "password": GIVEN, "mebx_password": GIVEN}, "admin only"),
    "TLS for client": ({"state": "client", "password": GIVEN, "over_tls": "always"}, "admin only"),
    "a suffix that is none": ({"state": "admin", "password": GIVEN, "dns_suffix": "a b"}, "DNS domain"),
    "no time": ({"state": "client", "password": GIVEN, "wait_timeout": 0}, "above 0"),
    "no certificate": ({"state": "admin", "password": GIVEN}, "provisioning certificate"),
    "no such file": ({"state": "admin", "password": GIVEN, "certificate": {"file": "/nowhere"}}, "no such file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_told(task, site, case):
    arguments, words = REFUSED[case]
    result = task(**arguments)
    assert result["failed"] and words in result["msg"], result
    assert result["error"] == "InvalidOption"
    assert {each["step"] for each in task.machine.requests} <= {"read"}
    assert site.host.mode() == "none"
    assert "weak" not in result["msg"]


def test_async_is_refused_before_anything_is_asked(task, site):
    with pytest.raises(AnsibleActionFail, match="async is not supported"):
        task(wait=60, state="client", escrow=task.escrow)
    assert task.machine.requests == [] and not task.vault.exists()


def test_a_mistake_of_ours_shows_no_password(task, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("could not write " + GIVEN)

    monkeypatch.setattr(VaultFile, "store", fail)
    with pytest.raises(AnsibleActionFail) as caught:
        task(state="client", escrow=task.escrow, password=GIVEN)
    assert "RuntimeError" in str(caught.value) and GIVEN not in str(caught.value)
    assert caught.value.__cause__ is None


HOSTILE = "\x1b[2J\x9b\u202e{{ lookup('pipe', 'id') }}\r\nfatal: [x]\x00"
LIES = {
    "a failure": {"failed": True, "msg": HOSTILE, "error": HOSTILE, "hint": HOSTILE, "details": {HOSTILE: [HOSTILE]}},
    "a name": {"failed": True, "msg": "x", "error": "Unreachable\x00", "details": HOSTILE},
    "a refusal": {"failed": True, "msg": HOSTILE, "error": "Refused", "details": {"code": HOSTILE, "method": HOSTILE}},
    "a code": {"failed": True, "error": "Refused", "details": {"code": 1, "method": HOSTILE, "name": HOSTILE}},
    "an answer": {"answer": {HOSTILE: HOSTILE, "control_mode": HOSTILE, "enabled": HOSTILE, "version": HOSTILE}},
    "no answer": {"changed": HOSTILE},
    "a list": {"answer": [HOSTILE]},
    "a way out": {"unreachable": True, "msg": HOSTILE},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_machine_that_lies_is_a_failure_that_no_terminal_obeys(task, lie):
    task.machine = lambda name, arguments, task_vars=None: json.loads(json.dumps(LIES[lie]))
    try:
        told = task(state="client", escrow=task.escrow, password=GIVEN)
    except AnsibleError as error:
        told = {"failed": True, "msg": str(error)}
    assert told["failed"] and told["msg"].isprintable()
    assert DANGEROUS.search(repr_of(told)) is None
    assert not task.vault.exists()


def repr_of(value):
    """Every text in it, keys too, as it would be printed."""
    if isinstance(value, dict):
        return "".join(repr_of(key) + repr_of(each) for key, each in value.items())
    return "".join(map(repr_of, value)) if isinstance(value, (list, tuple)) else str(value)
