# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource as an Ansible action: options in, result out. It runs in the controller's worker, never on a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display
from ansible_collections.outofband.amt.plugins.module_utils import report
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, AuthenticationRefused, Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.harmless import harmless, one_line
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome, Resource, converge
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Exchange

CONNECTION = "outofband.amt.wsman"
SYSTEM_VARIABLES = ("ansible_user", "ansible_password", "ansible_port")
NO_ASYNC = (
    "async is not supported, because the task runs in the controller, or is driven from there: "
    "remove async and poll, and set forks, serial or strategy to decide how many machines are served at once"
)
display = Display()


def failure(error: AmtError) -> dict[str, Any]:
    """A result that people can read (`msg`, `hint`) and playbooks can test (`error`, `details`)."""
    kind = "unreachable" if isinstance(error, (Unreachable, AuthenticationRefused)) else "failed"
    return {kind: True, "changed": False, **report.failure(error)}


def validated(options: tuple[Option, ...], arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The arguments with types, defaults and choices applied, and the secrets among them. AnsibleActionFail names
    every argument that will not do."""
    outcome = ArgumentSpecValidator(argument_spec(options)).validate(dict(arguments))
    secrets = [secret for secret in outcome._no_log_values if secret]
    if outcome.error_messages:
        known = ", ".join(option.name for option in options)
        sentence = "; ".join(outcome.error_messages)
        raise AnsibleActionFail(remove_values("{0}. The options are: {1}".format(sentence, known), secrets))
    return outcome.validated_parameters, secrets


class ControllerAction(ActionBase):
    """Works in the controller's worker, from arguments that option rows describe."""

    _supports_check_mode = True
    _supports_async = False

    def begin(
        self, options: tuple[Option, ...], tmp: str | None, task_vars: dict[str, Any] | None
    ) -> tuple[dict[str, Any], list[str]]:
        """What is wanted, and the secrets in it. AnsibleActionFail."""
        if self._task.async_val:
            raise AnsibleActionFail(NO_ASYNC)
        super().run(tmp, task_vars)
        return validated(options, self._task.args)


class ResourceAction(ControllerAction):
    """A subclass names its resource. `own_options` are for what only the controller can do with an outcome."""

    resource: Resource
    own_options: tuple[Option, ...] = ()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        wanted, secrets = self.begin((*self.resource.options, *self.own_options), tmp, task_vars)
        try:
            connection = self.connection(task_vars or {})
            secrets.append(connection.get_option("password"))
            self.check(wanted)
            with connection.machine(observe=self.show) as machine:
                outcome = converge(self.resource, machine, wanted, dry_run=self._task.check_mode)
            result = self.result(outcome, wanted)
        except AmtError as error:
            result = failure(error)
        hidden = [spelt for secret in secrets if secret for spelt in (secret, one_line(secret))]
        return dict(harmless(remove_values(result, hidden)))

    def check(self, wanted: dict[str, Any]) -> None:
        """Refuse, with InvalidOption and before any connection, what `own_options` do not allow."""

    def result(self, outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
        result = report.success(outcome)
        if not self._task.diff:
            del result["diff"]
        return result

    def show(self, exchange: Exchange) -> None:
        display.vvvv(one_line("AMT {0}".format(exchange)), host=self._play_context.remote_addr)

    def connection(self, variables: dict[str, Any]) -> Any:
        """The host's own connection, or the firmware's beside it when the host's leads to an operating system."""
        if self._connection.transport == CONNECTION:
            return self._connection
        connection = connection_loader.get(CONNECTION, self._play_context)
        own = {
            name: value for name, value in self.firmware_variables(variables).items() if name not in SYSTEM_VARIABLES
        }
        connection.set_options(var_options=connection._resolve_option_variables(own, self._templar))
        return connection

    def firmware_variables(self, variables: dict[str, Any]) -> Mapping[str, Any]:
        """Those of the host that the task is delegated to, if it names a firmware, or else those of the play's host."""
        delegate = self._task.delegate_to
        if not delegate:
            return variables
        theirs: Mapping[str, Any] = variables.get("ansible_delegated_vars", {}).get(delegate, {})
        if "amt_host" in theirs:
            return theirs
        ours: Mapping[str, Any] = variables["hostvars"][variables["inventory_hostname"]]
        return ours
