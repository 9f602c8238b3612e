# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What methods return, by family. The families overlap in numbers and must not be mixed (AMT.md 2.8)."""

from __future__ import annotations

from collections.abc import Mapping

#: Intel's own methods, and the status of MEI messages.
PT_STATUS = {
    0x0: "SUCCESS",
    0x1: "INTERNAL_ERROR",
    0x2: "NOT_READY",
    0x3: "INVALID_PT_MODE",
    0x4: "INVALID_MESSAGE_LENGTH",
    0x5: "TABLE_FINGERPRINT_NOT_AVAILABLE",
    0x6: "INTEGRITY_CHECK_FAILED",
    0x7: "UNSUPPORTED_ISVS_VERSION",
    0x8: "APPLICATION_NOT_REGISTERED",
    0x9: "INVALID_REGISTRATION_DATA",
    0xA: "APPLICATION_DOES_NOT_EXIST",
    0xB: "NOT_ENOUGH_STORAGE",
    0xC: "INVALID_NAME",
    0xD: "BLOCK_DOES_NOT_EXIST",
    0xE: "INVALID_BYTE_OFFSET",
    0xF: "INVALID_BYTE_COUNT",
    0x10: "NOT_PERMITTED",
    0x11: "NOT_OWNER",
    0x12: "BLOCK_LOCKED_BY_OTHER",
    0x13: "BLOCK_NOT_LOCKED",
    0x14: "INVALID_GROUP_PERMISSIONS",
    0x15: "GROUP_DOES_NOT_EXIST",
    0x16: "INVALID_MEMBER_COUNT",
    0x17: "MAX_LIMIT_REACHED",
    0x18: "INVALID_AUTH_TYPE",
    0x19: "AUTHENTICATION_FAILED",
    0x1A: "INVALID_DHCP_MODE",
    0x1B: "INVALID_IP_ADDRESS",
    0x1C: "INVALID_DOMAIN_NAME",
    0x1D: "UNSUPPORTED_VERSION",
    0x1E: "REQUEST_UNEXPECTED",
    0x1F: "INVALID_TABLE_TYPE",
    0x20: "INVALID_PROVISIONING_STATE",
    0x21: "UNSUPPORTED_OBJECT",
    0x22: "INVALID_TIME",
    0x23: "INVALID_INDEX",
    0x24: "INVALID_PARAMETER",
    0x25: "INVALID_NETMASK",
    0x26: "FLASH_WRITE_LIMIT_EXCEEDED",
    0x27: "INVALID_IMAGE_LENGTH",
    0x28: "INVALID_IMAGE_SIGNATURE",
    0x29: "PROPOSE_ANOTHER_VERSION",
    0x2A: "INVALID_PID_FORMAT",
    0x2B: "INVALID_PPS_FORMAT",
    0x2C: "BIST_COMMAND_BLOCKED",
    0x2D: "CONNECTION_FAILED",
    0x2E: "CONNECTION_TOO_MANY",
    0x2F: "RNG_GENERATION_IN_PROGRESS",
    0x30: "RNG_NOT_READY",
    0x31: "CERTIFICATE_NOT_READY",
    0x400: "DISABLED_BY_POLICY",
    0x800: "NETWORK_IF_ERROR_BASE",
    0x801: "UNSUPPORTED_OEM_NUMBER",
    0x802: "UNSUPPORTED_BOOT_OPTION",
    0x803: "INVALID_COMMAND",
    0x804: "INVALID_SPECIAL_COMMAND",
    0x805: "INVALID_HANDLE",
    0x806: "INVALID_PASSWORD",
    0x807: "INVALID_REALM",
    0x808: "STORAGE_ACL_ENTRY_IN_USE",
    0x809: "DATA_MISSING",
    0x80A: "DUPLICATE",
    0x80B: "EVENTLOG_FROZEN",
    0x80C: "PKI_MISSING_KEYS",
    0x80D: "PKI_GENERATING_KEYS",
    0x80E: "INVALID_KEY",
    0x80F: "INVALID_CERT",
    0x810: "CERT_KEY_NOT_MATCH",
    0x811: "MAX_KERB_DOMAIN_REACHED",
    0x812: "UNSUPPORTED",
    0x813: "INVALID_PRIORITY",
    0x814: "NOT_FOUND",
    0x815: "INVALID_CREDENTIALS",
    0x816: "INVALID_PASSPHRASE",
    0x818: "NO_ASSOCIATION",
    0x81B: "AUDIT_FAIL",
    0x81C: "BLOCKING_COMPONENT",
    0x821: "USER_CONSENT_REQUIRED",
    0x822: "OPERATION_IN_PROGRESS",
    0x1000: "APP_INTERNAL_ERROR",
    0x1001: "NOT_INITIALIZED",
    0x1002: "LIB_VERSION_UNSUPPORTED",
    0x1003: "INVALID_PARAM",
    0x1004: "RESOURCES",
    0x1005: "HARDWARE_ACCESS_ERROR",
    0x1006: "REQUESTOR_NOT_REGISTERED",
    0x1007: "NETWORK_ERROR",
    0x1008: "PARAM_BUFFER_TOO_SHORT",
    0x1009: "COM_NOT_INITIALIZED",
    0x100A: "URL_REQUIRED",
}

