# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What keys, users and helpers there are room for: services and capabilities that one only reads."""

from __future__ import annotations

from ...values import Instance
from ..domain import MANAGED_SYSTEM, Domain, instances, service


class Stores(Domain):
    @instances("AMT_PublicKeyManagementService")
    def key_services(self) -> list[Instance]:
        name = "Intel(r) AMT Public Key Management Service"
        keys = service("AMT_PublicKeyManagementService", name, "Intel(r) AMT Certificate Store Service")
        return [{**keys, "EnabledDefault": 5, "EnabledState": 5, "RequestedState": 12}]

    @instances("AMT_CryptographicCapabilities")
    def cryptography(self) -> list[Instance]:
        name = "Intel(r) AMT: Cryptographic Capabilities"
        return [{"ElementName": name, "HardwareAcceleration": 1, "InstanceID": name + " 0"}]

    @instances("IPS_ProvisioningRecordLog")
    def provisioning_logs(self) -> list[Instance]:
        name = "Intel(r) AMT Provisioning Record Log"
        size = {"CurrentNumberOfRecords": 1, "LogState": 4, "MaxNumberOfRecords": 1, "OverwritePolicy": 2}
        state = {"EnabledState": 2, "HealthState": 0, "RequestedState": 12}
        return [{"ElementName": name, "InstanceID": "Intel(r) AMT: RecordLog 1", "Name": name, **size, **state}]

    @instances("IPS_SecIOService")
    def screen_services(self) -> list[Instance]:
        return [
            {
                **service("IPS_SecIOService", "SecIO", system=MANAGED_SYSTEM),
                "DefaultScreen": 0,
                "ElementName": None,
                "EnabledState": 2,
                "RequestedLanguage": 65535,
                "Started": True,
                "Status": "OK",
                "language": 0,
                "zoom": 1,
            }
        ]

    @instances("IPS_ScreenSettingData")
    def screens(self) -> list[Instance]:
        """One screen, and three that are not there."""
        return [
            {
                "ElementName": "Intel(r) Screen Settings",
                "InstanceID": "Intel(r) Screen Settings",
                "IsActive": [True, False, False, False],
                "PrimaryIndex": 1,
                "QuadraryIndex": 4,
                "ResolutionX": [1920, 0, 0, 0],
                "ResolutionY": [1080, 0, 0, 0],
                "SecondaryIndex": 2,
                "TertiaryIndex": 3,
                "UpperLeftX": [0, -1, -1, -1],
                "UpperLeftY": [0, -1, -1, -1],
            }
        ]
