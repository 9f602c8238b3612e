# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Alarms that wake the host. They run on the device's own clock, in whole minutes, UTC.

One that rings once and does not delete itself stays, in the past, and takes one of the five places. A host that the
power package leaves without the engine sleeps on. The return values for one too many, one twice and one in the past
are assumptions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Optional

from ...values import Datetime, Instance, Interval
from .. import refusals
from ..domain import MANAGED_SYSTEM, Domain, delete, instances, method, put, service
from ..moments import datetime_of, seconds_of
from ..selection import reference_to

CLASS = "IPS_AlarmClockOccurrence"
COMPLETED, MAX_LIMIT_REACHED, INVALID_TIME, INVALID_PARAMETER, DUPLICATE = 0, 0x17, 0x22, 0x24, 0x80A
MOST_ALARMS, LONGEST_NAME = 5, 32
INTERVAL = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:0+S)?)?")
MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Alarm:
    """`interval` is in seconds, 0 for an alarm that rings once. `rang`: it has, and stays."""

    instance_id: str
    element_name: Optional[str]
    start: int
    interval: int
    deletes_itself: bool
    rang: bool = False


class Alarms(Domain):
    """`alarms` are those that are set, by InstanceID; `rung` lists (time, InstanceID), oldest first."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.alarms: dict[str, Alarm] = {}
        self.rung: list[tuple[int, str]] = []

    @property
    def waiting(self) -> list[Alarm]:
        return [alarm for alarm in self.alarms.values() if not alarm.rang]

    def settle(self) -> None:
        now = self.firmware.device_time()
        while True:
            due = [alarm for alarm in self.waiting if alarm.start <= now]
            if not due:
                return
            self.ring(min(due, key=lambda alarm: alarm.start))

    def ring(self, alarm: Alarm) -> None:
        self.rung.append((alarm.start, alarm.instance_id))
        if self.firmware.schemes.answers:
            self.firmware.power.wake(alarm.start - self.firmware.timekeeping.offset, alarm.element_name or "")
        if alarm.interval:
            behind = self.firmware.device_time() - alarm.start
            self.alarms[alarm.instance_id] = replace(
                alarm, start=alarm.start + (behind // alarm.interval + 1) * alarm.interval
            )
        elif alarm.deletes_itself:
            del self.alarms[alarm.instance_id]
        else:
            self.alarms[alarm.instance_id] = replace(alarm, rang=True)

    @property
    def names(self) -> set[str]:
        return {alarm.element_name for alarm in self.alarms.values() if alarm.element_name is not None}

    @instances("AMT_AlarmClockService")
    def services(self) -> list[Instance]:
        keys = service("AMT_AlarmClockService", "Intel(r) AMT Alarm Clock Service", system=MANAGED_SYSTEM)
        following = min(self.waiting, key=lambda alarm: alarm.start, default=None)
        return [{**keys, "NextAMTAlarmTime": datetime_of(following.start) if following else None}]

    @instances(CLASS)
    def occurrences(self) -> list[Instance]:
        return [
            {
                "DeleteOnCompletion": alarm.deletes_itself,
                "ElementName": alarm.element_name,
                "InstanceID": alarm.instance_id,
                "Interval": interval_of(alarm.interval),
                "StartTime": datetime_of(alarm.start),
            }
            for alarm in self.alarms.values()
        ]

    @method("AMT_AlarmClockService", "AddAlarm", writes=True)
    def add(self, _present: Instance, AlarmTemplate: dict[str, Any]) -> Any:
        try:
            alarm = alarm_from(AlarmTemplate)
        except ValueError:
            return INVALID_PARAMETER
        if alarm.instance_id in self.alarms or alarm.element_name in self.names:
            return DUPLICATE
        if len(self.alarms) >= MOST_ALARMS:
            return MAX_LIMIT_REACHED
        if alarm.start <= self.firmware.device_time():
            return INVALID_TIME
        self.alarms[alarm.instance_id] = alarm
        return {"AlarmClock": reference_to(CLASS, {"InstanceID": alarm.instance_id}), "ReturnValue": COMPLETED}

    @put(CLASS)
    def change(self, present: Instance, wanted: dict[str, Any]) -> None:
        try:
            alarm = alarm_from({**wanted, "InstanceID": present["InstanceID"]})
        except ValueError:
            raise refusals.invalid_value("StartTime") from None
        self.alarms[alarm.instance_id] = alarm

    @delete(CLASS)
    def remove(self, present: Instance) -> None:
        del self.alarms[str(present["InstanceID"])]


def alarm_from(fields: dict[str, Any]) -> Alarm:
    """Raises ValueError for a name or time that is missing, a time that is no whole minute, or a name too long."""
    start, interval = fields.get("StartTime"), fields.get("Interval")
    if not fields.get("InstanceID") or not isinstance(start, Datetime):
        raise ValueError("InstanceID and StartTime are needed")
    seconds = seconds_of(start)
    if seconds % MINUTE:
        raise ValueError("not a whole minute")
    if not 1 <= len(fields.get("ElementName", "-")) <= LONGEST_NAME:
        raise ValueError("a name is not empty, and no longer than {0}".format(LONGEST_NAME))
    length = seconds_in(interval) if isinstance(interval, Interval) else 0
    deletes_itself = fields.get("DeleteOnCompletion", False)
    return Alarm(fields["InstanceID"], fields.get("ElementName"), seconds, length, deletes_itself)


def seconds_in(interval: Interval) -> int:
    """Raises ValueError for what is no number of days, hours and minutes."""
    found = INTERVAL.fullmatch(interval.text)
    if not found:
        raise ValueError(interval.text)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    if hours > 23 or minutes > 59:
        raise ValueError(interval.text)
    return days * DAY + hours * HOUR + minutes * MINUTE


def interval_of(seconds: int) -> Optional[Interval]:
    if not seconds:
        return None
    days, rest = divmod(seconds, DAY)
    return Interval("P{0}DT{1}H{2}M".format(days, rest // HOUR, rest % HOUR // MINUTE))
