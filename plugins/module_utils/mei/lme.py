# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Byte streams to AMT's own TCP ports without a network: APF channels over the client LME (AMT.md 12.5, 13)."""

from __future__ import annotations

import errno
import time
from contextlib import suppress

from ..apf import events
from ..apf.messages import OPEN_FAILURES
from ..apf.session import PROHIBITED, HostSession
from ..clock import Deadline, SystemClock
from ..errors import AmtError, Interrupted, ProtocolError, Unreachable
from ..wsman.bytestream import ByteStream, NothingSent, left_until
from .device import Client

GREETING = 2.0
"""Seconds in which the engine speaks first; silence is answered with a greeting of ours (rpc-go begins with one)."""
PORTS = 5.0
"""Seconds in which the engine names the ports that it can be reached at."""
OPENS = 18.0
"""Seconds that the opening of a channel may take (rpc-go)."""
TRIES = 4
PAUSE = 0.5
"""Seconds after the first refusal of a channel; each further one waits that much longer."""
OVERHEAD = 9
"""Bytes of a data message besides the data."""
LOCAL = "127.0.0.1"
_SOURCE_PORT = 49152
_UNASKED = 100
"""Messages of the engine that are looked at between two requests."""


class Lme:
    """One connection to LME, which gives only one at a time. Opens it when first needed, and again after a reset."""

    def __init__(self, client: Client, clock: SystemClock | None = None) -> None:
        self._client = client
        self._clock = clock or SystemClock()
        self._session: HostSession | None = None
        self._streams: dict[int, LmeStream] = {}

    def open(self, port: int, deadline: Deadline) -> LmeStream:
        """A channel to a port of AMT. Unreachable, or ClientBusy and whatever else connecting raises."""
        for left in reversed(range(TRIES)):
            try:
                stream = self._try(port, min(OPENS, deadline.left()))
                if stream.opened:
                    return stream
                problem = "refused the channel to port {0} ({1})".format(port, stream.refusal)
            except Interrupted as lost:
                self._forget()
                problem = str(lost)
            if not left or deadline.left() <= PAUSE:
                raise Unreachable("AMT, asked through LME, " + problem, "see whether this AMT serves that port at all")
            self._clock.sleep(PAUSE * (TRIES - left))
        raise AssertionError("the last round returns or raises")

    def serves(self, port: int) -> bool:
        """Whether the engine wants to be reached at a port. Raises what connecting raises."""
        try:
            return port in self._ready(port).forwarded
        except Interrupted as lost:
            self._forget()
            raise Unreachable("AMT, asked through LME, did not name its ports: {0}".format(lost)) from lost

    def close(self) -> None:
        """Say so to the engine, if it can still be told."""
        if self._session is not None:
            with suppress(AmtError):
                if not self._session.over:
                    self._session.disconnect()
                self._flush(self._session)
        self._forget()

    def _forget(self) -> None:
        """The session is gone, and every stream with it."""
        for stream in self._streams.values():
            stream.lost = True
        self._streams.clear()
        self._session = None
        self._client.close()

    def _try(self, port: int, seconds: float) -> LmeStream:
        end = time.monotonic() + seconds
        session = self._ready(port)
        number = session.open_channel(LOCAL, port, LOCAL, _SOURCE_PORT)
        stream = self._streams[number] = LmeStream(self, session, number)
        self._flush(session)
        while not stream.opened and not stream.refusal:
            try:
                self.pump(left_until(end))
            except TimeoutError:
                raise Interrupted("no channel was opened in {0:g} s".format(seconds), sent=False) from None
        return stream

    def _ready(self, port: int) -> HostSession:
        """A session in which the engine has named this port, or all of its ports when it does not."""
        if self._session is None or self._session.over:
            largest = self._client.connect()
            self._session = HostSession(largest_packet=min(largest - OVERHEAD, 4096))
        session, end = self._session, time.monotonic() + PORTS
        while port not in session.forwarded and time.monotonic() < end:
            if not session.version_seen and end - time.monotonic() < PORTS - GREETING:
                session.greet()
                self._flush(session)
            try:
                self.pump(min(0.5, end - time.monotonic()))
            except TimeoutError:
                if session.forwarded:
                    break
        return session

    def pump(self, seconds: float) -> None:
        """One message of the engine, understood and answered. TimeoutError, Interrupted or ProtocolError."""
        session = self._session
        if session is None:
            raise Interrupted("the session with LME is over")
        try:
            message = self._client.receive(max(seconds, 0.0))
        except Interrupted:
            self._forget()
            raise
        try:
            for event in session.receive(message):
                self._happened(session, event)
        except ProtocolError:
            self.close()
            raise
        self._flush(session)
        if session.over:
            self._forget()
            raise Interrupted("the management engine ended the session")

    def _flush(self, session: HostSession) -> None:
        messages = session.messages_to_send()
        for number, message in enumerate(messages):
            try:
                self._client.send(message)
            except Interrupted as lost:
                self._forget()
                raise Interrupted(str(lost), lost.hint, sent=lost.sent or number > 0) from lost

    def _happened(self, session: HostSession, event: events.Event) -> None:
        if isinstance(event, events.ChannelWanted):
            session.refuse(event.channel, PROHIBITED)
            return
        stream = self._streams.get(getattr(event, "channel", 0))
        if stream is None:
            return
        if isinstance(event, events.DataReceived):
            stream.arrived += event.data
        elif isinstance(event, events.ChannelOpened):
            stream.opened = True
        elif isinstance(event, events.ChannelRefused):
            stream.refusal = OPEN_FAILURES.get(event.reason, "reason {0}".format(event.reason))
            del self._streams[event.channel]
        elif isinstance(event, events.ChannelClosed):
            stream.closed = True
            del self._streams[event.channel]

    def carry(self, session: HostSession, number: int, data: bytes, end: float) -> None:
        """Give data to a channel, and wait until the engine has taken all of it."""
        session.send(number, data)
        self._flush(session)
        try:
            while number in self._streams and session.waiting(number):
                self.pump(left_until(end))
        except Interrupted as lost:
            raise Interrupted(str(lost), lost.hint) from lost

    def took(self, session: HostSession, number: int, size: int) -> None:
        session.consumed(number, size)
        self._flush(session)

    def drop(self, session: HostSession, number: int) -> None:
        """Close a channel; what the engine still says on it is not looked at."""
        if self._streams.pop(number, None) is not None:
            session.close(number)
            self._flush(session)


