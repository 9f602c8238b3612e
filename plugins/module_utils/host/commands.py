# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Programs of this machine, run without a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from ..errors import AmtError, DeadlineExceeded, Unavailable

FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are: a log-in by ssh often has no sbin on its path."""
SECONDS = 60.0


class ProgramMissing(Unavailable):
    """A program that is needed is not on this machine."""


class CommandFailed(AmtError):
    """A program ended with a status other than 0, and said why."""


@dataclass(frozen=True)
class Ran:
    """What came of a program. `said` is what it wrote about itself."""

    status: int
    output: str
    said: str


class Commands:
    """Environment without a language, so that answers can be read."""

    def find(self, program: str) -> str | None:
        """The path of a program, None when there is none."""
        return shutil.which(program, path=FOLDERS)

    def run(self, program: str, *words: str, seconds: float = SECONDS) -> Ran:
        """Raises ProgramMissing, and DeadlineExceeded when it does not end in time; it is killed then."""
        path = self.find(program)
        if path is None:
            raise ProgramMissing("there is no program {0} on this machine".format(program))
        environment = {**os.environ, "PATH": FOLDERS, "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603  # pylint: disable=ansible-bad-function  # words of ours, no shell
                [path, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            sentence = "{0} did not end within {1:g} seconds".format(" ".join((program, *words)), seconds)
            raise DeadlineExceeded(sentence, sent=True) from late
        output, said = (octets.decode("utf-8", "replace").strip() for octets in (done.stdout, done.stderr))
        return Ran(done.returncode, output, said)

    def check(self, program: str, *words: str, seconds: float = SECONDS) -> str:
        """The output. Raises CommandFailed besides."""
        ran = self.run(program, *words, seconds=seconds)
        if ran.status:
            sentence = "{0} failed with status {1}: {2}"
            why = ran.said or ran.output or "it said nothing"
            raise CommandFailed(sentence.format(" ".join((program, *words)), ran.status, why), status=ran.status)
        return ran.output
