# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is switched on of redirection and pages, and the sessions that are open now: AMT.md 9.1."""

from __future__ import annotations

from ...cim.inventory import SOFTWARE_IDENTITY
from ...cim.power import SESSIONS
from ...cim.schema import CimClass
from ...cim.security import (
    KVM_ACCESS,
    KVM_SETTINGS,
    MOST_SESSION_TIMEOUT,
    REDIRECTION_SERVICE,
    REDIRECTION_SESSIONS,
    REDIRECTION_STATES,
    RFB_PASSWORD_LENGTH,
    SCREENS,
    SESSION_TYPES,
    SWITCH,
    WEB_UI,
    WITHOUT_PORT_5900,
)
from ...errors import AccessDenied, Fault, InvalidOption, Refused, Unavailable, lacking
from ...machine import Machine
from ...option import Option, check_within
from ...provisioning import passwords
from ...resource import Resource, Values
from ..glance import glance, glance_all

KINDS = dict(zip(("sol", "ider", "kvm"), SESSIONS.values()))
"""Of sessions, and the class with an instance for each that is open."""
WITH_PORT, EACH_TIME = "on_create", "always"
"""When the password of port 5900 is set: when the port is opened, or whenever it is given."""
ENDS_WITHIN = 10
"""Seconds until a session that was ended is no longer listed."""

#: Option -> property of the KVM settings, and what firmware lacks that does not have it.
SCREEN_SETTINGS = {
    "port_5900": ("Is5900PortEnabled", "port 5900"),
    "session_timeout": ("SessionTimeout", "time-out of KVM sessions"),
    "screen": ("DefaultScreen", "choice of a screen"),
}
WITHOUT = {
    **{option: what for option, (_wire, what) in SCREEN_SETTINGS.items()},
    "sol": "redirection of the serial port",
    "ider": "redirection of drives",
    "kvm": "redirection of the screen (KVM)",
    "listener": "switch for the redirection ports",
    "web_ui": "switch for its web interface",
}
IN_MEBX = "KVM is switched off in the machine's firmware menu (MEBx), and cannot be switched on from the network"


class Redirection(Resource):
    """`end_sessions` ends those that are open when the task comes, and leaves the switches as they are. Who switches
    something off ends its session too."""

    options = (
        Option("sol", type="bool"),
        Option("ider", type="bool"),
        Option("kvm", type="bool"),
        Option("listener", type="bool"),
        Option("port_5900", type="bool"),
        Option("rfb_password", secret=True),
        Option("update_rfb_password", choices=(WITH_PORT, EACH_TIME), default=WITH_PORT),
        Option("session_timeout", type="int"),
        Option("screen", type="int"),
        Option("web_ui", type="bool"),
        Option("end_sessions", type="list", elements="str", choices=tuple(KINDS)),
    )
    aside = ("kvm_in_mebx", "version")

    def check(self, wanted: Values) -> None:
        check_within("session_timeout", wanted["session_timeout"], 0, MOST_SESSION_TIMEOUT, "minutes")
        check_within("screen", wanted["screen"], 0, SCREENS - 1)
        password = wanted["rfb_password"]
        if password is not None:
            if len(password) != RFB_PASSWORD_LENGTH:
                raise InvalidOption("rfb_password", "the password", "AMT takes exactly 8 characters for port 5900")
            passwords.check("rfb_password", password)
        elif wanted["update_rfb_password"] == EACH_TIME:
            raise InvalidOption("update_rfb_password", EACH_TIME, "give the rfb_password that is to be set")

    def read(self, machine: Machine, wanted: Values) -> Values:
        service = machine.get(REDIRECTION_SERVICE)
        screen, state = machine.find(KVM_SETTINGS) or {}, service.get("EnabledState")
        found = {
            "sol": "sol" in state if state in REDIRECTION_STATES else None,
            "ider": "ider" in state if state in REDIRECTION_STATES else None,
            "listener": service.get("ListenerEnabled"),
            "kvm": _is_on(machine, KVM_ACCESS, wanted["kvm"]),
            "web_ui": _is_on(machine, WEB_UI, wanted["web_ui"]),
            **{option: screen.get(wire) for option, (wire, _what) in SCREEN_SETTINGS.items()},
            "kvm_in_mebx": screen.get("EnabledByMEBx"),
            "sessions": sorted(kind for kind in KINDS if _is_open(machine, kind, wanted)),
        }
        asked = wanted["update_rfb_password"] == EACH_TIME or (wanted["port_5900"] and not found["port_5900"])
        return {**found, "version": _version(machine) if asked else None}

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present, **{name: wanted[name] for name in WITHOUT if wanted[name] is not None}}
        for name in WITHOUT:
            if planned[name] is not None and present[name] is None:
                raise lacking(name, WITHOUT[name])
        if planned["kvm"] and not present["kvm"] and present["kvm_in_mebx"] is False:
            raise Unavailable(IN_MEBX, "somebody at the machine has to allow it there")
        off = [kind for kind in KINDS if present[kind] and planned[kind] is False]
        ends = {*off, *(wanted["end_sessions"] or ())}
        planned["sessions"] = [kind for kind in present["sessions"] if kind not in ends]
        opens = planned["port_5900"] and not present["port_5900"]
        if wanted["rfb_password"] is not None and (opens or wanted["update_rfb_password"] == EACH_TIME):
            planned["rfb_password"] = wanted["rfb_password"]
        if (opens or "rfb_password" in planned) and _is_without_port_5900(present["version"]):
            what = "port 5900 any more, nor a password for it: it is AMT {0}".format(present["version"])
            raise lacking("port_5900" if opens else "rfb_password", what)
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        ended = sorted(set(present["sessions"]) - set(planned["sessions"]))
        for kind in ended:
            _end(machine, kind, planned)
        changed = {name for name in planned if planned[name] != present.get(name)}
        if changed & {"sol", "ider"}:
            state = REDIRECTION_STATES["none"] + planned["ider"] + 2 * planned["sol"]
            machine.invoke(REDIRECTION_SERVICE, "RequestStateChange", {"RequestedState": state})
        if changed & {*SCREEN_SETTINGS, "rfb_password"}:
            _set_screen(machine, planned, changed)
        if "kvm" in changed and (planned["kvm"] or "kvm" not in ended):
            _switch(machine, KVM_ACCESS, planned["kvm"])
        if "listener" in changed:
            machine.modify(REDIRECTION_SERVICE, {"ListenerEnabled": planned["listener"]})
        if "web_ui" in changed:
            _switch(machine, WEB_UI, planned["web_ui"])


