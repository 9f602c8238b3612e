# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The device's certificates, trusted roots and revoked serial numbers as sets, and requests for new certificates."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ...cim.security import CRL, STORE
from ...errors import AmtError, InvalidOption, Refused, overtaken_by
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from ...x509 import der
from ...x509.certificate import Certificate, pem, private_key_in, unwrapped
from .removal import Made, remove_certificate, remove_key
from .signing import (
    REQUEST,
    THERE,
    add_certificate,
    add_key,
    check_request,
    check_size,
    free_key,
    make_key,
    signed_request,
    whom_for,
)
from .store import PUBLIC, is_mutual, octets_of, one_certificate, parsed, read_pem, read_store

NEW_KEY = "one that the device makes"
MOST_LISTS = 4
"""Revocation lists (setup and configuration software's guide)."""
NO_KEY = (
    "the device has no key for it: give its private_key too, or have the device make a key and a request with request"
)
_SERIAL = re.compile("[0-9a-f]{1,40}")


class Certificates(Resource):
    """Certificates are told apart by their bytes, and belong to a key by its modulus."""

    options = (
        Option("roots", type="list", elements="str"),
        Option(
            "certificates",
            type="list",
            elements="dict",
            options=(Option("certificate", required=True), Option("private_key", secret=True)),
        ),
        Option(
            "revoked",
            type="list",
            elements="dict",
            options=(
                Option("url", required=True),
                Option("serials", type="list", elements="str", required=True),
            ),
        ),
        Option("request", type="dict", options=REQUEST),
        Option("purge", type="bool", default=False),
    )
    aside = ("store", "key_pairs", "limits", "mutual", "csr", "request")

    def check(self, wanted: Values) -> None:
        for text in wanted.get("roots") or ():
            for root in read_pem("roots", text):
                if root.authority is False:
                    raise InvalidOption("roots", root.subject, "it is no authority's: it belongs in certificates")
        for member in wanted.get("certificates") or ():
            _pair(member)
        _lists(wanted.get("revoked") or ())
        if wanted.get("request") is not None:
            check_request("request.", wanted["request"])

    def read(self, machine: Machine, wanted: Values) -> Values:
        found = read_store(machine)
        key_pairs = found.pop("keys")
        rows = [row for row in found["store"] if not row["built_in"]]
        asked = wanted.get("request")
        asked = None if asked is None else whom_for(machine, asked)
        key = free_key(key_pairs, asked["key_size"]) if asked else None
        return {
            "roots": sorted(row["certificate"] for row in rows if row["root"]),
            "certificates": _members(row["certificate"] for row in rows if not row["root"]),
            "public_keys": sorted(key["public_key"] for key in key_pairs),
            "revoked": _revoked(machine),
            **found,
            "key_pairs": key_pairs,
            "mutual": is_mutual(machine),
            "request": asked,
            "csr": signed_request(machine, key, asked) if key and asked else None,
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        rows = {row["certificate"]: row for row in present["store"]}
        planned = {**present}
        given = [pem("CERTIFICATE", _pair(member)[0].der) for member in wanted.get("certificates") or ()]
        roots = [root.pem for text in wanted.get("roots") or () for root in read_pem("roots", text)]
        if wanted.get("certificates") is not None:
            has = [member["certificate"] for member in present["certificates"]]
            kept = [each for each in has if not wanted["purge"] or rows[each]["used_by"]]
            planned["certificates"] = _members({*kept, *(each for each in given if not _is_built_in(rows, each))})
        if wanted.get("roots") is not None:
            kept = [each for each in present["roots"] if not wanted["purge"] or present["mutual"] or _used(rows, each)]
            planned["roots"] = sorted({*kept, *roots})
        if wanted.get("revoked") is not None:
            planned["revoked"] = _merged([] if wanted["purge"] else present["revoked"], _lists(wanted["revoked"]))
        planned["public_keys"] = _keys(present, planned, wanted)
        _judge(present, planned, wanted)
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        with Made(machine, lambda: self.holds_now(machine, planned, wanted)) as made:
            _remove(machine, present, planned)
            _import(machine, present, planned, wanted, made)
            for text in planned["roots"]:
                if text not in present["roots"]:
                    (octets,) = unwrapped("CERTIFICATE", text)
                    made.certificates.append({"id": add_certificate(machine, octets, root=True), "certificate": text})
            if planned["revoked"] != present["revoked"]:
                _revoke(machine, present["revoked"], planned["revoked"])
            asked = present["request"]
            if asked is None:
                return {}
            key = free_key(present["key_pairs"], asked["key_size"])
            if key is None:
                key = make_key(machine, asked["key_size"])
                made.keys.append(key)
            return {"csr": signed_request(machine, key, asked)}


def _pair(member: Values) -> tuple[Certificate, bytes | None]:
    """A certificate and the private key that is given with it, as PKCS#1 has it. InvalidOption."""
    certificate = one_certificate("certificates.certificate", member["certificate"])
    if not certificate.public_key:
        raise InvalidOption("certificates.certificate", certificate.subject, "firmware has keys of RSA only")
    if member.get("private_key") is None:
        return certificate, None
    try:
        private, public = private_key_in(member["private_key"])
    except (der.Malformed, ValueError) as error:
        raise InvalidOption("certificates.private_key", "the key", str(error)) from None
    if public != certificate.public_key:
        way_out = "it is not the key of {0}".format(certificate.subject)
        raise InvalidOption("certificates.private_key", "the key", way_out)
    return certificate, private


def _members(texts: Iterable[str]) -> list[Values]:
    return [{"certificate": text} for text in sorted(texts)]


def _is_built_in(rows: dict[str, Any], text: str) -> bool:
    return text in rows and rows[text]["built_in"]


def _used(rows: dict[str, Any], text: str) -> bool:
    return bool(rows[text]["used_by"])


def _keys(present: Values, planned: Values, wanted: Values) -> list[str]:
    """With certificates that stay stay their keys; those of none go with purge, where certificates are asked for."""
    publics = {pem(PUBLIC, parsed(member["certificate"]).public_key) for member in planned["certificates"]}
    built_in = {row["key"] for row in present["store"] if row["built_in"]}
    keys = set(present["public_keys"])
    if wanted["purge"] and wanted.get("certificates") is not None and present["request"] is None:
        keys = {key["public_key"] for key in present["key_pairs"] if key["id"] in built_in} | keys & publics
    for member in wanted.get("certificates") or ():
        certificate, private = _pair(member)
        if private is not None:
            keys.add(pem(PUBLIC, certificate.public_key))
    if present["request"] is not None and present["csr"] is None:
        keys.add(NEW_KEY)
    return sorted(keys)


def _judge(present: Values, planned: Values, wanted: Values) -> None:
    """InvalidOption for what this device would not take."""
    limits = present["limits"]
    for text in _new(present, planned, "certificates"):
        certificate = parsed(text["certificate"])
        _fits("certificates.certificate", certificate, limits["certificate_size"])
        if pem(PUBLIC, certificate.public_key) not in planned["public_keys"]:
            raise InvalidOption("certificates.certificate", certificate.subject, NO_KEY)
    twice = [member["certificate"] for member in planned["certificates"] if member["certificate"] in planned["roots"]]
    if twice:
        way_out = "it stands among the roots too, and firmware holds a certificate once: leave it out of one"
        raise InvalidOption("certificates.certificate", parsed(twice[0]).subject, way_out)
    added = _new(present, planned, "roots")
    for text in added:
        _fits("roots", parsed(text), limits["root_size"] or limits["certificate_size"])
    if added and present["mutual"]:
        way_out = "firmware takes no root while mutual TLS is on: turn that off with amt_tls, add it, turn it on again"
        raise InvalidOption("roots", parsed(added[0]).subject, way_out)
    if added and limits["roots"] and len(planned["roots"]) > limits["roots"]:
        way_out = "that would be {0} roots, and the device holds {1}: remove some, with purge"
        raise InvalidOption("roots", parsed(added[-1]).subject, way_out.format(len(planned["roots"]), limits["roots"]))
    if wanted.get("revoked") is not None:
        _check_lists(planned["revoked"], limits["serials"])
    if present["request"] is not None:
        check_size("request.", present["request"]["key_size"], limits)


def _new(present: Values, planned: Values, name: str) -> list[Any]:
    return [each for each in planned[name] if each not in present[name]]


def _fits(option: str, certificate: Certificate, largest: int) -> None:
    if len(certificate.der) > largest:
        way_out = "it has {0} bytes, and the device takes {1}: have a shorter one issued"
        raise InvalidOption(option, certificate.subject, way_out.format(len(certificate.der), largest))


def _remove(machine: Machine, present: Values, planned: Values) -> None:
    own = [member["certificate"] for member in planned["certificates"]]
    for row in present["store"]:
        if row["certificate"] not in (planned["roots"] if row["root"] else own) and not row["built_in"]:
            remove_certificate(machine, row)
    for key in present["key_pairs"]:
        if key["public_key"] not in planned["public_keys"]:
            remove_key(machine, key)


def _import(machine: Machine, present: Values, planned: Values, wanted: Values, made: Made) -> None:
    had = {member["certificate"] for member in present["certificates"]}
    has = set(present["public_keys"])
    for member in wanted.get("certificates") or ():
        certificate, private = _pair(member)
        public = pem(PUBLIC, certificate.public_key)
        if private is not None and public not in has:
            has.add(public)
            made.keys.append({"id": add_key(machine, private), "public_key": public})
        if certificate.pem not in had and {"certificate": certificate.pem} in planned["certificates"]:
            had.add(certificate.pem)
            handle = add_certificate(machine, certificate.der)
            made.certificates.append({"id": handle, "certificate": certificate.pem})


def _revoked(machine: Machine) -> list[Values]:
    rows = []
    for found in machine.list(CRL):
        octets = [octets_of(CRL.name, "SerialNumbers", serial) for serial in found.get("SerialNumbers", ())]
        serials = sorted("{0:x}".format(int.from_bytes(each, "big")) for each in octets)
        rows.append({"url": found.get("Url", ""), "serials": serials})
    return sorted(rows, key=lambda row: str(row["url"]))


def _lists(given: Iterable[Values]) -> list[Values]:
    """With serial numbers in one spelling. InvalidOption."""
    rows = []
    for row in given:
        serials = [serial.lower().replace(":", "").lstrip("0") or "0" for serial in row["serials"]]
        for serial, written in zip(serials, row["serials"]):
            if not _SERIAL.fullmatch(serial):
                raise InvalidOption("revoked.serials", written, "a serial number is in hexadecimal, as 0A:1B:2C")
        rows.append({"url": row["url"], "serials": sorted(set(serials))})
    twice = [row["url"] for row in rows if sum(row["url"] == other["url"] for other in rows) > 1]
    if twice:
        raise InvalidOption("revoked.url", twice[0], "it stands there twice: put its serial numbers together")
    return rows


def _merged(present: list[Values], given: list[Values]) -> list[Values]:
    """A list that is given replaces the one of its URL."""
    rows = {**{row["url"]: row for row in present}, **{row["url"]: row for row in given}}
    return [rows[url] for url in sorted(rows)]


def _check_lists(planned: list[Values], serials: int | None) -> None:
    count = sum(len(row["serials"]) for row in planned)
    if len(planned) > MOST_LISTS:
        raise InvalidOption("revoked", "{0} lists".format(len(planned)), "firmware holds {0}".format(MOST_LISTS))
    if serials and count > serials:
        way_out = "the device holds {0}: leave out certificates that have expired anyway".format(serials)
        raise InvalidOption("revoked.serials", "{0} serial numbers".format(count), way_out)


def _revoke(machine: Machine, before: list[Values], after: list[Values]) -> None:
    """There is no changing of a list, so all are written anew; the ones of before, when one of these is refused."""
    try:
        with overtaken_by(THERE, "somebody else writes these lists too: run again"):
            _write_lists(machine, after)
    except Refused:
        with suppress(AmtError):
            if all(row in after for row in _revoked(machine)):
                _write_lists(machine, before)
        raise


def _write_lists(machine: Machine, lists: list[Values]) -> None:
    machine.invoke(STORE, "ResetCRLList")
    for row in lists:
        numbers = [int(serial, 16) for serial in row["serials"]]
        octets = [number.to_bytes(max((number.bit_length() + 7) // 8, 1), "big") for number in numbers]
        texts = [base64.b64encode(each).decode("ascii") for each in octets]
        machine.invoke(STORE, "AddCRL", {"Url": row["url"], "SerialNumbers": texts})
