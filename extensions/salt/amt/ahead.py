# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Which devices of a job say anything at all, found out side by side before it is their turn.

Salt carries out the states of one job device after device, so that one which hangs holds up all behind it, for the
whole of its time-outs. Whoever has no first answer to a question without log-in within a few seconds is unreachable.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Callable, Optional

from saltext.amt.core.clock import Deadline, SystemClock
from saltext.amt.core.errors import AmtError, CertificateRefused, DeadlineExceeded, Unreachable
from saltext.amt.core.wsman.endpoint import Endpoint
from saltext.amt.core.wsman.stream import open_stream
from saltext.amt.devices import Device, Silence

#: Seconds for connection, TLS and the first octet of an answer. The web server of a firmware is slow when it wakes.
FIRST = 3.0
#: How many are asked at once, and how many before their turn; nothing that is said of one is then old when it comes.
AT_ONCE = 32
#: Seconds after which a device that said nothing is asked again.
HOLDS = 60.0
QUESTION = b"GET /index.htm HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"


class Ahead:
    """`names` in the order in which Salt goes through them; `find` tells where one is."""

    def __init__(self, names: Sequence[str], find: Callable[[str], Device]) -> None:
        self.names = list(names)
        self.find = find
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="amt-ahead")
        self.asked: dict[str, Future[Optional[Silence]]] = {}

    def silence(self, name: str) -> Optional[Silence]:
        """Since when the device says nothing, and why; None if it speaks, or if that cannot be told."""
        if name in self.names:
            at = self.names.index(name)
            for each in self.names[at : at + AT_ONCE]:
                if each not in self.asked:
                    self.asked[each] = self.pool.submit(self._ask, each)
        found = self.asked[name].result() if name in self.asked else None
        return self._ask(name) if found and found.is_old() else found

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
