# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is audited and what is critical, whether anything is, who has the log locked, and by which key it is signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Optional

from ...alerts.audit_words import APPLICATIONS, EVENTS, NUMBERS, SUPER, Audited, name_of, numbers_of
from ...cim.inventory import AUDIT_LOG, LONGEST_LOCK
from ...cim.security import (
    AUDIT_POLICY,
    AUDIT_SWITCH,
    LARGEST_AUDIT_REQUEST,
    MOST_SIGNING_CERTIFICATES,
    MOST_SIGNING_OCTETS,
    SIGNING_KEY_BITS,
)
from ...errors import InvalidOption, Refused, Unavailable, Unreadable
from ...machine import Machine
from ...option import Option, check_within, filled
from ...resource import Resource, Values
from ...x509 import der
from ...x509.certificate import Certificate, certificates_in, numbers, private_key_in
from ..inventory.audit_log import states_of

ALWAYS = "always"
LOCKED, UNLOCKED, UNPROVISIONING = "locked", "unlocked", "unprovisioning"
ON, OFF = 2, 3
ACTS = ("lock", "lock_seconds", "lock_handle")
NO_SUCH_EVENT = "name an application ({0}), or one event of it, as remote_control.power_down"
ALWAYS_KEPT = "the firmware records it whatever the policy says: leave it out"
NEVER_CRITICAL = "the firmware does not take it as critical: leave critical out"
HELD = "somebody has the log locked"
HOLD_ENDS = "give the lock_handle that locking it told, or wait: a lock ends by itself within {0} seconds".format(
    LONGEST_LOCK
)
REFUSED = "a policy is all or nothing: see whether this firmware knows each of the events, and lets it be changed"

OF_AN_EVENT = (
    Option("name", required=True),
    Option("audited", type="bool", default=True),
    Option("critical", type="bool"),
)

Policy = dict[str, bool]
"""What is audited: name of the event -> whether it is critical."""


