# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The watchdog of the host's operating system: heartbeats come over MEI, and something happens when they stop.

IPS_WatchDogAction, its values, defaults and arming: vendor's guide. Which event the log gets is assumed.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, instances, method, put
from ..power.power import ON, RESET, STEPS, Step

NAME = "Intel (r) AMT Watch Dog Action"
NOTHING, REBOOT = 0, 1
LONGEST_WAIT = 86400
DEFAULT_WAIT = 30
SYSTEM_STOP, RUN_TIME_STOP, CRITICAL = 0x20, 1, 16
ME_SOURCE, ENTITY_SYSTEM = 0x68, 35
EXPIRED_ALERT, REBOOT_ALERT = "iAMT0005", "iAMT0070"
COMPLETED, INVALID_PARAMETER = 0, 0x24
KEPT = 10_000


class OsWatchdog(Domain):
    """`heartbeats` are (device's time, timeout) pairs; `due` is when it expires, None while it does not run.

    `required`: the driver gives up a watchdog that the firmware does not require. `silent`: heartbeats are not
    answered. `reboots` counts what it did to the host.
    """

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        wanted = firmware.settings.watchdog
        self.present: bool = wanted["present"]
        self.required: bool = wanted["required"]
        self.silent: bool = wanted["silent"]
        self.protocol: int = wanted["protocol"]
        self.heartbeats: deque[tuple[float, int]] = deque(maxlen=KEPT)
        self.timeout = 0
        self.due: Optional[float] = None
        self.expirations: list[float] = []
        self.stops = 0
        self.reboots = 0
        self.reboot_due: Optional[float] = None
        self.action: dict[str, Any] = {
            "HeciWatchDogExpirationAction": NOTHING,
            "AgentPresenceWatchDogExpirationAction": NOTHING,
            "Timeout": DEFAULT_WAIT,
            "ReArmReset": True,
        }

    @property
    def running(self) -> bool:
        self.settle()
        return self.due is not None

    def heartbeat(self, timeout: int) -> None:
        now = self.firmware.clock.now()
        self.settle()
        self.heartbeats.append((now, timeout))
        self.timeout = timeout
        self.reboot_due = None
        self.due = now + timeout if self.required else None

    def stop(self) -> None:
        self.settle()
        self.stops += 1
        self.due = self.reboot_due = None

    def settle(self) -> None:
        now = self.firmware.clock.now()
        if self.firmware.power.state != ON:
            self.due = self.reboot_due = None
        if self.due is not None and now >= self.due:
            self._expire(self.due, now)
        if self.reboot_due is not None and now >= self.reboot_due:
            self._reboot(self.reboot_due, now)

    def _expire(self, when: float, now: float) -> None:
        self.due = None
        self.expirations.append(when)
        data = b"\xaa" + min(self.timeout, 0xFFFF).to_bytes(2, "little")
        self.firmware.events.report(SYSTEM_STOP, RUN_TIME_STOP, CRITICAL, ME_SOURCE, ENTITY_SYSTEM, data, now - when)
        self.firmware.events.alert(EXPIRED_ALERT, now - when)
        if self.action["HeciWatchDogExpirationAction"] == REBOOT and self.action["ReArmReset"]:
            self.reboot_due = when + self.action["Timeout"]

    def _reboot(self, when: float, now: float) -> None:
        """Once: after a reboot it has to be armed again."""
        self.reboot_due = None
        self.action["ReArmReset"] = False
        self.reboots += 1
        self.firmware.events.alert(REBOOT_ALERT, now - when)
        power = self.firmware.power
        power.steps.clear()
        due = when + self.firmware.settings.durations["reset"]
        power.steps.extend(Step(due, state, boots) for _duration, state, boots in STEPS[RESET])
        power.settle()

    def on_boot(self, device: dict[str, Any]) -> None:
        """The host's new system has to start it again."""
        self.due = self.reboot_due = None

    @instances("IPS_WatchDogAction", since=11)
    def actions(self) -> list[Instance]:
        return [{**self.action, "ElementName": NAME, "InstanceID": NAME}]

    @put("IPS_WatchDogAction", since=11)
    def put_action(self, _present: Instance, wanted: dict[str, Any]) -> None:
        changed = {name: wanted.get(name, value) for name, value in self.action.items()}
        for name in ("HeciWatchDogExpirationAction", "AgentPresenceWatchDogExpirationAction"):
            if changed[name] not in (NOTHING, REBOOT):
                raise refusals.invalid_value(name)
        if changed["Timeout"] > LONGEST_WAIT:
            raise refusals.invalid_value("Timeout")
        if changed != self.action:
            self.firmware.events.audit(3301)
        self.action = changed

    @method("IPS_WatchDogAction", "CancelRebootAction", since=11)
    def cancel(self, _present: Instance) -> int:
        self.reboot_due = None
        return COMPLETED

    @method("IPS_WatchDogAction", "ApplyActionOnWatchDog", since=11, writes=True)
    def apply(self, _present: Instance, AgentPresenceWatchDog: Epr, ActionEnable: bool) -> int:
        """An agent's watchdog gets the action too; that the agent is known is all that is looked at."""
        known = {str(found["DeviceID"]) for found in self.firmware.present("AMT_AgentPresenceWatchdog")}
        if str(AgentPresenceWatchDog.selectors.get("DeviceID")) not in known:
            return INVALID_PARAMETER
        self.firmware.events.audit(3302)
        return COMPLETED
