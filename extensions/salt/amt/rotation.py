# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""New passwords for administrators, by the master: on record before a device is told, proven by a log-in afterwards.

Where passwords are kept is for the master's settings and not for a command line: whoever may call a runner for some
devices is not to choose a program that runs on the master, nor a store that he reads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Callable

import salt.utils.sdb
from saltext.amt.activation import ESCROW, Sdb, escrow
from saltext.amt.arguments import read_arguments
from saltext.amt.carry_out import opened, sentence, verdict, without
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.core.machine import Machine
from saltext.amt.core.provisioning.escrow import Escrow, Lines, LinesOfProgram
from saltext.amt.core.resource import Values
from saltext.amt.core.resources.security.admin_rotation import Rotation, check, told
from saltext.amt.devices import Device
from saltext.amt.fleet import Act, Answer
from saltext.amt.one_at_a_time import LOADING
from saltext.amt.turns import in_turn

SETTING = "amt_escrow"
DEVICE = "{device}"
NOT_SET = "say in the master's settings where passwords are kept: {0}: {{sdb: 'vault/amt/{1}'}}".format(SETTING, DEVICE)
NOT_NAMED = "it has to have {0} in it: each device has a password of its own".format(DEVICE)
ADDRESS = "sdb://"
#: Salt does so to every text of the master's settings that begins like that, and has what it finds in its place.
LOOKED_UP = "Salt looks up what begins with sdb:// in the master's settings: leave that away, vault/amt/{0}".format(
    DEVICE
)
UNFIT = (
    "as a part of a place it could name that of another device; give it a name without / and not beginning with . or -"
)
NOT_DESCRIBED = "who has a password on record is described in pillar, or in the master's settings"
SHOWN_AT = "; {0} is on record: {1}"


class LinesOfSdb(Lines, Sdb):
    """Those that a store of Salt keeps as one value."""


def rotating(opts: Mapping[str, Any], username: str | None, how: Mapping[str, Any]) -> Act:
    """Gives each device a password of its own. InvalidOption, before any is asked: a device that is added by argument
    could be called like one that is described elsewhere, and take its record.
    """
    if how["devices"]:
        raise InvalidOption("devices", ", ".join(map(str, how["devices"])), NOT_DESCRIBED)
    place = kept(opts.get(SETTING))
    wanted: Values = {"username": username, "password": None, "rotate": True, "escrow": place}
    check(wanted)
    functions = _store(opts)
    escrow(_named(place, "pc"), functions, LinesOfSdb, LinesOfProgram)

    def act(device: Device) -> Answer:
        keeper = escrow(_named(place, device.name), functions, LinesOfSdb, LinesOfProgram)
        with contextlib.nullcontext() if how["test"] else in_turn(device), opened(device) as machine:
            return _rotated(wanted, device, machine, keeper, how["test"])

    return act


def kept(setting: Any) -> Values:
    """Where passwords are kept, with the name of the device still to be put in. InvalidOption."""
    if not isinstance(setting, Mapping):
        raise InvalidOption(SETTING, type(setting).__name__, NOT_SET)
    if "sdb" in setting and setting["sdb"] is None:
        raise InvalidOption(SETTING + ": sdb", "nothing", LOOKED_UP)
    place: Values = read_arguments((ESCROW,), {ESCROW.name: setting})[ESCROW.name]
    for name in ("sdb", "command", "recall"):
        if place.get(name) and DEVICE not in str(place[name]):
            raise InvalidOption("{0}: {1}".format(SETTING, name), place[name], NOT_NAMED)
    if place.get("sdb") and not place["sdb"].startswith(ADDRESS):
        place["sdb"] = ADDRESS + place["sdb"]
    return place


def _named(place: Values, device: str) -> Values:
    """The same for one device, whose name is a word of its own there or a part of one. InvalidOption."""
    if "/" in device or device.startswith((".", "-")):
        raise InvalidOption("device", device, UNFIT)

    def put_in(value: Any) -> Any:
        if isinstance(value, list):
            return [put_in(each) for each in value]
        return value.replace(DEVICE, device) if isinstance(value, str) else value

    return {name: put_in(value) for name, value in place.items()}


def _rotated(wanted: Values, device: Device, machine: Machine, keeper: Escrow, test: bool) -> Answer:
    rotation = Rotation(wanted, machine, keeper, test)
    try:
        outcome = rotation.carry_out()
    except AmtError as error:
        where = told(error, rotation).details.get("password_in")
        comment = sentence(error) + (SHOWN_AT.format("what it may have been told", where) if where else "")
        answer = {"result": False, "error": type(error).__name__, "comment": comment, "changes": {}}
    else:
        answer = verdict(device.name, outcome, test)
        if rotation.password_in:
            answer["comment"] += SHOWN_AT.format("its password", rotation.password_in)
    return dict(without([device.endpoint.password, *rotation.secret], answer))


def _store(opts: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """Salt's own interface to stores of secrets, for the threads of one process."""

    def get(address: str, strict: bool = False) -> Any:
        with LOADING:
            return salt.utils.sdb.sdb_get(address, dict(opts), strict=strict)

    def put(address: str, password: str) -> Any:
        with LOADING:
            return salt.utils.sdb.sdb_set(address, password, dict(opts))

    return {"sdb.get": get, "sdb.set": put}
