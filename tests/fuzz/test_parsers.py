# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever comes over the wire, a parser gives a value or raises the error that its contract names: a row per parser.

FUZZ_INPUTS is the number of inputs for each row, 100,000 unless set.
"""

from __future__ import annotations

import datetime
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Callable, Optional

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.mei import amthi, mkhi
from ansible_collections.outofband.amt.plugins.module_utils.scan.banner import parse_head, read_certificate
from ansible_collections.outofband.amt.plugins.module_utils.scan.presence import parse_pong
from ansible_collections.outofband.amt.plugins.module_utils.scan.spans import any_span
from ansible_collections.outofband.amt.plugins.module_utils.scan.talk import Asking
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope, xml
from ansible_collections.outofband.amt.plugins.module_utils.wsman.digest import choose_challenge, parse_challenges
from ansible_collections.outofband.amt.plugins.module_utils.x509 import certificate, der, revocations
from ansible_collections.outofband.amt.plugins.module_utils.x509.certificate import unwrapped
from ansible_collections.outofband.amt.plugins.plugin_utils.certificate import load_certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator.firmware.security import on_die
from tests.fuzz.apf_sessions import replay, streams
from tests.fuzz.mutation import accepts, inputs, spoil_structure
from tests.fuzz.replies import read_reply
from tests.fuzz.seeds import CHALLENGES, HEADS, PLACES, PONGS, REPLIES, documents, requests
from tests.in_process import machine
from tests.interop.own_requests import tables
from tests.unit.module_utils.mei.answers import AMTHI, MKHI_FEATURES, MKHI_VERSION

INPUTS = int(os.environ.get("FUZZ_INPUTS", "100000"))
SLOWEST = 5.0
"""Seconds of CPU that no input of the sizes made here may take; a sound parser needs a hundredth of it."""


def elements(document: bytes) -> list[xml.Element]:
    """Every element of a document, and none of one that does not parse."""
    try:
        waiting = [xml.parse(document)]
    except errors.ProtocolError:
        return []
    found = []
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].children
    return found


def every_reference(document: bytes) -> None:
    """Of the elements that claim to hold a reference, and of the whole, which is none."""
    for element in elements(document):
        try:
            if element.child("ReferenceParameters") or element.name == "Envelope":
                envelope.read_reference(element)
        except errors.ProtocolError:
            continue


def every_instance(document: bytes) -> None:
    for element in elements(document):
        envelope.read_instance(element)


def every_table(document: bytes) -> None:
    """Known properties decoded, in every place where an instance of a class of our tables may be."""
    known = tables()
    for element in elements(document):
        if element.name in known:
            try:
                known[element.name].decode(envelope.read_instance(element).properties)
            except errors.ProtocolError:
                continue


def any_local_answer(data: bytes) -> Any:
    """As an answer to the command that it names, where it names one."""
    op = data[4] if len(data) > 4 else 0
    name = next((command.name for command in amthi.COMMANDS if command.op & 0xFF == op), "fqdn")
    return [amthi.read_response(name, data)]


@cache
def firmware() -> Machine:
    return machine("16")


def answered(request: bytes) -> None:
    """What the simulator answers to a request document: whatever it is, it answers."""
    transport = firmware().client.transport
    transport.post(request)
    transport.sent.clear()
    transport.answered.clear()


@cache
def certificates() -> tuple[bytes, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pc.example.test")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=1))
    return (made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER),)


@cache
def revocation_lists() -> tuple[bytes, ...]:
    texts = on_die.revocation_lists(1764547200, on_die.chain_of("a chip")[:5])
    return tuple(octets for text in texts for octets in unwrapped("X509 CRL", text))


def judged(data: bytes) -> None:
    """Read, and judged by a key that it has itself, whatever kind that is."""
    found = certificate.parse(data)
    found.signed_by(found)


def heard(data: bytes) -> bytes:
    """In pieces, as a network gives them. What is kept is the beginning of what was said."""
    asking = Asking(b"")
    for at in range(0, len(data), 16):
        if asking.finished:
            break
        asking.feed(data[at : at + 16])
    assert data.startswith(asking.head)
    return asking.head


@dataclass(frozen=True)
class Parser:
    """`raises` are the errors that its contract allows."""

    name: str
    parse: Callable[[bytes], Any]
    seeds: Callable[[], Sequence[bytes]]
    raises: tuple[type[Exception], ...] = (errors.ProtocolError,)
    structure: Optional[Callable[[bytes, random.Random], bytes]] = None


PARSERS = (
    Parser("xml.parse", xml.parse, documents, structure=spoil_structure),
    Parser(
        "envelope.read_body",
        envelope.read_body,
        documents,
        (errors.ProtocolError, errors.Fault, errors.Busy),
        spoil_structure,
    ),
    Parser("envelope.read_instance", every_instance, documents, structure=spoil_structure),
    Parser("envelope.read_reference", every_reference, documents, structure=spoil_structure),
    Parser("CimClass.decode", every_table, documents, structure=spoil_structure),
    Parser("reply.ReplyParser", read_reply, lambda: REPLIES),
    Parser("digest.parse_challenges", lambda data: parse_challenges(data.decode("latin-1")), lambda: CHALLENGES),
    Parser(
        "digest.choose_challenge",
        lambda data: choose_challenge(data.decode("latin-1")),
        lambda: CHALLENGES,
        (errors.ProtocolError, errors.AuthenticationRefused),
    ),
    Parser("simulator, a request", answered, requests, (), spoil_structure),
    Parser("apf.HostSession", lambda data: replay("host", data), lambda: [streams()["host"]]),
    Parser("apf.FirmwareSession", lambda data: replay("firmware", data), lambda: [streams()["firmware"]]),
    Parser(
        "amthi.read_response",
        any_local_answer,
        lambda: [answer for answer, _values in AMTHI.values()],
        (errors.ProtocolError, errors.Refused),
    ),
    Parser("mkhi.read_version", mkhi.read_version, lambda: [MKHI_VERSION], (errors.ProtocolError, errors.Refused)),
    Parser(
        "mkhi.read_features",
        lambda data: mkhi.read_features(mkhi.ENABLED_FEATURES, data),
        lambda: [MKHI_FEATURES],
        (errors.ProtocolError, errors.Refused),
    ),
    Parser("presence.parse_pong", lambda data: parse_pong(data, 7), lambda: PONGS, ()),
    Parser("banner.parse_head", parse_head, lambda: HEADS, ()),
    Parser("talk.Asking", heard, lambda: HEADS, ()),
    Parser("banner.read_certificate", partial(read_certificate, load=load_certificate), certificates, ()),
    Parser("certificate.parse", judged, certificates, (der.Malformed,)),
    Parser("revocations.parse", revocations.parse, revocation_lists, (der.Malformed,)),
    Parser(
        "spans.any_span",
        lambda data: any_span(data.decode("utf-8", "replace"), "hosts"),
        lambda: PLACES,
        (errors.InvalidOption,),
    ),
)


@lru_cache(maxsize=1)
def spoilt(seeds: tuple[bytes, ...], structure: Optional[Callable[[bytes, random.Random], bytes]]) -> tuple[bytes, ...]:
    """Rows of the same seeds that follow each other get the same inputs: spoiling takes as long as reading."""
    return tuple(inputs(seeds, INPUTS, "parsers", structure))


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_gives_a_value_or_its_own_error(parser):
    accepted = 0
    for data in spoilt(tuple(parser.seeds()), parser.structure):
        started = time.process_time()
        accepted += accepts(parser.name, parser.parse, data, parser.raises)
        assert time.process_time() - started < SLOWEST, data
    assert accepted


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_sound_inputs_are_accepted(parser):
    """A row whose seeds are refused anyway would show nothing."""
    accepted = 0
    for data in parser.seeds():
        try:
            accepted += parser.parse(data) is not False
        except parser.raises:
            continue
    assert accepted > len(parser.seeds()) / 2
