# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""TLS towards the network and towards the machine itself: on or off, with which certificate, and for whom."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from ...cim.schema import Properties
from ...errors import InvalidOption, Overtaken, lacking
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from ...wsman.endpoint import Endpoint
from ...x509.fingerprint import plain_fingerprint
from .store import Row, foreseen, one_certificate, read_store
from .tls_change import Change
from .tls_client import objection, of_connection, read_client
from .tls_in_force import followed, in_force
from .tls_sides import SIDE, SIDES, options_of, read_sides

OFFERED = {"remote": "AMT 16.1 and later have none for the network", "local": "AMT 19 and later have none for the host"}
NO_CERTIFICATE = (
    "the device has no certificate that TLS could show: make one with amt_tls_certificate, or add one first"
)
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*")
LONGEST_NAME, MOST_NAMES = 253, 4


class Tls(Resource):
    """`certificate` is the SHA-256 of what is shown. `port` is where to go on, where it is none of AMT's own."""

    options = (
        Option("certificate"),
        Option("remote", type="dict", options=SIDE),
        Option("local", type="dict", options=SIDE),
        Option("port", type="int"),
        Option("wait_timeout", type="int", default=60),
    )
    aside = ("plain_ports_offered", "store", "key_pairs", "limits", "client", "side")

    def check(self, wanted: Values) -> None:
        if wanted.get("certificate") is not None:
            fingerprint_of(wanted["certificate"])
        for side in SIDES:
            given = wanted.get(side) or {}
            if given.get("mutual") and given.get("enabled") is False:
                raise InvalidOption(side + ".mutual", True, "it is a part of TLS, which enabled switches off")
            for name in given.get("trusted_names") or ():
                if len(name) > LONGEST_NAME or not _NAME.fullmatch(name.lstrip(".")):
                    raise InvalidOption(side + ".trusted_names", name, "give a name or the end of one, as example.net")
        if wanted.get("port") is not None and not 1 <= wanted["port"] <= 65535:
            raise InvalidOption("port", wanted["port"], "a TCP port is 1 to 65535")

    def read(self, machine: Machine, wanted: Values) -> Values:
        with followed(machine, wanted.get("port")):
            found = self.look(machine, wanted)
            named_meanwhile = found["certificate"] is None and any(found[side]["enabled"] for side in SIDES)
            if named_meanwhile and read_store(machine)["store"] != found["store"]:
                raise Overtaken("the certificate of TLS was named while it was being read", "run again")
            return found

    def look(self, machine: Machine, wanted: Values) -> Values:
        """As `read`, whatever others do in the meantime."""
        found = read_store(machine)
        rows = found["store"]
        endpoint = machine.endpoint
        sides = read_sides(machine)
        here = of_connection(endpoint)
        told = {side: options_of(settings) for side, settings in sides.items()}
        told[here] = in_force(machine, told[here], _has_plain(sides[here]), wanted.get("port"))
        asks = any((wanted.get(side) or {}).get("mutual") for side in SIDES)
        return {
            "certificate": _shown(machine, rows),
            **told,
            "plain_ports_offered": {side: _has_plain(settings) for side, settings in sides.items()},
            "store": rows,
            "key_pairs": found["keys"],
            "limits": found["limits"],
            "side": here,
            "client": read_client(machine, endpoint) if asks else None,
        }

    def foresee(self, present: Values, before: Mapping[str, Values]) -> Values:
        """With the certificates that the same document brings, and the clock that it sets."""
        brought, client = before.get("certificates"), present["client"]
        if client is not None and before.get("time", {}).get("synchronized"):
            client = {**client, "valid": client.get("valid_here")}
        rows = present["store"] if brought is None else foreseen(present["store"], brought)
        return {**present, "store": rows, "client": client}

    def leads(self, wanted: Values, endpoint: Endpoint) -> Values:
        """To TLS, and to exactly the certificate that is asked for; or to the plain port."""
        enabled = (wanted.get(of_connection(endpoint)) or {}).get("enabled")
        if enabled is None or (enabled and endpoint.tls and not wanted.get("certificate")):
            return {}
        pinned = {"fingerprint": fingerprint_of(wanted["certificate"])} if enabled and wanted.get("certificate") else {}
        place = {"port": wanted["port"]} if wanted.get("port") else {}
        return {"tls": enabled, **pinned, **place}

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present}
        for side in SIDES:
            given = {name: value for name, value in (wanted.get(side) or {}).items() if value is not None}
            planned[side] = {**present[side], **given}
            if not planned[side]["enabled"]:
                planned[side]["mutual"] = False if given.get("enabled") is False else planned[side]["mutual"]
            if "trusted_names" in given:
                planned[side]["trusted_names"] = sorted(set(given["trusted_names"]))
            _judge_side(side, present, planned, given)
        planned["certificate"] = _certificate(present, planned, wanted)
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        with followed(machine, wanted.get("port")):
            return Change(machine, present, planned, wanted).carry_out()


