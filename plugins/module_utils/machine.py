# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A firmware that one can talk to in terms of the CIM tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Callable, TypeVar

from . import errors
from .cim.network import GENERAL
from .cim.realms import realm_of, shown
from .cim.returns import HINTS, PT_STATUS, name_of
from .cim.schema import CimClass, Properties
from .clock import Deadline, SystemClock, standing_back
from .identity import expecting
from .wsman.characters import ILLEGIBLE
from .wsman.client import Client, Exchange
from .wsman.endpoint import Endpoint
from .wsman.http import HttpTransport
from .wsman.values import Instance, Reference

T = TypeVar("T")
Rows = list[Properties]
Selectors = Mapping[str, Any]

AMT_STATUS = re.compile(r"AMT-STATUS ([0-9]+)")


class Machine:
    """One device for the length of one task. Values come and go as the tables of `cim/` say.

    Every method may raise any error of `errors`; reads are repeated by the client where that is safe, writes never.
    """

    def __init__(self, client: Client, clock: SystemClock, deadline: Deadline) -> None:
        self.client = client
        self.clock = clock
        self.deadline = deadline

    @property
    def certificate(self) -> bytes:
        """What the device has shown on the last connection, as DER; empty without TLS and before the first request."""
        connection = getattr(self.client.transport, "connection", None)
        return connection.certificate if connection is not None else b""

    @property
    def peer(self) -> str:
        """The IP address at which the device answered last; empty where something is in between that knows it."""
        connection = getattr(self.client.transport, "connection", None)
        return connection.peer if connection is not None else ""

    @property
    def user(self) -> str:
        """Who is logged in by a password; empty where a ticket proves that, or nothing does."""
        return self._log_in()[0]

    @property
    def password(self) -> str:
        """Of `user`."""
        return self._log_in()[1]

    def _log_in(self) -> tuple[str, str]:
        endpoint = getattr(self.client.transport, "endpoint", None)
        if endpoint is None or endpoint.auth != "digest":
            return "", ""
        return endpoint.username, endpoint.password

    def lets_in(self, username: str, password: str) -> bool:
        """Whether somebody is let in by a password: one attempt, on a connection of its own. Firmware counts those that
        fail, and slows down."""
        client = self.client.beside({"username": username, "password": password, "auth": "digest"})
        try:
            client.get(GENERAL.at())
        except errors.AuthenticationRefused:
            return False
        except errors.Fault:
            return True
        finally:
            client.close()
        return True

    @property
    def endpoint(self) -> Endpoint | None:
        """Where requests go; None where there is no network in between."""
        transport = self.client.transport
        return getattr(transport, "endpoint", None) if hasattr(transport, "connection") else None

    def get(self, cim: CimClass, **selectors: Any) -> Properties:
        """The properties of one instance. Where firmware refuses Get (AMT 10 and older for some), it is enumerated."""
        return self._fetch(cim, selectors)

    def find(self, cim: CimClass, **selectors: Any) -> dict[str, Any] | None:
        """As `get`, and None where this firmware has no such class or instance."""
        try:
            return self._fetch(cim, selectors)
        except errors.Unsupported:
            return None

    def enumerate(self, cim: CimClass) -> Rows:
        """All instances. Where firmware refuses to enumerate (AMT 10 and older for some), the known ones are read."""
        return self._fetch_all(cim)

    def list(self, cim: CimClass) -> Rows:
        """As `enumerate`, and empty where this firmware has no such class."""
        try:
            return self._fetch_all(cim)
        except errors.Unsupported:
            return []

    def modify(self, cim: CimClass, changes: Mapping[str, Any], **selectors: Any) -> None:
        """Read an instance, lay the changes over it, write it back whole without its read-only properties."""
        target = cim.at(**selectors)
        with about(cim.name):
            current = self.client.get(target)
        merged = {**sendable(current.properties), **cim.encode(changes)}
        kept = {name: merged[name] for name in sorted(merged) if name not in cim.read_only()}
        with about(cim.name), _named_status():
            self.client.put(target, Instance(cim.name, kept))

    def create(self, cim: CimClass, values: Mapping[str, Any]) -> Reference:
        with about(cim.name), _named_status():
            return self.client.create(Instance(cim.name, cim.encode(values)))

    def delete(self, cim: CimClass, **selectors: Any) -> None:
        with about(cim.name), _named_status():
            self.client.delete(cim.at(**selectors))

    def invoke(
        self, cim: CimClass, method: str, arguments: Mapping[str, Any] | None = None, **selectors: Any
    ) -> dict[str, Any]:
        """Call a method that changes something. The output without ReturnValue; `Refused` when that is not 0."""
        with about(cim.name):
            output = self.client.invoke(cim.at(**selectors), method, cim.encode_input(arguments or {}))
        return self._judge(cim, method, output)

    def ask(
        self, cim: CimClass, method: str, arguments: Mapping[str, Any] | None = None, **selectors: Any
    ) -> dict[str, Any]:
        """Call a method that only tells; safe in check mode and repeated as a read is."""
        with about(cim.name):
            output = self.client.invoke(cim.at(**selectors), method, cim.encode_input(arguments or {}), writes=False)
        return self._judge(cim, method, output)

    def each(self, rows: Iterable[Properties], read: Callable[[Properties], T]) -> Iterator[T]:
        """What `read` makes of every row."""
        return (read(row) for row in rows)

    def wait(self, reached: Callable[[], bool], seconds: float, sentence: str, every: float = 1.0) -> None:
        """Poll until `reached()`, with pauses growing from `every` to 5 s. `NotReached` after `seconds`, or at the end
        of the deadline, which is then named."""
        allowed = max(0.0, min(seconds, self.deadline.left()))
        limit = Deadline(self.clock, allowed)
        pause = every
        while not self._anew(reached):
            if limit.passed() or self.deadline.passed():
                raise self._not_reached(sentence, seconds, allowed)
            self.clock.sleep(max(0.0, min(pause, limit.left())))
            if self.deadline.passed():
                raise self._not_reached(sentence, seconds, allowed)
            pause = min(pause * 1.5, 5.0)

    def _anew(self, reached: Callable[[], bool]) -> bool:
        self.client.forget()
        return reached()

    @staticmethod
    def _not_reached(sentence: str, seconds: float, allowed: float) -> errors.NotReached:
        if allowed >= seconds:
            return errors.NotReached("{0} within {1:g} seconds".format(sentence, seconds))
        return errors.NotReached(
            "{0} within {1:.0f} seconds, when the deadline of the connection ended the wait".format(sentence, allowed),
            "allow more time with `deadline`, of which the wait may have {0:g} seconds".format(seconds),
        )

    @property
    def written(self) -> int:
        """How many requests were to change something."""
        return self.client.written

    @property
    def answered(self) -> bool:
        """Whether the device is there and lets us in."""
        return self.client.answered

    def stand_back(self, turn: int) -> None:
        """Leave the device to somebody else for a while: see `clock.standing_back`. No longer than the deadline."""
        self.clock.sleep(max(0.0, min(standing_back(turn), self.deadline.left())))
        self.client.forget()

    def remembering(self) -> AbstractContextManager[None]:
        """For who reads several resources: each instance is asked for once, until a write or a wait."""
        return self.client.remembering()

    def reopen(self, **changes: Any) -> None:
        """Go on over a new connection by what has changed of the `Endpoint`: the password that was set, TLS, the place.

        For `apply`, after a write that the old connection does not outlive. Nothing is sent yet; the read that follows
        proves that the device can be reached so. InvalidOption where there is no way there.
        """
        self.client.move(changes)

    def close(self) -> None:
        self.client.close()

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _decode(self, cim: CimClass, instance: Instance) -> Properties:
        return cim.decode(instance.properties)

    def _fetch(self, cim: CimClass, selectors: Selectors) -> Properties:
        target = cim.at(**selectors)
        with about(cim.name):
            try:
                return self._decode(cim, self.client.get(target))
            except errors.Fault as refusal:
                if isinstance(refusal, (errors.Unsupported, errors.AccessDenied)):
                    raise
                return self._only(cim, target.selectors, refusal)

    def _fetch_all(self, cim: CimClass) -> Rows:
        with about(cim.name):
            try:
                rows = self.client.enumerate(Reference(cim.name))
            except (errors.Fault, errors.Busy, errors.Interrupted) as refusal:
                rows = [] if isinstance(refusal, errors.AccessDenied) else [*self._known(cim)]
                if not rows:
                    raise
            return [self._decode(cim, row) for row in rows or self._known(cim)]

    def _known(self, cim: CimClass) -> Iterator[Instance]:
        """Those of the instances that the table names which are there."""
        for key in cim.instances:
            with suppress(errors.Unsupported, errors.InvalidSelectors):
                yield self.client.get(cim.at(**key))

    def _only(self, cim: CimClass, selectors: Selectors, refusal: errors.Fault) -> Properties:
        matching = [
            instance
            for instance in self.client.enumerate(Reference(cim.name))
            if all(instance.properties.get(name, value) == value for name, value in selectors.items())
        ]
        if len(matching) != 1:
            raise refusal
        return self._decode(cim, matching[0])

    @staticmethod
    def _judge(cim: CimClass, method: str, output: Instance) -> dict[str, Any]:
        values = dict(output.properties)
        value = values.pop("ReturnValue", None)
        if not isinstance(value, str) or not (value.isascii() and value.strip().isdecimal() and len(value) < 20):
            raise errors.Unreadable(cim.name, method, "answered without a numeric ReturnValue")
        code = int(value)
        if code:
            name = name_of(cim.returns, code)
            refusal = errors.Refused("{0}.{1}".format(cim.name, method), cim.family, code, name, HINTS.get(name, ""))
            refusal.details["class"] = cim.name
            raise refusal
        return cim.decode_output(values)


