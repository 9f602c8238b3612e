# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Which devices of a job say anything at all, found out side by side before it is their turn.

Salt carries out the states of one job device after device, so that one which hangs holds up all behind it, for the
whole of its time-outs. Whoever has no first answer to a question without log-in within a few seconds is unreachable,
and those seconds pass while others have their turn: who has not answered yet comes after who has.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError, as_completed  # noqa: A004
from dataclasses import replace
from typing import Callable, Optional

from saltext.amt.core.clock import Deadline, SystemClock
from saltext.amt.core.errors import AmtError, CertificateRefused, DeadlineExceeded, Unreachable
from saltext.amt.core.wsman.endpoint import Endpoint
from saltext.amt.core.wsman.stream import open_stream
from saltext.amt.devices import Device, Silence

#: Seconds for connection, TLS and the first octet of an answer. The web server of a firmware is slow when it wakes.
FIRST = 3.0
#: How many are asked at once, and how many before their turn.
AT_ONCE = 32
#: Seconds after which a device that said nothing is asked again.
HOLDS = 60.0
#: Seconds for somebody among those who are next to say something, where all were asked just now.
MOMENT = 0.5
#: In which order devices have their turn.
SPEAKS, UNKNOWN, SILENT = range(3)
QUESTION = b"GET /index.htm HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"


class Ahead:
    """`find` tells where a device is."""

    def __init__(self, find: Callable[[str], Device]) -> None:
        self.find = find
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="amt-ahead")
        self.asked: dict[str, Future[Optional[Silence]]] = {}

    def silence(self, name: str, behind: Sequence[str]) -> Optional[Silence]:
        """Since when the device says nothing, and why; None if it speaks, or if that cannot be told.

        `behind`: whose turn it is next. They are asked as well; for a moment it is waited for one that speaks.
        """
        near = behind[: AT_ONCE - 1]
        for each in (name, *near):
            if each not in self.asked or self._is_old(each):
                self.asked[each] = self.pool.submit(self._ask, each)
        found = self.asked[name].result()
        with contextlib.suppress(TimeoutError):
            for _ in as_completed([self.asked[each] for each in near], timeout=MOMENT):
                if any(self._rank(each) == SPEAKS for each in near):
                    break
        return found

    def in_order(self, behind: Sequence[str]) -> list[str]:
        """Who speaks first, who has not said anything yet after them, and last who does not."""
        return sorted(behind, key=self._rank)

    def _rank(self, name: str) -> int:
        asked = self.asked.get(name)
        if asked is None or not asked.done():
            return UNKNOWN
        return SILENT if asked.result() else SPEAKS

    def _is_old(self, name: str) -> bool:
        """Whether it said nothing, and that a while ago."""
        found = self.asked[name].result() if self.asked[name].done() else None
        return found is not None and found.is_old()

    def _ask(self, name: str) -> Optional[Silence]:
        try:
            first_answer(self.find(name).endpoint, FIRST)
        except CertificateRefused:
            return None  # it speaks, and whoever goes on with it is told the rest
        except (Unreachable, DeadlineExceeded) as error:
            return Silence(str(error), error.hint, time.monotonic() + HOLDS)
        except AmtError:
            return None
        return None


def first_answer(endpoint: Endpoint, seconds: float) -> None:
    """Unreachable, if nobody takes a connection there and says something in so many seconds. Nobody logs in."""
    clock = SystemClock()
    stream = open_stream(
        replace(endpoint, connect_timeout=min(seconds, endpoint.connect_timeout)), Deadline(clock, seconds)
    )
    try:
        stream.limit(seconds)
        stream.sendall(QUESTION % endpoint.host.encode("idna"))
        stream.recv(1)
    except TimeoutError:
        said = "{0}: it takes connections, and says nothing within {1:g} s".format(endpoint.host, seconds)
        raise Unreachable(said, "the firmware may hang: take mains power away, or try again later") from None
    except OSError:
        return  # it was cut off, by somebody who is there
    finally:
        stream.close()