def _shown(machine: Machine, rows: list[Row]) -> str | None:
    """What this connection shows, if the device has it in its store, and otherwise what it is told to show: a run that
    ended before the commit has told it something else."""
    shown = hashlib.sha256(machine.certificate).hexdigest()
    if any(row["fingerprint"] == shown and not row["root"] for row in rows):
        return shown
    return next((str(row["fingerprint"]) for row in rows if "tls" in row["used_by"]), None)


def _has_plain(instance: Properties) -> bool:
    """What came with 16 says no from 16.1 on; whoever does not say has them."""
    return bool(instance.get("NonSecureConnectionsSupported", True))


def _judge_side(side: str, present: Values, planned: Values, given: Values) -> None:
    """InvalidOption for what this device would not take, or what would shut this connection out; Unavailable for what
    it lacks."""
    will = planned[side]
    if not present["plain_ports_offered"][side]:
        if given.get("plain_ports"):
            raise lacking(side + ".plain_ports", "plain ports: " + OFFERED[side])
        if given.get("enabled") is False:
            raise lacking(side + ".enabled", "plain ports, and TLS is all there is: " + OFFERED[side])
    _judge_names(side, will["trusted_names"], present["limits"])
    turned = will["mutual"] and (not present[side]["mutual"] or will != present[side])
    if not turned:
        return
    if not will["enabled"]:
        raise InvalidOption(side + ".mutual", True, "TLS is off there: switch it on with enabled")
    if not any(row["root"] for row in present["store"]):
        way_out = "the device trusts no authority, and would let nobody in: add a root with amt_certificates"
        raise InvalidOption(side + ".mutual", True, way_out)
    reason = (
        objection(present["client"], side, will["trusted_names"], present["store"]) if present["side"] == side else ""
    )
    if reason:
        raise InvalidOption(side + ".mutual", True, reason)


def _judge_names(side: str, names: list[str], limits: Values) -> None:
    most, longest = limits["names"] or MOST_NAMES, limits["name_length"] or LONGEST_NAME
    if len(names) > most:
        raise InvalidOption(side + ".trusted_names", ", ".join(names), "the device holds {0}".format(most))
    for name in names:
        if len(name) > longest:
            raise InvalidOption(side + ".trusted_names", name, "the device takes {0} characters".format(longest))


def _certificate(present: Values, planned: Values, wanted: Values) -> str | None:
    """What TLS will show: nothing once it is switched off, and otherwise the one that there is, unless it is said."""
    on = any(planned[side]["enabled"] for side in SIDES)
    asked = wanted.get("certificate")
    if asked:
        return _held(present["store"], fingerprint_of(asked), asked)
    if not on:
        return None if any(present[side]["enabled"] for side in SIDES) else present["certificate"]
    if present["certificate"] is not None or any(present[side]["enabled"] for side in SIDES):
        found: str | None = present["certificate"]
        return found
    fit = [row for row in present["store"] if _fits(row)]
    if len(fit) == 1:
        return str(fit[0]["fingerprint"])
    if not fit:
        raise InvalidOption("certificate", "nothing", NO_CERTIFICATE)
    way_out = "the device has several: say which one, by its fingerprint: " + ", ".join(
        "{0} ({1})".format(row["fingerprint"], row["subject"]) for row in fit
    )
    raise InvalidOption("certificate", "nothing", way_out)


def _fits(row: Row) -> bool:
    return not row["root"] and bool(row["key"] or row["built_in"])


def _held(rows: list[Row], fingerprint: str, asked: str) -> str:
    row = next((row for row in rows if row["fingerprint"] == fingerprint), None)
    if row is None:
        raise InvalidOption("certificate", _short(asked), "the device does not have it: add it with amt_certificates")
    if not (_fits(row) or "tls" in row["used_by"]):
        raise InvalidOption("certificate", _short(asked), "it is a root, or of no key that the device has")
    return fingerprint


def fingerprint_of(text: str) -> str:
    """Of a certificate in PEM, or as it is written, with colons or without. InvalidOption."""
    if "-----BEGIN" in text:
        return one_certificate("certificate", text).fingerprint
    plain = plain_fingerprint(text)
    if not plain:
        raise InvalidOption(
            "certificate", _short(text), "give its SHA-256, 64 hexadecimal digits, or itself as PEM text"
        )
    return plain


def _short(text: Any) -> str:
    return str(text) if len(str(text)) <= 64 else str(text)[:61] + "..."
