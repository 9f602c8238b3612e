# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From which major version of AMT a property exists. What is not listed is in all of them.

Sources: class versions of Intel's MOF, and which recordings carry a property; where they leave a gap, the later
generation is taken.
"""

from __future__ import annotations

from functools import cache

from .schema import Property, lookup

SINCE: dict[str, dict[str, int]] = {
    "AMT_BootCapabilities": {
        "BIOSSecureBoot": 11,
        "SecureErase": 11,
        "ForceUEFIHTTPSBoot": 16,
        "ForceUEFIPBABoot": 16,
        "ForceWinREBoot": 16,
        "AMTSecureBootControl": 16,
        "UEFIWiFiCoExistenceAndProfileShare": 16,
        "PlatformErase": 16,
    },
    "AMT_BootSettingData": {
        "EnforceSecureBoot": 11,
        "SecureErase": 11,
        "RSEPassword": 11,
        "BIOSLastStatus": 11,
        "OptionsCleared": 11,
        "PlatformErase": 16,
        "RPEEnabled": 16,
        "WinREBootEnabled": 16,
        "UEFILocalPBABootEnabled": 16,
        "UEFIHTTPSBootEnabled": 16,
        "SecureBootControlEnabled": 16,
        "BootguardStatus": 16,
        "UefiBootNumberOfParams": 16,
        "UefiBootParametersArray": 16,
    },
    "AMT_GeneralSettings": {"ThunderboltDockEnabled": 15, "DHCPSyncRequiresHostname": 15, "OemID": 16},
    "AMT_EthernetPortSettings": {"PhysicalConnectionType": 11, "PhysicalNicMedium": 15, "WLANLinkProtectionLevel": 9},
    "AMT_PublicKeyCertificate": {"ReadOnlyCertificate": 16},
    "AMT_TLSSettingData": {"NonSecureConnectionsSupported": 16},
    "AMT_WiFiPortConfigurationService": {
        "LastConnectedSsidUnderMeControl": 11,
        "NoHostCsmeSoftwarePolicy": 12,
        "UEFIWiFiProfileShareEnabled": 16,
    },
    "AMT_AuthorizationService": {"AllowHttpQopAuthOnly": 11},
    "CIM_PhysicalMemory": {"ConfiguredMemoryClockSpeed": 12, "IsSpeedInMhz": 12, "MaxMemorySpeed": 12},
    "CIM_Processor": {"NumberOfEnabledCores": 16},
    "IPS_KVMRedirectionSettingData": {
        "DoubleBufferEnabled": 11,
        "DoubleBufferActive": 11,
        "ZlibControlSupported": 12,
        "GrayscalePixelFormatSupported": 12,
        "InitialDecimationModeForLowRes": 12,
    },
}


@cache
def properties_of(cls: str, major: int) -> dict[str, Property]:
    """The properties of a class, inherited ones included, as one generation knows them. Not to be changed."""
    since = SINCE.get(cls, {})
    return {name: row for name, row in lookup(cls).properties.items() if since.get(name, 0) <= major}
