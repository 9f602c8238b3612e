# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Reading many things, of which each may be out of reach: what cannot be read costs itself, and is accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Callable, TypeVar

from . import errors
from .cim.schema import CimClass, Properties
from .machine import Machine, Rows
from .unread import Unread
from .wsman.values import Instance

T = TypeVar("T")

ONE_ANSWER = (errors.Fault, errors.Refused, errors.ProtocolError)
"""Each of these spoils one answer; the next question may have one."""

AFTER_ANSWERS = (errors.Busy, errors.Interrupted, errors.AuthenticationRefused, errors.DeadlineExceeded)
"""So may these where the device has answered before; what was read before them stays true in any case."""


class Survey(Machine):
    """A machine as a reader sees it. It answers as Machine does, and what cannot be read is nothing and a note: None
    for a property, no rows for a class, and an error only where nothing could be read at all."""

    def __init__(self, machine: Machine, unread: Unread) -> None:
        super().__init__(machine.client, machine.clock, machine.deadline)
        self.unread = unread
        self._answered = False

    def part(self, name: str, read: Callable[[], T]) -> T | None:
        """What `read` gives, or None and a note."""
        with self.unread.part(name):
            return self.attempt(read)

    def attempt(self, read: Callable[[], T]) -> T | None:
        """The same for something within a part."""
        try:
            return read()
        except ONE_ANSWER as error:
            self.unread.note(error)
        except AFTER_ANSWERS as error:
            if not self._answered:
                raise
            self.unread.note(error)
        return None

    def each(self, rows: Iterable[Properties], read: Callable[[Properties], T]) -> Iterator[T]:
        """What `read` makes of every row; without those of which it can make nothing."""
        for row in rows:
            yield from self.attempt(partial(_alone, read, row)) or ()

    def get(self, cim: CimClass, **selectors: Any) -> Properties:
        found = self.attempt(lambda: self._heard(lambda: super(Survey, self).get(cim, **selectors)))
        return Properties(cim.name, {}, _say_nothing) if found is None else found

    def find(self, cim: CimClass, **selectors: Any) -> dict[str, Any] | None:
        return self.attempt(lambda: _unless_absent(lambda: self._heard(lambda: self._found(cim, selectors)), None))

    def enumerate(self, cim: CimClass) -> Rows:
        return self.attempt(lambda: self._heard(lambda: super(Survey, self).enumerate(cim))) or []

    def list(self, cim: CimClass) -> Rows:
        return self.attempt(lambda: _unless_absent(lambda: self._heard(lambda: self._fetch_all(cim)), [])) or []

    def judge(self, strict: bool) -> None:
        """Fail where nothing could be read and, if `strict`, where anything could not."""
        if self.unread.first is not None and not self._answered:
            raise self.unread.first
        if self.unread.rows and strict:
            raise errors.Unread(self.unread.rows)

    def _found(self, cim: CimClass, selectors: Any) -> dict[str, Any] | None:
        return self._fetch(cim, selectors)

    def _heard(self, read: Callable[[], T]) -> T:
        found = read()
        self._answered = True
        return found

    def _decode(self, cim: CimClass, instance: Instance) -> Properties:
        return cim.decode(instance.properties, self.unread.note)


def _unless_absent(read: Callable[[], T], otherwise: T) -> T:
    """That a firmware has no such class is no loss, and nothing that was read either."""
    try:
        return read()
    except errors.Unsupported:
        return otherwise


def _alone(read: Callable[[Properties], T], row: Properties) -> tuple[T]:
    return (read(row),)


def _say_nothing(_error: errors.AmtError) -> None:
    """The class as a whole is noted already."""
