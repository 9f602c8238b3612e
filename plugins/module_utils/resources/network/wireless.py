# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The wireless interface: profiles, radio, what is taken over from the operating system, who has the link (AMT.md 5.5).

Wi-Fi may be all that a device has. Then what it is connected by is not touched unless `force` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from ...cim.network import (
    ETHERNET_PORT,
    LINK_POLICY,
    RADIO,
    WIFI_CAPABILITIES,
    WIFI_PORT,
    WIFI_SERVICE,
    WIFI_SYNC,
    WIRED,
    WIRELESS,
)
from ...cim.returns import PT_STATUS
from ...cim.schema import CimClass, Properties
from ...errors import AmtError, Fault, InvalidOption, Overtaken, Refused, Unavailable, lacking
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Resource, Values
from . import credentials
from . import wireless_profiles as profiles

PREFERENCES = ("me", "host")
LONGEST_PREFERENCE = 65535  # seconds, Intel's MOF
PORT = CimClass(ETHERNET_PORT.name, returns=PT_STATUS, family="PT_STATUS")
OF_SERVICE = {"sync": "localProfileSynchronizationEnabled", "uefi_sharing": "UEFIWiFiProfileShareEnabled"}
ONLY = "Wi-Fi is the only link of this device, and {0}: connect it by wire, or give force: true"


class Wireless(Resource):
    options = (
        Option("profiles", type="list", elements="dict", options=profiles.MEMBER),
        Option("purge", type="bool", default=False),
        Option("update_password", choices=("on_create", "always"), default="on_create"),
        Option("system_profiles", choices=("keep", "remove"), default="keep"),
        Option("sync", choices=tuple(WIFI_SYNC)),
        Option("uefi_sharing", type="bool"),
        Option("radio", choices=tuple(RADIO)),
        Option("link_policy", type="list", elements="str", choices=tuple(LINK_POLICY)),
        Option("link_preference", choices=PREFERENCES),
        Option("link_preference_timeout", type="int", default=300),
        Option("force", type="bool", default=False),
    )
    aside = ("offered", "certificates", "only_link", "connected_to", "other_policies", "mac")

    def check(self, wanted: Values) -> None:
        profiles.check(wanted["profiles"] or [])
        check_within("link_preference_timeout", wanted["link_preference_timeout"], 1, LONGEST_PREFERENCE, "seconds")
        if wanted["link_policy"] == []:
            raise InvalidOption("link_policy", [], "name the states in which the firmware stays on the network")
        if wanted["purge"] and wanted["profiles"] is None:
            raise InvalidOption(
                "purge", True, "it removes what profiles does not list: give profiles, an empty list too"
            )

    def read(self, machine: Machine, wanted: Values) -> Values:
        ports = {row["InstanceID"]: row for row in machine.enumerate(ETHERNET_PORT)}
        service, port = machine.find(WIFI_SERVICE), ports.get(WIRELESS)
        if service is None or port is None or not (port.get("MACAddress") or "1").strip("0:-"):
            way_out = "amt_wired is for its wired one"
            raise Unavailable("this device has no wireless interface", way_out, lacks="wireless interface")
        radio = machine.find(WIFI_PORT) or {}
        policies = port.get("LinkPolicy")
        found = profiles.read(machine, any(member.get("ieee8021x") for member in wanted["profiles"] or ()))
        return {
            **found,
            "sync": service.get(OF_SERVICE["sync"]),
            "uefi_sharing": service.get(OF_SERVICE["uefi_sharing"]),
            "radio": radio.get("EnabledState"),
            "link_policy": None if policies is None else [word for word in LINK_POLICY if word in policies],
            "link_preference": port.get("LinkPreference"),
            "other_policies": [each for each in policies or () if each not in LINK_POLICY],
            "offered": _offered(machine),
            "only_link": not _is_up(ports.get(WIRED)) and (_is_up(port) or not _has_wire(ports.get(WIRED))),
            "connected_to": service.get("LastConnectedSsidUnderMeControl") or None,
            "mac": port.get("MACAddress"),
        }

    def foresee(self, present: Values, before: Mapping[str, Values]) -> Values:
        return credentials.foreseen(present, before)

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present}
        for name in ("sync", "uefi_sharing", "radio", "link_policy", "link_preference"):
            if wanted[name] is not None:
                if present[name] is None:
                    raise lacking(name, "such setting, or does not show it to this user")
                planned[name] = wanted[name]
        planned["link_policy"] = present["link_policy"] and [
            word for word in LINK_POLICY if word in planned["link_policy"]
        ]
        if wanted["profiles"] is not None:
            planned["profiles"] = profiles.plan(present, wanted)
        if wanted["system_profiles"] == "remove":
            planned["system_profiles"] = []
        if present["only_link"] and not wanted["force"]:
            _guard(present, planned)
        return planned

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """A passphrase that is written each time cannot be read."""
        return self.plan(found, {**wanted, "update_password": "on_create", "force": True}) == found

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        service = {wire: planned[name] for name, wire in OF_SERVICE.items() if planned[name] != present[name]}
        if service:
            machine.modify(WIFI_SERVICE, service)
        _Profiles(machine, present, planned, lambda: self.holds_now(machine, planned, wanted)).bring()
        if planned["system_profiles"] != present["system_profiles"]:
            machine.invoke(WIFI_SERVICE, "DeleteAllUserProfiles")
        if planned["link_policy"] != present["link_policy"]:
            numbers = [*planned["link_policy"], *planned["other_policies"]]
            machine.modify(ETHERNET_PORT, {"LinkPolicy": numbers}, InstanceID=WIRELESS)
        if planned["radio"] != present["radio"]:
            machine.invoke(WIFI_PORT, "RequestStateChange", {"RequestedState": RADIO[planned["radio"]]})
        if planned["link_preference"] != present["link_preference"]:
            seconds = {"Timeout": wanted["link_preference_timeout"]} if planned["link_preference"] == "me" else {}
            number = PREFERENCES.index(planned["link_preference"]) + 1
            machine.invoke(PORT, "SetLinkPreference", {"LinkPreference": number, **seconds}, InstanceID=WIRELESS)


