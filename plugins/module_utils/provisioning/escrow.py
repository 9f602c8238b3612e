# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where passwords are kept before a firmware is told of them; here, a program of the user's own.

A password that was recorded is forgotten only when another one was seen to log in.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from ..errors import AmtError, InvalidOption
from ..option import Option

ANSWERS_WITHIN = 60

#: Options for whoever keeps passwords: where, and under which name.
ESCROW = (
    Option(
        "escrow",
        type="dict",
        options=(
            Option("vault_file", type="path"),
            Option("vault_id"),
            Option("command", type="list", elements="str"),
            Option("recall", type="list", elements="str"),
            Option("nothing", type="list", elements="int", default=[]),
        ),
    ),
    Option("record_as"),
)


class EscrowFailed(AmtError):
    """A password could not be recorded or read back."""


class EscrowChanged(EscrowFailed):
    """Somebody else has recorded something since it was recalled: perhaps what is left of a run that was killed."""

    def __init__(self, where: str) -> None:
        super().__init__("{0}: it was changed in the meantime".format(where), "run again: it uses what is there now")


@dataclass(frozen=True)
class Record:
    """`earlier`: passwords that the firmware may still have, latest first. `told`: it has the MEBx password."""

    password: str = field(default="", repr=False)
    earlier: tuple[str, ...] = field(default=(), repr=False)
    mebx_password: str = field(default="", repr=False)
    told: bool = False

    def candidates(self) -> list[str]:
        return [each for each in (self.password, *self.earlier) if each]

    def with_password(self, password: str) -> Record:
        if password == self.password:
            return self
        earlier = tuple(each for each in self.candidates() if each != password)
        return replace(self, password=password, earlier=earlier)


class Escrow(Protocol):
    """`can_be_asked`: in a dry run too, because that runs no program. `keeps_mebx`: the next run recalls all of a
    record, of the MEBx password too."""

    where: str
    can_be_asked: bool
    keeps_mebx: bool

    def recall(self) -> Record: ...

    def store(self, record: Record, over: Record) -> None:
        """In the place of `over`, which was recalled. EscrowChanged when that is not there any more, EscrowFailed
        unless the record can be read back as it is."""


class Nowhere:
    """For a password that the user gave and keeps."""

    where = "with you: it was given"
    can_be_asked = True
    keeps_mebx = False

    def __init__(self) -> None:
        self._record = Record()

    def recall(self) -> Record:
        """What this run has said."""
        return self._record

    def store(self, record: Record, over: Record) -> None:
        self._record = record


class OnePassword:
    """A place with room for one password. A subclass reads and writes it."""

    where = ""
    can_be_asked = False
    keeps_mebx = False

    def __init__(self) -> None:
        self._aside = Record()

    def read(self) -> str:
        """Nothing for no password. Raises AmtError."""
        raise NotImplementedError

    def write(self, password: str) -> None:
        """In the place of what is there. Raises AmtError."""
        raise NotImplementedError

    def recall(self) -> Record:
        return replace(self._aside, password=self.read())

    def store(self, record: Record, over: Record) -> None:
        """Of the MEBx password it remembers as long as this run lasts that it was told."""
        if record.earlier:
            message = "another password is recorded already, and this place has room for one"
            raise EscrowFailed(message, "leave password out to use the one on record, or remove that first")
        there = self.read()
        if there not in (over.password, record.password):
            raise EscrowChanged(self.where)
        if record.password and there != record.password:
            self.write(record.password)
            if self.read() != record.password:
                hint = "try by hand what reading and writing there do"
                raise EscrowFailed("{0}: reading does not give back what was written".format(self.where), hint)
        self._aside = replace(record, password="")


class Program(OnePassword):
    """`command` takes the password on its standard input; `recall` gives it back on its standard output.

    What `recall` prints nothing of, or ends with a code of `nothing`, is not recorded.
    """

    def __init__(self, command: list[str], recall: list[str], nothing: list[int]) -> None:
        super().__init__()
        self.where = f"kept by {Path(command[0]).name}"
        self._command = command
        self._recall = recall
        self._nothing = nothing

    def read(self) -> str:
        done = self._run("recall", self._recall, "")
        if done.returncode in self._nothing:
            return ""
        self._judge("recall", done)
        return done.stdout.removesuffix("\n").removesuffix("\r")

    def write(self, password: str) -> None:
        self._judge("command", self._run("command", self._command, password + "\n"))

    @staticmethod
    def _run(option: str, words: list[str], text: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603  # pylint: disable=ansible-bad-function  # the user named it
                words, input=text, capture_output=True, text=True, timeout=ANSWERS_WITHIN, check=False
            )
        except subprocess.TimeoutExpired:
            message = f"escrow.{option}: {words[0]} did not end within {ANSWERS_WITHIN} seconds"
            raise EscrowFailed(message, "see by hand what it waits for") from None
        except ValueError:
            raise EscrowFailed(f"escrow.{option}: what {words[0]} is told or prints is no text") from None
        except OSError as error:
            raise InvalidOption(f"escrow.{option}", words[0], (error.strerror or "failed").lower()) from None

    @staticmethod
    def _judge(option: str, done: subprocess.CompletedProcess[str]) -> None:
        if done.returncode:
            message = f"escrow.{option}: {done.args[0]} ended with code {done.returncode}"
            raise EscrowFailed(message, "what it printed is not shown")


class Lines(OnePassword):
    """With room for several: a line for each, the one to use first. Where all is well there is one line."""

    def recall(self) -> Record:
        lines = list(dict.fromkeys(self._lines()))
        return Record(password="".join(lines[:1]), earlier=tuple(lines[1:]))

    def store(self, record: Record, over: Record) -> None:
        """Another password is written only where two lines were seen to stay: a place with room for one line would
        have forgotten by then what the device has. That is the first of `record.earlier`, whatever was read here."""
        there, wanted = self.recall().candidates(), record.candidates()
        if there not in (over.candidates(), wanted):
            raise EscrowChanged(self.where)
        if there == wanted:
            return
        untried = len(there) < 2
        before = wanted[1:2] if untried else wanted[1:]
        steps = [2 * before, wanted] if before and untried else [wanted]
        if not all(self._keeps(step) for step in steps):
            self._put_back(before or there)
            hint = "it has to keep two lines while a password is changed; try by hand what reading and writing do"
            raise EscrowFailed("{0}: reading does not give back what was written".format(self.where), hint)

    def _lines(self) -> list[str]:
        return [line for line in self.read().splitlines() if line]

    def _keeps(self, lines: list[str]) -> bool:
        self.write("\n".join(lines))
        return self._lines() == lines

    def _put_back(self, lines: list[str]) -> None:
        if lines and self._lines() != lines:
            self.write("\n".join(lines))


class LinesOfProgram(Lines, Program):
    """Those that a program keeps."""
