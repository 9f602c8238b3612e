# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Wireless profiles: those of the administrator, made here, and those of the system's users, which its agent brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..domain import AMT_SYSTEM, Domain, delete, instances, method
from . import eap

SERVICE, PROFILE, SETTINGS = "AMT_WiFiPortConfigurationService", "CIM_WiFiEndpointSettings", "CIM_IEEE8021xSettings"
CERTIFICATE, CONTEXT = "AMT_PublicKeyCertificate", "CIM_CredentialContext"
PREFIX, USERS_PREFIX = "Intel(r) AMT:WiFi Endpoint Settings ", "Intel(r) AMT:WiFi Endpoint User Settings "
SETTINGS_PREFIX = "Intel(r) AMT:IEEE 802.1x Settings "
COMPLETED, FAILED, INVALID_PARAMETER, INVALID_REFERENCE = 0, 2, 3, 4
MOST_PROFILES = 8
NOT_PERMITTED = 0x10
KEYED, BY_8021X, OPEN_KEY = (4, 6), (5, 7), (32768,)
WITHOUT_KEY = (32769,)
TKIP, CCMP, GCMP = 3, 4, 32768
TKIP_UNTIL, WPA3_SINCE = 14, 15
INFRASTRUCTURE = 3
SECRETS = ("PSKPassPhrase", "PSKValue")


@dataclass
class Profile:
    """`values` of the profile, secrets too; of 802.1x, if any, with its certificates, that of the device among them."""

    values: dict[str, Any]
    ieee8021x: Optional[dict[str, Any]] = None
    own_certificate: Optional[Epr] = None
    certificates: list[Epr] = field(default_factory=list)

    @property
    def instance_id(self) -> str:
        return PREFIX + self.values["ElementName"]


