# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The certificate that TLS shows, from the key to its renewal.

The device makes the key and signs the request, a program of the user's makes a certificate of it, and TLS shows that
before the old one goes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ...errors import AmtError, CertificateRefused, InvalidOption, NotReached, Overtaken
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from ...x509.certificate import Certificate, pem
from .issuing import NotIssued, issued
from .removal import Made, remove_certificate, remove_key
from .signing import REQUEST, add_certificate, check_request, check_size, free_key, make_key, signed_request, whom_for
from .store import PUBLIC, Row, described, moment, parsed
from .tls import Tls
from .tls_change import Change
from .tls_sides import SIDES

DAY = 86400.0
NEW = "a new one"
BETWEEN = "it is of an intermediate authority, {0}: with store_issuers: true the device shows that one as well"
OF_REQUEST = tuple(row.name for row in REQUEST)
SHOWN = ("fingerprint", "subject", "dns_names", "addresses", "issuer", "not_after")


class TlsCertificate(Resource):
    """What is shown is good while it is of a key that the device made, has the names, and does not end soon.

    One that is good and that nothing else uses, as a killed run leaves it, is taken before another one is asked for.
    """

    options = (
        Option("command", type="list", elements="str", required=True, here=True),
        *REQUEST,
        Option("issuer"),
        Option("renew_before", type="int", default=30),
        Option("store_issuers", type="bool", default=False),
        Option("command_timeout", type="int", default=120),
        Option("port", type="int"),
        Option("wait_timeout", type="int", default=60),
    )
    aside = ("served", "tls", "key_pairs", "limits", "request", "now", "due")

    def check(self, wanted: Values) -> None:
        if not wanted["command"]:
            raise InvalidOption("command", [], "name a program that makes a certificate of a request")
        if shutil.which(wanted["command"][0]) is None:
            raise InvalidOption("command", wanted["command"][0], "there is no such program where this task runs")
        if wanted["renew_before"] < 0:
            raise InvalidOption(
                "renew_before", wanted["renew_before"], "give a number of days, 0 for not before the end"
            )
        check_request("", {name: wanted.get(name) for name in OF_REQUEST})

    def read(self, machine: Machine, wanted: Values) -> Values:
        tls = Tls().look(machine, {"port": wanted.get("port")})
        request = whom_for(machine, {name: wanted.get(name) for name in OF_REQUEST})
        now = machine.clock.wall()
        shown = next((row for row in tls["store"] if row["fingerprint"] == tls["certificate"]), None)
        side = tls["side"]
        return {
            **{name: shown[name] if shown else None for name in SHOWN},
            "enabled": tls[side]["enabled"],
            "served": shown,
            "tls": tls,
            "key_pairs": tls["key_pairs"],
            "limits": tls["limits"],
            "request": request,
            "now": now,
            "due": _fault_of(shown, request, wanted, now),
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        if not present["due"] and present["enabled"]:
            return present
        planned = {**present, "enabled": True}
        row = _chosen(present, wanted)
        if row is not None:
            return {**planned, **{name: row[name] for name in SHOWN}}
        request = present["request"]
        check_size("", request["key_size"], present["limits"])
        if wanted["store_issuers"] and any(present["tls"][side]["mutual"] for side in SIDES):
            raise InvalidOption("store_issuers", True, "firmware takes none while mutual TLS is on: leave it out")
        names = {"dns_names": request["dns_names"], "addresses": request["addresses"]}
        until = "after " + moment(present["now"] + wanted["renew_before"] * DAY)[:10]
        issuer = wanted.get("issuer") or NEW
        return {
            **planned,
            **names,
            "fingerprint": NEW,
            "subject": request["subject"],
            "issuer": issuer,
            "not_after": until,
        }

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        learnt: Values = {}
        chain: list[Certificate] = []
        with Made(machine, lambda: self.holds_now(machine, planned, wanted)) as made:
            row = _chosen(present, wanted)
            fingerprint = row["fingerprint"] if row else None
            if fingerprint is None:
                chain = self._obtain(machine, present, wanted, made)
                learnt["chain"] = [each.pem for each in chain]
                fingerprint = chain[0].fingerprint
            tls = Tls().look(machine, {"port": wanted.get("port")})
            learnt["served"] = _held(tls["store"], fingerprint)
            with _told_of_issuers(chain, wanted):
                learnt.update(Change(machine, tls, _shown_by(tls, fingerprint), wanted).carry_out())
        if fingerprint != present["fingerprint"]:
            _forget(machine, present)
        return learnt

    def _obtain(self, machine: Machine, present: Values, wanted: Values, made: Made) -> list[Certificate]:
        """A certificate of a key of the device, in its store, the leaf first."""
        request = present["request"]
        key = free_key(present["key_pairs"], request["key_size"])
        if key is None:
            key = make_key(machine, request["key_size"])
            made.keys.append(key)
        csr = signed_request(machine, key, request)
        chain = _sorted(issued(wanted["command"], csr, wanted["command_timeout"]), key)
        _judge(chain[0], present, wanted)
        handle = add_certificate(machine, chain[0].der)
        made.certificates.append({"id": handle, "certificate": chain[0].pem})
        known = {row["certificate"] for row in present["tls"]["store"]}
        for issuer in chain[1:] if wanted["store_issuers"] else ():
            if not issuer.is_self_issued and issuer.pem not in known:
                handle = add_certificate(machine, issuer.der, root=True)
                made.certificates.append({"id": handle, "certificate": issuer.pem})
        return chain


def _fault_of(row: Row | None, request: Values, wanted: Values, now: float) -> str:
    """Why a certificate has to be replaced; nothing if it is good."""
    if row is None:
        return "there is none"
    if row["key"] is None:
        return "it came with the device"
    found = parsed(row["certificate"])
    if wanted.get("subject") is not None and row["subject"] != wanted["subject"]:
        return "it is for {0}".format(row["subject"])
    lacking = (set(request["dns_names"]) - set(found.dns_names)) | (set(request["addresses"]) - set(found.addresses))
    if lacking:
        return "it is not for {0}".format(", ".join(sorted(lacking)))
    if wanted.get("issuer") is not None and row["issuer"] != wanted["issuer"]:
        return "it is of {0}".format(row["issuer"])
    if found.not_after - now <= wanted["renew_before"] * DAY:
        return "it ends on {0}".format(row["not_after"])
    return ""


def _chosen(present: Values, wanted: Values) -> Row | None:
    """The one that is shown while it is good, or one that is good and unused."""
    rows = [row for row in present["tls"]["store"] if not row["root"]]
    good = [row for row in rows if not _fault_of(row, present["request"], wanted, present["now"])]
    shown = [row for row in good if row["fingerprint"] == present["fingerprint"]]
    spare = [row for row in good if set(row["used_by"]) <= {"tls"}]
    return next(iter((*shown, *spare)), None)


def _held(rows: list[Row], fingerprint: str) -> Row:
    row = next((row for row in rows if row["fingerprint"] == fingerprint), None)
    if row is None:
        raise Overtaken("the certificate that was stored is not there any more", "somebody else removes it: run again")
    return row


def _sorted(chain: list[Certificate], key: Row) -> list[Certificate]:
    """The certificate of that key, and the others, each once, as programs give some of them in two files. NotIssued."""
    own = [each for each in chain if pem(PUBLIC, each.public_key) == key["public_key"]] if chain else []
    if not own:
        subjects = ", ".join(each.subject for each in chain)
        raise NotIssued(
            "command: none of what it gave is of the device's key: " + subjects, "it has to use the request"
        )
    return list({each.der: each for each in (own[0], *chain)}.values())


def _judge(leaf: Certificate, present: Values, wanted: Values) -> None:
    """NotIssued where the next run would ask for another one, or the device would not take it."""
    row = {**described(leaf), "key": "own"}
    fault = _fault_of(row, present["request"], wanted, present["now"])
    if fault:
        hint = "have the authority keep to the request (openssl: -copy_extensions copy), or ask for what it gives"
        if "ends" in fault:
            hint = "have it issue for longer, or set renew_before to fewer days"
        raise NotIssued("command: the certificate that it gave would be replaced at once: {0}".format(fault), hint)
    largest = present["limits"]["certificate_size"]
    if len(leaf.der) > largest:
        message = "command: the certificate has {0} bytes, and the device takes {1}"
        raise NotIssued(message.format(len(leaf.der), largest), "have a shorter one issued")


@contextmanager
def _told_of_issuers(chain: list[Certificate], wanted: Values) -> Iterator[None]:
    """A device shows its certificate alone, and who knows the root of an authority does not know what is in between."""
    try:
        yield
    except NotReached as failure:
        between = [each.subject for each in chain[1:] if not each.is_self_issued]
        cause = failure.__cause__
        refused = isinstance(cause, CertificateRefused) and not cause.misnamed
        if refused and between and not wanted["store_issuers"]:
            failure.hint = BETWEEN.format(", ".join(between)) + "; " + failure.hint
        raise


def _shown_by(tls: Values, fingerprint: str) -> Values:
    """TLS is switched on where it is off; what is open beside it stays open."""
    planned = {**tls, "certificate": fingerprint}
    for side in SIDES:
        if not tls[side]["enabled"] and side == tls["side"]:
            planned[side] = {**tls[side], "enabled": True, "plain_ports": tls["plain_ports_offered"][side]}
    return planned


def _forget(machine: Machine, present: Values) -> None:
    """The certificate of before and its key, unless something else uses them: what cannot be removed does no harm."""
    rows: list[dict[str, Any]] = present["tls"]["store"]
    old = next((row for row in rows if row["fingerprint"] == present["fingerprint"]), None)
    if old is None or old["key"] is None or set(old["used_by"]) - {"tls"}:
        return
    with suppress(AmtError):
        remove_certificate(machine, old)
        key = next(each for each in present["key_pairs"] if each["id"] == old["key"])
        if key["certificates"] == [old["fingerprint"]]:
            remove_key(machine, key)
