# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who is let in by a Kerberos ticket: the realm, and the key of the device's object in Active Directory (AMT.md 10.2).

Firmware tells no key. `key_version` stands for it: another one there means that the key is another too.
"""

from __future__ import annotations

import re

from ...cim.security import (
    ENCRYPTIONS,
    ITERATIONS,
    KERBEROS,
    MASTER_KEY_SIZE,
    MOST_MINUTES,
    MOST_PRINCIPALS,
    PROTOCOLS,
    RC4,
)
from ...errors import InvalidOption, Unavailable, lacking
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Resource, Values

ALWAYS = "always"
KEYS = ("password", "master_key")
COMPARED = ("enabled", "realm", "key_version", "encryption", "clock_tolerance")
"""What firmware tells and what a wish is compared with. A key goes along when any of NEW_KEY changes."""
NEW_KEY = ("enabled", "realm", "key_version", "encryption")
_PRINCIPAL = re.compile(r"[A-Za-z]+/[A-Za-z0-9._-]+:([0-9]{5})")
_HEXADECIMAL = re.compile("[0-9A-Fa-f]*")
OWN = "this run is logged in by a ticket, and would shut itself out: do it logged in by a password (amt_auth: digest)"


class Kerberos(Resource):
    """`password`, `master_key`: set in a plan when it is to be written. `supported`: encryptions of this firmware."""

    options = (
        Option("enabled", type="bool"),
        Option("realm"),
        Option("key_version", type="int"),
        Option("encryption", type="list", elements="str", choices=tuple(ENCRYPTIONS)),
        Option("clock_tolerance", type="int"),
        Option("spns", type="list", elements="str"),
        Option("password", secret=True),
        Option("salt"),
        Option("iterations", type="int", default=ITERATIONS),
        Option("master_key", secret=True),
        Option("update_password", choices=("on_create", ALWAYS), default="on_create"),
    )
    aside = ("supported", "login")

    def check(self, wanted: Values) -> None:
        check_within("clock_tolerance", wanted["clock_tolerance"], 1, MOST_MINUTES, "minutes")
        check_within("key_version", wanted["key_version"], 0, 2**32 - 1)
        check_within("iterations", wanted["iterations"], 1, 2**32 - 1)
        _check_key(wanted)
        _check_spns(wanted["spns"] or [])
        if wanted["encryption"] == []:
            raise InvalidOption("encryption", [], "name at least one of " + ", ".join(ENCRYPTIONS))
        if wanted["enabled"] is False and any(wanted[name] is not None for name in KEYS):
            raise InvalidOption("enabled", False, "a key goes with enabled: true")

    def read(self, machine: Machine, wanted: Values) -> Values:
        found = machine.get(KERBEROS)
        return {
            "enabled": found.get("KrbEnabled", False),
            "realm": found.get("RealmName") or None,
            "key_version": found.get("KeyVersion"),
            "encryption": _in_order(found.get("ConfiguredEncryptionAlgorithms")),
            "clock_tolerance": found.get("MaximumClockTolerance"),
            "spns": found.get("ServicePrincipalName") or None,
            "supported": _in_order(found.get("SupportedEncryptionAlgorithms")),
            "login": machine.user or None,
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = _aim(present, wanted)
        by_ticket = present["login"] is None and present["enabled"]
        if by_ticket and (not planned["enabled"] or set(KEYS) & set(planned)):
            raise Unavailable("this changes who is let in by a ticket", OWN)
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        changes: Values = {
            "KrbEnabled": planned["enabled"],
            "RealmName": planned["realm"],
            "KeyVersion": planned["key_version"],
            "ConfiguredEncryptionAlgorithms": planned["encryption"],
            "MaximumClockTolerance": planned["clock_tolerance"],
            **_principals(planned["spns"] or []),
        }
        if planned.get("master_key"):
            changes.update(MasterKey=bytes.fromhex(planned["master_key"]), EncryptionAlgorithm=RC4)
        if planned.get("password"):
            changes.update(Passphrase=planned["password"], Salt=wanted["salt"], IterationCount=wanted["iterations"])
        machine.modify(KERBEROS, {name: value for name, value in changes.items() if value is not None})


def _aim(present: Values, wanted: Values) -> Values:
    """With the key in it where it is to be written. Principals, which firmware may forget, are no reason to write."""
    given = {name: wanted[name] for name in COMPARED if wanted[name] is not None}
    if "encryption" in given:
        given["encryption"] = _in_order(given["encryption"])
    planned = {**present, **given}
    changed = {name for name in COMPARED if planned[name] != present[name]}
    if present["spns"] or (changed and planned["enabled"]):
        planned["spns"] = wanted["spns"] or present["spns"]
    keys = {name: wanted[name] for name in KEYS if wanted[name] is not None}
    if planned["enabled"] and (changed & set(NEW_KEY) or (keys and wanted["update_password"] == ALWAYS)):
        planned.update(keys)
        _require(present, planned, bool(keys))
    return planned


def _in_order(encryptions: list[str | int] | None) -> list[str] | None:
    """None where the firmware does not tell."""
    words = {number: word for word, number in ENCRYPTIONS.items()}
    numbers = {each if isinstance(each, int) else ENCRYPTIONS[each] for each in encryptions or ()}
    return [words.get(number, str(number)) for number in sorted(numbers)] or None


def _principals(spns: list[str]) -> Values:
    if not spns:
        return {}
    ports = [int(spn.rpartition(":")[2]) for spn in spns]
    return {"ServicePrincipalName": spns, "ServicePrincipalProtocol": [PROTOCOLS[port] for port in ports]}


def _require(present: Values, planned: Values, has_key: bool) -> None:
    """What there must be for tickets to be taken."""
    if not planned["realm"]:
        raise InvalidOption("realm", "nothing", "the device has none yet, and is let into Active Directory's by it")
    if not has_key:
        raise InvalidOption("password", "nothing", "what changes needs the key anew: password with salt, or master_key")
    if planned.get("password") and present["supported"] is None:
        raise lacking("password", "AMT_KerberosSettingData.Passphrase, of AMT 8 and later; give master_key")
    lacked = [each for each in planned["encryption"] or () if each not in (present["supported"] or ["rc4"])]
    if lacked:
        raise Unavailable("this firmware does not offer " + ", ".join(lacked), "supported tells what it offers")
    if planned.get("master_key") and set(planned["encryption"] or ["rc4"]) != {"rc4"}:
        raise InvalidOption("master_key", "the key", "it is one of RC4: AES takes password and salt")


def _check_key(wanted: Values) -> None:
    key, password = wanted["master_key"], wanted["password"]
    if key is not None and password is not None:
        raise InvalidOption("master_key", "the key", "give either this or password")
    if key is not None and (len(key) != 2 * MASTER_KEY_SIZE or not _HEXADECIMAL.fullmatch(key)):
        raise InvalidOption("master_key", "the key", "it has {0} hexadecimal digits".format(2 * MASTER_KEY_SIZE))
    if password is not None and not wanted["salt"]:
        raise InvalidOption("salt", "nothing", "it goes with password; kinit shows the one of an object in its trace")
    if password == "" or (password and not password.isprintable()):
        raise InvalidOption("password", "the password", "it is empty, or has what cannot be typed")
    if wanted["realm"] is not None and not re.fullmatch(r"[A-Z0-9._-]+", wanted["realm"]):
        raise InvalidOption("realm", wanted["realm"], "a realm of Active Directory is the domain in capital letters")


def _check_spns(spns: list[str]) -> None:
    if len(spns) > MOST_PRINCIPALS:
        raise InvalidOption("spns", len(spns), "firmware has room for {0}".format(MOST_PRINCIPALS))
    for spn in spns:
        found = _PRINCIPAL.fullmatch(spn)
        if found is None or int(found[1]) not in PROTOCOLS:
            ports = ", ".join(map(str, PROTOCOLS))
            raise InvalidOption("spns", spn, "it is like HTTP/pc-01.example.com:16993, with a port of " + ports)
