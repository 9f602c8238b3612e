# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What connections show of TLS. Settings tell what the next commit brings about: those of a run that ended between
writing and committing read as if they were in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Callable

from ...errors import Interrupted, Overtaken, Unreachable
from ...machine import Machine
from ...resource import Values
from ...wsman.endpoint import PLAIN_PORT, TLS_PORT, Endpoint
from ...wsman.stream import Dialer

PATIENCE = 3.0
"""Seconds for a port that may be closed, as a firewall may also be what says nothing."""
REQUEST, BEGINNING = b"GET / HTTP/1.1\r\nHost: amt\r\nConnection: close\r\n\r\n", b"HTTP/"
MOVED = "{0} has closed port {1}, by which this run came, and answers on port {2}: somebody else sets its TLS"
MOVED_HINT = "run again, by the way that is open now: `tls` and `port` of the connection"
Answer = Callable[[Machine, Endpoint], bool]


def in_force(machine: Machine, told: Values, has_plain: bool, port: int | None) -> Values:
    """The side of this connection, of which settings have told, without what a connection disproves. `port`: that of
    the other of AMT's two, where it is none of its own."""
    here = machine.endpoint
    if here is None:
        return told
    looked = _by_tls(here, told, has_plain, port) if here.tls else _plainly(here, told, port)
    return {**told, **{name: answer(machine, place) for name, place, answer in looked}, **_proved(here, told)}


@contextmanager
def followed(machine: Machine, port: int | None) -> Iterator[None]:
    """Overtaken where a device that has answered before answers on the other of its two ports only. `port`: see
    `in_force`."""
    here = machine.endpoint
    try:
        yield
    except (Interrupted, Unreachable) as lost:
        place = _other(here, port) if here is not None and machine.answered else None
        if here is None or place is None or _speaks(machine, here) or not _speaks(machine, place):
            raise
        raise Overtaken(MOVED.format(here.host, here.port, place.port), MOVED_HINT) from lost


def _proved(here: Endpoint, told: Values) -> Values:
    """By this very connection."""
    if here.tls:
        return {"enabled": True}
    return {"plain_ports": True} if told["enabled"] else {}


def _plainly(here: Endpoint, told: Values, port: int | None) -> Iterator[tuple[str, Endpoint, Answer]]:
    place = _other(here, port)
    if told["enabled"] and place is not None and (here.client_certificate or not told["mutual"]):
        yield "enabled", place, _speaks


def _by_tls(here: Endpoint, told: Values, has_plain: bool, port: int | None) -> Iterator[tuple[str, Endpoint, Answer]]:
    place = _other(here, port)
    if has_plain and not told["plain_ports"] and place is not None:
        yield "plain_ports", place, _is_open
    if told["mutual"]:
        yield "mutual", replace(here, client_certificate="", client_key=""), _demands_one


def _other(here: Endpoint, port: int | None) -> Endpoint | None:
    """The other of AMT's two ports; nothing where that is not known."""
    if here.proxy_command or (port is None and here.port not in (PLAIN_PORT, TLS_PORT)) or port == here.port:
        return None
    return here.moved(tls=not here.tls, fingerprint="", **({"port": port} if port else {}))


def _is_open(machine: Machine, place: Endpoint) -> bool:
    return _speaks(machine, replace(place, connect_timeout=min(PATIENCE, place.connect_timeout)))


def _demands_one(machine: Machine, place: Endpoint) -> bool:
    """Whether who shows no certificate is turned away."""
    return not _speaks(machine, place)


def _speaks(machine: Machine, place: Endpoint) -> bool:
    """Whether a web server answers somebody who does not log in, and is told nothing but a path."""
    try:
        with closing(Dialer(place, verify=False).open(machine.deadline)) as stream:
            stream.limit(min(place.connect_timeout, machine.deadline.left()))
            stream.sendall(REQUEST)
            said = b""
            while len(said) < len(BEGINNING):
                more = stream.recv(len(BEGINNING))
                if not more:
                    break
                said += more
    except (Unreachable, OSError):
        return False
    return said.startswith(BEGINNING)