class _Profiles:
    """`there` is what the profiles are as far as this run knows, `made` those that it made."""

    def __init__(self, machine: Machine, present: Values, planned: Values, holds_now: Callable[[], bool]) -> None:
        self.machine, self.present, self.planned, self.holds_now = machine, present, planned, holds_now
        self.there = {member["name"]: member for member in present["profiles"]}
        self.made: list[Values] = []

    def bring(self) -> None:
        try:
            for how, member in profiles.steps(self.present["profiles"], self.planned["profiles"]):
                self._do(how, member)
        except (Fault, Refused) as refusal:
            if not self.holds_now():
                self._give_up(refusal)

    def _do(self, how: str, member: Values) -> None:
        if how == "delete":
            profiles.delete(self.machine, member)
            del self.there[member["name"]]
            return
        profiles.write(self.machine, how, member, self.present["certificates"])
        self.there[member["name"]] = profiles.bare(member)
        if how == "create":
            self.made.append(profiles.bare(member))

    def _give_up(self, refusal: AmtError) -> None:
        """Somebody else's work is planned anew; else what this run made goes, and the refusal stands."""
        found = {member["name"]: member for member in profiles.read(self.machine, False)["profiles"]}
        if found != self.there:
            raise Overtaken("somebody else is at work on the wireless profiles: {0}".format(refusal)) from refusal
        for member in self.made:
            with suppress(AmtError):
                profiles.delete(self.machine, member)
        raise refusal


def _offered(machine: Machine) -> Values:
    """What the firmware says that it can; empty where it makes no statement."""
    rows = machine.list(WIFI_CAPABILITIES)
    found = rows[0] if rows else {}
    return {
        "security": found.get("SupportedAuthenticationMethods") or [],
        "encryption": found.get("SupportedEncryptionMethods") or [],
    }


def _has_wire(port: Properties | None) -> bool:
    return port is not None and bool((port.get("MACAddress") or "1").strip("0:-"))


def _is_up(port: Properties | None) -> bool:
    return _has_wire(port) and port is not None and bool(port.get("LinkIsUp"))


def _guard(present: Values, planned: Values) -> None:
    """Unavailable for what would take the only link away."""
    kept = [member for member in present["profiles"] if member in planned["profiles"]]
    network = present["connected_to"]
    mine = [member for member in present["profiles"] if network in (None, member["ssid"])]
    if present["profiles"] and not kept:
        raise Unavailable(ONLY.format("no profile of before would stay as it is"))
    for member in mine:
        if member not in kept:
            how = "profile {0} is what it is connected by" if network else "profile {0} may be what it is connected by"
            raise Unavailable(ONLY.format(how.format(member["name"])))
    if planned["system_profiles"] != present["system_profiles"] and not (network and mine):
        raise Unavailable(ONLY.format("it may be connected by a profile of its operating system"))
    if planned["radio"] == "off" != present["radio"]:
        raise Unavailable(ONLY.format("its radio would be switched off"))
    gone = set(present["link_policy"] or ()) - set(planned["link_policy"] or ())
    if {"s0_ac", "s0_dc"} & gone:
        raise Unavailable(ONLY.format("its link policy would lose {0}".format(", ".join(sorted(gone)))))
