# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Power packages: in which of the host's states the management engine stays awake."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from ...values import Epr, Instance
from ..domain import AMT_SYSTEM, Domain, instances, method
from .power import ON

COMPLETED = 0
SCHEMES = ("ON in S0", "ON in S0, ME Wake in S3, S4-5 (AC only)")
ON_IN_S0 = 0
CURRENT, NOT_CURRENT = 1, 2


class Schemes(Domain):
    """`current` is the index of the scheme that is in force."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.current = 1

    @property
    def answers(self) -> bool:
        """Whether the engine is there, or can be woken, in the state that the host is in."""
        return self.firmware.power.state == ON or self.current != ON_IN_S0

    @instances("AMT_SystemPowerScheme")
    def schemes(self) -> list[Instance]:
        kind = "Mobile" if self.firmware.platform.portable else "Desktop"
        return [
            {
                "Description": "{0}: {1}".format(kind, description),
                "ElementName": "Intel(r) AMT Power Scheme",
                "InstanceID": "SCHEME {0}".format(index),
                "SchemeGUID": scheme_guid(kind, index),
            }
            for index, description in enumerate(SCHEMES)
        ]

    @method("AMT_SystemPowerScheme", "SetPowerScheme", writes=True)
    def set_power_scheme(self, present: Instance) -> int:
        self.current = int(str(present["InstanceID"]).rpartition(" ")[2])
        self.firmware.events.audit(1616)
        return COMPLETED

    @instances("CIM_ElementSettingData")
    def settings(self) -> list[Instance]:
        system = Epr("CIM_ComputerSystem", {"CreationClassName": "CIM_ComputerSystem", "Name": AMT_SYSTEM})
        return [
            {
                "IsCurrent": CURRENT if index == self.current else NOT_CURRENT,
                "IsDefault": NOT_CURRENT,
                "IsNext": NOT_CURRENT,
                "ManagedElement": system,
                "SettingData": Epr(
                    "AMT_SystemPowerScheme",
                    {"InstanceID": "SCHEME {0}".format(index), "SchemeGUID": str(row["SchemeGUID"])},
                ),
            }
            for index, row in enumerate(self.schemes())
        ] + [self.firmware.boot.next_boot(), self.firmware.ipv6.association()]


def scheme_guid(kind: str, index: int) -> str:
    """Base64 of sixteen octets, in a property that is a text."""
    return base64.b64encode(uuid.uuid5(uuid.NAMESPACE_OID, "{0}/{1}".format(kind, index)).bytes).decode()
