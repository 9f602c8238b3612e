# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Wireless profiles as members with a name: read, planned, and brought about one by one (AMT.md 5.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...cim.network import (
    IEEE8021X_PREFIX,
    INFRASTRUCTURE,
    LONGEST_PASSPHRASE,
    LONGEST_PROFILE_NAME,
    LONGEST_SSID,
    MOST_PRIORITY,
    MOST_PROFILES,
    PROFILE_PREFIX,
    SHORTEST_PASSPHRASE,
    USER_PROFILE_MARK,
    WIFI_8021X,
    WIFI_ENCRYPTION,
    WIFI_ENDPOINT,
    WIFI_PROFILE,
    WIFI_SECURITY,
    WIFI_SERVICE,
)
from ...cim.schema import Properties
from ...cim.security import CONTEXTS
from ...errors import InvalidOption, Unavailable
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Values
from ...wsman.values import Instance
from . import credentials, eap

MEMBER = (
    Option("name", required=True),
    Option("ssid"),
    Option("priority", type="int"),
    Option("security", choices=tuple(WIFI_SECURITY)),
    Option("encryption", choices=tuple(WIFI_ENCRYPTION)),
    Option("passphrase", secret=True),
    Option("ieee8021x", type="dict", options=eap.OPTIONS),
)
BY_PASSPHRASE, BY_8021X = ("wpa_psk", "wpa2_psk", "wpa3_sae"), ("wpa_8021x", "wpa2_8021x")
PLAIN = ("name", "ssid", "priority", "security", "encryption")
NAME = re.compile("[ -~]*[!-~]")
CONTEXT = CONTEXTS[1]
ALWAYS = "always"


def check(members: list[Values]) -> None:
    """InvalidOption for what no device could take."""
    names = [member["name"] for member in members]
    for name in names:
        if not NAME.fullmatch(name) or len(name) > LONGEST_PROFILE_NAME or name != name.strip():
            way_out = "a name has 1 to {0} printable ASCII characters, none of them a space at either end"
            raise InvalidOption("profiles.name", name, way_out.format(LONGEST_PROFILE_NAME))
        if USER_PROFILE_MARK in name:
            way_out = "firmware tells profiles of the operating system by these words; leave them out"
            raise InvalidOption("profiles.name", name, way_out)
        if names.count(name) > 1:
            raise InvalidOption("profiles.name", name, "it is there twice")
    for member in members:
        _check_member("profiles[{0}].".format(member["name"]), member)
    given = [member.get("priority") for member in members if member.get("priority") is not None]
    for each in given:
        if given.count(each) > 1:
            raise InvalidOption("profiles.priority", each, "two profiles have it; each needs one of its own")


def _check_member(where: str, member: Values) -> None:
    security, settings = member.get("security"), member.get("ieee8021x")
    check_within(where + "priority", member.get("priority"), 1, MOST_PRIORITY, "(1 is tried first)")
    ssid = member.get("ssid")
    if ssid is not None and not 1 <= len(ssid.encode()) <= LONGEST_SSID:
        raise InvalidOption(where + "ssid", ssid, "a network's name has 1 to {0} octets".format(LONGEST_SSID))
    passphrase = member.get("passphrase")
    if passphrase is not None:
        fits = SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE
        if not fits or not all(" " <= each <= "~" for each in passphrase):
            way_out = "it has {0} to {1} printable ASCII characters".format(SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE)
            raise InvalidOption(where + "passphrase", "the one that is given", way_out)
        if security is not None and security not in BY_PASSPHRASE:
            raise InvalidOption(
                where + "passphrase", "the one that is given", "it goes with security *_psk and wpa3_sae"
            )
    if settings is not None:
        if security is not None and security not in BY_8021X:
            raise InvalidOption(where + "ieee8021x", settings.get("method"), "it goes with security *_8021x")
        eap.check(where + "ieee8021x.", settings, complete=False)


