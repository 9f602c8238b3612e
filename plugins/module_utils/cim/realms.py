# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which realm of a user opens which class (AMT.md 10.1; vendor's guide, Intel AMT Users and Permissions/Realms).

The guide says what each realm is for; that a class belongs to the realm of its feature follows from there. A class
whose realm is not known has none here. Who has the realm `administration` may read everything but the audit log.
"""

from __future__ import annotations

import re

ADMINISTRATION = "administration"

#: Number on the wire (AMT.md 10.1; vendor's schema, AMT_AuthorizationService). 0, 1 and 22 are reserved, 23 was of
#: ME 5.1 alone.
NUMBERS = {
    "redirection": 2,
    ADMINISTRATION: 3,
    "hardware_asset": 4,
    "remote_control": 5,
    "storage": 6,
    "event_manager": 7,
    "storage_admin": 8,
    "agent_presence_local": 9,
    "agent_presence_remote": 10,
    "system_defense": 11,
    "network_time": 12,
    "general_info": 13,
    "firmware_update": 14,
    "embedded_it": 15,
    "local_user_notification": 16,
    "endpoint_access_control": 17,
    "endpoint_access_control_admin": 18,
    "event_log_reader": 19,
    "audit_log": 20,
    "user_access_control": 21,
    "local_system": 24,
}

#: The first that fits a class counts.
_CLASSES = tuple(
    (re.compile(pattern), realm)
    for pattern, realm in (
        (r"CIM_(Chassis|Card|Chip|Processor|PhysicalMemory|PhysicalPackage|MediaAccessDevice)", "hardware_asset"),
        (r"CIM_(BIOSElement|Battery|Fan|Sensor|PowerSupply|Realizes|ComputerSystemPackage)", "hardware_asset"),
        (r"AMT_(AssetTable(Service)?|PCIDevice)", "hardware_asset"),
        (r"CIM_(Associated)?PowerManagement\w+|IPS_(PowerManagementService|HostBootReason)", "remote_control"),
        (r"CIM_(Boot\w+|ElementSettingData|OrderedComponent)|AMT_Boot\w+", "remote_control"),
        (r"(AMT|CIM)_Redirection\w+|CIM_KVMRedirectionSAP", "redirection"),
        (r"IPS_(KVMRedirectionSettingData|OptInService|SecIOService|ScreenSettingData)", "redirection"),
        (r"AMT_AgentPresence\w+", "agent_presence_remote"),
        (r"AMT_(\w*SystemDefense\w*|Hdr8021Filter|IPHeadersFilter|ActiveFilterStatistics)", "system_defense"),
        (r"AMT_ThirdPartyDataStorageService", "storage"),
        (r"AMT_ThirdPartyDataStorageAdministrationService", "storage_admin"),
        (r"AMT_TimeSynchronizationService", "network_time"),
        (r"AMT_MessageLog", "event_log_reader"),
        (r"AMT_(EndpointAccessControlService|EACCredentialContext)", "endpoint_access_control_admin"),
        (r"AMT_Audit(Log|PolicyRule)", "audit_log"),
        (r"AMT_AuthorizationService", "user_access_control"),
        (r"AMT_KerberosSettingData|IPS_IPv6PortSettings|AMT_SystemPowerScheme", ADMINISTRATION),
        (
            r"CIM_SoftwareIdentity|AMT_(GeneralSettings|EthernetPortSettings|SetupAndConfigurationService)",
            "general_info",
        ),
        (r"IPS_HostBasedSetupService", "general_info"),
    )
)

#: Left out of what other users read (AMT.md 5.2).
_PROPERTIES = {("AMT_EthernetPortSettings", name): ADMINISTRATION for name in ("SharedMAC", "MACAddress", "LinkPolicy")}


def realm_of(class_name: str) -> str:
    """The realm that lets a user read a class, empty where it is not known."""
    return next((realm for pattern, realm in _CLASSES if pattern.fullmatch(class_name)), "")


def hidden_without(class_name: str, property_name: str) -> str:
    """The realm without which firmware leaves a property out of an answer, empty for those that it shows everybody."""
    return _PROPERTIES.get((class_name, property_name), "")


def shown(realm: str) -> str:
    """A realm as people find it in the firmware's web page and in the vendor's tables."""
    return "{0} ({1})".format(realm.replace("_", " "), NUMBERS[realm])
