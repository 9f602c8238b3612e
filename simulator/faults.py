# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong on purpose: one table of faults, and scripts that say when one of them strikes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Optional

CONNECT, LOGIN, REQUEST, EFFECT, ANSWER = "connect", "login", "request", "effect", "answer"


@dataclass(frozen=True)
class FaultKind:
    """A row of the table. `stage` says when it strikes; `parameters` are its own settings with their defaults."""

    name: str
    stage: str
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)
    executed: Optional[bool] = None
    """Whether the request has taken effect when its answer is missing or spoilt; None where there is no request."""


TABLE = (
    FaultKind("refuse", CONNECT, "a device with sockets of its own refuses; otherwise the new connection is reset"),
    FaultKind("unplugged", CONNECT, "nothing comes back at all, from TCP and from the presence ping"),
    FaultKind("hung", CONNECT, "TCP connects, then silence: no handshake, no answer"),
    FaultKind("tls_broken", CONNECT, "the TLS handshake is answered with something that is not TLS"),
    FaultKind("delay", REQUEST, "the answer comes late", {"seconds": 1.0}, True),
    FaultKind("drop_before_answer", REQUEST, "reset after the request was read; it has no effect", {}, False),
    FaultKind("busy", REQUEST, "HTTP 503, as while the management engine restarts", {}, False),
    FaultKind("busy_fault", REQUEST, "a SOAP fault that says come back later", {"subcode": "TimedOut"}, False),
    FaultKind("access_denied", REQUEST, "a SOAP fault: the user may not do that", {}, False),
    FaultKind("unsupported", REQUEST, "a SOAP fault: this class is not on this machine", {}, False),
    FaultKind("stale_nonce", REQUEST, "401 with stale=true and a fresh nonce, whatever the credentials", {}, False),
    FaultKind("wrong_password", LOGIN, "the password is not the one that the fleet says", {}, False),
    FaultKind("flash_write_limit", EFFECT, "writes are refused: too many of them wore the flash", {}, False),
    FaultKind("clock_jump", EFFECT, "the device's clock jumps before the request", {"seconds": 3600.0}, True),
    FaultKind("restart_after", EFFECT, "answered, then the device is away for a while", {"seconds": 5.0}, True),
    FaultKind("short_pulls", EFFECT, "one item per Pull, whatever is asked, and the end in an empty one", {}, True),
    FaultKind("lost_answer", ANSWER, "reset without a byte of answer, after the request took effect", {}, True),
    FaultKind("drop_during_answer", ANSWER, "reset in the middle of the answer", {}, True),
    FaultKind("cut_chunk", ANSWER, "closed in the middle of a chunk", {}, True),
    FaultKind("garbage", ANSWER, "bytes that are not HTTP", {}, True),
    FaultKind("html_answer", ANSWER, "200 with a page of HTML where SOAP belongs", {}, True),
    FaultKind("empty_answer", ANSWER, "200 with no body at all", {}, True),
    FaultKind("malformed_xml", ANSWER, "XML that stops in the middle, in sound HTTP", {}, True),
    FaultKind("deep_xml", ANSWER, "XML nested without end", {"depth": 20000}, True),
    FaultKind("entities", ANSWER, "XML with a document type that defines entities in entities", {}, True),
    FaultKind("endless_headers", ANSWER, "header lines that never end", {"bytes": 8 << 20}, True),
    FaultKind("endless_answer", ANSWER, "chunks that never end", {"bytes": 64 << 20}, True),
    FaultKind("trickle", ANSWER, "the answer comes one byte at a time", {"seconds": 0.1}, True),
)

FAULTS = {kind.name: kind for kind in TABLE}


class UnknownFault(ValueError):
    """There is no such fault or it has no such setting; the text names the way out."""


