# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What an answer in HTTP comes to: what it carries, or a typed error for what it says instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .. import errors
from . import envelope
from .page import is_page, title, words
from .xml import Budget, Element

_UNAVAILABLE = 503
_GATEWAY = (502, 504)
_FORBIDDEN, _ABSENT, _FAILED = 403, 404, 500
_HTTP_HINTS = {
    3: "check that this address and port are those of a management engine, and not of something in between",
    _ABSENT: "there is no WS-Management here: check that this address and port are those of a management engine",
}
_PAGE_HINT = (
    "another web server, a proxy or the door of a guest network has this address and port, or stands before the "
    "management engine: check both"
)


class Reply(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


def read_answer(reply: Reply, budget: Budget | None) -> Element | None:
    """What is in the body of a SOAP envelope. Faults are raised as what they mean."""
    if reply.status == 200:
        try:
            return envelope.read_body(reply.body, budget)
        except errors.ProtocolError as error:
            raise _other_than_soap(reply) or error from None
    try:
        envelope.read_body(reply.body)
    except errors.ProtocolError:
        raise refusal(reply.status, reply.headers, words(reply.body)) from None
    raise errors.ProtocolError("HTTP status {0} came with an answer that is no fault".format(reply.status))


def read_file(reply: Reply, target: str) -> Reply:
    """The answer to a request for a file of the firmware's web server, if it is the file."""
    if reply.status == 200:
        return reply
    if reply.status == _ABSENT:
        raise errors.Unsupported("there is no {0}".format(target))
    refused = refusal(reply.status, reply.headers, words(reply.body))
    refused.details["status"] = reply.status
    raise refused


def _other_than_soap(reply: Reply) -> errors.ProtocolError | None:
    """For a page in the place of an answer, as from the door of a guest network or from another web server."""
    if not is_page(reply.headers.get("content-type", ""), reply.body):
        return None
    called = title(reply.body)
    sentence = "a web page answered, and not WS-Management" + (': "{0}"'.format(called) if called else "")
    return errors.ProtocolError(sentence, _PAGE_HINT)


def refusal(status: int, headers: Mapping[str, str], said: str) -> errors.AmtError:
    """For an answer that is not WS-Management: a web server's own page, or that of something in between."""
    sentence = "HTTP {0}: {1}".format(status, said) if said else "HTTP {0} and no reason".format(status)
    if status == _UNAVAILABLE:
        pause = headers.get("retry-after", "")
        return errors.Busy("the device is busy ({0})".format(sentence), pause and "it asks for a pause of " + pause)
    if status in _GATEWAY:
        return errors.Interrupted("what stands before the device got no answer of it ({0})".format(sentence))
    if status == _FORBIDDEN:
        return errors.AccessDenied("the device refused the request: {0}".format(sentence))
    if status == _FAILED or 400 <= status < _FAILED:
        return errors.Fault("the firmware refused the request: {0}".format(sentence), _HTTP_HINTS.get(status, ""))
    return errors.ProtocolError("the device answered with {0}".format(sentence), _HTTP_HINTS.get(status // 100, ""))
