# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Words for the numbers of a platform event, which is the same 21 octets in a log, in a trap and in an event filter."""

from __future__ import annotations

#: IPMI Platform Event Trap 1.0, event severity.
SEVERITIES = {
    "unspecified": 0,
    "monitor": 1,
    "information": 2,
    "ok": 4,
    "warning": 8,
    "critical": 16,
    "fatal": 32,
}

#: IPMI 2.0, table 43-13, as far as a personal computer has such parts. 38 is the management engine itself ([FX]; the
#: table has "management controller" for it), 35 the operating system in the table and the engine in consoles.
ENTITIES = {
    0: "unspecified",
    1: "other",
    2: "unknown",
    3: "processor",
    4: "disk",
    5: "peripheral bay",
    6: "management module",
    7: "system board",
    8: "memory module",
    9: "processor module",
    10: "power supply",
    11: "add-in card",
    12: "front panel board",
    13: "back panel board",
    14: "power system board",
    15: "drive backplane",
    16: "expansion board",
    17: "other system board",
    18: "processor board",
    19: "power unit",
    20: "power module",
    21: "power management board",
    22: "chassis back panel board",
    23: "chassis",
    24: "sub-chassis",
    25: "other chassis board",
    26: "drive bay",
    27: "peripheral bay",
    28: "device bay",
    29: "fan",
    30: "cooling unit",
    31: "cable",
    32: "memory device",
    33: "management software",
    34: "bios",
    35: "management engine",
    36: "system bus",
    37: "group",
    38: "management engine",
    39: "environment",
    40: "battery",
    41: "processing blade",
    42: "connectivity switch",
    43: "processor and memory module",
    44: "i/o module",
    45: "processor and i/o module",
    46: "management controller firmware",
    47: "ipmi channel",
    48: "pci bus",
    49: "pci express bus",
    50: "scsi bus",
    51: "sata or sas bus",
    52: "processor bus",
}
BIOS, ENGINE = 34, (35, 38)

#: Event source type: ranges of eight (IPMI PET 1.0); 0x68 is ASF (DMTF DSP0136), which both BIOS and engine use [FX].
SOURCES = {
    0x00: "bios",
    0x08: "smi handler",
    0x10: "system management software",
    0x18: "alert chip",
    0x20: "ipmi",
    0x28: "bios vendor",
    0x30: "system board vendor",
    0x38: "system integrator",
    0x40: "add-in",
    0x48: "operating system vendor",
    0x50: "network adapter",
    0x58: "management engine",
    0x68: "asf",
}
ASF, OWN_SOURCE = 0x68, 0x58

#: Sensor type -> what kind of thing has happened (IPMI 2.0, table 42-3; from 192 on Intel's own, AMT.md 15.1).
KINDS = {
    1: "temperature",
    2: "voltage",
    3: "current",
    4: "fan",
    5: "case_intrusion",
    6: "login_failures",
    7: "processor",
    8: "power_supply",
    9: "power_unit",
    10: "cooling",
    12: "memory",
    13: "drive",
    15: "firmware",
    16: "logging",
    18: "agent",
    19: "critical_interrupt",
    20: "button",
    25: "chipset",
    29: "boot_initiated",
    30: "no_boot_media",
    31: "os_boot",
    32: "os_stop",
    33: "slot",
    35: "watchdog",
    36: "filter_match",
    37: "firmware_started",
    38: "network_adapter",
    39: "network",
    41: "battery",
    192: "security_policy",
    193: "request",
}
FIRMWARE, AGENT, POLICY, REQUEST = 15, 18, 192, 193
#: Kinds that one sensor type splits into, by the event's offset or its data (AMT.md 15.1).
SPLIT_KINDS = ("firmware_error", "firmware_progress", "recovery", "erase", "redirection", "audit_log", "hardware_asset")
ALL_KINDS = tuple(sorted({*KINDS.values(), *SPLIT_KINDS, "other"} - {"firmware"}))

#: Data of sensor type 15, offset 0 (IPMI 2.0, table 42-3).
FIRMWARE_ERRORS = {
    0: "an error that is not named",
    1: "there is no memory in the machine",
    2: "there is no memory that works",
    3: "a disk failed",
    4: "the system board failed",
    5: "a floppy drive failed",
    6: "a disk controller failed",
    7: "the keyboard failed",
    8: "there is no medium to boot from",
    9: "the video controller failed",
    10: "there is no video device",
    11: "the BIOS itself is damaged",
    12: "processors differ in their voltage",
    13: "processors differ in their speed",
}