def read(machine: Machine, by_8021x: bool) -> Values:
    """`profiles` of the administrator, `system_profiles` by their networks; `certificates` where 802.1X is about."""
    rows = machine.list(WIFI_PROFILE)
    theirs = [row for row in rows if USER_PROFILE_MARK in str(row["InstanceID"])]
    settings = {_owner(row): row for row in machine.list(WIFI_8021X)}
    certificates = credentials.read_certificates(machine) if settings or by_8021x else {}
    used = credentials.used_by(machine, CONTEXT, certificates) if settings else {}
    own = [_member(row, settings.get(row["ElementName"]), used) for row in rows if row not in theirs]
    return {
        "profiles": sorted(own, key=lambda member: (member["priority"], member["name"])),
        "system_profiles": sorted(str(row.get("SSID")) for row in theirs),
        "certificates": certificates,
    }


def _owner(settings: Properties) -> str:
    """The name of the profile that 802.1X settings belong to."""
    return str(settings["InstanceID"]).partition(IEEE8021X_PREFIX)[2] or str(settings.get("ElementName"))


def _member(row: Properties, settings: Properties | None, used: dict[str, Values]) -> Values:
    found = {
        "name": row["ElementName"],
        "ssid": row["SSID"],
        "priority": row["Priority"],
        "security": row["AuthenticationMethod"],
        "encryption": row["EncryptionMethod"],
        "ieee8021x": None,
    }
    if settings is not None:
        certificates = {**dict.fromkeys(eap.CERTIFICATES), **used.get(str(settings["InstanceID"]), {})}
        found["ieee8021x"] = {**eap.told(settings), **certificates}
    return found


def plan(present: Values, wanted: Values) -> list[Values]:
    """All that shall be there. A member that has to be written has its secrets; one that stays has none."""
    was = {member["name"]: member for member in present["profiles"]}
    kept = {} if wanted["purge"] else dict(was)
    for given in wanted["profiles"]:
        kept[given["name"]] = _whole(was.get(given["name"]), given, present["certificates"])
    taken = {member["priority"] for member in kept.values()}
    free = (number for number in range(1, MOST_PRIORITY + 1) if number not in taken)
    for member in kept.values():
        if member["priority"] is None:
            member["priority"] = next(free)
    for given in wanted["profiles"]:
        before, member = was.get(given["name"]), kept[given["name"]]
        if member != before or (wanted["update_password"] == ALWAYS and _secrets(given)):
            kept[given["name"]] = _with_secrets(member, given)
    _judge(list(kept.values()), present)
    return sorted(kept.values(), key=lambda member: (member["priority"], member["name"]))


def _whole(before: Values | None, given: Values, certificates: dict[str, Values]) -> Values:
    asked = {name: given[name] for name in PLAIN if given.get(name) is not None}
    base = before or {"ssid": given["name"], "priority": None, "security": None, "encryption": "ccmp"}
    whole = {**base, **asked}
    where = "profiles[{0}].".format(given["name"])
    if whole["security"] is None:
        raise InvalidOption(where + "security", None, "a new profile needs it: " + ", ".join(WIFI_SECURITY))
    whole["ieee8021x"] = None
    if whole["security"] in BY_8021X:
        known = (before or {}).get("ieee8021x")
        settings = eap.merged(known, given.get("ieee8021x") or {})
        eap.check(where + "ieee8021x.", {**settings, **eap.secrets(given.get("ieee8021x") or {})}, complete=not known)
        whole["ieee8021x"] = credentials.resolved(where + "ieee8021x.", settings, certificates)
    return {name: whole[name] for name in (*PLAIN, "ieee8021x")}


def _secrets(given: Values) -> bool:
    return given.get("passphrase") is not None or bool(eap.secrets(given.get("ieee8021x") or {}))


def _with_secrets(member: Values, given: Values) -> Values:
    """InvalidOption where one is missing: the device's own cannot be read and sent again."""
    where = "profiles[{0}].".format(member["name"])
    if member["security"] in BY_PASSPHRASE:
        if given.get("passphrase") is None:
            way_out = "{0} needs it, and that of the device cannot be read and sent again".format(member["security"])
            raise InvalidOption(where + "passphrase", None, way_out)
        return {**member, "passphrase": given["passphrase"]}
    if member["security"] in BY_8021X:
        own = given.get("ieee8021x") or {}
        eap.check_secrets(where + "ieee8021x.", member["ieee8021x"], own)
        return {**member, "ieee8021x": {**member["ieee8021x"], **eap.secrets(own)}}
    return member


