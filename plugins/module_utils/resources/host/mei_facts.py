# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a machine can tell of its own management engine and of AMT, and why what is missing is missing. Only reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from ...cim.sku import sku_words
from ...errors import AmtError, Interrupted, ProtocolError, Refused
from ...harmless import harmless
from ...host.commands import Commands
from ...lms import health, owner, service
from ...mei import absence, amthi, mkhi, records, sysfs
from ...mei.device import Client, EngineAway, NoClient
from ...mei.guids import AMTHI, MKHI
from ...option import Option
from ...unread import Unread
from ...watchdog import absence as watchdog_absence
from ...watchdog import devices

Values = dict[str, Any]
OPTIONS = (Option("answer_timeout", "float", default=10.0), Option("strict", "bool", default=False))
SINGLE = (
    "provisioning_state",
    "control_mode",
    "uuid",
    "fqdn",
    "dns_suffixes",
    "pki_dns_suffix",
    "security_parameters",
    "redirection",
    "remote_access",
    "reset_reason",
    "power_policy",
    "zero_touch",
    "embedded_host_setup",
    "tcpip_parameters",
    "mac_addresses",
    "config_server",
    "setup_audit",
)
"""Commands of AMTHI whose answer is a fact of the same name."""
LATER = ("cira", "state", "lan", "ipv6", "features", "certificate_hashes", "provisioned", "uuid_is_products")
INTERFACES = {"wired": 0, "wireless": 1}
SWITCHES = {"system_defense": 1, "web_ui": 2, "endpoint_access_control": 3}
CIRA_LOG_VERSION = 1
VERSIONS = {"version": "AMT", "sku": "Sku", "build": "Build Number"}
INTERNAL_ERROR, INVALID_INDEX = 1, 35
NOT_THERE = {"lan.wireless": INVALID_INDEX, "ipv6.wireless": INVALID_INDEX, "cira": INTERNAL_ERROR}
"""What some machines do not have, by the status that says so: no wireless interface, firmware without a CIRA log. That
is null, and no fault of the machine."""
ONE_ANSWER = (Refused, ProtocolError, Interrupted)
"""Errors that spoil one answer; after any other one there is no sense in asking more."""


