# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Keys that the device makes, and requests that it signs with them."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from ...cim.network import GENERAL
from ...cim.schema import CimClass
from ...cim.security import CERTIFICATE, KEY_PAIR, NOT_READY, RSA, SIGNING, STORE
from ...errors import InvalidOption, Overtaken, Refused, Unreadable, overtaken_by
from ...machine import Machine
from ...option import Option
from ...resource import Values
from ...wsman.values import Reference
from ...x509 import der, names
from ...x509.certificate import CLIENT, SERVER, numbers, pem, unwrapped
from ...x509.request import unsigned
from .store import PUBLIC, Row, octets_of

USAGES = {"server": SERVER, "client": CLIENT}
THERE = ("DUPLICATE", "NOT_FOUND")
"""Either word has been given for the number of what is there already (AMT.md 2.8)."""
READY_WITHIN = 200.0
"""Seconds: MeshCentral asks up to 20 times, 10 s apart."""
NO_HOST_NAME = "the device has no host name: give it one, or say whom the certificate is for, as CN=pc-01.example.net"
SIGNED = "SignedCertificateRequest"
ANOTHER_REQUEST = "give it to no authority: find out what answers at that address"
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")

REQUEST = (
    Option("subject"),
    Option("dns_names", type="list", elements="str"),
    Option("addresses", type="list", elements="str"),
    Option("usages", type="list", elements="str", choices=tuple(USAGES), default=["server"]),
    Option("key_size", type="int", default=2048),
    Option("signature_hash", choices=tuple(SIGNING), default="sha256"),
)


def check_request(option: str, asked: Values) -> None:
    """InvalidOption for what no request can have."""
    if asked.get("subject") is not None:
        try:
            names.encode(asked["subject"])
        except ValueError as error:
            raise InvalidOption(option + "subject", asked["subject"], str(error)) from None
    for name in asked.get("dns_names") or ():
        labels = name.removeprefix("*.").rstrip(".").split(".") if name.isascii() else [""]
        if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
            raise InvalidOption(option + "dns_names", name, "give a host name in ASCII letters, as pc-01.example.net")
    for address in asked.get("addresses") or ():
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise InvalidOption(option + "addresses", address, "give an IPv4 or IPv6 address") from None


def check_size(option: str, size: int, limits: Values) -> None:
    offered = limits["key_sizes"]
    if offered and size not in offered:
        way_out = "this firmware makes keys of {0} bits".format(", ".join(str(each) for each in offered))
        raise InvalidOption(option + "key_size", size, way_out)


def whom_for(machine: Machine, asked: Values) -> Values:
    """The same with subject and names: those of the device's own host name where nothing is said."""
    if asked.get("subject") is None:
        general = machine.get(GENERAL)
        parts = [general.get("HostName") or "", general.get("DomainName") or ""]
        host = ".".join(part for part in parts if part)
        if not parts[0]:
            raise InvalidOption("subject", "nothing", NO_HOST_NAME)
        asked = {**asked, "subject": names.written([("CN", host[: names.LONGEST])])}
        if asked.get("dns_names") is None:
            asked["dns_names"] = [host]
        check_request("", asked)
    return {**asked, "dns_names": asked.get("dns_names") or [], "addresses": asked.get("addresses") or []}


def free_key(keys: Iterable[Row], size: int) -> Row | None:
    """The first key of that size that no certificate is for."""
    return next((key for key in keys if not key["certificates"] and key["bits"] == size), None)


def make_key(machine: Machine, size: int) -> Row:
    output = _once_ready(
        machine, lambda: machine.invoke(STORE, "GenerateKeyPair", {"KeyAlgorithm": RSA, "KeyLength": size})
    )
    made = reference_in(output, "KeyPair", KEY_PAIR)
    public = machine.get(KEY_PAIR, InstanceID=made)["DERKey"]
    try:
        numbers(public)
    except ValueError:
        raise Unreadable(KEY_PAIR.name, "DERKey", "is no public key of RSA") from None
    return {"id": made, "bits": size, "public_key": pem(PUBLIC, public), "certificates": []}


def signed_request(machine: Machine, key: Row, asked: Values) -> str:
    """In PEM. The device's keys are as they were. Unreadable where the device has put in more than its signature: an
    authority would make a certificate for whom, and for what, the device likes."""
    (public,) = unwrapped(PUBLIC, key["public_key"])
    usages = [USAGES[usage] for usage in asked["usages"]]
    subject = names.encode(asked["subject"])
    request = unsigned(subject, public, asked["signature_hash"], asked["dns_names"], asked["addresses"], usages)
    arguments = {
        "KeyPair": Reference(KEY_PAIR.name, {"InstanceID": key["id"]}),
        "SigningAlgorithm": SIGNING[asked["signature_hash"]],
        "NullSignedCertificateRequest": base64.b64encode(request).decode("ascii"),
    }
    try:
        output = _once_ready(machine, lambda: machine.ask(STORE, "GeneratePKCS10RequestEx", arguments))
    except Refused as refusal:
        if machine.find(KEY_PAIR, InstanceID=key["id"]) is not None:
            raise
        raise Overtaken(str(refusal), "somebody else has taken the key away: run again") from refusal
    signed = octets_of(STORE.name, SIGNED, output.get(SIGNED))
    if _what_is_asked(signed) != _what_is_asked(request):
        raise Unreadable(STORE.name, SIGNED, "asks for something else than it was given to sign", ANOTHER_REQUEST)
    return pem("CERTIFICATE REQUEST", signed)


def _what_is_asked(request: bytes) -> bytes | None:
    """The part of a request that is signed: whom for, for which key, for what use."""
    try:
        return der.only(request).expect(der.SEQUENCE).children[0].whole
    except (der.Malformed, IndexError):
        return None


def _once_ready(machine: Machine, attempt: Any) -> Values:
    """What `attempt` gives, once the device has finished the key that it is making."""
    found: list[Values] = []

    def is_ready() -> bool:
        try:
            found.append(attempt())
        except Refused as refusal:
            if refusal.name not in NOT_READY:
                raise
        return bool(found)

    machine.wait(is_ready, READY_WITHIN, "the device was not ready with a key")
    return found[0]


def reference_in(output: Values, name: str, cim: CimClass) -> str:
    """The InstanceID that a method returned. Overtaken where it returned none: the store tells what there is now."""
    made = output.get(name)
    if not isinstance(made, Reference) or not isinstance(made.selectors.get("InstanceID"), str):
        raise Overtaken("{0} was made, and the answer does not say which".format(cim.name), "run again")
    return str(made.selectors["InstanceID"])


def add_certificate(machine: Machine, octets: bytes, root: bool = False) -> str:
    """The new InstanceID."""
    method = "AddTrustedRootCertificate" if root else "AddCertificate"
    return reference_in(_add(machine, method, "CertificateBlob", octets), "CreatedCertificate", CERTIFICATE)


def add_key(machine: Machine, octets: bytes) -> str:
    return reference_in(_add(machine, "AddKey", "KeyBlob", octets), "CreatedKey", KEY_PAIR)


def _add(machine: Machine, method: str, name: str, octets: bytes) -> Values:
    """Overtaken where it is there already: it was not when this run looked."""
    with overtaken_by(THERE, "somebody else has added the same: run again"):
        return machine.invoke(STORE, method, {name: base64.b64encode(octets).decode("ascii")})
