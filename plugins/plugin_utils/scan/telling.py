# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scan says beside its result: how long it may take, how far it is, and about whom one should know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.scan.naming import Named
from ansible_collections.outofband.amt.plugins.module_utils.scan.search import Progress

LONG = 10.0
"""Seconds after which a scan says how far it is."""
MANY_NAMES = 200
NAMED_AT_MOST = 20
CHARACTERS = 80
UNKNOWN = "no address was found for {about}"
MUTE = (
    "no ping answered, a connection taken and nothing of use said in time by {about}. Firmware that is slow needs a "
    "higher answer_timeout or banner_timeout"
)
PING_ONLY = "the ping answered and no connection, so that version and certificate are not known, by {about}"
WITHOUT_TLS = (
    "no TLS offered, which is required, so no log-in is tried, by {about}. Set tls: preferred to log in nevertheless"
)
NO_NAMES = "names that hosts do not get, which have their next name or their address: {about}"
NO_GROUPS = "groups that are not made of what devices say, as they are another's or too long: {about}"


def duration(seconds: float) -> str:
    return "{0:.0f} min".format(seconds / 60) if seconds >= 120 else "{0:.0f} s".format(seconds)


def some_of(words: Collection[str]) -> str:
    """All of a short list, the beginning of a long one and how long it is."""
    shown = ", ".join(list(words)[:NAMED_AT_MOST])
    return shown if len(words) <= NAMED_AT_MOST else "{0} and {1:,} more".format(shown, len(words) - NAMED_AT_MOST)


def refusals(found: Collection[Named]) -> list[str]:
    return [
        "{0} of {1} {2}".format(ascii(claim.name[:CHARACTERS]), each.name, reason)
        for each in found
        for claim, reason in each.refused
    ]


@dataclass(frozen=True)
class Telling:
    """`display` is Ansible's. Progress goes to standard error, as standard output may be an inventory."""

    display: Any

    def names(self, number: int) -> None:
        if number > MANY_NAMES:
            self.say("looking up {0:,} names".format(number))

    def estimate(self, seconds: float, addresses: int) -> None:
        if seconds > LONG:
            self.say("up to {0} for {1:,} addresses".format(duration(seconds), addresses))

    def progress(self, now: Progress) -> None:
        words = "{0.settled:,} of {0.total:,} addresses done after {1}, {0.found:,} devices found"
        self.say(words.format(now, duration(now.seconds)))

    def say(self, words: str) -> None:
        self.display.display("amt_scan: " + words, stderr=True)

    def warn(self, words: str, about: Collection[str]) -> None:
        """Nothing where it is about nobody."""
        if about:
            self.display.warning("amt_scan: " + words.format(about=some_of(about)))
