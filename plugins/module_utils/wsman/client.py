# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The verbs of WS-Management over a transport, those of HTTP for the files beside it, and what a failure of each may be
taken for.

A read is repeated with a growing pause when the firmware is busy or drops the connection. A write is repeated only
where the firmware cannot have had it; a lost answer is `Indeterminate`, because it may have been carried out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Callable, Protocol, TypeVar, cast

from .. import errors
from ..clock import Deadline, SystemClock
from . import envelope
from .answers import Reply, read_answer, read_file
from .http import HttpRequest
from .values import Instance, Reference
from .xml import Budget, Element

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before each further try; an engine that restarts is away for some of them
MAX_PULLS = 1000

_READS = (envelope.GET, envelope.ENUMERATE, envelope.PULL)

#: Faults that say that the firmware began and did not finish.
_BEGUN = ("TimedOut", "InternalError")


T = TypeVar("T")


class Transport(Protocol):
    """Carries one request and its answer. Raises the errors of `..errors`; `Unreachable`: nothing was sent."""

    def current(self) -> int: ...

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> Reply: ...

    def send(self, request: HttpRequest, only_on: int = 0, slow: bool = False) -> Reply: ...

    def close(self) -> None: ...

    def moved(self, changes: Mapping[str, Any]) -> Transport: ...


class Exchange:
    """What happened on the wire, without any content: for logs and for counting."""

    __slots__ = ("action", "class_name", "outcome", "writes")

    def __init__(self, action: str, class_name: str, writes: bool, outcome: str) -> None:
        self.action = action
        self.class_name = class_name
        self.writes = writes
        self.outcome = outcome

    def __str__(self) -> str:
        return "{0} {1}: {2}".format(self.action, self.class_name, self.outcome)


