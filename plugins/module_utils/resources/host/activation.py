# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether AMT is provisioned on the machine that this runs on, and in which control mode (AMT.md 11).

It works on a `provisioning.local.LocalMachine`. Passwords are not known here: the password of AMT comes as its digest
hash, a private key not at all, but what it signed. Each step is read back before the next one; whatever a run left
behind, the next run reads what is there and does what is missing.
"""

from __future__ import annotations

import time
from typing import Any

from ...cim.host import HOST_BASED, SETUP
from ...cim.network import GENERAL
from ...errors import AuthenticationRefused, InvalidOption, NotReached, Refused, Unavailable, Unreachable
from ...machine import Machine
from ...option import Option
from ...provisioning.chain import Certificate, Device, check, in_order
from ...provisioning.escrow import ESCROW
from ...provisioning.local import LocalMachine
from ...provisioning.steps import STEPS, seen
from ...resource import Resource, Values

TLS_FROM, TLS_ONLY_FROM = 14, 19
"""Versions of AMT that can be set up over TLS, and that refuse anything else (AMT.md 3)."""
SETTLES = 120
PASSES = 15
"""Seconds in which a provisioning that is under way may end by itself."""
UNFINISHED = "unfinished"
MATERIAL = {
    "setup": ("password_hash",),
    "add_chain": ("chain",),
    "admin_setup": ("password_hash", "nonce", "signature"),
    "upgrade": ("nonce", "signature"),
    "unprovision": ("password_hash",),
    "set_mebx_password": ("password_hash", "mebx_password"),
    "start_secure_setup": ("shown",),
}
"""What must have been prepared for a step."""
SECURE = ("start_secure_setup", "set_admin_password", "set_mebx_password", "commit")
"""Steps of which all but the first are done over TLS by the one that has the private key."""


#: What only the one who asks can use: it stays where the passwords and the private key are.
KEPT_BACK = (
    Option("password", secret=True),
    *ESCROW,
    Option(
        "certificate",
        type="dict",
        options=(
            Option("file", type="path", required=True),
            Option("passphrase", secret=True),
            Option("key_file", type="path"),
        ),
    ),
    Option("mebx_password", secret=True),
    Option("update_mebx", choices=("on_activation", "always"), default="on_activation"),
)


class Activation(Resource):
    """`state` client or admin is a control mode, absent is none. What is in between reads as unfinished.

    Besides its options, `apply` takes what MATERIAL names, prepared by the one who has passwords and keys.
    """

    options = (
        Option("state", choices=("client", "admin", "absent"), required=True),
        Option("over_tls", choices=("auto", "always", "never"), default="auto"),
        Option("dns_suffix"),
        Option("wait_timeout", type="int", default=SETTLES),
    )
    aside = ("control_mode", "provisioning_state", "version", "steps", "device")
    turns = 1  # what was prepared fits the device as it was
    proves = True  # each step waits until the engine, which is no part of WS-Management, shows what it did

    def check(self, wanted: Values) -> None:
        if wanted["wait_timeout"] <= 0:
            raise InvalidOption("wait_timeout", wanted["wait_timeout"], "give a number of seconds above 0")
        if wanted.get("dns_suffix") is not None and not _is_suffix(wanted["dns_suffix"]):
            raise InvalidOption("dns_suffix", wanted["dns_suffix"], "give a DNS domain such as example.com")
        if wanted["state"] != "admin":
            for name, given in (("over_tls", wanted["over_tls"] != "auto"), ("dns_suffix", wanted.get("dns_suffix"))):
                if given:
                    raise InvalidOption(name, wanted[name], "it has a meaning with state: admin only")

    def read(self, machine: Machine, wanted: Values) -> Values:
        mode, state = _at_rest(_local(machine))
        version = _local(machine).engine.ask("code_versions")["versions"].get("AMT", "")
        present = {
            "state": _word(mode, state),
            "control_mode": mode,
            "provisioning_state": state,
            "version": version,
            "steps": [],
        }
        return {**present, "device": self._details(_local(machine), present, wanted)}

    def _details(self, machine: LocalMachine, present: Values, wanted: Values) -> Values:
        """What planning and preparing need to know of the device, no more than that.

        Without a `realm` when it is in the middle of a provisioning over TLS: then it listens to the one that began it.
        """
        details: Values = {}
        if wanted["state"] == "admin" and present["state"] != "admin":
            ask = machine.engine.ask
            handles = ask("certificate_hash_handles")
            details["roots"] = [ask("certificate_hash", handle) for handle in handles]
            details["pki_dns_suffix"] = _asked(machine, "pki_dns_suffix") or ""
            details["dns_suffixes"] = _asked(machine, "dns_suffixes") or []
        if _needs_wsman(present, wanted):
            try:
                details.update(_read_setup(machine))
            except (Unreachable, AuthenticationRefused):
                if present["state"] != UNFINISHED:
                    raise
        return details

    def plan(self, present: Values, wanted: Values) -> Values:
        was, will = present["state"], wanted["state"]
        if was == will:
            steps = ["set_mebx_password"] if will == "admin" and wanted.get("set_mebx") else []
            return {**present, "steps": steps}
        steps = ["stop_configuration"] if was == UNFINISHED else []
        if will == "absent":
            steps += {"client": ["unprovision_locally"], "admin": ["unprovision"]}.get(was, [])
        else:
            steps += self._towards(present, wanted)
        return {**present, "state": will, "steps": steps}

    def _towards(self, present: Values, wanted: Values) -> list[str]:
        will = wanted["state"]
        if present["state"] == "admin":
            raise Unavailable(
                "the device is in admin control mode and cannot be brought to client control mode",
                "unprovision it with state: absent first; that needs the password of AMT",
            )
        allowed = present["device"].get("allowed_modes")
        if allowed and will not in allowed:
            raise Unavailable(
                "this device does not allow {0} control mode".format(will),
                "it allows: {0}".format(", ".join(str(mode) for mode in allowed)),
            )
        if will == "client":
            return ["setup"]
        suffix = (
            ["set_dns_suffix"] if wanted.get("dns_suffix") not in (None, present["device"]["pki_dns_suffix"]) else []
        )
        mebx = ["set_mebx_password"] if wanted.get("set_mebx") else []
        if present["state"] == "client":
            return [*suffix, "add_chain", "upgrade", *mebx]
        if over_tls(present["version"], wanted["over_tls"]):
            return [*suffix, *(step for step in SECURE if step != "set_mebx_password" or mebx)]
        return [*suffix, "add_chain", "admin_setup", *mebx]

    @staticmethod
    def ordered(present: Values, wanted: Values, certificates: list[Certificate], key: str = "") -> list[Certificate]:
        """The chain from leaf to root, after a judgement whether it can work on this device. ChainRefused."""
        details = present["device"]
        asked = wanted.get("dns_suffix") or details["pki_dns_suffix"]
        suffixes = [asked] if asked else [*details["dns_suffixes"], details.get("dhcp_dns_suffix") or ""]
        chain = in_order(certificates)
        check(chain, Device(details["roots"], suffixes), time.time(), key)
        return chain

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """What a state does not show, the MEBx password, is not there because the state is."""
        return bool(found["state"] == planned["state"]) and "set_mebx_password" not in planned["steps"]

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        """Those steps that are done here. Raises what the step raises, after a look at what it did."""
        here = _local(machine)
        learnt: Values = {"done": []}
        steps = _done_here(planned["steps"])
        missing = [name for step in steps for name in MATERIAL.get(step, ()) if not wanted.get(name)]
        if missing:
            message = "the device is not as it was when this was prepared: {0} is wanted now".format(missing[0])
            raise Unavailable(message, "run again")
        for step in steps:
            learnt.update(STEPS[step](here, wanted) or {})
            learnt["done"].append(step)
        return learnt


def _done_here(steps: list[str]) -> list[str]:
    return steps[: steps.index(SECURE[0]) + 1] if SECURE[0] in steps else steps


def over_tls(version: str, wish: str) -> bool:
    """Whether the way into admin control mode leads over TLS on this version. Unavailable when it cannot as wished."""
    number = version.partition(".")[0]
    major = int(number) if number.isdecimal() else 0
    if wish == "always" and major < TLS_FROM:
        hint = "leave over_tls at auto; it can be asked for from AMT {0} on".format(TLS_FROM)
        raise Unavailable("AMT {0} cannot be activated over TLS".format(version), hint)
    if wish == "never" and major >= TLS_ONLY_FROM:
        hint = "leave over_tls at auto"
        raise Unavailable("AMT {0} can be activated over TLS only".format(version), hint)
    return wish == "always" or (wish == "auto" and major >= TLS_ONLY_FROM)


def _at_rest(machine: LocalMachine) -> tuple[Any, Any]:
    """Control mode and provisioning state, once a commit of an earlier run had the time to settle."""
    found = seen(machine)
    if _word(*found) == UNFINISHED:
        try:
            machine.wait(lambda: _word(*seen(machine)) != UNFINISHED, PASSES, "the device was in provisioning")
        except NotReached:
            return found
        return seen(machine)
    return found


def _word(mode: Any, state: Any) -> str:
    if state == "in" or (mode == "none") != (state == "pre"):
        return UNFINISHED
    return "absent" if mode == "none" else str(mode)


def _needs_wsman(present: Values, wanted: Values) -> bool:
    was, will = present["state"], wanted["state"]
    if will == "absent":
        return bool(was == "admin")
    if will == "admin" and was in ("absent", UNFINISHED):
        return not over_tls(present["version"], wanted["over_tls"])
    return True


def _read_setup(machine: LocalMachine) -> Values:
    service = machine.get(HOST_BASED)
    setup = machine.get(SETUP)
    nonce = service.get("ConfigurationNonce") or b""
    return {
        "realm": machine.get(GENERAL).get("DigestRealm") or "",
        "nonce": nonce.hex(),
        "allowed_modes": service.get("AllowedControlModes") or [],
        "dhcp_dns_suffix": setup.get("DhcpDNSSuffix") or "",
    }


def _asked(machine: LocalMachine, name: str) -> Any:
    """An answer of AMTHI that not every firmware has."""
    try:
        return machine.engine.ask(name)
    except Refused:
        return None


def _is_suffix(text: str) -> bool:
    labels = text.strip(".").split(".")
    return text.isascii() and len(text) < 255 and all(label.replace("-", "").isalnum() for label in labels)


def _local(machine: Machine) -> LocalMachine:
    if not isinstance(machine, LocalMachine):
        raise TypeError("activation works on the machine itself")
    return machine
