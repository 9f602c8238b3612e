# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A process that outlives one module run and keeps a byte stream to AMT open for the next ones.

Activation over TLS takes a private key that must not come to this machine, so TLS ends on the controller, and what is
carried here is encrypted. The process ends by itself when nobody speaks to it, and is reached by a socket of root's.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..clock import Deadline, SystemClock
from ..errors import AmtError, Interrupted, Unreachable
from ..wsman.bytestream import ByteStream, left_until

IDLE = 90.0
"""Seconds without a word after which the process ends."""
QUIET = 0.25
"""Seconds of silence after which what has come is taken for all there is."""
OPENS = 40.0
SOCKET = "relay"
PREFIX = "amt-relay-"
LONGEST = 1 << 20
PIECE = 256 * 1024
"""Bytes that one answer carries at most; as hexadecimal digits it is shorter than LONGEST."""
OURS = stat.S_IFDIR | 0o700

Opener = Callable[[Deadline], ByteStream]


class Carrier:
    """What the process does with one message: `fresh` opens a new stream, `data` is sent, the answer is returned."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._stream: ByteStream | None = None

    def carry(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """`data` and `closed`, in hexadecimal digits, or `error` with `message` and `hint`.

        Unreachable is what kept a stream from being opened, and Interrupted what befell one that was open.
        """
        if asked.get("fresh"):
            self.close()
            try:
                self._stream = self._opener(Deadline(SystemClock(), OPENS))
            except (AmtError, OSError) as error:
                return _told("Unreachable", error)
        if self._stream is None:
            return {"data": "", "closed": True}
        try:
            return self._exchange(self._stream, bytes.fromhex(asked["data"]), float(asked["wait"]))
        except (AmtError, OSError) as error:
            self.close()
            return _told("Interrupted", error)

    @staticmethod
    def _exchange(stream: ByteStream, data: bytes, wait: float) -> dict[str, Any]:
        """What has come when it was quiet for a moment, the time was over, or it was enough for one answer."""
        end, found = time.monotonic() + wait, bytearray()
        stream.limit(wait)
        if data:
            stream.sendall(data)
        while len(found) < PIECE:
            try:
                left = left_until(end)
                stream.limit(min(QUIET, left) if found else left)
                piece = stream.recv(32768)
            except TimeoutError:
                break
            found += piece
            if not piece:
                return {"data": found.hex(), "closed": True}
        return {"data": found.hex(), "closed": False}

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _told(kind: str, error: AmtError | OSError) -> dict[str, Any]:
    if isinstance(error, AmtError):
        return {"error": kind, "message": str(error), "hint": error.hint}
    return {"error": kind, "message": str(error.strerror or error), "hint": "run again"}


def start(opener: Opener, close: Callable[[], None], idle: float = IDLE) -> str:
    """Leave a process behind. Returns the path of its socket, in a folder that only this user may enter."""
    place = Path(tempfile.mkdtemp(prefix=PREFIX))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place / SOCKET))
    listener.listen(1)
    listener.settimeout(idle)
    first = os.fork()
    if first:
        listener.close()
        os.waitpid(first, 0)
        return str(place / SOCKET)
    try:
        os.setsid()
        if os.fork() == 0:
            _detach()
            serve(listener, Carrier(opener), close, place)
    finally:
        os._exit(0)
    raise AssertionError("the child does not come here")


def _detach() -> None:
    """Away from the module's pipes, which its caller waits for."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.chdir("/")


def serve(listener: socket.socket, carrier: Carrier, close: Callable[[], None], place: Path) -> None:
    """One message by each connection, until one says `end` or none comes."""
    try:
        while True:
            connected, _address = listener.accept()
            with connected:
                asked = json.loads(_received(connected, IDLE))
                if asked.get("end"):
                    return
                connected.settimeout(IDLE)
                connected.sendall(json.dumps(carrier.carry(asked)).encode())
    except OSError:
        return
    finally:
        carrier.close()
        close()
        listener.close()
        shutil.rmtree(place, ignore_errors=True)


def end_others() -> None:
    """End what a run that was killed has left behind: it would keep the engine's client LME to itself."""
    for place in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        if _is_ours(place):
            with suppress(AmtError):
                ask(str(place / SOCKET), {"end": True})
            shutil.rmtree(place, ignore_errors=True)


def _is_ours(place: Path) -> bool:
    """Not one that ends by itself in this moment, either."""
    try:
        about = place.lstat()
    except FileNotFoundError:
        return False
    return about.st_uid == os.getuid() and about.st_mode == OURS


def ask(path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the process answers. Unreachable when it is gone, Interrupted when it leaves in the middle."""
    if not path.endswith("/" + SOCKET):
        raise Unreachable("{0} is not the socket of a relay".format(path))
    with socket.socket(socket.AF_UNIX) as connected:
        seconds = OPENS + float(asked.get("wait", 0)) + 10
        connected.settimeout(seconds)
        try:
            connected.connect(path)
        except OSError as error:
            raise Unreachable("the relay on the machine is gone: {0}".format(error.strerror), "run again") from error
        try:
            connected.sendall(json.dumps(asked).encode())
            connected.shutdown(socket.SHUT_WR)
            return dict(json.loads(_received(connected, seconds) or b"{}"))
        except (OSError, ValueError) as error:
            raise Interrupted("the relay on the machine was lost: {0}".format(error), "run again") from error


def _received(connected: socket.socket, seconds: float) -> bytes:
    """All that comes until the other side has said everything, which it has to within so many seconds."""
    end, found = time.monotonic() + seconds, bytearray()
    while len(found) < LONGEST:
        connected.settimeout(left_until(end))
        piece = connected.recv(65536)
        if not piece:
            break
        found += piece
    return bytes(found)
