# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource as an Ansible action: options in, result out. It runs in the controller's worker, never on a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display
from ansible_collections.outofband.amt.plugins.module_utils import report
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, AuthenticationRefused, Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.harmless import harmless, one_line
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome, Resource, converge
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Exchange
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.plugin_utils.host_endpoint import host_endpoint
from ansible_collections.outofband.amt.plugins.plugin_utils.loaded_once import CONNECTION
from ansible_collections.outofband.amt.plugins.plugin_utils.login import open_endpoint

SYSTEM_VARIABLES = ("ansible_user", "ansible_password", "ansible_port")
NO_ASYNC = (
    "async is not supported, because the task runs in the controller, or is driven from there: "
    "remove async and poll, and set forks, serial or strategy to decide how many machines are served at once"
)
#: Options of the log-in, as the core calls them, and the variables of a host that they are.
VARIABLES = {
    **{option.name: "amt_" + option.name for option in fields(Endpoint) if option.name != "password_hash"},
    "username": "amt_user",
}
#: What people call them, above all those who know collections whose modules log in by themselves.
VARIABLES_BY_WORD = {
    **VARIABLES,
    **dict.fromkeys(("hostname", "address", "ip", "server", "baseuri", "endpoint", "url"), "amt_host"),
    **dict.fromkeys(("user", "login", "remote_user", "login_user"), "amt_user"),
    **dict.fromkeys(("pass", "passwd", "login_password"), "amt_password"),
    **dict.fromkeys(("ssl", "use_ssl", "use_tls", "https"), "amt_tls"),
    **dict.fromkeys(("ca_path", "ca_cert", "cafile", "validate_certs", "verify"), "amt_ca_file or amt_fingerprint"),
    **dict.fromkeys(("client_cert", "cert"), "amt_client_certificate"),
    "timeout": "amt_read_timeout",
}
MISPLACED = (
    "{0}: where the firmware is and how to log in are no options of a task, but variables of the host, here {1}: "
    "set them in the inventory, in group_vars, or under vars of the play or the task"
)
display = Display()


def failure(error: AmtError) -> dict[str, Any]:
    """A result that people can read (`msg`, `hint`) and playbooks can test (`error`, `details`)."""
    lost = isinstance(error, (Unreachable, AuthenticationRefused)) and not error.details.get("begun")
    kind = "unreachable" if lost else "failed"
    return {kind: True, "changed": False, **report.failure(error, VARIABLES)}


def validated(options: tuple[Option, ...], arguments: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The arguments with types, defaults and choices applied, and the secrets among them. AnsibleActionFail names
    every argument that will not do."""
    outcome = ArgumentSpecValidator(argument_spec(options)).validate(dict(arguments))
    secrets = [secret for secret in outcome._no_log_values if secret]
    if outcome.error_messages:
        known = ", ".join(option.name for option in options) or "none"
        found = [error.msg for error in outcome.errors.errors if not isinstance(error, UnsupportedError)]
        unknown = outcome.unsupported_parameters
        inside = sorted((each for each in unknown if isinstance(each, tuple)), key=str)
        sentences = [*misplaced(set(unknown).difference(inside)), *(no_such(options, path) for path in inside), *found]
        sentence = "; ".join(sentences)
        raise AnsibleActionFail(remove_values("{0}. The options are: {1}".format(sentence, known), secrets))
    return outcome.validated_parameters, secrets


def misplaced(names: Iterable[str]) -> Iterator[str]:
    """A sentence about what of these belongs to the connection, and one about each of the others."""
    ours = {name: VARIABLES_BY_WORD.get(name.removeprefix("amt_").lower(), "") for name in sorted(names)}
    log_in = [name for name, variable in ours.items() if variable]
    if log_in:
        yield MISPLACED.format(", ".join(log_in), ", ".join(dict.fromkeys(ours[name] for name in log_in)))
    yield from ("{0}: there is no such option".format(name) for name, variable in ours.items() if not variable)


def no_such(options: tuple[Option, ...], path: tuple[str, ...]) -> str:
    """A sentence about an option inside of another one, and what there is in that place."""
    for name in path[:-1]:
        options = next((option.options for option in options if option.name == name), ())
    known = ", ".join(option.name for option in options)
    named = ".".join(map(str, path))
    return "{0}: there is no such option; {1} has {2}".format(named, ".".join(map(str, path[:-1])), known)


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


class FileAction(ControllerAction):
    """Works on files of the controller, and asks no device. A subclass names its options, and what is done."""

    options: tuple[Option, ...]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        wanted, _secrets = self.begin(self.options, tmp, task_vars)
        try:
            return {"changed": False, **self.done(wanted, task_vars or {})}
        except AmtError as error:
            return failure(error)

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """The result. Raises AmtError."""
        raise NotImplementedError


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
            with open_endpoint(host_endpoint(connection.get_option), self.show) as machine:
                outcome = self.carry_out(machine, wanted, secrets)
            result = {**self.awaited(), **self.result(outcome, wanted)}
        except AmtError as error:
            result = failure(error)
        hidden = [spelt for secret in secrets if secret for spelt in (secret, one_line(secret))]
        return dict(harmless(remove_values(result, hidden)))

    def awaited(self) -> dict[str, Any]:
        """What a task with `until` says, as Ansible calls one that runs out of tries an unknown error otherwise."""
        conditions = " and ".join(str(each) for each in self._task.until or ())
        return {"msg": "the device answered; what is waited for is: {0}".format(conditions)} if conditions else {}

    def carry_out(self, machine: Machine, wanted: dict[str, Any], secrets: list[str]) -> Outcome:
        """`secrets` takes those that come up on the way."""
        return converge(self.resource, machine, wanted, dry_run=self._task.check_mode)

    def check(self, wanted: dict[str, Any]) -> None:
        """Refuse, with InvalidOption and before any connection, what `own_options` do not allow."""

    def result(self, outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
        result = report.success(outcome, VARIABLES)
        if not self._task.diff:
            del result["diff"]
        return result

    def show(self, exchange: Exchange) -> None:
        display.vvvv(one_line("AMT {0}".format(exchange)), host=self._play_context.remote_addr)

    def connection(self, variables: dict[str, Any]) -> Any:
        """The host's own connection, or the firmware's beside it when the host's leads to an operating system."""
        native = self._connection.transport == CONNECTION
        if native and not self._task.delegate_to:
            return self._connection
        found = self.firmware_variables(variables, native)
        templar = self._templar.copy_with_new_env(available_variables=found)
        if native:
            resolved = self._connection._resolve_option_variables(found, templar)
            self._connection.set_options(task_keys=self._task.dump_attrs(), var_options=resolved)
            return self._connection
        connection = connection_loader.get(CONNECTION, self._play_context)
        own = {name: value for name, value in found.items() if name not in SYSTEM_VARIABLES}
        connection.set_options(var_options=connection._resolve_option_variables(own, templar))
        return connection

    def firmware_variables(self, variables: dict[str, Any], native: bool) -> Mapping[str, Any]:
        """Those of the host that the task is delegated to, if it is or names a firmware, else those of the play's host.

        In the former Ansible leaves the play's host as inventory_hostname, and that host's templates would take it.
        """
        delegate = self._task.delegate_to
        if not delegate:
            return variables
        theirs: Mapping[str, Any] = variables.get("ansible_delegated_vars", {}).get(delegate, {})
        if native or "amt_host" in theirs:
            return {**theirs, "inventory_hostname": delegate}
        return {**variables, **variables["hostvars"][variables["inventory_hostname"]]}
