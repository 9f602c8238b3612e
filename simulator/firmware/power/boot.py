# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The next boot: what is asked of it, and that it is asked once.

A boot source counts when the boot configuration has the role "next, single use"; the settings data counts by itself.
Either way the next boot consumes everything. Where consent is required, nothing of it can be set without (vendor's
guide, User Consent), except for an empty order. A pre-boot application needs EnforceSecureBoot (seen on 16.1.30).
Some settings and a source exclude each other (vendor's guide, Boot Configuration Details); that the second of them is
refused with these numbers is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..availability import properties_of
from ..domain import Domain, instances, method, put, service, system_reference
from ..selection import refers_to
from .boot_data import (
    CAPABILITIES,
    DEFAULTS,
    NOT_BESIDE_A_SOURCE,
    READ_ONLY,
    REFUSE_A_SOURCE,
    count_parameters,
    refused_by,
)

CONFIGURATION = "Intel(r) AMT: Boot Configuration 0"
SETTING_DATA = "Intel(r) AMT:BootSettingData 0"
NEXT_SINGLE_USE, NO_ROLE = 1, 32768
COMPLETED, UNKNOWN_ERROR, INVALID_REFERENCE, INVALID_PARAMETER, ACCESS_DENIED = 0, 2, 4, 5, 6
UNSUPPORTED_BOOT_OPTION = 0x802
LONGEST_PASSWORD, LONGEST_PARAMETERS = 32, 1024


@dataclass(frozen=True)
class Source:
    """A CIM_BootSourceSetting, and the flag of AMT_BootCapabilities that says whether there is one."""

    instance_id: str
    structured: str
    capability: str
    label: str = ""


SOURCES = {
    "disk": Source("Intel(r) AMT: Force Hard-drive Boot", "CIM:Hard-Disk:1", "ForceHardDriveBoot"),
    "pxe": Source("Intel(r) AMT: Force PXE Boot", "CIM:Network:1", "ForcePXEBoot"),
    "cd": Source("Intel(r) AMT: Force CD/DVD Boot", "CIM:CD/DVD:1", "ForceCDorDVDBoot"),
    "https": Source("Intel(r) AMT: Force OCR UEFI HTTPS Boot", "CIM:Network:2", "ForceUEFIHTTPSBoot"),
    "recovery": Source("Intel(r) AMT: Force OCR UEFI Boot Option 1", "CIM:Hard-Disk:2", "ForceWinREBoot", "WinRE"),
    "preboot": Source("Intel(r) AMT: Force OCR UEFI Boot Option 2", "CIM:Hard-Disk:3", "ForceUEFIPBABoot", "PBA"),
}
ONE_CLICK_RECOVERY = ("https", "recovery", "preboot")
WORDS = {source.instance_id: word for word, source in SOURCES.items()}


@dataclass(frozen=True)
class Start:
    """One boot of the host: when, from what (a word, or `default`), and the flags that were set."""

    time: float
    device: str
    flags: tuple[str, ...] = field(default=())


class Boot(Domain):
    """`boots` lists every start, oldest first."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.data = dict(DEFAULTS)
        self.order: list[str] = []
        self.role = NO_ROLE
        self.cleared = True
        self.service_state = 32769 if firmware.personality.major >= 16 else 2
        self.boots: list[Start] = []

    def consume(self, when: float) -> dict[str, Any]:
        """Start the host with what was asked for, and forget it."""
        flags = tuple(name for name in sorted(self.data) if self.data[name] is True and self.is_effective(name))
        start = Start(when, self.next_device(), flags)
        self.boots.append(start)
        self.clear()
        return {"device": start.device, "time": when, "flags": flags}

    def clear(self) -> None:
        self.data, self.order, self.role, self.cleared = dict(DEFAULTS), [], NO_ROLE, True

    def is_effective(self, name: str) -> bool:
        """Redirection that is switched off is not missed: the host starts without it."""
        redirection = self.firmware.redirection
        return {"UseIDER": redirection.ider_enabled, "UseSOL": redirection.sol_enabled}.get(name, True)

    def next_device(self) -> str:
        """A source goes before a redirected drive, and only the first of several sources counts."""
        if self.data["BIOSSetup"]:
            return "bios_setup"
        if self.role == NEXT_SINGLE_USE and self.order:
            return WORDS[self.order[0]]
        if self.data["UseIDER"] and self.firmware.redirection.ider_enabled:
            return "ider_cd" if self.data["IDERBootDevice"] == 1 else "ider_floppy"
        return "default"

    @property
    def sources(self) -> dict[str, Source]:
        """What this platform can be made to boot from, now."""
        flags = self.firmware_flags()
        return {
            word: source
            for word, source in SOURCES.items()
            if flags.get(source.capability) and (self.recovery_enabled or word not in ONE_CLICK_RECOVERY)
        }

    def firmware_flags(self) -> dict[str, Any]:
        """AMT_BootCapabilities as this generation on this platform has them."""
        platform, major = self.firmware.platform, self.firmware.personality.major
        flags = {**CAPABILITIES, **dict.fromkeys(platform.abilities, True), "PlatformErase": platform.erasable}
        known = properties_of("AMT_BootCapabilities", major)
        return {name: value for name, value in flags.items() if name in known}

    @instances("CIM_BootSourceSetting")
    def source_settings(self) -> list[Instance]:
        """Newer firmware has the strings of one-click recovery for every source, mostly empty (seen on AMT 18)."""
        newer = self.firmware.personality.major >= 16
        return [
            {
                "BIOSBootString": source.label if newer else None,
                "BootString": "" if newer else None,
                "ElementName": "Intel(r) AMT: Boot Source",
                "FailThroughSupported": 2,
                "InstanceID": source.instance_id,
                "StructuredBootString": source.structured,
            }
            for source in self.sources.values()
        ]

    @instances("CIM_BootConfigSetting")
    def configurations(self) -> list[Instance]:
        return [{"ElementName": "Intel(r) AMT: Boot Configuration", "InstanceID": CONFIGURATION}]

    def next_boot(self) -> Instance:
        """The CIM_ElementSettingData of the host and the boot configuration. IsNext 3: next, single use; 2: not."""
        return {
            "IsCurrent": 2,
            "IsDefault": 2,
            "IsNext": 3 if self.role == NEXT_SINGLE_USE else 2,
            "ManagedElement": system_reference(),
            "SettingData": Epr("CIM_BootConfigSetting", {"InstanceID": CONFIGURATION}),
        }

    @instances("CIM_OrderedComponent")
    def boot_order(self) -> list[Instance]:
        """AssignedSequence 0: the source is not used. Vendor's guide, Get Boot Details."""
        return [
            {
                "AssignedSequence": self.order.index(source.instance_id) + 1 if source.instance_id in self.order else 0,
                "GroupComponent": Epr("CIM_BootConfigSetting", {"InstanceID": CONFIGURATION}),
                "PartComponent": Epr("CIM_BootSourceSetting", {"InstanceID": source.instance_id}),
            }
            for source in self.sources.values()
        ]

    @method("CIM_BootConfigSetting", "ChangeBootOrder", writes=True)
    def change_boot_order(self, _present: Instance, Source: Optional[list[Epr]] = None) -> int:
        """No source clears the order, with or without consent."""
        if Source and not self.firmware.consent.given:
            return ACCESS_DENIED
        wanted = []
        for reference in Source or []:
            found = [row for row in self.source_settings() if refers_to(reference, "CIM_BootSourceSetting", row)]
            if len(found) != 1:
                return INVALID_REFERENCE
            wanted.append(str(found[0]["InstanceID"]))
        if wanted and any(self.data[name] for name in REFUSE_A_SOURCE):
            return INVALID_PARAMETER
        if wanted and WORDS[wanted[0]] == "preboot" and not self.data["EnforceSecureBoot"]:
            return UNKNOWN_ERROR
        self.order = wanted
        return COMPLETED

    @instances("CIM_BootService")
    def services(self) -> list[Instance]:
        keys = service("CIM_BootService", "Intel(r) AMT Boot Service")
        return [{**keys, "EnabledState": self.service_state, "OperationalStatus": [0], "RequestedState": 12}]

    @method("CIM_BootService", "SetBootConfigRole", writes=True)
    def set_boot_config_role(self, _present: Instance, BootConfigSetting: Optional[Epr] = None, Role: int = 0) -> int:
        if BootConfigSetting is None or Role not in (NEXT_SINGLE_USE, NO_ROLE):
            return INVALID_PARAMETER
        if not refers_to(BootConfigSetting, "CIM_BootConfigSetting", self.configurations()[0]):
            return INVALID_REFERENCE
        if not self.firmware.consent.given:
            return ACCESS_DENIED
        self.role = Role
        self.firmware.events.audit(1704)
        return COMPLETED

    @method("CIM_BootService", "RequestStateChange", since=16, writes=True)
    def request_state_change(self, _present: Instance, RequestedState: int = 0, TimeoutPeriod: Any = None) -> int:
        if RequestedState not in (32768, 32769, 32770, 32771):
            return INVALID_PARAMETER
        self.service_state = RequestedState
        return COMPLETED

    @property
    def recovery_enabled(self) -> bool:
        """Whether one-click recovery is switched on in the boot service."""
        return self.service_state in (32769, 32771)

    @instances("AMT_BootCapabilities")
    def capabilities(self) -> list[Instance]:
        identity = {"ElementName": "Intel(r) AMT: Boot Capabilities", "InstanceID": "Intel(r) AMT:BootCapabilities 0"}
        return [{**identity, **self.firmware_flags()}]

    @instances("AMT_BootSettingData")
    def setting_data(self) -> list[Instance]:
        return [
            {
                **self.data,
                "BIOSLastStatus": [2, 0],
                "BootguardStatus": 127,
                "ElementName": "Intel(r) AMT Boot Configuration Settings",
                "InstanceID": SETTING_DATA,
                "OptionsCleared": self.cleared,
                "OwningEntity": "Intel(r) AMT",
                "RPEEnabled": self.service_state in (32770, 32771),
                "SecureBootControlEnabled": True,
                "UEFIHTTPSBootEnabled": self.recovery_enabled,
                "UEFILocalPBABootEnabled": self.recovery_enabled,
                "WinREBootEnabled": self.recovery_enabled,
            }
        ]

    @put("AMT_BootSettingData")
    def put_setting_data(self, _present: Instance, wanted: dict[str, Any]) -> None:
        if not self.firmware.consent.given:
            raise refusals.access_denied()
        if self.firmware.settings.refuses_read_only:
            for name in sorted(READ_ONLY & set(wanted)):
                raise refusals.invalid_value(name)
        beside_source = self.order and any(wanted.get(name) for name in NOT_BESIDE_A_SOURCE)
        if beside_source or refused_by(self.firmware_flags(), wanted):
            raise refusals.amt_status(UNSUPPORTED_BOOT_OPTION)
        bad = "RSEPassword" if len(wanted.get("RSEPassword", "")) > LONGEST_PASSWORD else self.bad_parameters(wanted)
        if bad:
            raise refusals.invalid_value(bad)
        latched = {name: self.data[name] for name in self.firmware.settings.latches if self.data[name]}
        self.data = {name: wanted.get(name, value) for name, value in DEFAULTS.items()}
        self.data.update(latched)
        self.cleared = self.data == DEFAULTS

    def bad_parameters(self, wanted: dict[str, Any]) -> str:
        """The recovery parameters have to parse, and to be as many as is said."""
        blob = wanted.get("UefiBootParametersArray", b"")
        try:
            count = count_parameters(blob) if len(blob) <= LONGEST_PARAMETERS else -1
        except ValueError:
            return "UefiBootParametersArray"
        return "" if count == wanted.get("UefiBootNumberOfParams", 0) else "UefiBootNumberOfParams"