class Client:
    """`observe` is called with an Exchange after each request; `written` counts those that were to change something
    and that the device had. Not for use by several threads at once.

    `vouch` is called once on each connection, before anything else is sent on it, and raises where a wrong device
    answers: nothing but what it asks by itself, with `look`, ever reaches that one.
    """

    def __init__(
        self,
        transport: Transport,
        clock: SystemClock,
        deadline: Deadline | None = None,
        observe: Callable[[Exchange], None] | None = None,
        vouch: Callable[[Client], None] | None = None,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self.deadline = deadline
        self.observe = observe
        self._message_id = 0
        self._answered = False
        self.written = 0
        self._vouch = vouch
        self._vouched_on = 0
        self._memory: dict[tuple[str, Reference], Any] | None = None

    @property
    def answered(self) -> bool:
        """Whether the device has answered anything that was asked by whom it lets in."""
        return self._answered

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Within, what was read, or refused, is not asked for again until something is written."""
        outer, self._memory = self._memory, {}
        try:
            yield
        finally:
            self._memory = outer

    def forget(self) -> None:
        """What was read may not be so any more."""
        if self._memory:
            self._memory.clear()

    def look(self, target: Reference) -> Instance:
        """As `get`, asked once, of whoever answers."""
        return self._instance(self._exchange(envelope.GET, target, looks=True))

    def get(self, target: Reference) -> Instance:
        return self._recall("get", target, lambda: self._instance(self._exchange(envelope.GET, target)))

    def enumerate(self, target: Reference) -> list[Instance]:
        return self._recall("enumerate", target, lambda: self._enumerate(target))

    def put(self, target: Reference, instance: Instance) -> None:
        self._write(envelope.PUT, target, envelope.instance_body(instance))

    def create(self, instance: Instance) -> Reference:
        """The reference of the created instance. ProtocolError when the firmware answers without one."""
        target = Reference(instance.class_name)
        answer = self._write(envelope.CREATE, target, envelope.instance_body(instance))
        if answer is None:
            raise errors.ProtocolError("{0} was created, and no reference came back".format(instance.class_name))
        if answer.name == "ResourceCreated":
            return envelope.read_reference(answer)
        created = answer.child("ResourceCreated")
        return envelope.read_reference(created if created is not None else answer)

    def delete(self, target: Reference) -> None:
        self._write(envelope.DELETE, target, "")

    def invoke(self, target: Reference, method: str, arguments: Mapping[str, Any], writes: bool = True) -> Instance:
        """The output of a method, ReturnValue included and not judged. `writes=False` for methods that only tell."""
        body = envelope.method_body(target.class_name, method, arguments)
        if writes:
            answer = self._write(method, target, body)
            if answer is None:
                raise _lost(
                    method, target.class_name, errors.ProtocolError("the body of the answer is empty", sent=True)
                )
            return envelope.read_instance(answer)
        return self._read(lambda: self._instance(self._exchange(method, target, body)))

    def fetch(self, target: str) -> Reply:
        """A file of the firmware's web server. Unsupported where it has none there."""
        return self._read(lambda: self._serve("GET", target))

    def submit(self, method: str, target: str, body: bytes = b"") -> None:
        """Change what the firmware's web server has: PUT or DELETE."""
        self._change(method, target, lambda: self._serve(method, target, body))

    def close(self) -> None:
        self.transport.close()

    def move(self, changes: Mapping[str, Any]) -> None:
        """Leave the connection and go on where `Endpoint.moved` leads, with the next request."""
        there = self.transport.moved(changes)
        self.close()
        self.transport = there
        self._vouched_on = 0

    def _recall(self, verb: str, target: Reference, attempt: Callable[[], T]) -> T:
        if self._memory is None:
            return self._read(attempt)
        if (verb, target) not in self._memory:
            try:
                self._memory[verb, target] = self._read(attempt)
            except errors.Fault as refusal:
                self._memory[verb, target] = refusal
        found = self._memory[verb, target]
        if isinstance(found, errors.Fault):
            raise found
        return cast(T, found)

    def beside(self, changes: Mapping[str, Any]) -> Client:
        """Another one, to where `Endpoint.moved` leads, as patient as this one, which stays as it is."""
        other = Client(self.transport.moved(changes), self.clock, self.deadline, self.observe, self._vouch)
        other._answered = self._answered
        return other

    def _read(self, attempt: Callable[[], T]) -> T:
        try:
            return self._repeat(attempt, (errors.Busy, errors.Interrupted, errors.Unreachable))
        except errors.DeadlineExceeded as error:
            raise error if self._answered else _silent(error) from error

    def _write(self, action: str, target: Reference, body: str) -> Element | None:
        return self._change(_short(action), target.class_name, lambda: self._exchange(action, target, body))

    def _change(self, act: str, what: str, once: Callable[[], T]) -> T:
        self.forget()

        def attempt() -> T:
            try:
                answer = once()
                self.written += 1
                return answer
            except errors.AmtError as error:
                self.written += _had_it(error)
                if _may_have_run(error):
                    raise _lost(act, what, error) from error
                raise _full(error) or error from error

        return self._repeat(attempt, (errors.Interrupted, errors.Unreachable))

    def _repeat(self, attempt: Callable[[], T], passing: tuple[type[errors.AmtError], ...]) -> T:
        for pause in PAUSES:
            try:
                return attempt()
            except passing as error:
                if not self._answered and (not _passing(error) or pause > PAUSES[0]):
                    raise _silent(error) from error
                self._pause(pause, error)
        return attempt()

    def _pause(self, seconds: float, error: errors.AmtError) -> None:
        if self.deadline is not None and self.deadline.left() <= seconds:
            raise error
        self.clock.sleep(seconds)

    def _enumerate(self, target: Reference) -> list[Instance]:
        """All of it together may hold as much as one answer."""
        budget = Budget()
        opened = self._exchange(envelope.ENUMERATE, target, envelope.enumerate_body(), budget)
        context = opened.child("EnumerationContext") if opened is not None else None
        instances: list[Instance] = []
        for _pull in range(MAX_PULLS):
            if context is None:
                return instances
            pulled = self._pull(target, context.text, budget)
            items = pulled.child("Items") if pulled is not None else None
            instances += [envelope.read_instance(item) for item in (items.children if items is not None else ())]
            if pulled is None or pulled.child("EndOfSequence") is not None:
                return instances
            context = pulled.child("EnumerationContext") or context
        raise errors.ProtocolError("the enumeration of {0} does not end".format(target.class_name))

    def _pull(self, target: Reference, context: str, budget: Budget) -> Element | None:
        try:
            return self._exchange(envelope.PULL, target, envelope.pull_body(context), budget)
        except errors.Fault as fault:
            if fault.subcode == "InvalidEnumerationContext":
                raise errors.Interrupted("the firmware lost what it was listing: {0}".format(fault)) from fault
            raise

    @staticmethod
    def _instance(element: Element | None) -> Instance:
        if element is None:
            raise errors.ProtocolError("the answer has an empty body where an instance was expected")
        return envelope.read_instance(element)

    def _post(self, document: bytes, looks: bool, slow: bool) -> Reply:
        """Methods and what is written may take long, as making a key does; a reading soon tells who is there."""
        return self.transport.post(document, 0 if looks else self._only_on(), slow)

    def _only_on(self) -> int:
        return 0 if self._vouch is None else self._vouched_on

    def _know_the_machine(self) -> None:
        """Nothing of what fails here was the request that waits for it, so that one may be sent again."""
        if self._vouch is None or (self._vouched_on and self.transport.current() == self._vouched_on):
            return
        try:
            self._vouch(self)
        except (errors.Interrupted, errors.ProtocolError, errors.DeadlineExceeded) as error:
            error.sent = error.details["sent"] = False
            raise
        except errors.Busy as error:
            raise errors.Busy(str(error), error.hint) from error
        self._vouched_on = self.transport.current()
        if not self._vouched_on:
            raise errors.Unreachable("the firmware closed the connection on which it was identified", passing=True)

    def _exchange(
        self, action: str, target: Reference, body: str = "", budget: Budget | None = None, looks: bool = False
    ) -> Element | None:
        if not looks:
            self._know_the_machine()
        self._message_id += 1
        document = envelope.request(action, target, body, self._message_id)
        writes = action not in _READS
        return self._observe(
            (_short(action), target.class_name, writes),
            lambda: self._post(document, looks, slow=writes),
            lambda reply: read_answer(reply, budget),
        )

    def _serve(self, method: str, target: str, body: bytes = b"") -> Reply:
        self._know_the_machine()
        request = HttpRequest(method, target, body)
        return self._observe(
            (method, target, method != "GET"),
            lambda: self.transport.send(request, self._only_on(), slow=True),
            lambda reply: read_file(reply, target),
        )

    def _observe(self, shown: tuple[str, str, bool], send: Callable[[], Reply], judge: Callable[[Reply], T]) -> T:
        outcome = "no answer"
        try:
            reply = send()
            self._answered = True
            outcome = "HTTP {0}".format(reply.status)
            answer = self._judge(reply, judge)
            outcome = "ok"
            return answer
        except errors.AmtError as error:
            self._answered = self._answered or isinstance(error, errors.Busy)
            outcome = "{0} ({1})".format(outcome, type(error).__name__)
            raise
        finally:
            if self.observe is not None:
                self.observe(Exchange(*shown, outcome))

    @staticmethod
    def _judge(reply: Reply, judge: Callable[[Reply], T]) -> T:
        try:
            return judge(reply)
        except errors.ProtocolError as error:
            raise errors.ProtocolError(str(error), error.hint, sent=True) from error


def _passing(error: errors.AmtError) -> bool:
    return isinstance(error, errors.Busy) or bool(getattr(error, "passing", False))


def _full(error: errors.AmtError) -> errors.TableFull | None:
    """To a write the firmware says with this subcode that it has no room, which no waiting makes."""
    if isinstance(error, errors.Busy) and error.details.get("subcode") == "QuotaLimit":
        return errors.TableFull(str(error), "remove something of the same kind first", subcode="QuotaLimit")
    return None


def _had_it(error: errors.AmtError) -> bool:
    """Whether the device had the request and let its sender in: what was refused for its own sake counts."""
    turned_away = isinstance(error, (errors.Unreachable, errors.AuthenticationRefused))
    return not turned_away and getattr(error, "sent", True)


def _may_have_run(error: errors.AmtError) -> bool:
    """Whether a request that ended so may have been carried out."""
    if isinstance(error, errors.Busy):
        return error.details.get("subcode") in _BEGUN
    return isinstance(error, (errors.Interrupted, errors.ProtocolError, errors.DeadlineExceeded)) and error.sent


def _lost(act: str, what: str, error: errors.AmtError) -> errors.Indeterminate:
    return errors.Indeterminate(
        "{0} of {1} was sent and its answer was lost: {2}".format(act, what, error),
        "it may have taken effect; read the device before it is tried again",
    )


def _silent(error: errors.AmtError) -> errors.Unreachable:
    """A device that has not answered once is unreachable, however its silence showed."""
    if isinstance(error, errors.Unreachable):
        return error
    return errors.Unreachable(
        "the device accepts connections and does not answer: {0}".format(error),
        "its management engine may be hung: try again later, or take the machine off power for a moment; "
        "on a slow network raise `connect_timeout`",
    )


def _short(action: str) -> str:
    return action.rpartition("/")[2]