@dataclass
class Scripted:
    """A fault that strikes from the `nth` match on, `times` times (None: for ever)."""

    fault: str
    nth: int = 1
    times: Optional[int] = None
    parameters: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    @property
    def kind(self) -> FaultKind:
        raise NotImplementedError

    def __getitem__(self, name: str) -> Any:
        return self.parameters.get(name, self.kind.parameters[name])

    def count(self) -> bool:
        """Count a match, and say whether the fault strikes it."""
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.struck >= self.times):
            return False
        self.struck += 1
        return True

    def shown(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Script(Scripted):
    """One scripted fault of the network's side.

    `login` says which requests are meant by how their log-in fared: `accepted` leaves the challenge alone, `none` is
    the challenge and pages that need no log-in, `any` is all of them.
    """

    verb: Optional[str] = None
    cls: Optional[str] = None
    method: Optional[str] = None
    login: str = "accepted"

    @property
    def kind(self) -> FaultKind:
        return FAULTS[self.fault]

    def matches(self, verb: str, cls: str, method: str, login: str) -> bool:
        wanted = ((self.verb, verb), (self.cls, cls), (self.method, method))
        meant = self.login in ("any", login) or self.kind.stage == CONNECT
        return meant and all(want is None or want == given for want, given in wanted)

    def strikes(self, verb: str, cls: str, method: str, login: str) -> bool:
        """Count a request that may match, and say whether the fault strikes it."""
        return self.matches(verb, cls, method, login) and self.count()


MATCHING = ("verb", "cls", "method", "login", "nth", "times")
LOGINS = ("accepted", "none", "any")


def make_script(fault: str, **settings: Any) -> Script:
    """Build a script from plain settings (`class` is an alias of `cls`); raise UnknownFault."""
    if fault not in FAULTS:
        raise UnknownFault("there is no fault {0!r}; choose from {1}".format(fault, ", ".join(FAULTS)))
    settings = {("cls" if name == "class" else name): value for name, value in settings.items()}
    parameters = {name: value for name, value in settings.items() if name not in MATCHING}
    for name in parameters:
        if name not in FAULTS[fault].parameters:
            known = (*MATCHING, *FAULTS[fault].parameters)
            raise UnknownFault("fault {0} has no {1!r}; it takes {2}".format(fault, name, ", ".join(known)))
    matching = {name: value for name, value in settings.items() if name in MATCHING}
    check_matching(fault, matching)
    return Script(fault, parameters=parameters, **matching)


def check_matching(fault: str, matching: dict[str, Any]) -> None:
    if matching.get("login", "any") not in LOGINS:
        raise UnknownFault(
            "fault {0}: login is {1!r}; use one of {2}".format(fault, matching["login"], ", ".join(LOGINS))
        )
    check_counts(fault, matching)


def check_counts(fault: str, matching: dict[str, Any]) -> None:
    """Raise UnknownFault for an `nth` or `times` that is none."""
    for name in ("nth", "times"):
        value = matching.get(name, 1)
        if value is None and name == "times":
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UnknownFault("fault {0}: {1} is {2!r}; give a whole number from 1".format(fault, name, value))


class FaultScripts:
    """The scripts of one device."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []

    def add(self, fault: str, **settings: Any) -> Script:
        script = make_script(fault, **settings)
        self.scripts = [*self.scripts, script]
        return script

    def clear(self) -> None:
        self.scripts = []

    def always(self, fault: str) -> bool:
        """Whether a fault strikes every time; nothing is counted."""
        return any(script.fault == fault and script.times is None and script.nth == 1 for script in self.scripts)

    def strike_connection(self) -> list[Script]:
        """The scripts that strike a new connection, in the order in which they were added."""
        return [script for script in self.scripts if script.kind.stage == CONNECT and script.strikes("", "", "", "")]

    def strike(self, verb: str, cls: str, method: str, login: str) -> list[Script]:
        """The scripts that strike a request, in the order in which they were added."""
        considered = [script for script in self.scripts if script.kind.stage not in (CONNECT, LOGIN)]
        return [script for script in considered if script.strikes(verb, cls, method, login)]