#: Data of sensor type 15, offsets 1 and 2 (the same table).
FIRMWARE_PROGRESS = {
    0: "a step that is not named",
    1: "memory is prepared",
    2: "disks are prepared",
    3: "further processors are prepared",
    4: "a password is asked for",
    5: "the BIOS setup is open",
    6: "USB is prepared",
    7: "PCI is prepared",
    8: "an option ROM is prepared",
    9: "video is prepared",
    10: "the cache is prepared",
    11: "the system management bus is prepared",
    12: "the keyboard controller is prepared",
    13: "the management controller is prepared",
    14: "a docking station is attached",
    15: "a docking station is enabled",
    16: "a docking station is ejected",
    17: "a docking station is disabled",
    18: "the operating system is woken",
    19: "the operating system is started",
    20: "the system board is prepared",
    22: "floppy drives are prepared",
    23: "the keyboard is tested",
    24: "the pointing device is tested",
    25: "the processor is prepared",
}

#: One-click recovery: data 0xAA, 0x30 of sensor type 15, offsets 5 and 3 (MeshCentral's decoder).
RECOVERY_STEPS = {
    0: "the BIOS has its boot parameters",
    1: "the boot option is added",
    2: "the name of the server is resolved",
    3: "the server is connected",
    4: "the image is loaded",
    5: "the boot is attempted",
    6: "the loader has taken over",
}
RECOVERY_ERRORS = {
    1: "there is no network",
    2: "the name of the server could not be resolved",
    3: "the server could not be connected",
    4: "the local application is not there",
    5: "TLS was refused",
    6: "the log-in was refused",
    7: "the image is not signed by whom it should be",
    8: "the server has no such file",
}
RECOVERY_SOURCES = {2: "https", 4: "pba", 8: "winre"}
#: Remote platform erase: data 0xAA, 0x40.
ERASE_ERRORS = {1: "the disk could not be erased", 2: "the TPM cannot be erased", 3: "too many attempts"}
ERASE_PARTS = {2: "disk", 3: "tpm", 5: "bios"}
ERASE_STEPS = {
    1: "erasing the {0} began",
    2: "erasing the {0} ended",
    3: "the erase began",
    4: "the parameters were cleared",
    5: "all is done",
}

AGENT_STATES = {1: "not_started", 2: "stopped", 4: "running", 8: "expired", 16: "suspended"}
#: Handles of the filters that a defense policy has by itself (AMT.md 8.7).
OWN_FILTERS = {0xFFFFFFFD: "received", 0xFFFFFFFC: "sent", 0xFFFFFFFA: "spoofed"}
#: Sensor type 192, offset 0, data 0xAA, 0x30 (MeshCentral's decoder).
SESSIONS = {
    0: "a serial session over the network began",
    1: "a serial session over the network ended",
    2: "a session of redirected drives began",
    3: "a session of redirected drives ended",
}
#: Sensor type 193, data 0..3 (the same).
REQUESTS = {
    (0xAA, 0x30, 0, 0): ("request", "the user asked for a remote connection"),
    (0xAA, 0x20, 3, 1): ("request", "the posture was asked for while endpoint access control is off"),
    (0xAA, 0x20, 4, 0): ("hardware_asset", "the hardware inventory met an error"),
}
#: Event type of sensor type 193: the audit log fills up (vendor's guide, Auditor Notification Alert).
AUDIT_FILLS = 0x71

#: What stands for a kind that needs no more than its name.
SENTENCES = {
    "agent": "a watched agent reports a condition",
    "temperature": "a temperature is out of range",
    "voltage": "a voltage is out of range",
    "current": "a current is out of range",
    "fan": "a fan is out of range",
    "case_intrusion": "the case was opened",
    "processor": "the processor reports a condition",
    "power_supply": "the power supply reports a condition",
    "power_unit": "the power unit reports a condition",
    "cooling": "the cooling reports a condition",
    "memory": "the memory reports a condition",
    "drive": "a drive reports a condition",
    "logging": "the log was turned off or cleared",
    "critical_interrupt": "a critical interrupt occurred",
    "button": "a button was pressed",
    "chipset": "the chipset reports a condition",
    "boot_initiated": "a boot was asked for",
    "no_boot_media": "there is no medium to boot from",
    "os_boot": "the operating system boots",
    "os_stop": "the operating system hangs, or power was lost",
    "slot": "a slot reports a condition",
    "watchdog": "the machine did not boot",
    "firmware_started": "the machine's firmware started",
    "network_adapter": "the state of the network adapter was tampered with",
    "network": "the network reports a condition",
    "battery": "the battery reports a condition",
    "security_policy": "a security policy took effect",
    "request": "something was asked for at the machine",
    "audit_log": "the audit log fills up",
    "hardware_asset": "the hardware inventory met an error",
    "other": "sensor type {sensor}, event type {type}, offset {offset}",
}
