# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong between a wish and a firmware, as types. Libraries raise these; front ends report them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class AmtError(Exception):
    """A sentence about what happened; `hint` says what to try, `details` are plain values for a machine to read."""

    def __init__(self, message: str, hint: str = "", **details: object) -> None:
        super().__init__(message)
        self.hint = hint
        self.details = details


def _counted(number: int, noun: str) -> str:
    return "{0} {1}{2}".format(number, noun, "" if number == 1 else "s")


class InvalidOption(AmtError):
    """A value that the caller gave cannot be used."""

    def __init__(self, option: str, value: object, way_out: str, shown_as: str = "") -> None:
        super().__init__("{0}: {1!r} cannot be used: {2}".format(shown_as or option, value, way_out), option=option)
        self.option = option


def unusable(option: str, value: object, way_out: str) -> InvalidOption:
    """For an option of the log-in, which each front end calls by another name: see `spelt`."""
    return InvalidOption(option, value, way_out, shown_as="`{0}`".format(option))


_LOG_IN_OPTION = re.compile("`([a-z_]+)`")


def spelt(text: str, names: Mapping[str, str]) -> str:
    """A message or a hint with the options of the log-in, which stand in backticks, as a front end calls them."""
    return _LOG_IN_OPTION.sub(lambda found: names.get(found[1], found[1]), text)