def sendable(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What was read, without empty texts, which firmware from 16 on refuses, and without those that came with something
    illegible: sent back they would be other texts."""
    return {
        name: value
        for name, value in properties.items()
        if not (isinstance(value, str) and (ILLEGIBLE in value or not value))
    }


@contextmanager
def about(class_name: str) -> Iterator[None]:
    """Errors from within name the class and, where a user may lack it, the realm that it needs."""
    try:
        yield
    except (errors.Fault, errors.ProtocolError, errors.Busy, errors.Interrupted) as error:
        if "class" not in error.details:
            error.args = ("{0}: {1}".format(class_name, error),)
            error.details["class"] = class_name
            if isinstance(error, errors.AccessDenied):
                _name_realm(error, realm_of(class_name))
        raise


def _name_realm(error: errors.AccessDenied, realm: str) -> None:
    error.details["realm"] = realm
    if realm:
        error.hint = "give the user the realm {0}, or check that the control mode allows it".format(shown(realm))


@contextmanager
def _named_status() -> Iterator[None]:
    """Give the PT_STATUS that a fault carries as `AMT-STATUS n` (vendor's guide) its name and its hint."""
    try:
        yield
    except errors.Fault as fault:
        status = AMT_STATUS.search(fault.detail)
        name = PT_STATUS.get(int(status[1])) if status else None
        if name:
            fault.args = ("{0} ({1})".format(fault, name),)
            fault.hint = fault.hint or HINTS.get(name, "")
            fault.details["name"] = name
        raise


def open_machine(
    endpoint: Endpoint,
    clock: SystemClock | None = None,
    observe: Callable[[Exchange], None] | None = None,
) -> Machine:
    """A machine at an endpoint with digest authentication. Nothing is sent yet. InvalidOption without a password."""
    endpoint.check_credentials()
    clock = clock or SystemClock()
    deadline = Deadline(clock, endpoint.deadline)
    transport = HttpTransport(endpoint, clock, deadline)
    client = Client(transport, clock, deadline, observe, expecting(endpoint.uuid))
    return Machine(client, clock, deadline)
