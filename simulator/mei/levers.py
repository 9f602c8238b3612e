# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What can be done to an engine from outside, and what can be seen of it; secrets are not among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..device import Device
    from .engine import Engine

LAST_HEARTBEATS = 10


class NoLever(ValueError):
    """There is no such lever, or it cannot be pulled that way; the text names the way out."""


def watchdog_state(engine: Engine) -> dict[str, Any]:
    """`heartbeats` are the last few times of the device's clock; `expired` whether one is still missing."""
    engine.firmware.settle()
    watchdog = engine.firmware.os_watchdog
    beats = list(watchdog.heartbeats)
    return {
        "present": watchdog.present,
        "required": watchdog.required,
        "silent": watchdog.silent,
        "running": watchdog.due is not None,
        "timeout": watchdog.timeout,
        "count": len(beats),
        "heartbeats": [when for when, _timeout in beats[-LAST_HEARTBEATS:]],
        "expired": bool(watchdog.expirations) and (not beats or beats[-1][0] <= watchdog.expirations[-1]),
        "expirations": list(watchdog.expirations),
        "stops": watchdog.stops,
        "reboots": watchdog.reboots,
    }


def shown(device: Device) -> dict[str, Any]:
    engine = device.engine
    firmware = engine.firmware
    return {
        "amt": firmware.setup.amt,
        "control_mode": firmware.setup.mode,
        "provisioning_state": firmware.setup.state,
        "clients": {client.name: len(client.sessions) for client in engine.clients.values()},
        "answers_reset": engine.answers_reset,
        "ready": engine.is_ready,
        "watchdog": watchdog_state(engine),
        "alerts": [name for _time, name in firmware.events.alerts],
        "faults": [script.shown() for script in engine.faults.scripts],
    }


def set_watchdog(engine: Engine, wanted: Any) -> None:
    """`required` and `silent`. A driver that had to give up hears of it when the watchdog is required again."""
    if not isinstance(wanted, dict) or not set(wanted) <= {"required", "silent"}:
        raise NoLever('watchdog: say {"required": true} or {"silent": true}')
    for name, value in wanted.items():
        if not isinstance(value, bool):
            raise NoLever("watchdog: {0}: {1!r} is neither true nor false".format(name, value))
        setattr(engine.firmware.os_watchdog, name, value)
    if wanted.get("required"):
        engine.notify("WD")


def pull(device: Device, wanted: dict[str, Any]) -> dict[str, Any]:
    """One lever or several: restart (seconds away from the network), remove, add, disconnect, notify (a client's name),
    answers_reset and ready (true or false), watchdog. What is to be seen afterwards. Raises NoLever."""
    engine = device.engine
    by_name = {
        "remove": engine.remove_client,
        "add": engine.add_client,
        "disconnect": engine.disconnect,
        "notify": engine.notify,
    }
    for lever, value in wanted.items():
        try:
            if lever in by_name:
                by_name[lever](value)
            elif lever == "restart" and isinstance(value, (int, float)):
                device.restart_engine(float(value))
            elif lever == "answers_reset" and isinstance(value, bool):
                engine.answers_reset = value
            elif lever == "ready" and isinstance(value, bool):
                engine.set_ready(value)
            elif lever == "watchdog":
                set_watchdog(engine, value)
            else:
                raise NoLever("{0}: {1!r} is no lever; see `mei.levers.pull`".format(lever, value))
        except LookupError as error:
            raise NoLever(str(error)) from error
    return shown(device)