class MeiFacts:
    """`missing` fills while reading: rows of `what`, `error`, `reason` and `hint`."""

    def __init__(
        self,
        root: Path = Path("/"),
        open_client: Callable[..., Client] = Client,
        seconds: float = 10.0,
        commands: Commands | None = None,
        banner: Callable[[], str | None] = health.banner,
    ) -> None:
        self._root = root
        self._commands = commands or Commands()
        self._banner = banner
        self._open_client = open_client
        self._seconds = seconds
        self.missing: list[Values] = []
        self.unread = Unread()

    def read(self) -> Values:
        device = sysfs.device(self._root)
        found: Values = {
            "pci": sysfs.pci_device(self._root),
            "driver": {"loaded": sysfs.module_loaded(self._root), "blacklisted_by": sysfs.blacklists(self._root)},
            "device": device,
            "clients": sysfs.clients(self._root),
            "holders": sysfs.holders(self._root),
            "lme": owner.owner(self._root),
            "lms": self._section("lms", lambda: service.facts(self._root, self._commands, self._banner)),
            "watchdog": self._watchdog(device),
            "engine": None,
            "amt": {"present": None, "enabled": None},
        }
        if device is None:
            self._note("device", absence.no_device(self._root))
        else:
            self._ask_engine(found, device["node"])
        present = bool(found["pci"] or device)
        told: Values = harmless({"present": present, **found, "missing": self.missing, "unread": self.unread.rows})
        return told

    def _watchdog(self, engine: Values | None) -> Values | None:
        """None and a note where the engine is there and its watchdog is not. What is said of AMT is not said again."""
        found = devices.own(self._root)
        if found is not None:
            return {**found, "fed_by": devices.fed_by(self._root, found)}
        if engine is not None:
            reason = watchdog_absence.reason(self._root, lift=False) or absence.NotLoaded(
                "the driver {0} is not loaded".format(devices.DRIVER), "run: modprobe {0}".format(devices.DRIVER)
            )
            if not isinstance(reason, (absence.Disabled, EngineAway)):
                self._note("watchdog", reason)
        return None

    def _note(self, what: str, error: AmtError) -> None:
        if isinstance(error, ONE_ANSWER):
            with self.unread.part(what):
                self.unread.note(error)
        self.missing.append({"what": what, "error": type(error).__name__, "reason": str(error), "hint": error.hint})

    def _ask_engine(self, found: Values, node: str) -> None:
        with self._open_client(MKHI, node, seconds=self._seconds, root=self._root) as client:
            found["engine"] = self._section("engine", lambda: self._engine(client))
        with self._open_client(AMTHI, node, seconds=self._seconds, root=self._root) as client:
            try:
                found["amt"] = self._amt(client)
            except NoClient:
                found["amt"] = {"present": _has_amt(found["engine"]), "enabled": False}
                self._note("amt", absence.disabled())
            except AmtError as error:
                self._note("amt", error)

    def _section(self, what: str, read: Callable[[], Any]) -> Any:
        """What was read, or None and a note. A question that stays without an answer spoils no other section."""
        try:
            return read()
        except AmtError as error:
            self._note(what, error)
            return None

    def _engine(self, client: Client) -> Values:
        version = mkhi.read_version(client.ask(mkhi.version_request()))
        found: Values = {"version": version}
        for name, rule in (("capabilities", mkhi.SKU), ("enabled", mkhi.ENABLED_FEATURES)):
            try:
                found[name] = mkhi.read_features(rule, client.ask(mkhi.rule_request(rule)))
            except ONE_ANSWER as error:
                found[name] = None
                self._note("engine." + name, error)
        return found

    def _one(self, client: Client, what: str, name: str, *arguments: Any) -> Any:
        """One answer of AMTHI, or None and a note."""
        try:
            return amthi.read_response(name, client.ask(amthi.request(name, *arguments)))
        except ONE_ANSWER as error:
            if not (isinstance(error, Refused) and NOT_THERE.get(what) == error.code):
                self._note("amt." + what, error)
            return None

    def _amt(self, client: Client) -> Values:
        """Raises what keeps every answer away; what stops the asking later leaves the answers before it."""
        versions = self._one(client, "versions", "code_versions") or {"bios": None, "versions": {}}
        found: Values = {"present": True, "enabled": True, "bios": versions["bios"], "versions": versions["versions"]}
        found.update({name: versions["versions"].get(wire) for name, wire in VERSIONS.items()})
        found["sku_features"] = sku_words(found["sku"] or "")
        found.update(dict.fromkeys((*SINGLE, *LATER)))
        try:
            for name in SINGLE:
                found[name] = self._one(client, name, name)
            found["cira"] = self._one(client, "cira", "cira_log", CIRA_LOG_VERSION)
            found["state"] = self._one(client, "state", "state", records.LINK_STATE)
            for fact, command in (("lan", "lan_interface"), ("ipv6", "ipv6_status")):
                found[fact] = {
                    name: self._one(client, "{0}.{1}".format(fact, name), command, index)
                    for name, index in INTERFACES.items()
                }
            found["features"] = self._features(client)
            found["certificate_hashes"] = self._hashes(client)
        except AmtError as error:
            self._note("amt", error)
        return self._judged(found)

    def _judged(self, found: Values) -> Values:
        state, product = found["provisioning_state"], sysfs.product_uuid(self._root)
        found["provisioned"] = None if state is None else state == "post"
        found["uuid_is_products"] = found["uuid"] == product if product and found["uuid"] else None
        return found

    def _features(self, client: Client) -> Values:
        found: Values = {}
        for name, number in SWITCHES.items():
            answer = self._one(client, "features." + name, "features", number)
            found[name] = None if answer is None else any(answer)
        return found

    def _hashes(self, client: Client) -> list[Values] | None:
        handles = self._one(client, "certificate_hashes", "certificate_hash_handles")
        if handles is None:
            return None
        rows = [self._one(client, "certificate_hashes", "certificate_hash", handle) for handle in handles]
        return [row for row in rows if row is not None]


def _has_amt(engine: Values | None) -> bool | None:
    """Whether the platform could have AMT, by its SKU; None when the engine did not say."""
    if engine is None or engine["capabilities"] is None:
        return None
    return bool(engine["capabilities"]["amt"])