class WifiProfiles(Domain):
    """`profiles` by name. `users` are names of networks whose profiles the system's agent brought; `in_use` is the name
    of the profile by which the firmware has its link, empty where it has none."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.profiles: dict[str, Profile] = {}
        self.users: list[str] = []
        self.in_use = ""

    @property
    def present(self) -> bool:
        return self.firmware.network.has_wireless

    @property
    def authentications(self) -> list[int]:
        newer = [32768, 32769] if self.firmware.personality.major >= WPA3_SINCE else []
        return [4, 5, 6, 7, *newer]

    @property
    def encryptions(self) -> list[int]:
        major = self.firmware.personality.major
        return ([TKIP] if major <= TKIP_UNTIL else []) + [CCMP] + ([GCMP] if major >= WPA3_SINCE else [])

    @instances("CIM_WiFiEndpointCapabilities")
    def capabilities(self) -> list[Instance]:
        if not self.present:
            return []
        return [
            {
                "ElementName": "CIM_WiFiEndpointCapabilities",
                "InstanceID": "Intel(r) AMT: WiFi Endpoint Capabilities",
                "SupportedAuthenticationMethods": self.authentications,
                "SupportedEncryptionMethods": self.encryptions,
            }
        ]

    @instances("CIM_WiFiEndpoint")
    def endpoints(self) -> list[Instance]:
        keys = {"CreationClassName": "CIM_WiFiEndpoint", "Name": "WiFi Endpoint 0", "SystemName": AMT_SYSTEM}
        state = {"ElementName": "WiFi Endpoint 0", "EnabledState": 2, "SystemCreationClassName": "CIM_ComputerSystem"}
        return [{**keys, **state}] if self.present else []

    @instances(PROFILE)
    def shown(self) -> list[Instance]:
        own = [
            {**{name: each for name, each in profile.values.items() if name not in SECRETS}, "InstanceID": key}
            for key, profile in ((profile.instance_id, profile) for profile in self.profiles.values())
        ]
        users = [
            {
                "AuthenticationMethod": 6,
                "BSSType": INFRASTRUCTURE,
                "ElementName": ssid,
                "EncryptionMethod": CCMP,
                "InstanceID": USERS_PREFIX + ssid,
                "Priority": 0,
                "SSID": ssid,
            }
            for ssid in self.users
        ]
        return own + users

    @instances(SETTINGS)
    def shown_8021x(self) -> list[Instance]:
        return [
            {**eap.shown(each.ieee8021x), "InstanceID": SETTINGS_PREFIX + each.ieee8021x["ElementName"]}
            for each in self.profiles.values()
            if each.ieee8021x is not None
        ]

    @instances(CONTEXT)
    def contexts(self) -> list[Instance]:
        return [
            {
                "ElementInContext": certificate,
                "ElementProvidingContext": Epr(
                    SETTINGS, {"InstanceID": SETTINGS_PREFIX + each.ieee8021x["ElementName"]}
                ),
            }
            for each in self.profiles.values()
            if each.ieee8021x is not None
            for certificate in each.certificates
        ]

    def uses(self, certificate: Epr) -> bool:
        return any(certificate in each.certificates for each in self.profiles.values())

    @method(SERVICE, "AddWiFiSettings", writes=True)
    def add(
        self,
        _present: Instance,
        WiFiEndpoint: Epr,
        WiFiEndpointSettingsInput: dict[str, Any],
        IEEE8021xSettingsInput: Optional[dict[str, Any]] = None,
        ClientCredential: Optional[Epr] = None,
        CACredential: Optional[Epr] = None,
    ) -> Any:
        if WiFiEndpoint.selectors.get("Name") != "WiFi Endpoint 0":
            return INVALID_REFERENCE
        certificates = [each for each in (ClientCredential, CACredential) if each is not None]
        profile = Profile(WiFiEndpointSettingsInput, IEEE8021xSettingsInput, ClientCredential, certificates)
        name = profile.values.get("ElementName")
        if name in self.profiles or len(self.profiles) >= MOST_PROFILES:
            return FAILED
        outputs = self.keep(profile)
        made = Epr(PROFILE, {"InstanceID": profile.instance_id})
        return {**outputs, "WiFiEndpointSettings": made} if outputs["ReturnValue"] == COMPLETED else outputs

    @method(SERVICE, "UpdateWiFiSettings", writes=True)
    def update(
        self,
        _present: Instance,
        WiFiEndpointSettings: Epr,
        WiFiEndpointSettingsInput: dict[str, Any],
        IEEE8021xSettingsInput: Optional[dict[str, Any]] = None,
        ClientCredential: Optional[Epr] = None,
        CACredential: Optional[Epr] = None,
    ) -> Any:
        """Whole: what is not sent again is gone."""
        meant = str(WiFiEndpointSettings.selectors.get("InstanceID"))
        name = meant.partition(PREFIX)[2]
        if name not in self.profiles:
            return INVALID_REFERENCE
        certificates = [each for each in (ClientCredential, CACredential) if each is not None]
        profile = Profile(WiFiEndpointSettingsInput, IEEE8021xSettingsInput, ClientCredential, certificates)
        if profile.values.get("ElementName") != name:
            return INVALID_PARAMETER
        return self.keep(profile)

    def keep(self, profile: Profile) -> dict[str, Any]:
        if not self.is_sound(profile):
            return {"ReturnValue": INVALID_PARAMETER}
        if not all(self.firmware.key_store.has(each) for each in profile.certificates):
            return {"ReturnValue": INVALID_REFERENCE}
        others = [each for each in self.profiles.values() if each.instance_id != profile.instance_id]
        if any(each.values["Priority"] == profile.values["Priority"] for each in others):
            return {"ReturnValue": INVALID_PARAMETER}
        profile.values.setdefault("BSSType", INFRASTRUCTURE)
        self.profiles[profile.values["ElementName"]] = profile
        outputs: dict[str, Any] = {"ReturnValue": COMPLETED}
        if profile.ieee8021x is not None:
            made = SETTINGS_PREFIX + profile.ieee8021x["ElementName"]
            outputs["IEEE8021xSettings"] = Epr(SETTINGS, {"InstanceID": made})
        return outputs

    def is_sound(self, profile: Profile) -> bool:
        values = profile.values
        if not {"ElementName", "InstanceID", "SSID", "Priority", "AuthenticationMethod", "EncryptionMethod"} <= set(
            values
        ):
            return False
        security = values["AuthenticationMethod"]
        if security not in self.authentications or values["EncryptionMethod"] not in self.encryptions:
            return False
        if (
            values["InstanceID"] != profile.instance_id
            or not 1 <= values["Priority"] <= 255
            or len(values["SSID"]) > 32
        ):
            return False
        return self.has_its_key(profile, security)

    @staticmethod
    def has_its_key(profile: Profile, security: int) -> bool:
        """The passphrase or the key, one of the two, or settings of 802.1x with what their protocol wants."""
        keys = [name for name in SECRETS if name in profile.values]
        if security in BY_8021X:
            settings = profile.ieee8021x
            if settings is None or keys or not eap.is_sound(settings):
                return False
            return settings["AuthenticationProtocol"] not in eap.WITH_CERTIFICATE or (
                profile.own_certificate is not None
            )
        if profile.ieee8021x is not None:
            return False
        if security in WITHOUT_KEY:
            return not keys
        return len(keys) == 1 and 8 <= len(profile.values.get("PSKPassPhrase", "8" * 8)) <= 63

    @delete(PROFILE)
    def remove(self, present: Instance) -> None:
        if str(present["InstanceID"]).startswith(USERS_PREFIX):
            raise refusals.access_denied()
        if present["ElementName"] == self.in_use:
            raise refusals.amt_status(NOT_PERMITTED)
        del self.profiles[str(present["ElementName"])]

    @method(SERVICE, "DeleteAllITProfiles", writes=True)
    def remove_all(self, _present: Instance) -> int:
        self.profiles = {name: each for name, each in self.profiles.items() if name == self.in_use}
        return COMPLETED

    @method(SERVICE, "DeleteAllUserProfiles", writes=True)
    def remove_users(self, _present: Instance) -> int:
        self.users = []
        return COMPLETED
