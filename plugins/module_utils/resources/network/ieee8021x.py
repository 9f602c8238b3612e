# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""802.1X on the wire: one profile, by which the firmware proves itself to the switch (AMT.md 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ...cim.network import DISABLED, ENABLED_WITH_CERTIFICATES, ENABLED_WITHOUT, LONGEST_PXE_TIMEOUT, WIRED_8021X
from ...cim.security import CONTEXTS
from ...errors import AmtError, Fault, InvalidOption, Refused, Unavailable, lacking
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Resource, Values
from . import credentials, eap

CONTEXT = CONTEXTS[2]
SETTINGS = tuple(row.name for row in eap.OPTIONS if not row.secret)
BESIDES = {"in_os": "AvailableInS0", "pxe_timeout": "PxeTimeout"}
ALWAYS = "always"


class Ieee8021x(Resource):
    """What a profile that is switched off still has in it is of no effect, and not told."""

    options = (
        Option("enabled", type="bool"),
        *eap.OPTIONS,
        Option("in_os", type="bool"),
        Option("pxe_timeout", type="int"),
        Option("update_password", choices=("on_create", ALWAYS), default="on_create"),
    )
    aside = ("certificates", "mode")

    def check(self, wanted: Values) -> None:
        given = _given(wanted)
        if wanted["enabled"] is False and given:
            name = next(iter(given))
            shown = "the one that is given" if name in eap.SECRETS else given[name]
            raise InvalidOption(name, shown, "with enabled: false nobody proves himself; leave it out")
        eap.check("", given, complete=False)
        check_within("pxe_timeout", wanted["pxe_timeout"], 0, LONGEST_PXE_TIMEOUT, "seconds")

    def read(self, machine: Machine, wanted: Values) -> Values:
        found = machine.find(WIRED_8021X)
        if found is None:
            what = "profile for 802.1X on the wire"
            raise Unavailable("this firmware has no {0}".format(WIRED_8021X.name), "it came with AMT 8", lacks=what)
        enabled = found["Enabled"] != DISABLED
        named = enabled or any(wanted.get(name) for name in eap.CERTIFICATES)
        certificates = credentials.read_certificates(machine) if named else {}
        told = dict.fromkeys(SETTINGS)
        if enabled:
            (used,) = [*credentials.used_by(machine, CONTEXT, certificates).values()][:1] or [{}]
            told = {**told, **eap.told(found), **used}
        besides = {name: found.get(wire) for name, wire in BESIDES.items()}
        return {"enabled": enabled, **told, **besides, "certificates": certificates, "mode": found["Enabled"]}

    def foresee(self, present: Values, before: Mapping[str, Values]) -> Values:
        return credentials.foreseen(present, before)

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present}
        for name in BESIDES:
            if wanted[name] is not None:
                if present[name] is None:
                    raise lacking(name, BESIDES[name])
                planned[name] = wanted[name]
        given = _given(wanted)
        enabled = present["enabled"] if wanted["enabled"] is None else wanted["enabled"]
        if not enabled:
            if given:
                raise InvalidOption("enabled", wanted["enabled"], "802.1X is off; give enabled: true with the settings")
            return {**planned, "enabled": False, **dict.fromkeys(SETTINGS)}
        return self._enabled(present, {**planned, "enabled": True}, given, wanted["update_password"] == ALWAYS)

    @staticmethod
    def _enabled(present: Values, planned: Values, given: Values, anew: bool) -> Values:
        before = {name: present[name] for name in SETTINGS}
        settings = eap.merged(before, given)
        eap.check("", {**settings, **eap.secrets(given)}, complete=not present["enabled"])
        settings = credentials.resolved("", settings, present["certificates"])
        planned.update(settings)
        if planned != present or (anew and eap.secrets(given)):
            if _is_put(present, planned) or anew:
                eap.check_secrets("", settings, given)
            planned.update(eap.secrets(given))
        return planned

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """A password that is written each time cannot be read."""
        return self.plan(found, {**wanted, "update_password": "on_create"}) == found

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        if _is_put(present, planned) or eap.secrets(planned):
            machine.modify(WIRED_8021X, _changes(planned))
        references = {
            "ServerCertificateIssuer": credentials.reference_to(planned["root_certificate"], present["certificates"]),
            "ClientCertificate": credentials.reference_to(planned["client_certificate"], present["certificates"]),
        }
        given = {name: value for name, value in references.items() if value is not None}
        if not given:
            return
        try:
            machine.invoke(WIRED_8021X, "SetCertificates", given)
        except (Fault, Refused):
            if not present["enabled"]:
                with suppress(AmtError):
                    machine.modify(WIRED_8021X, {"Enabled": DISABLED})
            raise


def _given(wanted: Values) -> Values:
    return {row.name: wanted[row.name] for row in eap.OPTIONS if wanted[row.name] is not None}


def _mode(values: Values) -> int:
    if not values["enabled"]:
        return DISABLED
    has_any = any(values[name] for name in eap.CERTIFICATES)
    return ENABLED_WITH_CERTIFICATES if has_any else ENABLED_WITHOUT


def _is_put(present: Values, planned: Values) -> bool:
    """Whether more than the certificates changes."""
    names = [name for name in (*SETTINGS, *BESIDES) if name not in eap.CERTIFICATES]
    return present["mode"] != _mode(planned) or any(present[name] != planned[name] for name in names)


def _changes(planned: Values) -> Values:
    """Whole: what is not part of it any more is taken out. Of a profile that goes off the rest stays as it is."""
    besides = {wire: planned[name] for name, wire in BESIDES.items() if planned[name] is not None}
    if not planned["enabled"]:
        return {"Enabled": DISABLED, **besides}
    nothing = dict.fromkeys(row.wire for row in eap.OPTIONS if row.wire)
    return {**nothing, **eap.properties(planned, planned), "Enabled": _mode(planned), **besides}