class Audit(Resource):
    """`events`: a set, told apart by name. `has_key`: of signatures, which nobody can read back."""

    options = (
        Option("enabled", type="bool"),
        Option(
            "events",
            type="list",
            elements="dict",
            options=OF_AN_EVENT,
        ),
        Option("purge", type="bool", default=False),
        Option("signing_key", secret=True),
        Option("signing_certificates", type="list", elements="str"),
        Option("update_signing_key", choices=("on_create", ALWAYS), default="on_create"),
        Option("lock", choices=(LOCKED, UNPROVISIONING, UNLOCKED)),
        Option("lock_seconds", type="int", default=LONGEST_LOCK),
        Option("lock_handle", type="int"),
    )
    aside = ("storage_policy", "keep_days", "percent_free", "almost_full", "full", "count")

    def check(self, wanted: Values) -> None:
        check_within("lock_seconds", wanted["lock_seconds"], 1, LONGEST_LOCK, "seconds")
        if wanted["purge"] and wanted["events"] is None:
            raise InvalidOption("purge", True, "it goes with events: what they do not list is not audited any more")
        for row in _rows(wanted):
            _check_event(row)
        _material(wanted)

    def read(self, machine: Machine, wanted: Values) -> Values:
        log = machine.get(AUDIT_LOG)
        flags = states_of(log.get("AuditState") or 0)
        policy = machine.get(AUDIT_POLICY)
        rows = zip(policy.get("AuditApplicationEventID", []), policy.get("PolicyType", []))
        return {
            "enabled": "disabled" not in flags,
            "events": _listed({name_of(number >> 16, number & 0xFFFF): kind == 1 for number, kind in rows}),
            "lock": LOCKED if LOCKED in flags else UNLOCKED,
            "has_key": "no_key" not in flags,
            "storage_policy": log.get("StoragePolicy"),
            "keep_days": log.get("MinDaysToKeep"),
            "percent_free": log.get("PercentageFree"),
            "almost_full": "almost_full" in flags,
            "full": "full" in flags,
            "count": log.get("CurrentNumberOfRecords"),
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = dict(present)
        if wanted["enabled"] is not None:
            planned["enabled"] = wanted["enabled"]
        if wanted["events"] is not None:
            planned["events"] = _listed(_policy(_named(present["events"]), _rows(wanted), wanted["purge"]))
        if wanted["signing_key"] is not None and (not present["has_key"] or wanted["update_signing_key"] == ALWAYS):
            planned.update(has_key=True, signing_key=wanted["signing_key"])
        return {**planned, "lock": _lock(present, wanted)}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values | None:
        if "signing_key" in planned:
            _set_key(machine, wanted)
        if planned["events"] != present["events"]:
            _set_policy(machine, _named(present["events"]), _named(planned["events"]))
        if planned["enabled"] != present["enabled"]:
            machine.invoke(AUDIT_SWITCH, "RequestStateChange", {"RequestedState": ON if planned["enabled"] else OFF})
        return _set_lock(machine, planned["lock"], wanted) if planned["lock"] != present["lock"] else None

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """Of a lock is told that there is one, and not of which kind it is; one that was short may be over."""
        return super().holds({**found, "lock": planned["lock"]}, planned, {**wanted, "lock": None})

    def export(self, present: Values) -> Values:
        """What is audited, and whether anything is. A lock is an act, and keys are not to be had."""
        return {"enabled": present["enabled"], "events": present["events"], "purge": True}


def _rows(wanted: Values) -> list[Values]:
    return [filled(OF_AN_EVENT, row) for row in wanted["events"] or ()]


def _check_event(row: Values) -> None:
    events = [*_meant(row["name"])]
    if not events:
        raise InvalidOption("events", row["name"], NO_SUCH_EVENT.format(", ".join(APPLICATIONS.values())))
    if "." not in row["name"]:
        return
    known = EVENTS.get(numbers_of(row["name"]) or (0, 0))
    if known and row["audited"] is False and known.is_kept(0):
        raise InvalidOption("events", row["name"], ALWAYS_KEPT)
    if known and row["critical"] and not known.may_be_critical:
        raise InvalidOption("events", row["name"], NEVER_CRITICAL)


def _meant(name: str) -> Iterator[str]:
    """One event, or all that are known of an application."""
    if name in APPLICATIONS.values():
        yield from (each for each in NUMBERS if each.partition(".")[0] == name)
    elif numbers_of(name) is not None:
        yield name_of(*numbers_of(name))  # type: ignore[misc]


def _known(name: str) -> Optional[Audited]:
    return EVENTS.get(NUMBERS.get(name, (0, 0)))


def _named(events: list[Values]) -> Policy:
    return {row["name"]: bool(row["critical"]) for row in events if row["audited"]}


def _listed(policy: Mapping[str, bool]) -> list[Values]:
    return [{"name": name, "audited": True, "critical": policy[name]} for name in sorted(policy)]


def _policy(present: Policy, rows: list[Values], purge: bool) -> Policy:
    """What a later row says of an event counts. What firmware keeps stays, and an application as a whole is asked for
    as far as it can be."""
    planned = {name: critical for name, critical in present.items() if not purge or _stays(name)}
    for row in rows:
        whole = "." not in row["name"]
        for name in _meant(row["name"]):
            known = _known(name)
            if row["audited"] is False:
                if not (whole and _stays(name)):
                    planned.pop(name, None)
                continue
            critical = row["critical"]
            if critical is None or (whole and known is not None and not known.may_be_critical):
                critical = present.get(name, False)
            if whole and known is not None and known.nature == SUPER:
                critical = critical or present.get(name, False)
            planned[name] = bool(critical)
    return planned


def _stays(name: str) -> bool:
    known = _known(name)
    return known is not None and known.is_kept(None)


def _set_policy(machine: Machine, present: Policy, planned: Policy) -> None:
    """What is to be audited first, so that nothing goes unseen in between."""
    added = [(True, name, planned[name]) for name in sorted(planned) if planned[name] != present.get(name)]
    gone = [(False, name, False) for name in sorted(present) if name not in planned]
    rows = added + gone
    for first in range(0, len(rows), LARGEST_AUDIT_REQUEST):
        lot = rows[first : first + LARGEST_AUDIT_REQUEST]
        wire = [numbers_of(name) or (0, 0) for _enable, name, _critical in lot]
        arguments = {
            "Enable": [enable for enable, _name, _critical in lot],
            "AuditedAppID": [application for application, _event in wire],
            "EventID": [event for _application, event in wire],
            "PolicyType": [int(critical) for _enable, _name, critical in lot],
        }
        try:
            machine.invoke(AUDIT_POLICY, "SetAuditPolicyBulk", arguments)
        except Refused as refusal:
            if refusal.name == "INVALID_PARAMETER":
                refusal.hint = REFUSED
            raise


def _lock(present: Values, wanted: Values) -> str:
    asked = wanted["lock"]
    if asked is None or asked == present["lock"] == UNLOCKED:
        return str(present["lock"])
    if present["lock"] == LOCKED and wanted["lock_handle"] is None:
        raise Unavailable(HELD, HOLD_ENDS, option="lock")
    return str(asked)


def _set_lock(machine: Machine, lock: str, wanted: Values) -> Values:
    """The handle, by which it can be unlocked before it ends."""
    arguments: Values = {"Flag": lock}
    if lock != UNLOCKED:
        arguments["LockTimeoutInSeconds"] = wanted["lock_seconds"]
    if wanted["lock_handle"] is not None:
        arguments["Handle"] = wanted["lock_handle"]
    answer = machine.invoke(AUDIT_LOG, "SetAuditLock", arguments)
    if lock == UNLOCKED:
        return {}
    if answer.get("Handle") is None:
        raise Unreadable(AUDIT_LOG.name, "SetAuditLock", "locked the log and told no handle")
    return {"lock_handle": answer["Handle"]}


def _material(wanted: Values) -> tuple[bytes, list[Certificate]]:
    """The key as PKCS#1 has it, and its certificates, the own one first. InvalidOption."""
    key, texts = wanted["signing_key"], wanted["signing_certificates"] or []
    if (key is None) != (not texts):
        way_out = "signing_key and signing_certificates go together"
        raise InvalidOption("signing_certificates", "{0} of them".format(len(texts)), way_out)
    if key is None:
        return b"", []
    try:
        octets, public = private_key_in(key)
        certificates = [each for text in texts for each in certificates_in(text)]
    except der.Malformed as error:
        raise InvalidOption("signing_key", "the key or its certificates", str(error)) from None
    size = sum(len(each.der) for each in certificates)
    if not 0 < len(certificates) <= MOST_SIGNING_CERTIFICATES or size > MOST_SIGNING_OCTETS:
        way_out = "the firmware has room for one to five, of {0} octets in all".format(MOST_SIGNING_OCTETS)
        raise InvalidOption("signing_certificates", "{0} of {1} octets".format(len(certificates), size), way_out)
    if numbers(public)[0].bit_length() != SIGNING_KEY_BITS:
        raise InvalidOption("signing_key", "the key", "the firmware takes a key of {0} bits".format(SIGNING_KEY_BITS))
    if certificates[0].public_key != public:
        raise InvalidOption("signing_certificates", certificates[0].subject, "the first one has to be of signing_key")
    return octets, certificates


def _set_key(machine: Machine, wanted: Values) -> None:
    octets, certificates = _material(wanted)
    arguments: dict[str, Any] = {
        "SigningMechanismType": "sha256",
        "SigningKey": octets,
        "LengthOfCertificates": [len(each.der) for each in certificates],
        "Certificates": b"".join(each.der for each in certificates),
    }
    machine.invoke(AUDIT_LOG, "SetSigningKeyMaterial", arguments)
