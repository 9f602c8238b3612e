# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""When something happened, as a text with its offset from UTC; and what people say instead of a moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Optional
from zoneinfo import ZoneInfo

from ..errors import InvalidOption

_AGE = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
NEITHER = (
    "give an age, as 12h or 7d (s, m, h, d, w), or a moment of ISO 8601, as 2026-03-01 or 2026-03-01T08:15:00+01:00"
)


def zone_named(option: str, name: Optional[str]) -> Optional[tzinfo]:
    """The zone of that name, as Europe/Berlin; None, which is this system's own, where none is given. InvalidOption."""
    if name is None or name.lower() == "local":
        return None
    if name.upper() in ("UTC", "Z"):
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise InvalidOption(
            option, name, "give UTC, local, or a zone that this system knows, as Europe/Berlin"
        ) from None


def told(seconds: int, zone: Optional[tzinfo]) -> str:
    """ISO 8601 in a zone, None for the system's own."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.astimezone(zone).isoformat(timespec="seconds")


def seconds_of(option: str, text: str, now: float, zone: Optional[tzinfo]) -> float:
    """Since 1970, of an age or of a moment; one without an offset counts in the zone. InvalidOption."""
    age = _AGE.fullmatch(text.strip().lower())
    if age:
        return now - int(age[1]) * _SECONDS[age[2]]
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
        return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) / timedelta(seconds=1)
    except (ValueError, OverflowError, OSError):
        raise InvalidOption(option, text, NEITHER) from None
