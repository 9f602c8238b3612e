# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The watchdog of an endpoint agent, and its actions that put a policy in force when the agent dies: AMT.md 16.4.

Which states an action is about cannot be read back, only how many there are and what they do.
"""

from __future__ import annotations

import base64
import uuid

from ...cim.isolation import AGENT_ACTIONS, AGENT_STATES, CONCRETE_DEPENDENCY, WATCHDOG, WATCHDOG_ACTION
from ...errors import InvalidOption
from ...machine import Machine
from ...option import Option
from ...resource import Values
from ...wsman.values import Reference

OPTIONS = (
    Option("id", required=True),
    Option("description", default="agent"),
    Option("startup", type="int", default=300),
    Option("timeout", type="int", default=120),
)

#: Action -> (states before, states after): in force when the agent dies or does not start, and not while it runs.
ACTIONS = {
    "activate": (("not_started", "running", "suspended"), ("stopped", "expired")),
    "deactivate": (("not_started", "stopped", "expired", "suspended"), ("running",)),
}


def check_watch(agent: Values) -> None:
    _device_id(agent["id"])
    for name in ("startup", "timeout"):
        if not 0 < agent[name] <= 0xFFFF:
            raise InvalidOption(name, agent[name], "give seconds from 1 to 65535")


def _device_id(text: str) -> str:
    """The GUID in the octet order of the firmware, which is that of the agent's registration."""
    try:
        return base64.b64encode(uuid.UUID(text).bytes_le).decode("ascii")
    except ValueError:
        raise InvalidOption("id", text, "give the GUID that the agent registers with") from None


def wanted_watch(agent: Values) -> Values:
    return {**agent, "id": str(uuid.UUID(agent["id"])), "actions": sorted(ACTIONS)}


def read_watch(machine: Machine, agent: Values) -> Values | None:
    device_id = _device_id(agent["id"])
    for row in machine.list(WATCHDOG):
        if row.get("DeviceID") == device_id:
            return {
                "id": str(uuid.UUID(agent["id"])),
                "description": row.get("MonitoredEntityDescription"),
                "startup": row.get("StartupInterval"),
                "timeout": row.get("TimeoutInterval"),
                "actions": _actions(machine, device_id),
            }
    return None


def _actions(machine: Machine, device_id: str) -> list[str]:
    linked = [
        row["Dependent"].selectors.get("PolicyActionName")
        for row in machine.list(CONCRETE_DEPENDENCY)
        if _is(row.get("Antecedent"), WATCHDOG.name, device_id) and _is(row.get("Dependent"), WATCHDOG_ACTION.name)
    ]
    found = [row for row in machine.list(WATCHDOG_ACTION) if row.get("PolicyActionName") in linked]
    return sorted(str(row.get("ActionSd")) for row in found)


def _is(value: object, class_name: str, device_id: str = "") -> bool:
    if not isinstance(value, Reference) or value.class_name != class_name:
        return False
    return not device_id or value.selectors.get("DeviceID") == device_id


def apply_watch(machine: Machine, present: Values | None, planned: Values | None) -> None:
    """Make present planned. Its actions are added last, and anew where they are not all there."""
    if present is not None and _bare(present) != _bare(planned):
        machine.delete(WATCHDOG, DeviceID=_device_id(present["id"]))
        present = None
    if planned is None:
        return
    device_id = _device_id(planned["id"])
    if present is None:
        values = {
            "DeviceID": device_id,
            "MonitoredEntityDescription": planned["description"],
            "StartupInterval": planned["startup"],
            "TimeoutInterval": planned["timeout"],
        }
        machine.create(WATCHDOG, values)
    if present is None or present["actions"] != planned["actions"]:
        _add_actions(machine, device_id, bool(present and present["actions"]))


def _bare(agent: Values | None) -> Values | None:
    """A watchdog without its actions."""
    return None if agent is None else {**agent, "actions": None}


def _add_actions(machine: Machine, device_id: str, some: bool) -> None:
    if some:
        machine.invoke(WATCHDOG, "DeleteAllActions", DeviceID=device_id)
    for action, (before, after) in ACTIONS.items():
        arguments = {
            "OldState": sum(AGENT_STATES[state] for state in before),
            "NewState": sum(AGENT_STATES[state] for state in after),
            "EventOnTransition": True,
            "ActionSd": AGENT_ACTIONS[action],
        }
        machine.invoke(WATCHDOG, "AddAction", arguments, DeviceID=device_id)
