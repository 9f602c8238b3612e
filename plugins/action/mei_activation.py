# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives mei_activation_step on the machine. Passwords and the private key stay here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.parameters import remove_values
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, Refused
from ansible_collections.outofband.amt.plugins.module_utils.harmless import harmless, one_line
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import Escrow
from ansible_collections.outofband.amt.plugins.module_utils.report import failure
from ansible_collections.outofband.amt.plugins.module_utils.resource import Values
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation import KEPT_BACK, Activation
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_run import Run, check
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_steps import RELAYED
from ansible_collections.outofband.amt.plugins.plugin_utils.escrow_place import escrow_for
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ControllerAction

MODULE = "outofband.amt.mei_activation_step"
ERROR_NAME = re.compile(r"[A-Z][A-Za-z]{0,40}", re.ASCII)


class ModuleFailed(AmtError):
    """The module did not come to an end that it could tell of."""


def open_certificate(given: Mapping[str, Any]) -> Any:
    """The owner of the provisioning certificate. InvalidOption."""
    from ansible_collections.outofband.amt.plugins.plugin_utils.provisioning.certificates import FileRefused, load

    try:
        return load(given["file"], given.get("passphrase"), given.get("key_file"))
    except FileRefused as refused:
        raise InvalidOption(refused.option, refused.value, refused.way_out) from None


def _made(run: Run | None) -> list[str]:
    """Secrets that came up on the way."""
    return run.secret if run else []


class ActionModule(ControllerAction):
    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        wanted, secrets = self.begin((*Activation.options, *KEPT_BACK), tmp, task_vars)
        run: Run | None = None
        try:
            check(wanted)
            machine, escrow = self._machine(wanted, task_vars or {}), self._escrow(wanted, task_vars or {})
            run = Run(wanted, machine, escrow, open_certificate, self._task.check_mode)
            result = self._shown(run.carry_out())
        except AmtError as error:
            result = {"failed": True, "changed": False, **failure(error), **self._known(run)}
        except AnsibleError:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake, whose text may have a password in it
            sentence = one_line("{0}: {1}".format(type(error).__name__, error))
            raise AnsibleActionFail(remove_values(sentence, [*secrets, *_made(run)])) from None
        return dict(remove_values(result, [*secrets, *_made(run)]))

    @staticmethod
    def _known(run: Run | None) -> Values:
        return {name: run.result[name] for name in ("password_in", "version") if run and name in run.result}

    def _escrow(self, wanted: Values, variables: Mapping[str, Any]) -> Escrow:
        name = wanted.get("record_as") or variables.get("inventory_hostname", "")
        return escrow_for(wanted.get("escrow"), self._loader._vault, str(name))

    def _machine(self, wanted: Values, variables: dict[str, Any]) -> Any:
        """Runs the module for one step."""
        options = {option.name: wanted[option.name] for option in Activation.options}

        def carry_out(step: str, given: Mapping[str, Any]) -> Values:
            request = json.dumps({"step": step, "wanted": options, "given": given})
            answer = self._execute_module(MODULE, {"request": request}, task_vars=variables)
            return dict(self._judged(step, answer)["answer"])

        return carry_out

    @staticmethod
    def _judged(step: str, told: Values) -> Values:
        """The module's own kind of error, by its name. AnsibleConnectionFailure for a machine that is lost.

        What a machine tells is a stranger's text, as a device's is, whatever it is: a result, a reason, a name.
        """
        answer = dict(harmless(told))
        message = one_line(str(answer.get("msg") or "the module ended without a word"))
        if answer.get("unreachable"):
            raise AnsibleConnectionFailure(message)
        if not answer.get("failed"):
            return answer
        hint, name = str(answer.get("hint") or ""), str(answer.get("error") or "")
        details = answer["details"] if isinstance(answer.get("details"), Mapping) else {}
        if name == "Refused" and isinstance(details.get("code"), int):
            raise Refused(str(details.get("method")), "", details["code"], str(details.get("name")), hint)
        kind = name if ERROR_NAME.fullmatch(name) else ModuleFailed.__name__
        raised = (RELAYED.get(kind) or type(kind, (ModuleFailed,), {}))(message, hint or "run again")
        raised.details = {**details, "step": step}
        raise raised

    def _shown(self, result: Values) -> Values:
        before, after = result.pop("before"), result.pop("after")
        if self._task.diff:
            result["diff"] = {"before": before, "after": after}
        return result
