# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Activation of the AMT in the minion's own machine: both parts of the core's run, in one process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from salt.exceptions import SaltException
from saltext.amt.arguments import read_arguments
from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.option import Option
from saltext.amt.core.provisioning.escrow import Escrow, EscrowFailed, Nowhere, OnePassword, Program
from saltext.amt.core.resource import Values
from saltext.amt.core.resources.host.activation import KEPT_BACK, Activation
from saltext.amt.core.resources.host.activation_run import Run, check
from saltext.amt.core.resources.host.activation_steps import carry_out
from saltext.amt.devices import MASK

ESCROW = Option(
    "escrow",
    type="dict",
    options=(
        Option("sdb"),
        Option("command", type="list", elements="str"),
        Option("recall", type="list", elements="str"),
        Option("nothing", type="list", elements="int", default=[]),
    ),
)
OF_ANSIBLE = ("escrow", "record_as")
OPTIONS = (*Activation.options, *(row for row in KEPT_BACK if row.name not in OF_ANSIBLE), ESCROW)


class Sdb(OnePassword):
    """A value of Salt's own interface to stores of secrets."""

    can_be_asked = True

    def __init__(self, uri: str, functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__()
        self.where = uri
        self._functions = functions

    def read(self) -> str:
        """Strictly, for of a store that is not configured Salt gives the address back as if it were a value."""
        found = self._ask("get", strict=True)
        if found is not None and not isinstance(found, str):
            raise EscrowFailed("{0}: what is there is no text".format(self.where), "name the one value in the address")
        return found or ""

    def write(self, password: str) -> None:
        self._ask("set", password)

    def _ask(self, function: str, *arguments: str, **options: bool) -> Any:
        try:
            return self._functions["sdb." + function](self.where, *arguments, **options)
        except (SaltException, OSError, KeyError) as error:
            hint = "see sdb in Salt's documentation"
            raise EscrowFailed("{0}: {1}".format(self.where, error), hint) from None


def prepare(given: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], dry: bool) -> Run:
    """The run, with nothing done yet. InvalidOption."""
    wanted = read_arguments(OPTIONS, given)
    check(wanted)
    kept = escrow(wanted["escrow"], functions)
    return Run(wanted, lambda step, told: carry_out(step, wanted, told), kept, open_certificate, dry)


def changes(result: Values) -> dict[str, dict[str, Any]]:
    """{key: {old, new}} of a run's result. Of a new MEBx password it is said that there is one."""
    if not result["changed"]:
        return {}
    mode = result["control_mode"]
    if mode["before"] == mode["after"]:
        return {"mebx_password": {"old": MASK, "new": MASK}}
    return {"control_mode": {"old": mode["before"], "new": mode["after"]}}


def escrow(
    given: Values | None,
    functions: Mapping[str, Callable[..., Any]],
    store: type[Sdb] = Sdb,
    program: type[Program] = Program,
) -> Escrow:
    """The place that the option `escrow` names. InvalidOption."""
    if not given:
        return Nowhere()
    if bool(given["sdb"]) == bool(given["command"]):
        named = ", ".join(name for name in sorted(given) if given[name])
        raise InvalidOption("escrow", named, "give either sdb, or command with recall")
    if given["sdb"]:
        if not given["sdb"].startswith("sdb://"):
            raise InvalidOption("escrow.sdb", given["sdb"], "give an address of the form sdb://profile/key")
        return store(given["sdb"], functions)
    if not given["recall"]:
        raise InvalidOption("escrow.recall", "nothing", "without it nobody knows whether the password is there")
    return program(given["command"], given["recall"], given["nothing"])


def open_certificate(given: Mapping[str, Any]) -> Any:
    """The owner of the provisioning certificate. InvalidOption."""
    from saltext.amt.provisioning.certificates import FileRefused, load

    try:
        return load(given["file"], given.get("passphrase"), given.get("key_file"))
    except FileRefused as refused:
        raise InvalidOption(refused.option, refused.value, refused.way_out) from None
