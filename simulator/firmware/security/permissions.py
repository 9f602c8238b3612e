# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which realm opens which class. Who has the administration realm may do everything.

The realms and what they are for are the vendor's; that a class belongs to the realm of its feature follows from there,
while the vendor's own table, class by class, was not at hand.
"""

from __future__ import annotations

import re

REALMS = {
    "redirection": 2,
    "administration": 3,
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
REALM_NUMBERS = frozenset(REALMS.values())
ADMINISTRATION = REALMS["administration"]
READ_ONLY_REALMS = frozenset((REALMS["general_info"], REALMS["event_log_reader"]))

# The first pattern that fits a class decides; without one it takes the administration realm.
FEATURES = tuple(
    (re.compile(pattern), frozenset(REALMS[realm] for realm in realms))
    for pattern, realms in (
        (r"CIM_(Chassis|Card|Chip|Processor|PhysicalMemory|MediaAccessDevice|PhysicalPackage)", ("hardware_asset",)),
        (r"CIM_(BIOS\w+|Battery|Fan|Sensor|PowerSupply|Realizes|SystemPackaging)", ("hardware_asset",)),
        (r"CIM_ComputerSystemPackage|AMT_(AssetTable\w*|PCIDevice)", ("hardware_asset", "general_info")),
        (r"CIM_(\w*PowerManagement\w+|Boot\w+|OrderedComponent|ElementSettingData)", ("remote_control",)),
        (r"AMT_Boot\w+|IPS_(PowerManagementService|HostBootReason)", ("remote_control",)),
        (r"AMT_RedirectionService|CIM_(KVMRedirectionSAP|RedirectionService)", ("redirection",)),
        (r"IPS_(KVMRedirectionSettingData|OptInService|SecIOService|ScreenSettingData)", ("redirection",)),
        (r"AMT_MessageLog", ("event_manager", "event_log_reader")),
        (r"AMT_Audit(Log|PolicyRule)", ("audit_log", "general_info")),
        (r"AMT_(EndpointAccessControlService|EACCredentialContext)", ("endpoint_access_control_admin",)),
        (r"AMT_AuthorizationService", ("user_access_control",)),
        (r"AMT_TimeSynchronizationService", ("network_time",)),
        (r"AMT_AgentPresence\w+", ("agent_presence_local", "agent_presence_remote")),
        (r"AMT_(\w*Defense\w*|Hdr8021Filter|IPHeadersFilter|ActiveFilterStatistics)", ("system_defense",)),
        (r"amt-storage|AMT_ThirdPartyDataStorageService", ("storage",)),
        (r"AMT_ThirdPartyDataStorageAdministrationService", ("storage_admin",)),
        (r"CIM_(ComputerSystem|SoftwareIdentity)|AMT_(GeneralSettings|EthernetPortSettings)", ("general_info",)),
        (r"AMT_SetupAndConfigurationService|IPS_HostBasedSetupService", ("general_info",)),
    )
)


def realms_for(cls: str, changes: bool) -> frozenset[int]:
    """Any of these realms will do."""
    found = next((realms for pattern, realms in FEATURES if pattern.fullmatch(cls)), frozenset())
    return found - (READ_ONLY_REALMS if changes else frozenset()) | {ADMINISTRATION}
