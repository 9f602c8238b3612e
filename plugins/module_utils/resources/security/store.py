# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The device's certificates and keys as rows, who uses them, and how much room there is (AMT.md 10.3)."""

from __future__ import annotations

import base64
import binascii
import time
from typing import Any

from ...cim.schema import Properties
from ...cim.security import CERTIFICATE, CONTEXTS, KEY_PAIR, LARGEST, STORE_LIMITS, TLS_SETTINGS, USERS
from ...errors import InvalidOption, Unreadable
from ...machine import Machine
from ...resource import Values
from ...x509 import der
from ...x509.certificate import Certificate, certificates_in, numbers, parse, pem, unwrapped

Row = dict[str, Any]
PUBLIC = "RSA PUBLIC KEY"
ROOM = {
    "roots": "RootCertMaxCount",
    "root_size": "RootCertMaxSize",
    "certificate_size": "CertChainMaxSize",
    "names": "CommonNameMaxCount",
    "name_length": "CommonNameMaxSize",
    "serials": "MaximumCRLSize",
    "key_sizes": "SupportedKeyLengths",
}


def read_store(machine: Machine) -> Values:
    """`store` and `keys` as they are told, and `limits` where firmware tells them."""
    used = users(machine)
    keys = [_key_row(each) for each in machine.enumerate(KEY_PAIR)]
    rows = [_certificate_row(each, used, keys) for each in machine.enumerate(CERTIFICATE)]
    for key in keys:
        key["certificates"] = [row["fingerprint"] for row in rows if row["key"] == key["id"]]
    told = machine.find(STORE_LIMITS) or {}
    limits = {word: told.get(name) for word, name in ROOM.items()}
    return {
        "store": rows,
        "keys": keys,
        "limits": {**limits, "certificate_size": limits["certificate_size"] or LARGEST},
    }


def users(machine: Machine) -> dict[str, set[str]]:
    """InstanceID of a certificate -> by whom it is used."""
    found: dict[str, set[str]] = {}
    for cim in CONTEXTS:
        for context in machine.list(cim):
            held, by = context["ElementInContext"], context["ElementProvidingContext"]
            found.setdefault(str(held.selectors.get("InstanceID")), set()).add(USERS.get(by.class_name, by.class_name))
    return found


def is_mutual(machine: Machine) -> bool:
    """Whether clients have to show a certificate, on either side: then every root may be in use."""
    sides = machine.enumerate(TLS_SETTINGS)
    return any(side.get("Enabled") and side.get("MutualAuthentication") for side in sides)


def _key_row(instance: Properties) -> Row:
    public = instance["DERKey"]
    try:
        bits = numbers(public)[0].bit_length()
    except (der.Malformed, ValueError):
        bits = 0
    return {"id": instance["InstanceID"], "bits": bits, "public_key": pem(PUBLIC, public)}


def _certificate_row(instance: Properties, used: dict[str, set[str]], keys: list[Row]) -> Row:
    octets, handle = instance["X509Certificate"], instance["InstanceID"]
    try:
        found = parse(octets)
    except der.Malformed:
        subject, issuer = str(instance.get("Subject", "")), str(instance.get("Issuer", ""))
        found = Certificate(octets, 0, subject, issuer, "", 0.0, 0.0, b"")
    public = pem(PUBLIC, found.public_key) if found.public_key else None
    return {
        "id": handle,
        **described(found),
        "root": bool(instance.get("TrustedRootCertficate", False)),
        "built_in": bool(instance.get("ReadOnlyCertificate", False)),
        "key": next((key["id"] for key in keys if key["public_key"] == public), None),
        "used_by": sorted(used.get(handle, ())),
    }


def parsed(text: str) -> Certificate:
    """A certificate of a row, with nothing but its bytes where no parser understands it."""
    (octets,) = unwrapped("CERTIFICATE", text)
    try:
        return parse(octets)
    except der.Malformed:
        return Certificate(octets, 0, shortened(text), "", "", 0.0, 0.0, b"")


def certified_key(octets: bytes) -> str:
    """The key that a certificate is for, as rows have it; nothing where that cannot be told."""
    try:
        found = parse(octets).public_key
    except der.Malformed:
        return ""
    return pem(PUBLIC, found) if found else ""


FORESEEN = "made by the run"


def foreseen(rows: list[Row], planned: Values) -> list[Row]:
    """The rows once the device's certificates are as `amt_certificates` has planned them."""
    there = {row["certificate"] for row in rows}
    own = [member["certificate"] for member in planned["certificates"]]
    kept = [row for row in rows if row["built_in"] or row["certificate"] in (*own, *planned["roots"])]
    new = [(text, text in planned["roots"]) for text in (*own, *planned["roots"]) if text not in there]
    return kept + [
        {
            **described(parsed(text)),
            "id": FORESEEN,
            "root": root,
            "built_in": False,
            "key": None if root else FORESEEN,
            "used_by": [],
        }
        for text, root in new
    ]


def described(certificate: Certificate) -> Row:
    return {
        "certificate": certificate.pem,
        "fingerprint": certificate.fingerprint,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": "{0:x}".format(certificate.serial),
        "not_before": moment(certificate.not_before),
        "not_after": moment(certificate.not_after),
        "dns_names": list(certificate.dns_names),
        "addresses": list(certificate.addresses),
    }


def moment(seconds: float) -> str:
    """ISO 8601, UTC. Years beyond what the system can tell are its last."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(min(max(seconds, 0.0), 253402300799.0)))


def octets_of(class_name: str, property_name: str, text: object) -> bytes:
    """What a text of the device has in base64. Unreadable."""
    try:
        return base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(class_name, property_name, "is not in base64") from None


def one_certificate(option: str, text: str) -> Certificate:
    """InvalidOption unless the text is one certificate in PEM."""
    found = read_pem(option, text)
    if len(found) != 1:
        way_out = "it holds {0} certificates: give one alone; those of issuers belong in roots".format(len(found))
        raise InvalidOption(option, shortened(text), way_out)
    return found[0]


def read_pem(option: str, text: str) -> list[Certificate]:
    try:
        found = certificates_in(text)
    except der.Malformed as error:
        raise InvalidOption(option, shortened(text), "{0}: give PEM text".format(error)) from None
    if not found:
        raise InvalidOption(option, shortened(text), "it has no certificate: give PEM text, not the name of a file")
    return found


def shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
