# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a signed export of an audit log proves, without the device.

No public source says which octets the firmware signs. It is taken that they are those of all records, one after the
other; a signature of the right key over anything else is told as that, and proves nothing of the records.
"""

from __future__ import annotations

import base64
import binascii
import calendar
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timezone
from typing import Any, NamedTuple, Optional

from ..errors import InvalidOption
from ..x509 import der
from ..x509.certificate import Certificate, parse
from ..x509.signature import opened
from . import audit_record
from .event_record import BadRecord
from .moments import told

MOST_ISSUERS = 8
NOT_OURS = "it is no export that amt_audit_log has written; name another file"
VALID, OTHER, INVALID = "valid", "of something else", "invalid"
TRUSTED, UNTRUSTED, NOT_JUDGED = "trusted", "untrusted", "not judged"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class Export(NamedTuple):
    """`signed`: what the firmware said besides its signature, as the file has it."""

    host: str
    records: list[bytes]
    signature: bytes
    certificates: list[Certificate]
    signed: Mapping[str, Any]


def read_export(option: str, path: str, text: str) -> Export:
    """InvalidOption for a file that is something else."""
    try:
        found = json.loads(text)
        signed = found["signed"]
        records = [_octets(each) for each in found["records"]]
        certificates = [parse(_octets(each)) for each in signed["certificates"]]
        signature = _octets(signed["signature"])
        if found["log"] == "audit" and certificates:
            return Export(str(found["host"]), records, signature, certificates, signed)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error, der.Malformed):
        pass
    raise InvalidOption(option, path, NOT_OURS)


def _octets(text: Any) -> bytes:
    return base64.b64decode(text, validate=True)


def judged(export: Export, roots: Sequence[Certificate]) -> dict[str, Any]:
    """proven, problems, and what they come from. Certificates are judged at the time at which it was signed."""
    signer = export.certificates[0]
    signature = _signature(export)
    chain = _chain(export, roots)
    acts, problems = _acts(export)
    problems += _SIGNATURE_PROBLEMS[signature] + _CHAIN_PROBLEMS[chain]
    if export.signed.get("count") != len(export.records):
        sentence = "{0} records were signed, and {1} are here"
        problems.append(sentence.format(export.signed.get("count"), len(export.records)))
    return {
        "proven": not problems,
        "problems": problems,
        "signature": signature,
        "chain": chain,
        "signer": signer.subject,
        "fingerprint": signer.fingerprint,
        "host": export.host,
        "count": len(export.records),
        "interruptions": list(_interruptions(acts)),
        **{name: export.signed.get(name) for name in ("hash", "begins", "ends", "made", "uuid", "fqdn")},
    }


def _signature(export: Export) -> str:
    try:
        found = opened(export.certificates[0].public_key, export.signature)
    except der.Malformed:
        return INVALID
    if found is None:
        return INVALID
    name, digest = found
    return VALID if hashlib.new(name, b"".join(export.records)).digest() == digest else OTHER


_SIGNATURE_PROBLEMS: Mapping[str, list[str]] = {
    VALID: [],
    OTHER: ["the signature is of this key, and not of these records: they were changed, or this firmware signs more"],
    INVALID: ["the signature is not of the key of this certificate"],
}
_CHAIN_PROBLEMS: Mapping[str, list[str]] = {
    TRUSTED: [],
    UNTRUSTED: ["the certificate does not lead to one of the roots, or was not valid at that time"],
    NOT_JUDGED: ["whose the certificate is was not judged: give the roots that you trust"],
}


def _chain(export: Export, roots: Sequence[Certificate]) -> str:
    """Each certificate is signed by the next, up to a root or to one that a root has signed."""
    if not roots:
        return NOT_JUDGED
    at = _seconds(export.signed.get("made"))
    current: Optional[Certificate] = export.certificates[0]
    for _step in range(MOST_ISSUERS):
        if current is None or not current.not_before <= at <= current.not_after:
            return UNTRUSTED
        if any(current.der == root.der for root in roots):
            return TRUSTED
        issuer = _issuer(current, roots)
        if issuer is not None:
            return TRUSTED if issuer.not_before <= at <= issuer.not_after else UNTRUSTED
        current = _issuer(current, [each for each in export.certificates[1:] if each.authority])
    return UNTRUSTED


def _issuer(certificate: Certificate, others: Sequence[Certificate]) -> Optional[Certificate]:
    return next(
        (each for each in others if each.subject == certificate.issuer and certificate.signed_by(each) is True), None
    )


def _seconds(moment: Any) -> float:
    """Before all time where it is none."""
    try:
        return float(calendar.timegm(time.strptime(str(moment), _MOMENT)))
    except ValueError:
        return 0.0


def _acts(export: Export) -> tuple[list[audit_record.Act], list[str]]:
    acts, problems = [], []
    for place, octets in enumerate(export.records, start=1):
        try:
            acts.append(audit_record.parse(octets))
        except BadRecord as reason:
            problems.append("record {0} cannot be read: {1}".format(place, reason))
    for name, row in (("begins", acts[:1]), ("ends", acts[-1:])):
        if row and _seconds(export.signed.get(name)) != row[0].time:
            problems.append("the log that was signed {0} at another time than these records".format(name))
    return acts, problems


#: What keeps a log from being whole: application and event -> what it is.
_INTERRUPTIONS = {
    (20, 0): "what was before was cleared",
    (20, 2): "it was switched off here",
    (20, 5): "the firmware repaired it here",
}


def _interruptions(acts: Sequence[audit_record.Act]) -> Iterator[dict[str, str]]:
    """Where acts may be missing that no signature misses."""
    before = None
    for act in acts:
        when = told(act.time, timezone.utc)
        sentence = _INTERRUPTIONS.get((act.application, act.event))
        if sentence:
            yield {"time": when, "text": sentence}
        if before is not None and act.time < before:
            yield {"time": when, "text": "the clock went back here"}
        before = act.time