def _judge(members: list[Values], present: Values) -> None:
    """Refuse what the device has no room for, or says that it cannot do."""
    if len(members) > MOST_PROFILES:
        way_out = "the firmware has room for {0}; with purge, those that are not listed go".format(MOST_PROFILES)
        raise InvalidOption("profiles", "{0} of them".format(len(members)), way_out)
    for member in members:
        twins = [each["name"] for each in members if each["priority"] == member["priority"]]
        if len(twins) > 1:
            raise InvalidOption("profiles.priority", member["priority"], "it is that of " + " and ".join(twins))
        if member in present["profiles"]:
            continue
        for option in ("security", "encryption"):
            offered = present["offered"][option]
            if offered and member[option] not in offered:
                message = "profiles[{0}].{1}: this firmware does not offer {2}"
                hint = "it offers " + ", ".join(str(each) for each in offered)
                raise Unavailable(message.format(member["name"], option, member[option]), hint, option=option)


def bare(member: Values) -> Values:
    """Without secrets: as it reads."""
    settings = member["ieee8021x"]
    plain = None if settings is None else {name: settings[name] for name in settings if name not in eap.SECRETS}
    return {**{name: member[name] for name in PLAIN}, "ieee8021x": plain}


def steps(was: list[Values], will: list[Values]) -> Iterator[tuple[str, Values]]:
    """(delete, create or update, member), in an order in which each priority is free when it is taken. Where profiles
    change places, one of them waits at a priority that nobody has."""
    before, after = ({member["name"]: member for member in members} for members in (was, will))
    taken = {member["priority"]: member["name"] for member in was}
    for name, member in before.items():
        if name not in after:
            del taken[member["priority"]]
            yield "delete", member
    waiting = [member for member in will if member != before.get(member["name"])]
    while waiting:
        ready = [each for each in waiting if taken.get(each["priority"], each["name"]) == each["name"]]
        held = [each for each in waiting if each["name"] in before]
        member = ready[0] if ready else _aside(held[0], taken)
        taken = {priority: name for priority, name in taken.items() if name != member["name"]}
        taken[member["priority"]] = member["name"]
        yield "update" if member["name"] in before else "create", member
        waiting = [each for each in waiting if each != member]


def _aside(planned: Values, taken: dict[int, str]) -> Values:
    free = next(number for number in range(MOST_PRIORITY, 0, -1) if number not in taken)
    return {**planned, "priority": free}


def delete(machine: Machine, member: Values) -> None:
    machine.delete(WIFI_PROFILE, InstanceID=PROFILE_PREFIX + member["name"])


def write(machine: Machine, how: str, member: Values, certificates: dict[str, Values]) -> None:
    profile = WIFI_PROFILE.encode(
        {
            "ElementName": member["name"],
            "InstanceID": PROFILE_PREFIX + member["name"],
            "AuthenticationMethod": member["security"],
            "EncryptionMethod": member["encryption"],
            "SSID": member["ssid"],
            "Priority": member["priority"],
            "PSKPassPhrase": member.get("passphrase"),
            "BSSType": INFRASTRUCTURE,
        }
    )
    arguments = {"WiFiEndpointSettingsInput": Instance(WIFI_PROFILE.name, profile), **_by_8021x(member, certificates)}
    if how == "create":
        machine.invoke(WIFI_SERVICE, "AddWiFiSettings", {"WiFiEndpoint": WIFI_ENDPOINT.at(), **arguments})
    else:
        there = WIFI_PROFILE.at(InstanceID=PROFILE_PREFIX + member["name"])
        machine.invoke(WIFI_SERVICE, "UpdateWiFiSettings", {"WiFiEndpointSettings": there, **arguments})


def _by_8021x(member: Values, certificates: dict[str, Values]) -> Values:
    settings = member["ieee8021x"]
    if settings is None:
        return {}
    identity = {"ElementName": member["name"], "InstanceID": IEEE8021X_PREFIX + member["name"]}
    sent = {**identity, **WIFI_8021X.encode(eap.properties(settings, settings))}
    client, root = (credentials.reference_to(settings[name], certificates) for name in eap.CERTIFICATES)
    found = {
        "IEEE8021xSettingsInput": Instance(WIFI_8021X.name, sent),
        "ClientCredential": client,
        "CACredential": root,
    }
    return {name: value for name, value in found.items() if value is not None}