def _is_on(machine: Machine, cim: CimClass, asked: bool | None) -> bool | None:
    """What a user may not see, and does not ask for, is not known and no failure."""
    state = (glance(machine, cim) if asked is None else machine.find(cim) or {}).get("EnabledState")
    return {"on": True, "offline": True, "off": False}.get(str(state))


def _is_open(machine: Machine, kind: str, wanted: Values) -> bool:
    """Sessions that a user may not see are not told of, unless they are to be ended."""
    if kind in (wanted["end_sessions"] or ()):
        return bool(machine.list(KINDS[kind]))
    return bool(glance_all(machine, KINDS[kind]))


def _version(machine: Machine) -> str | None:
    rows = glance_all(machine, SOFTWARE_IDENTITY) or []
    return next((str(row.get("VersionString")) for row in rows if row.get("InstanceID") == "AMT"), None)


def _is_without_port_5900(version: str | None) -> bool:
    return tuple(int(part) for part in (version or "").split(".") if part.isdecimal()) >= WITHOUT_PORT_5900


def _switch(machine: Machine, cim: CimClass, on: bool) -> None:
    machine.invoke(cim, "RequestStateChange", {"RequestedState": SWITCH[on]})


def _set_screen(machine: Machine, planned: Values, changed: set[str]) -> None:
    changes = {wire: planned[option] for option, (wire, _what) in SCREEN_SETTINGS.items() if option in changed}
    if "rfb_password" in changed:
        changes["RFBPassword"] = planned["rfb_password"]
    try:
        machine.modify(KVM_SETTINGS, changes)
    except Fault as refusal:
        if changes.get("Is5900PortEnabled") and "rfb_password" not in changed:
            refusal.hint = refusal.hint or "port 5900 needs a password: give rfb_password"
        raise


def _end(machine: Machine, kind: str, planned: Values) -> None:
    """The guide lets only the machine itself end a KVM session. Over the network KVM is switched off, which is for a
    moment where it is to be on."""
    if kind in SESSION_TYPES:
        machine.invoke(REDIRECTION_SESSIONS, "TerminateSession", {"SessionType": SESSION_TYPES[kind]})
    elif not planned["kvm"]:
        _switch(machine, KVM_ACCESS, False)
    else:
        try:
            machine.invoke(KVM_SETTINGS, "TerminateSession")
        except (AccessDenied, Refused):
            _switch(machine, KVM_ACCESS, False)
            _switch(machine, KVM_ACCESS, True)
    sentence = "the {0} session was not seen to end".format(kind)
    machine.wait(lambda: not glance_all(machine, KINDS[kind]), ENDS_WITHIN, sentence)
