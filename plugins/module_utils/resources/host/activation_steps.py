# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the one that drives an activation asks of the machine, a run of a program for each: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ...errors import AmtError, Interrupted, Unreachable
from ...provisioning import relay
from ...provisioning.local import LocalMachine, open_local
from ...provisioning.steps import ADMITS, changing, stop_configuration, who_logs_in
from ...resource import Values, converge
from ...wsman.endpoint import TLS_PORT
from .activation import Activation

BESIDES = 240.0
"""Seconds that a run may take besides the waiting for a mode."""
ENDS = {"admin": ("admin", "post"), "absent": ("none", "pre")}
RELAYED: dict[str, type[AmtError]] = {"Interrupted": Interrupted, "Unreachable": Unreachable}
"""Errors of a byte stream: whoever speaks through it must know whether something was sent."""

Open = Callable[[float], LocalMachine]
Given = Mapping[str, Any]


def read(open_machine: Open, wanted: Values, given: Given) -> Values:
    """`dry` leaves a relay alone, which may be of a run that is under way. It ends by itself when its run is gone."""
    if not given.get("dry"):
        relay.end_others()
    with open_machine(_seconds(wanted)) as machine, machine.alone():
        return {"changed": False, "present": Activation().read(machine, wanted)}


def apply(open_machine: Open, wanted: Values, given: Given) -> Values:
    """Converges. `done` are the steps that were carried out."""
    with open_machine(_seconds(wanted)) as machine:
        outcome = converge(Activation(), machine, {**wanted, **given})
    return {"changed": outcome.changed, "learnt": outcome.facts, "note": outcome.note}


def stop(open_machine: Open, wanted: Values, given: Given) -> Values:
    """Ends a provisioning that an earlier run has begun. Raises what `stop_configuration` raises."""
    with open_machine(_seconds(wanted)) as machine, machine.alone():
        stop_configuration(machine, wanted)
    return {"changed": True}


def try_passwords(open_machine: Open, wanted: Values, given: Given) -> Values:
    """`works`: number of the first of the hashes that logs in, None when none does. `fingerprint`: of AMT's own TLS.

    `settles`: a change of the mode was seen just now.
    """
    with open_machine(_seconds(wanted)) as machine, machine.alone():
        works = who_logs_in(machine, given["password_hashes"], ADMITS if given.get("settles") else 0.0)
        fingerprint = "" if works is None else machine.fingerprint()
    return {"changed": False, "works": works, "fingerprint": fingerprint}


def start_relay(open_machine: Open, wanted: Values, given: Given) -> Values:
    """A process that holds a stream to AMT's TLS port, for `exchange`."""
    machine = open_machine(_seconds(wanted))
    path = relay.start(lambda deadline: machine.ports.carrier(TLS_PORT, deadline), machine.close)
    return {"changed": False, "relay": path}


def exchange(open_machine: Open, wanted: Values, given: Given) -> Values:
    return {"changed": False, "answer": judged(relay.ask(given["relay"], given["message"]))}


def judged(answer: Values) -> Values:
    """What the relay brought. Unreachable when it opened no stream, Interrupted when it lost one."""
    if "error" in answer:
        raise RELAYED[answer["error"]](answer["message"], answer["hint"])
    return answer


def wait(open_machine: Open, wanted: Values, given: Given) -> Values:
    """For a `mode` that was asked for elsewhere, or before. NotReached after `seconds`."""
    with open_machine(_seconds(wanted)) as machine, machine.alone():
        changing(machine, {"wait_timeout": given["seconds"]}, *ENDS[given["mode"]], lambda: None)
    return {"changed": True}


STEP: Mapping[str, Callable[[Open, Values, Given], Values]] = {
    "read": read,
    "apply": apply,
    "stop": stop,
    "try_passwords": try_passwords,
    "start_relay": start_relay,
    "exchange": exchange,
    "wait": wait,
}


def carry_out(step: str, wanted: Values, given: Given, open_machine: Open = open_local) -> Values:
    """Plain values. Raises what the step raises."""
    return STEP[step](open_machine, wanted, given)


def _seconds(wanted: Values) -> float:
    return float(wanted["wait_timeout"]) * 2 + BESIDES
