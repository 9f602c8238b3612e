# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Endpoint access control: the posture that firmware signs for networks that judge whom they let in (AMT.md 10.6).

Of AMT up to CSME 17. What is in a posture besides, the firmware decides: its state, how the machine has booted, and
agents that are watched.
"""

from __future__ import annotations

from ...cim.inventory import SOFTWARE_IDENTITY
from ...cim.security import (
    ATTRIBUTES,
    EAC_CONTEXT,
    EAC_SERVICE,
    EAC_SWITCH,
    EAC_VENDORS,
    NAC_UNTIL,
    POSTURE_COUNTERS,
    POSTURE_HASHES,
)
from ...errors import Fault, InvalidOption, Refused, Unavailable
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from ...wsman.values import Reference
from ..network.credentials import fingerprint_of, read_certificates, reference_to

STATES = {True: 2, False: 3}
WITH_NAC = ("nac", "both")


class Posture(Resource):
    """`reset` happens whenever it is asked for. `posture_hash`: in hexadecimal, while it is enabled; it changes when
    the posture does. `nac`: whether this firmware still has Cisco's, read when that is asked for."""

    options = (
        Option("enabled", type="bool"),
        Option("vendors", choices=tuple(EAC_VENDORS)),
        Option("hash_algorithm", choices=tuple(POSTURE_HASHES)),
        Option("signer"),
        Option("reset", type="list", elements="str", choices=tuple(POSTURE_COUNTERS), default=[]),
    )
    aside = ("posture_hash", "certificates", "nac")

    def read(self, machine: Machine, wanted: Values) -> Values:
        service = machine.find(EAC_SERVICE)
        if service is None:
            raise Unavailable(
                "this firmware has no endpoint access control",
                "CSME 18 gave it up: leave it out for this device",
                lacks="endpoint access control",
            )
        told = machine.ask(EAC_SERVICE, "GetEacOptions")
        enabled = service["EnabledState"] == "on"
        contexts = machine.list(EAC_CONTEXT)
        certificates = read_certificates(machine) if contexts or wanted["signer"] else {}
        handles = [str(row["ElementInContext"].selectors.get("InstanceID")) for row in contexts]
        used = next((certificates[handle]["fingerprint"] for handle in handles if handle in certificates), None)
        return {
            "enabled": enabled,
            "vendors": told.get("EacVendors"),
            "hash_algorithm": told.get("PostureHashAlgorithm"),
            "signer": used,
            "posture_hash": _posture_hash(machine) if enabled else None,
            "certificates": certificates,
            "nac": _has_nac(machine) if wanted["vendors"] in WITH_NAC else None,
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present}
        for name in ("enabled", "vendors", "hash_algorithm"):
            if wanted[name] is not None:
                planned[name] = wanted[name]
        if planned["vendors"] != present["vendors"] and present["nac"] is False:
            raise Unavailable(
                "vendors: this firmware has no posture for Cisco's NAC, which AMT 9 gave up",
                "nap is what there is",
                lacks="NAC",
            )
        if wanted["signer"] is not None:
            planned["signer"] = fingerprint_of("signer", wanted["signer"], present["certificates"])
        if planned["enabled"] and not planned["signer"]:
            way_out = "postures are signed: give the certificate that does it, one with a key in the device's store"
            raise InvalidOption("signer", wanted["signer"], way_out)
        if wanted["reset"]:
            planned["reset"] = sorted(set(wanted["reset"]))
        return planned

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """Counters that are reset leave no state to read."""
        return self.plan(found, {**wanted, "reset": []}) == found

    def shows(self, present: Values, planned: Values) -> bool:
        return present != {name: value for name, value in planned.items() if name != "reset"}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        """Off first, on last."""
        if present["enabled"] and not planned["enabled"]:
            _switch(machine, False)
        if any(planned[name] != present[name] for name in ("vendors", "hash_algorithm")):
            options = {"EacVendors": planned["vendors"], "PostureHashAlgorithm": planned["hash_algorithm"]}
            machine.invoke(EAC_SERVICE, "SetEacOptions", options)
        if planned["signer"] != present["signer"]:
            _sign_by(machine, reference_to(planned["signer"], present["certificates"]))
        if planned["enabled"] and not present["enabled"]:
            _switch(machine, True)
        for counters in planned.get("reset", ()):
            machine.invoke(EAC_SERVICE, "UpdatePostureState", {"UpdateType": counters})


def _posture_hash(machine: Machine) -> str | None:
    """None where the firmware makes none just now, or not for this user."""
    try:
        answer = machine.ask(EAC_SERVICE, "GetPostureHash", {"PostureType": ATTRIBUTES})
    except (Refused, Fault):
        return None
    value = answer.get("PostureChangeHash")
    return value.hex() if value else None


def _has_nac(machine: Machine) -> bool:
    versions = {row.known("InstanceID"): row.known("VersionString") for row in machine.list(SOFTWARE_IDENTITY)}
    major = str(versions.get("AMT") or "").partition(".")[0]
    return not major.isdecimal() or int(major) <= NAC_UNTIL


def _switch(machine: Machine, on: bool) -> None:
    machine.invoke(EAC_SWITCH, "RequestStateChange", {"RequestedState": STATES[on]})


def _sign_by(machine: Machine, certificate: Reference | None) -> None:
    if machine.list(EAC_CONTEXT):
        machine.modify(EAC_CONTEXT, {"ElementInContext": certificate})
        return
    service = machine.get(EAC_SERVICE)
    keys = {name: service[name] for name in ("CreationClassName", "Name", "SystemCreationClassName", "SystemName")}
    provider = Reference(EAC_SERVICE.name, keys)
    machine.create(EAC_CONTEXT, {"ElementInContext": certificate, "ElementProvidingContext": provider})
