# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether a device is what it says: genuine firmware on this very chip, on this very connection, at this moment.

AMT_GeneralSettings.AMTAuthenticate, and On-Die Certificate Authority in the vendor's guide. Reads only. Each claim is
proven or is not, with the reason; what is required decides whether that is a failure.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from typing import Any, Callable, TypeVar

from ...cim.inventory import COMPUTER_SYSTEM_PACKAGE
from ...cim.network import GENERAL
from ...cim.security import AUTHENTICATE, CERTIFICATE
from ...errors import Fault, InvalidOption, Unavailable, Unproven, Unreadable, Unsupported, WrongMachine
from ...identity import uuid_of
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Resource, Values
from ...x509 import certificate as x509
from ...x509 import der, revocations
from ...x509.certificate import Certificate
from ...x509.fingerprint import plain_fingerprint
from ...x509.revocations import RevocationList
from ..glance import glance_all, glanced
from .attestation_claims import CLAIMS, Evidence, judged
from .attested import Signed, key_of

T = TypeVar("T")

MOST_CERTIFICATES = 16


class Attestation(Resource):
    """`proven` and `not_proven` by claim; who the device is, as it was signed."""

    options = (
        Option("roots", type="list", elements="str", required=True),
        Option("revocation_lists", type="list", elements="str", default=[]),
        Option("require", type="list", elements="str", choices=CLAIMS, default=["chain", "amt", "signature"]),
        Option("hardware_id"),
        Option("nonce_size", type="int", default=20),
    )

    def check(self, wanted: Values) -> None:
        check_within("nonce_size", wanted["nonce_size"], 16, 64, "bytes")
        if not wanted["roots"]:
            raise InvalidOption(
                "roots", [], "give Intel's root, and any other that you trust to issue such certificates"
            )
        _roots(wanted)
        _lists(wanted)
        if "revocation" in wanted["require"] and not wanted["revocation_lists"]:
            raise InvalidOption(
                "require", wanted["require"], "revocation needs revocation_lists, which Intel publishes"
            )
        expected = wanted["hardware_id"]
        if expected is not None and not plain_fingerprint(expected):
            raise InvalidOption("hardware_id", expected, "64 hexadecimal digits, as a run before told it")

    def read(self, machine: Machine, wanted: Values) -> Values:
        evidence = _evidence(machine, wanted["nonce_size"])
        return judged(evidence, _roots(wanted), _lists(wanted), machine.clock.wall())

    def plan(self, present: Values, wanted: Values) -> Values:
        """As it is, or Unproven."""
        missing = {row["claim"]: row["reason"] for row in present["not_proven"]}
        lacked = [claim for claim in CLAIMS if claim in missing and claim in wanted["require"]]
        if present["revoked"] and "revocation" not in lacked:
            lacked.append("revocation")
        if lacked:
            told = "; ".join("{0}: {1}".format(claim, missing[claim]) for claim in lacked)
            raise Unproven("the device did not prove what is required: {0}".format(told), **present)
        expected = wanted["hardware_id"]
        if expected is not None and plain_fingerprint(expected) != present["hardware_id"]:
            raise WrongMachine(
                "the chip is another one than expected",
                "if the board was replaced, set hardware_id to that of the new one",
                expected=expected,
                found=present["hardware_id"],
            )
        return present


def _octets(option: str, kind: str, texts: Sequence[str], read: Callable[[bytes], T]) -> list[T]:
    """PEM, with several in a text, or base64 of DER."""
    found: list[T] = []
    for text in texts:
        try:
            blocks = list(x509.unwrapped(kind, text)) or [base64.b64decode("".join(text.split()), validate=True)]
            found += [read(octets) for octets in blocks]
        except (der.Malformed, binascii.Error, ValueError) as error:
            way_out = "PEM, or base64 of DER as the filter b64encode makes it ({0})"
            raise InvalidOption(option, text[:40], way_out.format(error)) from None
    return found


def _roots(wanted: Values) -> list[Certificate]:
    roots = _octets("roots", "CERTIFICATE", wanted["roots"], x509.parse)
    for root in roots:
        if not root.authority or (key_of(root) is None and not root.public_key):
            raise InvalidOption(
                "roots", root.subject, "it is no certificate of an authority whose signatures are known"
            )
    return roots


def _lists(wanted: Values) -> list[RevocationList]:
    return _octets("revocation_lists", "X509 CRL", wanted["revocation_lists"], revocations.parse)


def _evidence(machine: Machine, size: int) -> Evidence:
    challenge = secrets.token_bytes(size)
    try:
        answer = machine.ask(AUTHENTICATE, "AMTAuthenticate", {"MC_Nonce": challenge})
    except Fault as refusal:
        if isinstance(refusal, Unsupported) or refusal.subcode == "ActionNotSupported":
            raise Unavailable(
                "this firmware has no AMTAuthenticate",
                "it came with the certificates on the chip of AMT 15; older devices cannot prove what they are",
                lacks="AMTAuthenticate",
            ) from refusal
        raise
    signed = Signed(
        challenge,
        _needed(answer, "Nonce"),
        answer.get("FQDN") or "",
        _uuid(answer),
        answer.get("FWVersion") or "",
        _number(answer, "AMTSVN"),
        glanced(machine, GENERAL).known("DigestRealm") or "",
        _number(answer, "SignatureMechanism"),
    )
    guid = glanced(machine, COMPUTER_SYSTEM_PACKAGE).known("PlatformGUID")
    signature, certificates = _needed(answer, "Signature"), _certificates(answer)
    shown = machine.certificate
    held = [row["X509Certificate"] for row in glance_all(machine, CERTIFICATE) or () if row.get("X509Certificate")]
    return Evidence(signed, signature, certificates, shown, held, uuid_of(guid))


def _needed(answer: Values, name: str) -> Any:
    value = answer.get(name)
    if value is None:
        raise Unreadable(AUTHENTICATE.name, name, "is missing from the answer")
    return value


def _number(answer: Values, name: str) -> int:
    number = int(_needed(answer, name))
    if not 0 <= number < 1 << 16:
        raise Unreadable(AUTHENTICATE.name, name, "is no number that it can have")
    return number


def _uuid(answer: Values) -> bytes:
    digits = str(_needed(answer, "UUID")).replace("-", "").strip()
    try:
        octets = bytes.fromhex(digits)
    except ValueError:
        octets = b""
    if len(octets) != 16:
        raise Unreadable(AUTHENTICATE.name, "UUID", "is no UUID")
    return octets


def _certificates(answer: Values) -> list[Certificate]:
    octets, lengths = _needed(answer, "Certificates"), _needed(answer, "LengthOfCertificates")
    if len(lengths) > MOST_CERTIFICATES or any(length <= 0 for length in lengths) or sum(lengths) > len(octets):
        raise Unreadable(AUTHENTICATE.name, "LengthOfCertificates", "does not fit the certificates")
    found, start = [], 0
    for length in lengths:
        try:
            found.append(x509.parse(octets[start : start + length]))
        except der.Malformed as error:
            raise Unreadable(AUTHENTICATE.name, "Certificates", "has {0}".format(error)) from None
        start += length
    if not found:
        raise Unreadable(AUTHENTICATE.name, "Certificates", "has none")
    return found
