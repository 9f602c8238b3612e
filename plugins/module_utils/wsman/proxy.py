# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A program whose standard input and output are the byte stream, such as `ssh -W localhost:16992 host`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress

from ..errors import Unreachable
from .bytestream import SocketStream

_TAIL = 500  # bytes of the program's standard error that are shown
_FAREWELL = 1.0  # seconds that the program has to end


class ProxyStream(SocketStream):
    """The program runs in its own process group, which ends with the stream."""

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        self._command = command[0]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the stream
        try:
            # The command is the caller's own, and there is no AnsibleModule here whose run_command could be called.
            self._process = subprocess.Popen(  # noqa: S603  # pylint: disable=ansible-bad-function
                list(command),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._errors,
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            self._errors.close()
            raise Unreachable(
                "the proxy command {0} cannot be started: {1}".format(self._command, error.strerror),
                "check that the program is installed and that the command is a list of its words",
            ) from error
        finally:
            theirs.close()
        super().__init__(ours)

    def failure(self) -> str:
        """How the program ended, once it has, with the last of what it printed as errors."""
        try:
            status = self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            return ""
        end = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(end - _TAIL, 0))
        said = " ".join(self._errors.read().decode("utf-8", "replace").split())
        return "the proxy command {0} ended with status {1}{2}".format(self._command, status, said and ": " + said)

    def close(self) -> None:
        super().close()
        self._end_process()
        self._errors.close()

    def _end_process(self) -> None:
        """The group is killed even when its leader has gone politely: it may have left children behind."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_FAREWELL)
