# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The management presence servers that a device may call: AMT.md 14.1. Passwords can be set and never read."""

from __future__ import annotations

from collections.abc import Mapping

from ...cim.network import (
    BY_CERTIFICATE,
    BY_PASSWORD,
    FQDN,
    LONGEST_PASSWORD,
    LONGEST_USERNAME,
    MPS,
    MPS_CREDENTIAL,
    MPS_LOGIN,
    MPS_PORT,
    REMOTE_ACCESS_SERVICE,
)
from ...errors import InvalidOption, Overtaken
from ...machine import Machine
from ...option import Option, filled
from ...resource import Values
from ...x509.fingerprint import plain_fingerprint
from . import credentials
from .places import form_of, key_of, place, shared, shown, spelt

OPTIONS = (
    Option("address", required=True),
    Option("port", type="int", default=MPS_PORT),
    Option("common_name"),
    Option("username"),
    Option("password", secret=True),
    Option("certificate"),
)
HOW = "give username and password, or certificate: the SHA-256 fingerprint of one that the device has"
Key = tuple[str, int]


def checked(members: list[Values]) -> dict[Key, Values]:
    """By address and port. InvalidOption for what no device could have."""
    found: dict[Key, Values] = {}
    for member in (filled(OPTIONS, each) for each in members):
        key = place("servers", member["address"], member["port"])
        if key in found:
            raise InvalidOption("servers", shown(key), "it is listed twice")
        _check_credential(key, member)
        if member["common_name"] is not None and form_of(key[0]) == FQDN:
            raise InvalidOption("servers", shown(key), "a server with a name is known by that: leave common_name out")
        fingerprint = member["certificate"] and _fingerprint(member["certificate"])
        found[key] = {**member, "address": key[0], "port": key[1], "certificate": fingerprint}
    return found


def _check_credential(key: Key, member: Values) -> None:
    username, password = member["username"], member["password"]
    if member["certificate"] is not None and (username is not None or password is not None):
        raise InvalidOption("servers", shown(key), "certificate, or username and password, not both")
    if username is not None and not (username.isascii() and username.isalnum() and len(username) <= LONGEST_USERNAME):
        raise InvalidOption("username", username, "AMT takes up to 64 letters and digits")
    if password is not None and not (password.isascii() and password.isprintable() and password):
        raise InvalidOption("password", "the password", "AMT takes printable ASCII")
    if password is not None and len(password) > LONGEST_PASSWORD:
        raise InvalidOption("password", "the password", "AMT takes up to 64 characters")


def _fingerprint(given: str) -> str:
    plain = plain_fingerprint(given.strip())
    if not plain:
        raise InvalidOption("certificate", given, "give the SHA-256 fingerprint, 64 hexadecimal digits")
    return plain


def read(machine: Machine, certificates: Mapping[str, Values]) -> list[Values]:
    """`certificates`: those of the device by InstanceID, as far as servers are shown any."""
    shows = contexts(machine)
    logins = {str(row.get("InstanceID")): row.get("RemoteID") for row in machine.list(MPS_LOGIN)}
    found = []
    for row in machine.list(MPS):
        instance = shows.get(str(row["Name"]), "")
        found.append(
            {
                "address": spelt(str(row["AccessInfo"])),
                "port": row["Port"],
                "common_name": row.get("CN") or None,
                "username": logins.get(instance),
                "certificate": certificates.get(instance, {}).get("fingerprint"),
            }
        )
    return sorted(found, key=key_of)


def read_certificates(machine: Machine, wanted: list[Values]) -> dict[str, Values]:
    """Where a server is shown one, or shall be."""
    by_login = all(each.startswith("Intel(r) AMT:MPS") for each in contexts(machine).values())
    if by_login and not any(member.get("certificate") for member in wanted):
        return {}
    return credentials.read_certificates(machine)


def refuse_unknown(present: list[Values], planned: list[Values], certificates: dict[str, Values]) -> None:
    """InvalidOption for a certificate that the device does not have as its own."""
    for member in planned:
        if member["certificate"] is not None and member not in present:
            credentials.fingerprint_of("certificate", member["certificate"], certificates)


