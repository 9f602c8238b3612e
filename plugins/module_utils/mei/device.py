# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A connection to one client of the management engine: whole messages, also through a reset of the engine.

What the driver's error numbers mean: AMT.md 12.1 and 12.5.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Callable

from ..clock import SystemClock
from ..errors import AmtError, Busy, DeadlineExceeded, Interrupted, Unavailable
from . import sysfs
from .guids import CLIENTS, OF_AMT
from .node import Node

GONE = (errno.ENODEV, errno.ENOTCONN)
"""The engine was reset or the machine slept: this descriptor is of no more use, a new one may be."""
TRIES = 8
PAUSE = 0.75
"""Seconds before the second try; each further one waits that much longer."""
ANSWER = 10.0
"""Seconds that an answer may take."""


class NoDevice(Unavailable):
    """There is no such device node."""


class NoPermission(Unavailable):
    """This user may not open the device."""


class NoClient(Unavailable):
    """The engine does not have this client, or does not show it."""


class EngineAway(Unavailable):
    """The driver has no engine that is ready."""


class ClientBusy(Busy):
    """Somebody else has all connections that the client gives."""


class Client:
    """Connects when first asked. A context manager; `open_node` stands for the operating system in tests.

    `tries`: how often a busy client, or an engine that is being reset, is asked for a connection. `root` is / but in
    tests.
    """

    def __init__(
        self,
        guid: str,
        path: str = "/dev/mei0",
        clock: SystemClock | None = None,
        open_node: Callable[[str], Node] = Node,
        seconds: float = ANSWER,
        tries: int = TRIES,
        root: Path = Path("/"),
    ) -> None:
        self.guid = guid
        self.name = CLIENTS.get(guid, guid)
        self._path = path
        self._clock = clock or SystemClock()
        self._open_node = open_node
        self._seconds = seconds
        self._tries = tries
        self._root = root
        self._node: Node | None = None
        self._largest = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        node, self._node = self._node, None
        if node is not None:
            node.close()

    def ask(self, message: bytes, repeatable: bool = True) -> bytes:
        """The next whole message after ours. `repeatable`: asked again after a reset of the engine lost the answer.

        Raises Interrupted when the answer is lost, DeadlineExceeded when none comes, and what connecting raises.
        """
        try:
            return self._exchange(message)
        except Interrupted as lost:
            if lost.sent and not repeatable:
                raise
        return self._exchange(message)

    def _exchange(self, message: bytes) -> bytes:
        """Closes a connection on which an answer is still due, or which is gone."""
        self.connect()
        try:
            self.send(message)
            return self.receive(self._seconds)
        except TimeoutError as error:
            self.close()
            late = "{0} did not answer within {1:g} seconds".format(self.name, self._seconds)
            raise DeadlineExceeded(
                late, "try again; if it stays so, shut the machine down and unplug it", True
            ) from error
        except Interrupted:
            self.close()
            raise

    def connect(self) -> int:
        """Bytes of the largest message that the client takes. Waits, unless connected already, for a client that is
        busy and for an engine that is being reset."""
        for number in range(1, self._tries + 1):
            if self._node is not None:
                break
            try:
                self._connect()
            except (ClientBusy, EngineAway):
                if number == self._tries:
                    raise
                self._clock.sleep(PAUSE * number)
        return self._largest

    def send(self, message: bytes) -> None:
        """One message on the connection that `connect` made. Interrupted when it is gone."""
        node = self._standing(sent=False)
        if len(message) > self._largest:
            raise ValueError("{0} takes messages of at most {1} bytes".format(self.name, self._largest))
        try:
            written = node.write(message)
        except OSError as error:
            raise self._interrupted(error, sent=False) from error
        if written != len(message):
            raise Interrupted("the MEI driver took only a part of the message to {0}".format(self.name))

    def receive(self, seconds: float) -> bytes:
        """The next message, asked for or not. TimeoutError when none comes, Interrupted when the connection is gone."""
        node = self._standing(sent=True)
        try:
            answer = node.read(self._largest, seconds)
        except TimeoutError:
            raise
        except OSError as error:
            raise self._interrupted(error, sent=True) from error
        if not answer:
            raise Interrupted("{0} closed the connection".format(self.name))
        return answer

    def _standing(self, sent: bool) -> Node:
        if self._node is None:
            raise Interrupted("the connection to {0} is closed".format(self.name), sent=sent)
        return self._node

    def _interrupted(self, error: OSError, sent: bool) -> Interrupted:
        how = "the management engine was reset" if error.errno in GONE else str(error.strerror)
        return Interrupted("talking to {0}: {1}".format(self.name, how), "try again", sent)

    def _connect(self) -> None:
        try:
            node = self._open_node(self._path)
        except OSError as error:
            raise self._not_opened(error) from error
        try:
            self._largest = node.connect(self.guid)
        except OSError as error:
            node.close()
            raise self._not_connected(error) from error
        self._node = node

    def _not_opened(self, error: OSError) -> AmtError:
        if error.errno in (errno.EACCES, errno.EPERM):
            return NoPermission("{0} may not be opened by this user".format(self._path), "become root")
        if error.errno == errno.ENOENT:
            return self._no_node()
        if error.errno == errno.EBUSY:
            return self._busy()
        return self._away(error)

    def _no_node(self) -> NoDevice:
        """In a container /sys is the machine's, and /dev is not."""
        sentence = "there is no {0}".format(self._path)
        if not sysfs.made(self._root, self._path):
            return NoDevice(sentence, "load the kernel module mei_me")
        hint = "hand the device into the container (--device {0}); on a machine without one, look at udev"
        return NoDevice(sentence + ", and the driver has made the device", hint.format(self._path))

    def _not_connected(self, error: OSError) -> AmtError:
        if error.errno == errno.ENOTTY:
            hint = "AMT may be disabled in the BIOS or in the MEBx" if self.guid in OF_AMT else ""
            return NoClient("the management engine shows no client {0}".format(self.name), hint)
        return self._busy() if error.errno == errno.EBUSY else self._away(error)

    def _busy(self) -> ClientBusy:
        hint = "another program is connected: often Intel's LMS (lms.service) or the watchdog driver mei_wdt"
        return ClientBusy("the client {0} of the management engine is busy".format(self.name), hint)

    def _away(self, error: OSError) -> EngineAway:
        sentence = "the management engine cannot be reached by {0}: {1}".format(self._path, error.strerror)
        return EngineAway(sentence, "look at dev_state and fw_status below /sys/class/mei, and at the kernel log")
