# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A record of the audit log in words: who, from where, what; big-endian and of any length (AMT.md 15.2; Intel's MOF of
AMT_AuditLog.ReadRecords)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from ..sids import shown_sid
from .audit_data import details_of
from .audit_words import APPLICATIONS, EVENTS, name_of
from .event_record import BadRecord

DIGEST, KERBEROS, LOCAL, KVM_PORT = 0, 1, 2, 3
INITIATORS = {DIGEST: "digest", KERBEROS: "kerberos", LOCAL: "local", KVM_PORT: "kvm_port"}


@dataclass(frozen=True)
class Act:
    """`time`: seconds since 1970."""

    application: int
    event: int
    initiator: int
    user: str
    time: int
    address: str
    data: bytes


class _Reader:
    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.at = 0

    def take(self, count: int, what: str) -> bytes:
        found = self.octets[self.at : self.at + count]
        if len(found) < count:
            raise BadRecord("it ends within {0}".format(what))
        self.at += count
        return found

    def number(self, form: str, what: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form), what))[0])

    def sized(self, what: str) -> bytes:
        return self.take(self.number(">B", what), what)


def parse(octets: bytes) -> Act:
    """Raises BadRecord."""
    reader = _Reader(octets)
    application, event = reader.number(">H", "the application"), reader.number(">H", "the event")
    initiator = reader.number(">B", "the initiator")
    user = _user(reader, initiator)
    time = reader.number(">I", "the time")
    reader.number(">B", "the kind of address")
    address = _text(reader.sized("the address"))
    act = Act(application, event, initiator, user, time, address, reader.sized("the data"))
    if reader.at != len(octets):
        raise BadRecord("{0} octets follow its end".format(len(octets) - reader.at))
    return act


def _user(reader: _Reader, initiator: int) -> str:
    if initiator == DIGEST:
        return _text(reader.sized("the user"))
    if initiator == KERBEROS:
        relative = reader.number(">I", "the user in the domain")
        return _sid(reader.sized("the domain"), relative)
    if initiator in INITIATORS:
        return ""
    raise BadRecord("it is of an initiator of kind {0}, which is not known".format(initiator))


def _sid(domain: bytes, relative: int) -> str:
    """Firmware gives the domain's SID and the number in it apart."""
    try:
        return "{0}-{1}".format(shown_sid(domain), relative)
    except ValueError:
        return "{0}-{1}".format(domain.hex(), relative)


def _text(octets: bytes) -> str:
    """Release 4.0 counted a null at the end (Intel's MOF)."""
    return octets.decode("utf-8", errors="replace").rstrip("\0")


def described(act: Act) -> dict[str, Any]:
    """application, event, text, by, login, address, details and data; without the time."""
    known = EVENTS.get((act.application, act.event))
    return {
        "application": APPLICATIONS.get(act.application, str(act.application)),
        "event": name_of(act.application, act.event),
        "text": known.text if known else "event {0} of application {1}".format(act.event, act.application),
        "by": act.user or INITIATORS[act.initiator],
        "login": INITIATORS[act.initiator],
        "address": act.address or None,
        "details": details_of(act.application, act.event, act.data),
        "data": act.data.hex(),
    }
