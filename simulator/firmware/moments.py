# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Seconds since 1970 as the wire has them."""

from __future__ import annotations

from datetime import datetime, timezone

from ..values import Datetime


def datetime_of(seconds: float) -> Datetime:
    return Datetime(datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))


def seconds_of(moment: Datetime) -> int:
    """Raises ValueError for what is no UTC time of whole seconds."""
    return int(datetime.strptime(moment.text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())