class LmeStream(ByteStream):
    """One channel. `opened`, `refusal`, `arrived`, `closed` and `lost` are set by its Lme."""

    def __init__(self, lme: Lme, session: HostSession, number: int) -> None:
        self.opened = False
        self.refusal = ""
        self.arrived = bytearray()
        self.closed = False
        self.lost = False
        self._lme = lme
        self._session = session
        self._number = number
        self._end = 0.0

    def limit(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def sendall(self, data: bytes) -> None:
        if self.closed or self.lost:
            raise NothingSent(errno.ECONNRESET, "AMT closed the channel")
        try:
            self._lme.carry(self._session, self._number, data, self._end)
        except Interrupted as error:
            if not error.sent:
                self.lost = True
                raise NothingSent(errno.ENODEV, str(error)) from error
            raise self._reset(error) from error

    def recv(self, size: int) -> bytes:
        try:
            while not self.arrived:
                if self.lost:
                    raise ConnectionResetError(errno.ENODEV, "the session with LME is over")
                if self.closed:
                    return b""
                self._lme.pump(left_until(self._end))
            piece = bytes(self.arrived[:size])
            del self.arrived[:size]
            if not self.closed and not self.lost:
                self._lme.took(self._session, self._number, len(piece))
        except Interrupted as error:
            raise self._reset(error) from error
        return piece

    def _reset(self, error: Interrupted) -> ConnectionResetError:
        self.lost = True
        return ConnectionResetError(errno.ENODEV, str(error))

    def alive(self) -> bool:
        with suppress(TimeoutError, Interrupted, ProtocolError):
            for _message in range(_UNASKED):
                if self.arrived or self.closed or self.lost:
                    break
                self._lme.pump(0)
            return False
        return not (self.arrived or self.closed or self.lost)

    def close(self) -> None:
        if not self.lost:
            with suppress(AmtError):
                self._lme.drop(self._session, self._number)
        self.closed = True
