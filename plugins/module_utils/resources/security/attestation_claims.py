# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What an attestation proves, claim by claim, and for what it does not prove the reason. Pure."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ...cim.security import AMT_SIGNERS, CHIP, CHIP_NAMES, ECDSA_SHA384
from ...identity import uuid_of
from ...resource import Values
from ...x509.certificate import Certificate
from ...x509.path import Broken, path
from ...x509.revocations import RevocationList
from .attested import Signed, key_of

Form = tuple[bytes, str]
MOST_SHOWN = 8
CLAIMS = ("chain", "amt", "signature", "connection", "revocation", "identity")


@dataclass(frozen=True)
class Evidence:
    """What the device said, and what it was asked. `shown`: the certificate of this connection, in DER, or nothing;
    `held`: those in the device's store."""

    signed: Signed
    signature: bytes
    certificates: list[Certificate]
    shown: bytes
    held: list[bytes]
    told_uuid: str | None


def judged(evidence: Evidence, roots: Sequence[Certificate], lists: Sequence[RevocationList], now: float) -> Values:
    """Each claim, proven or with the reason why not. Pure."""
    leaf = evidence.certificates[0]
    missing: dict[str, str] = {}
    try:
        way = path(leaf, evidence.certificates[1:], roots, now)
    except Broken as broken:
        way, missing["chain"] = [], str(broken)
    form = _signature(evidence, missing)
    _others(evidence, way, form, missing)
    revoked = _revocation(way, lists, roots, now, missing)
    chip = _chip(way)
    signed = evidence.signed
    return {
        "proven": [claim for claim in CLAIMS if claim not in missing],
        "not_proven": [{"claim": claim, "reason": missing[claim]} for claim in CLAIMS if claim in missing],
        "revoked": [each.subject for each in revoked],
        "hardware_id": chip.fingerprint if chip is not None else None,
        "uuid": uuid_of(signed.uuid.hex()),
        "fqdn": signed.fqdn or None,
        "firmware_version": signed.version or None,
        "svn": signed.svn,
        "form": form[1] if form is not None else None,
        "certificates": [_told(each) for each in evidence.certificates],
    }


def _signature(evidence: Evidence, missing: dict[str, str]) -> Form | None:
    """How it fits."""
    key = key_of(evidence.certificates[0])
    form = None
    if evidence.signed.mechanism != ECDSA_SHA384:
        missing["signature"] = "signature mechanism {0} is not known".format(evidence.signed.mechanism)
    elif key is None:
        missing["signature"] = "the certificate has no key of P-256 or P-384"
    else:
        shown = list(dict.fromkeys(filter(None, (evidence.shown, *evidence.held))))[:MOST_SHOWN]
        form = evidence.signed.form(shown, key, evidence.signature)
        if form is None:
            missing["signature"] = "it is not over what was asked and told, in any form that the schema leaves open"
    return form


def _others(evidence: Evidence, way: list[Certificate], form: Form | None, missing: dict[str, str]) -> None:
    leaf = evidence.certificates[0]
    if leaf.common_name not in AMT_SIGNERS:
        missing["amt"] = "the certificate is one of {0}, and not of AMT".format(leaf.common_name or "nobody")
    elif not way:
        missing["amt"] = "the chain is not proven"
    if form is None or not way:
        missing["connection"] = missing["identity"] = "chain and signature are not both proven"
        return
    if not evidence.shown:
        missing["connection"] = (
            "there is no TLS that the signature could be bound to, or none that can be seen from here"
        )
    elif form[0] != evidence.shown:
        missing["connection"] = "what is signed has another certificate than this connection shows: TLS ends in between"
    if uuid_of(evidence.signed.uuid.hex()) != evidence.told_uuid:
        reason = "the hardware inventory tells the UUID {0}" if evidence.told_uuid else "it tells no UUID to this user"
        missing["identity"] = reason.format(evidence.told_uuid)


def _revocation(
    way: list[Certificate],
    lists: Sequence[RevocationList],
    roots: Sequence[Certificate],
    now: float,
    missing: dict[str, str],
) -> list[Certificate]:
    """The certificates that are revoked. A root is trusted as it is."""
    doubts = {each.issuer: each.why_not([*way, *roots], now) for each in lists}
    believed = [each for each in lists if not each.why_not([*way, *roots], now)]
    revoked = [each for each in way if any(listed.lists(each) for listed in believed)]
    unknown = [each for each in way[:-1] if not any(listed.covers(each) for listed in believed)]
    if revoked:
        missing["revocation"] = "revoked: " + "; ".join(each.subject for each in revoked)
    elif not way:
        missing["revocation"] = "the chain is not proven"
    elif unknown:
        why = "; ".join("the list of {0} does not count: {1}".format(*row) for row in doubts.items() if row[1])
        named = "; ".join(each.subject for each in unknown)
        missing["revocation"] = "no list says anything of {0}{1}".format(named, why and " ({0})".format(why))
    return revoked


def _chip(way: list[Certificate]) -> Certificate | None:
    """The certificate that is of this chip for good, whatever firmware it gets."""
    if len(way) > CHIP and any(name in way[CHIP].common_name for name in CHIP_NAMES):
        return way[CHIP]
    return None


def _told(each: Certificate) -> Values:
    return {
        "subject": each.subject,
        "issuer": each.issuer,
        "fingerprint": each.fingerprint,
        "expires": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(each.not_after)),
    }