def spelt_unread(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The same of the rows in `unread`, if there are any; everything else is as it was."""
    rows: Iterable[Mapping[str, Any]] = values.get("unread") or ()
    told = [{**row, "reason": spelt(row["reason"], names), "hint": spelt(row["hint"], names)} for row in rows]
    return {**values, "unread": told} if told else dict(values)


class Unreachable(AmtError):
    """No request was sent: name lookup, connection or TLS handshake failed.

    `passing`: the host is there and takes no connection, as while its management engine wakes or restarts.
    """

    def __init__(self, message: str, hint: str = "", passing: bool = False, **details: object) -> None:
        super().__init__(message, hint, **details)
        self.passing = passing


class CertificateRefused(Unreachable):
    """The device's certificate is not one that the caller trusts. `fingerprint` is the SHA-256 of what it presented;
    `misnamed`: it is for other names than that by which the device was called."""

    def __init__(self, message: str, hint: str = "", fingerprint: str = "", misnamed: bool = False) -> None:
        super().__init__(message, hint, fingerprint=fingerprint)
        self.fingerprint = fingerprint
        self.misnamed = misnamed


class Interrupted(AmtError):
    """The whole answer was not received. `sent`: the request may have been carried out.

    `passing`: it was cut off rather than waited for in vain, so that a device that has not answered yet may do so now.
    """

    def __init__(self, message: str, hint: str = "", sent: bool = True, passing: bool = True) -> None:
        super().__init__(message, hint, sent=sent)
        self.sent = sent
        self.passing = passing


class DeadlineExceeded(AmtError):
    """The time that the caller allows for the whole task has passed. `sent` tells whether a request was under way."""

    def __init__(self, message: str, hint: str = "", sent: bool = False) -> None:
        super().__init__(message, hint, sent=sent)
        self.sent = sent


class WrongMachine(AmtError):
    """The device that answers is not the one that the caller expects. Nothing was written to it."""


class AuthenticationRefused(AmtError):
    """The device refused the credentials. Never tried again: firmware counts failures and locks out."""


class ProtocolError(AmtError):
    """The peer sent something that is not HTTP, XML or WS-Management, or more of it than we accept.

    `sent` tells whether that was the answer to a request, which may then have been carried out.
    """

    def __init__(self, message: str, hint: str = "", sent: bool = False) -> None:
        super().__init__(message, hint, sent=sent)
        self.sent = sent


class Unreadable(ProtocolError):
    """A property holds what its type does not allow, or is missing where it must be there."""

    def __init__(self, class_name: str, property_name: str, reason: str, hint: str = "") -> None:
        super().__init__("{0}.{1} {2}".format(class_name, property_name, reason), hint)
        self.details = {"class": class_name, "property": property_name}


class Unread(AmtError):
    """Not everything that was asked for could be read, and the caller wants all or nothing. `unread`: what, and why."""

    def __init__(self, unread: list[dict[str, object]]) -> None:
        sentences = ["{0}: {1}".format(row["error"], row["reason"]) for row in unread]
        super().__init__(
            "{0} could not be read: {1}".format(_counted(len(unread), "part"), "; ".join(sentences)),
            "without strict: true the rest is returned, and unread tells what is missing",
            unread=unread,
        )


class PartsRefused(AmtError):
    """Several parts of one document cannot be as wanted. Nothing was written. `parts`: part, error, reason, hint."""

    def __init__(self, met: Sequence[tuple[str, AmtError]]) -> None:
        rows = [
            {"part": part, "error": type(error).__name__, "reason": str(error), "hint": error.hint}
            for part, error in met
        ]
        told = "; ".join("{part}: {reason}".format(**row) for row in rows)
        hints = "; ".join("{part}: {hint}".format(**row) for row in rows if row["hint"])
        super().__init__("{0} cannot be: {1}".format(_counted(len(rows), "part"), told), hints, parts=rows)


class Busy(AmtError):
    """The firmware cannot answer now; a read may be tried again."""


class Fault(AmtError):
    """The firmware refused the request. `subcode` is the local name of the SOAP fault subcode."""

    def __init__(self, message: str, hint: str = "", subcode: str = "", reason: str = "", detail: str = "") -> None:
        super().__init__(message, hint, subcode=subcode, reason=reason, detail=detail)
        self.subcode = subcode
        self.reason = reason
        self.detail = detail


class Unsupported(Fault):
    """This firmware has no such class, instance or feature."""


class AccessDenied(Fault):
    """The user lacks the realm, or the control mode forbids it."""


class Unavailable(AmtError):
    """The machine can do this, and not in the state that it is in; or this machine never can: then
    `lacks` in the details names what it does not have."""


def lacking(option: str, what: str) -> Unavailable:
    """An option is about something that this firmware does not have."""
    return Unavailable(
        "{0}: this firmware has no {1}".format(option, what),
        "leave the option out for this device",
        option=option,
        lacks=what,
    )


class Unproven(AmtError):
    """The device was asked to prove who it is, and did not prove all that is required. `details`: what it did."""


class ConsentRequired(Unavailable):
    """The user at the machine has to agree first, and has not."""


class TableFull(Fault):
    """The firmware has no room for another one of these."""


class AlreadyExists(Fault):
    """An instance with this key is there."""


class InvalidSelectors(Fault):
    """The selectors do not name one instance."""


class SchemaRefused(Fault):
    """The firmware does not accept the elements of the request."""


class Refused(AmtError):
    """A method was carried out and returned something other than success."""

    def __init__(self, method: str, family: str, code: int, name: str, hint: str = "") -> None:
        super().__init__("{0} returned {1} ({2})".format(method, code, name), hint, method=method, code=code, name=name)
        self.method = method
        self.family = family
        self.code = code
        self.name = name


#: Words of PT_STATUS (AMT.md 2.8) with which a method says so: see `is_there_or_gone`.
THERE_OR_GONE = ("DUPLICATE", "NOT_FOUND", "INVALID_HANDLE")


class Indeterminate(AmtError):
    """A write was sent and its answer was lost: it may have taken effect. `found` tells what was read back."""

    def __init__(self, message: str, hint: str = "", found: object = None) -> None:
        super().__init__(message, hint, found=found)
        self.found = found


class NotReached(AmtError):
    """The firmware accepted the request, and the wanted state was not seen in the time allowed."""


class Overtaken(AmtError):
    """What this run had read or made is not there any more: somebody else is at work on the same device."""


def is_there_or_gone(failure: object) -> bool:
    """Whether a refusal says of what was to be made that it is there, or of what was to be changed that it is not."""
    there = isinstance(failure, (AlreadyExists, InvalidSelectors))
    return there or (isinstance(failure, Refused) and failure.name in THERE_OR_GONE)


@contextmanager
def overtaken_by(names: Sequence[str], hint: str = "", before: str = "") -> Iterator[None]:
    """A refusal by one of these names shows the work of somebody else on the same device: Overtaken. `before` stands
    before what the firmware said."""
    try:
        yield
    except (Fault, Refused) as refusal:
        if refusal.details.get("name") not in names:
            raise
        raise Overtaken(before + str(refusal), hint) from refusal
