# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Kerberos settings: kept, and judged by nothing. Whose tickets are good the fleet's keytab says."""

from __future__ import annotations

from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, put

SUPPORTED = [0, 1, 2]
RC4 = 0
MASTER_KEY_SIZE, MOST_MINUTES, MOST_PRINCIPALS = 16, 5, 4
TOGETHER = ("Passphrase", "Salt", "IterationCount")
CHANGED = 1613


class Kerberos(Domain):
    """`key` is what was told of it last, and never told again."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.enabled = False
        self.told: dict[str, Any] = {}
        self.key: tuple[Any, ...] = ()

    @instances("AMT_KerberosSettingData")
    def settings(self) -> list[Instance]:
        """As recorded of a device that has none; principals are ignored, as the vendor's guide says."""
        name = {"ElementName": "Intel(r) AMT: Kerberos Settings", "InstanceID": "Intel (r) AMT: Kerberos Settings"}
        return [{**name, "KrbEnabled": self.enabled, "SupportedEncryptionAlgorithms": SUPPORTED, **self.told}]

    @put("AMT_KerberosSettingData")
    def put_settings(self, _present: Instance, wanted: dict[str, Any]) -> None:
        key = judged_key(wanted)
        if wanted.get("MaximumClockTolerance", MOST_MINUTES) > MOST_MINUTES:
            raise refusals.invalid_value("MaximumClockTolerance")
        if len(wanted.get("ServicePrincipalName", ())) > MOST_PRINCIPALS:
            raise refusals.invalid_value("ServicePrincipalName")
        configured = wanted.get("ConfiguredEncryptionAlgorithms", [RC4] if key[:1] == ("MasterKey",) else SUPPORTED)
        if not set(configured) <= set(SUPPORTED) or (key[:1] == ("MasterKey",) and set(configured) != {RC4}):
            raise refusals.invalid_value("ConfiguredEncryptionAlgorithms")
        if wanted["KrbEnabled"]:
            self._require(wanted, key)
            kept = {name: wanted[name] for name in ("RealmName", "KeyVersion") if name in wanted}
            tolerance = {"MaximumClockTolerance": wanted.get("MaximumClockTolerance", MOST_MINUTES)}
            kinds = {"EncryptionAlgorithm": RC4, "ConfiguredEncryptionAlgorithms": sorted(configured)}
            self.told = {"KeyVersion": 1, **kept, **tolerance, **kinds}
        self.enabled, self.key = wanted["KrbEnabled"], key or self.key
        self.firmware.events.audit(CHANGED)

    def _require(self, wanted: dict[str, Any], key: tuple[Any, ...]) -> None:
        if "RealmName" not in wanted:
            raise refusals.missing_value("RealmName")
        if not key and not self.key:
            raise refusals.missing_value("Passphrase")


def judged_key(wanted: dict[str, Any]) -> tuple[Any, ...]:
    """What kind of key is told, and what; nothing where none is."""
    given = [name for name in TOGETHER if name in wanted]
    if given and len(given) < len(TOGETHER):
        raise refusals.missing_value(next(name for name in TOGETHER if name not in given))
    if "MasterKey" not in wanted:
        return ("Passphrase", *(wanted[name] for name in TOGETHER)) if given else ()
    if given or len(wanted["MasterKey"]) != MASTER_KEY_SIZE or wanted.get("EncryptionAlgorithm", RC4) != RC4:
        raise refusals.invalid_value("MasterKey")
    return ("MasterKey", wanted["MasterKey"])
