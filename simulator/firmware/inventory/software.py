# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's parts and their versions, among them what the platform is licensed for."""

from __future__ import annotations

from ...values import Epr, Instance
from ..domain import AMT_SYSTEM, Domain, instances, system_reference

# Sku is a sum of bits: 8 AMT Pro, 16384 corporate.
CORPORATE_SKU = 8 | 16384


class Software(Domain):
    @property
    def versions(self) -> dict[str, str]:
        """InstanceID -> VersionString. The core's version carries a fourth part on newer firmware."""
        version, build = self.firmware.settings.version, self.firmware.personality.build
        return {
            "Flash": version,
            "Netstack": version,
            "AMTApps": version,
            "AMT": version,
            "Sku": str(CORPORATE_SKU),
            "VendorID": "8086",
            "Build Number": build,
            "Recovery Version": version,
            "Recovery Build Num": build,
            "Legacy Mode": "False",
            "AMT FW Core Version": "{0}.{1}".format(version, build),
        }

    @instances("CIM_InstalledSoftwareIdentity")
    def installed(self) -> list[Instance]:
        return [
            {"InstalledSoftware": identity_reference(name), "System": system_reference(AMT_SYSTEM)}
            for name in self.versions
        ]

    @instances("CIM_ElementSoftwareIdentity")
    def elements(self) -> list[Instance]:
        return [
            {"Antecedent": identity_reference(name), "Dependent": system_reference(AMT_SYSTEM)}
            for name in self.versions
        ]

    @instances("CIM_SoftwareIdentity")
    def identities(self) -> list[Instance]:
        return [
            {"InstanceID": name, "IsEntity": True, "VersionString": version} for name, version in self.versions.items()
        ]


def identity_reference(name: str) -> Epr:
    return Epr("CIM_SoftwareIdentity", {"InstanceID": name})
