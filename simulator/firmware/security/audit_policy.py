# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What is audited, what is critical, and which request is which act (vendor's guide, Event Groups and Event IDs)."""

from __future__ import annotations

from typing import Any, Callable, Optional

from ...values import Instance
from ..domain import Domain, instances, method
from ..inventory.audit_log import COMPLETED, INVALID_PARAMETER
from ..power.power import AUDIT_EVENTS

# Application -> its events.
KNOWN: dict[int, tuple[int, ...]] = {
    16: tuple(range(20)),
    17: tuple(range(10)),
    18: tuple(range(13)),
    19: (0, 1),
    20: tuple(range(6)),
    21: (0,),
    22: tuple(range(6)),
    23: tuple(range(4)),
    24: tuple(range(4)),
    25: tuple(range(7)),
    26: tuple(range(3)),
    27: tuple(range(6)),
    28: tuple(range(5)),
    29: tuple(range(5)),
    30: tuple(range(3)),
    33: (1, 2),
}
CODES = frozenset(application * 100 + event for application, events in KNOWN.items() for event in events)
OFF_BY_DEFAULT = (1615, 1616)
SUPER_CRITICAL = frozenset((1600, 1601, 1619, 1704, 1800, 1804, 1808))
SUPER_SINCE = 12
ALWAYS = frozenset((2000, 2005))
ALWAYS_BEFORE_SUPER = frozenset((1600, 1601))
OWN_APPLICATION = 20
CRITICAL = 1
MOST = 128
SETTER = "AMT_AuthorizationService"

# What a request is, before it is carried out.
ACTS: dict[tuple[str, str], Callable[[dict[str, Any]], Optional[int]]] = {
    ("CIM_PowerManagementService", "RequestPowerStateChange"): lambda given: AUDIT_EVENTS.get(
        given.get("PowerState", 0)
    ),
    ("AMT_BootSettingData", "put"): lambda given: 1704,
    ("CIM_BootService", "SetBootConfigRole"): lambda given: 1704,
    (SETTER, "AddUserAclEntryEx"): lambda given: 1602,
    (SETTER, "UpdateUserAclEntryEx"): lambda given: 1603,
    (SETTER, "SetAdminAclEntryEx"): lambda given: 1603,
    (SETTER, "RemoveUserAclEntry"): lambda given: 1604,
    ("AMT_TLSSettingData", "put"): lambda given: 1607,
    ("AMT_SetupAndConfigurationService", "Unprovision"): lambda given: 1619,
    ("AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch"): lambda given: 2100,
    ("AMT_GeneralSettings", "put"): lambda given: 2201,
    ("AMT_EthernetPortSettings", "put"): lambda given: 2200,
    ("AMT_MessageLog", "ClearLog"): lambda given: 2402,
    ("AMT_MessageLog", "FreezeLog"): lambda given: 2403,
}


class AuditPolicy(Domain):
    """`enabled` has the codes that are audited, application x 100 + event, each with whether it is critical."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.enabled = {code: code in self.super_critical for code in sorted(CODES) if code not in OFF_BY_DEFAULT}

    @property
    def super_critical(self) -> frozenset[int]:
        return SUPER_CRITICAL if self.firmware.personality.major >= SUPER_SINCE else frozenset()

    @property
    def always(self) -> frozenset[int]:
        older = frozenset() if self.firmware.personality.major >= SUPER_SINCE else ALWAYS_BEFORE_SUPER
        return ALWAYS | older | self.super_critical

    def is_super_critical(self, code: int) -> bool:
        return code in self.super_critical

    def is_critical(self, code: int) -> bool:
        return self.enabled.get(code, False) or self.is_super_critical(code)

    def records(self, code: int, log_is_on: bool) -> bool:
        """Whether an act is one that is recorded, the log being on or off."""
        return self.is_super_critical(code) or (log_is_on and (code in self.enabled or code in self.always))

    def blocks(self, cls: str, verb: str, given: dict[str, Any]) -> bool:
        """Whether a request is for an act that cannot be recorded and has to be."""
        act = ACTS.get((cls, verb))
        code = act(given) if act else None
        return code is not None and self.firmware.audit_log.blocks(code)

    @instances("AMT_AuditPolicyRule")
    def rules(self) -> list[Instance]:
        return [
            {
                "AuditApplicationEventID": [code // 100 << 16 | code % 100 for code in self.enabled],
                "CreationClassName": "AMT_AuditPolicyRule",
                "ElementName": "Intel(r) AMT Audit Policy Rule",
                "PolicyRuleName": "Audit Policy Rule",
                "PolicyType": [int(critical) for critical in self.enabled.values()],
                "SystemCreationClassName": "CIM_ComputerSystem",
                "SystemName": "Intel(r) AMT",
            }
        ]

    @method("AMT_AuditPolicyRule", "SetAuditPolicy", writes=True)
    def set_one(
        self, _present: Instance, Enable: bool, AuditedAppID: int, EventID: int, PolicyType: Optional[int] = None
    ) -> int:
        if Enable and PolicyType is None:
            return INVALID_PARAMETER
        return self.change([(Enable, AuditedAppID, EventID, PolicyType or 0)])

    @method("AMT_AuditPolicyRule", "SetAuditPolicyBulk", writes=True)
    def set_many(
        self,
        _present: Instance,
        Enable: list[bool],
        AuditedAppID: list[int],
        EventID: list[int],
        PolicyType: list[int],
    ) -> int:
        if len({len(Enable), len(AuditedAppID), len(EventID), len(PolicyType)}) != 1 or len(Enable) > MOST:
            return INVALID_PARAMETER
        return self.change(list(zip(Enable, AuditedAppID, EventID, PolicyType)))

    def change(self, rows: list[tuple[bool, int, int, int]]) -> int:
        """All or nothing; the last of several rows about one event counts. That it was tried is recorded."""
        self.firmware.audit_log.admit_auditor()
        self.firmware.events.audit(2001)
        enabled = dict(self.enabled)
        for enable, application, event, kind in rows:
            code = application * 100 + event
            if event not in KNOWN.get(application, ()) or kind not in (0, CRITICAL):
                return INVALID_PARAMETER
            if (not enable and code in self.always) or (enable and kind and self.is_never_critical(code)):
                return INVALID_PARAMETER
            enabled.pop(code, None)
            if enable:
                enabled[code] = kind == CRITICAL or self.is_super_critical(code)
        self.enabled = dict(sorted(enabled.items()))
        return COMPLETED

    def is_never_critical(self, code: int) -> bool:
        return code // 100 == OWN_APPLICATION or (code in self.always and not self.is_super_critical(code))