def contexts(machine: Machine) -> dict[str, str]:
    """Name of each server -> InstanceID of the login or certificate that it is shown."""
    pairs = ((row["ElementProvidingContext"], row["ElementInContext"]) for row in machine.list(MPS_CREDENTIAL))
    return {str(mps.selectors.get("Name")): str(shows.selectors.get("InstanceID")) for mps, shows in pairs}


def planned(present: list[Values], wanted: dict[Key, Values], purge: bool, renew: bool) -> list[Values]:
    """`renew`: passwords that are given are set again. InvalidOption for a new one of which something is missing."""
    was = {key_of(member): member for member in present}
    will = {} if purge else dict(was)
    for key, member in wanted.items():
        will[key] = _merged(was.get(key), member, renew)
        if key not in was:
            _require_whole(key, will[key])
    return [will[key] for key in sorted(will)]


def _merged(was: Values | None, member: Values, renew: bool) -> Values:
    given = {name: member[name] for name in ("common_name", "username", "certificate") if member[name] is not None}
    other = {"username": {"certificate": None}, "certificate": {"username": None}}
    for name in given:
        given = {**other.get(name, {}), **given}
    blank: Values = dict.fromkeys(("common_name", "username", "certificate"))
    merged = {**blank, **(was or {}), "address": member["address"], "port": member["port"], **given}
    renamed = was is not None and merged["username"] not in (None, was["username"])
    if renamed and member["password"] is None:
        raise InvalidOption("servers", shown(key_of(member)), "another username comes with its password")
    remade = was is not None and is_remade(was, merged)
    if remade and merged["username"] is not None and member["password"] is None:
        raise InvalidOption("servers", shown(key_of(member)), "for this change it is made anew: give its password too")
    if member["password"] is not None and (was is None or renamed or remade or renew):
        merged["password"] = member["password"]
    return merged


def _require_whole(key: Key, member: Values) -> None:
    if member["certificate"] is None and (member["username"] is None or "password" not in member):
        raise InvalidOption("servers", shown(key), HOW)
    if member["common_name"] is None and form_of(key[0]) != FQDN:
        raise InvalidOption(
            "servers", shown(key), "give common_name, which an address does not tell: that of the server's certificate"
        )


def is_remade(was: Values, will: Values) -> bool:
    """Only the login of a server can be changed as it is."""
    return any(was[name] != will[name] for name in ("common_name", "certificate"))


def names(machine: Machine) -> dict[Key, str]:
    return {(spelt(str(row["AccessInfo"])), int(row["Port"])): str(row["Name"]) for row in machine.list(MPS)}


def remove(machine: Machine, key: Key) -> None:
    name = names(machine).get(key)
    if name is None:
        raise Overtaken("server {0} is there no more".format(shown(key)))
    with shared("server {0} goes".format(shown(key)), "NOT_PERMITTED"):
        machine.delete(MPS, Name=name)


def add(machine: Machine, member: Values) -> None:
    """In the order of the schema, which some firmware may ask for."""
    by_certificate = member["certificate"] is not None
    held = credentials.read_certificates(machine) if by_certificate else {}
    arguments = {
        "AccessInfo": member["address"],
        "InfoFormat": form_of(member["address"]),
        "Port": member["port"],
        "AuthMethod": BY_CERTIFICATE if by_certificate else BY_PASSWORD,
        "Certificate": credentials.reference_to(member["certificate"], held),
        "Username": None if by_certificate else member["username"],
        "Password": None if by_certificate else member["password"],
        "CN": member["common_name"],
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    with shared("server {0} comes".format(shown(key_of(member))), "DUPLICATE"):
        machine.invoke(REMOTE_ACCESS_SERVICE, "AddMpServer", given)


def change_login(machine: Machine, member: Values) -> None:
    instance = contexts(machine).get(names(machine).get(key_of(member), ""))
    if instance is None:
        raise Overtaken("server {0} is there no more".format(shown(key_of(member))))
    changes = {"RemoteID": member["username"]}
    if "password" in member:
        changes["Secret"] = member["password"]
    machine.modify(MPS_LOGIN, changes, InstanceID=instance)
