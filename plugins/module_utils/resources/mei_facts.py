# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a machine can tell of its own management engine and of AMT, and why what is missing is missing. Only reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from ..errors import AmtError, DeadlineExceeded, Interrupted, ProtocolError, Refused
from ..mei import absence, amthi, mkhi, sysfs
from ..mei.device import Client, NoClient
from ..mei.guids import AMTHI, MKHI
from ..option import Option

Values = dict[str, Any]
OPTIONS = (Option("answer_timeout", "float", default=10.0),)
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
)
"""Commands of AMTHI whose answer is a fact of the same name."""
LATER = ("lan", "features", "certificate_hashes", "provisioned", "uuid_is_products")
INTERFACES = {"wired": 0, "wireless": 1}
SWITCHES = {"system_defense": 1, "web_ui": 2, "endpoint_access_control": 3}
VERSIONS = {"version": "AMT", "sku": "Sku", "build": "Build Number"}
ONE_ANSWER = (Refused, ProtocolError, Interrupted)
"""Errors that spoil one answer; after any other one there is no sense in asking more."""


class MeiFacts:
    """`missing` fills while reading: rows of `what`, `error`, `reason` and `hint`."""

    def __init__(
        self, root: Path = Path("/"), open_client: Callable[..., Client] = Client, seconds: float = 10.0
    ) -> None:
        self._root = root
        self._open_client = open_client
        self._seconds = seconds
        self.missing: list[Values] = []

    def read(self) -> Values:
        device = sysfs.device(self._root)
        found: Values = {
            "pci": sysfs.pci_device(self._root),
            "driver": {"loaded": sysfs.module_loaded(self._root), "blacklisted_by": sysfs.blacklists(self._root)},
            "device": device,
            "clients": sysfs.clients(self._root),
            "holders": sysfs.holders(self._root),
            "watchdog": sysfs.watchdog(self._root),
            "engine": None,
            "amt": {"present": None, "enabled": None},
        }
        if device is None:
            self._note("device", absence.no_device(self._root))
        else:
            self._ask_engine(found, device["node"])
        return {"present": bool(found["pci"] or device), **found, "missing": self.missing}

    def _note(self, what: str, error: AmtError) -> None:
        self.missing.append({"what": what, "error": type(error).__name__, "reason": str(error), "hint": error.hint})

    def _ask_engine(self, found: Values, node: str) -> None:
        with self._open_client(MKHI, node, seconds=self._seconds) as client:
            found["engine"] = self._section("engine", lambda: self._engine(client))
        with self._open_client(AMTHI, node, seconds=self._seconds) as client:
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

    def _one(self, client: Client, what: str, name: str, *arguments: int) -> Any:
        """One answer of AMTHI, or None and a note."""
        try:
            return amthi.read_response(name, client.ask(amthi.request(name, *arguments)))
        except ONE_ANSWER as error:
            self._note("amt." + what, error)
            return None

    def _amt(self, client: Client) -> Values:
        """Raises what keeps every answer away."""
        versions = self._one(client, "versions", "code_versions") or {"bios": None, "versions": {}}
        found: Values = {"present": True, "enabled": True, "bios": versions["bios"], "versions": versions["versions"]}
        found.update({name: versions["versions"].get(wire) for name, wire in VERSIONS.items()})
        found.update(dict.fromkeys((*SINGLE, *LATER)))
        try:
            for name in SINGLE:
                found[name] = self._one(client, name, name)
            found["lan"] = {
                name: self._one(client, "lan." + name, "lan_interface", index) for name, index in INTERFACES.items()
            }
            found["features"] = self._features(client)
            found["certificate_hashes"] = self._hashes(client)
        except DeadlineExceeded as error:
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