#: DMTF RequestStateChange and RequestPowerStateChange.
STATE_CHANGE = {
    0: "COMPLETED",
    1: "NOT_SUPPORTED",
    2: "UNKNOWN_OR_FAILED",
    3: "TIMEOUT",
    4: "FAILED",
    5: "INVALID_PARAMETER",
    6: "IN_USE",
    4096: "JOB_STARTED",
    4097: "INVALID_STATE_TRANSITION",
    4098: "TIMEOUT_PARAMETER_NOT_SUPPORTED",
    4099: "BUSY",
}

#: CIM_BootService.SetBootConfigRole and CIM_BootConfigSetting.ChangeBootOrder.
BOOT = {
    0: "COMPLETED",
    1: "NOT_SUPPORTED",
    2: "UNKNOWN",
    3: "BUSY",
    4: "INVALID_REFERENCE",
    5: "INVALID_PARAMETER",
    6: "ACCESS_DENIED",
}

#: IPS_HostBasedSetupService.Setup, AdminSetup and UpgradeClientToAdmin.
HOST_BASED_SETUP = {
    0: "SUCCESS",
    1: "INTERNAL_ERROR",
    2: "INVALID_STATE",
    3: "INVALID_PARAMETER",
    4: "METHOD_DISABLED",
    5: "AUTH_FAILED",
    6: "FLASH_WRITE_LIMIT_EXCEEDED",
}

#: IPS_HostBasedSetupService.AddNextCertInChain.
CERTIFICATE_CHAIN = {
    0: "SUCCESS",
    1: "INVALID_PARAMETER",
    2: "INTERNAL_ERROR",
    3: "INVALID_STATE",
    4: "CERT_VERIFY_FAILED",
    5: "CERT_CHAIN_LENGTH_EXCEEDED",
}

#: IPS_OptInService.
OPT_IN = {0: "SUCCESS", 1: "INTERNAL_ERROR", 2: "INVALID_STATE", 3: "BLOCKED", 4: "FAILED"}

#: AMT_WiFiPortConfigurationService.
WIFI = {0: "COMPLETED", 1: "NOT_SUPPORTED", 2: "FAILED", 3: "INVALID_PARAMETER", 4: "INVALID_REFERENCE"}

#: AMT_MessageLog.
MESSAGE_LOG = {0: "COMPLETED", 1: "NOT_SUPPORTED", 2: "INVALID_RECORD", 3: "NO_RECORD_EXISTS_IN_LOG"}

#: What to try, by name of the returned value.
HINTS = {
    "FLASH_WRITE_LIMIT_EXCEEDED": "the firmware guards its flash against wear: wait, and write less often",
    "NOT_PERMITTED": "give the user the realm that this needs, or check that the control mode allows it",
    "USER_CONSENT_REQUIRED": "the user at the machine must consent first; admin control mode can do without",
    "AUDIT_FAIL": "the audit log is full or locked and this event is critical: export and clear the audit log",
    "BUSY": "another request is under way; try again in a moment",
    "IN_USE": "another session uses it; end the redirection or KVM session and try again",
    "INVALID_STATE_TRANSITION": "read which states the machine offers now: the subset power of the inventory",
    "MAX_LIMIT_REACHED": "remove something of the same kind first",
}

#: Where DMTF methods put a PT_STATUS that their own values have no word for (vendor's guide, Errors and Return Values).
VENDOR_SPECIFIC = 0x8000


def name_of(returns: Mapping[int, str], code: int) -> str:
    """The name of a returned value in its family, or that of the PT_STATUS which it carries."""
    carried = PT_STATUS.get(code - VENDOR_SPECIFIC, "unknown") if code > VENDOR_SPECIFIC else "unknown"
    return returns.get(code, carried)
