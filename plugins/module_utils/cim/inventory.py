# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's parts (AMT.md 3), and the hardware as the BIOS told it at the last boot (AMT.md 7)."""

from __future__ import annotations

from .returns import MESSAGE_LOG, PT_STATUS
from .schema import CimClass, boolean, datetime, enum, integer, octets, reference, text

SOFTWARE_IDENTITY = CimClass("CIM_SoftwareIdentity", (text("InstanceID"), text("VersionString"), boolean("IsEntity")))

#: Codes of the SMBIOS specification (DMTF DSP0134), tables of types 4 and 17.
PROCESSOR_FAMILIES = {"Intel Core i7": 198, "Intel Core i5": 205, "Intel Core i3": 206, "Intel Core i9": 207}
MEMORY_TYPES = {"DDR2": 19, "DDR3": 24, "DDR4": 26, "LPDDR3": 29, "LPDDR4": 30, "DDR5": 34, "LPDDR5": 35}
FORM_FACTORS = {"DIMM": 9, "row of chips": 11, "SODIMM": 13}

_MADE = (text("Manufacturer"), text("Model"), text("SerialNumber"), text("Version"), text("PartNumber"), text("Tag"))

COMPUTER_SYSTEM_PACKAGE = CimClass("CIM_ComputerSystemPackage", (text("PlatformGUID"),))
CHASSIS = CimClass("CIM_Chassis", (*_MADE, integer("ChassisPackageType"), integer("PackageType")))
CARD = CimClass("CIM_Card", (*_MADE, integer("PackageType"), boolean("CanBeFRUed")))
BIOS = CimClass(
    "CIM_BIOSElement", (text("Manufacturer"), text("Version"), datetime("ReleaseDate"), boolean("PrimaryBIOS"))
)
CHIP = CimClass("CIM_Chip", _MADE)
PROCESSOR = CimClass(
    "CIM_Processor",
    (
        text("DeviceID"),
        text("Role"),
        enum("Family", words=PROCESSOR_FAMILIES),
        integer("MaxClockSpeed"),
        integer("CurrentClockSpeed"),
        integer("ExternalBusClockSpeed"),
        enum(
            "CPUStatus",
            words={"unknown": 0, "enabled": 1, "disabled by user": 2, "disabled by BIOS": 3, "idle": 4, "other": 7},
        ),
        text("Stepping"),
        integer("UpgradeMethod"),
        integer("NumberOfEnabledCores"),
    ),
)
MEMORY = CimClass(
    "CIM_PhysicalMemory",
    (
        *_MADE,
        text("BankLabel"),
        integer("Capacity"),
        enum("FormFactor", words=FORM_FACTORS),
        enum("MemoryType", words=MEMORY_TYPES),
        integer("Speed"),
        boolean("IsSpeedInMhz"),
        integer("MaxMemorySpeed"),
        integer("ConfiguredMemoryClockSpeed"),
    ),
)
MEDIA = CimClass(
    "CIM_MediaAccessDevice", (text("DeviceID"), integer("MaxMediaSize"), integer("Capabilities", many=True))
)
PACKAGE = CimClass("CIM_PhysicalPackage", (*_MADE, integer("PackageType"), text("CreationClassName")))
#: Antecedent is the physical part, Dependent the logical device that it realises.
REALIZES = CimClass("CIM_Realizes", (reference("Antecedent"), reference("Dependent")))
BATTERY = CimClass(
    "CIM_Battery",
    (
        text("DeviceID"),
        integer("BatteryStatus"),
        integer("ChargingStatus"),
        integer("Chemistry"),
        integer("DesignCapacity"),
        integer("DesignVoltage"),
        integer("FullChargeCapacity"),
        integer("EstimatedChargeRemaining"),
    ),
)
FAN = CimClass("CIM_Fan", (text("DeviceID"), text("ElementName"), boolean("ActiveCooling"), boolean("VariableSpeed")))
SENSOR = CimClass("CIM_Sensor", (text("DeviceID"), text("ElementName"), integer("SensorType"), text("CurrentState")))
POWER_SUPPLY = CimClass("CIM_PowerSupply", (text("DeviceID"), text("ElementName"), integer("TotalOutputPower")))

EVENTS_AT_ONCE = 390
"""What the log holds and one GetRecords gives (AMT.md 15.1)."""
MOST_EVENTS = 4096
"""Nothing is known to hold more, and reading ends there."""
EVENT_LOG = CimClass(
    "AMT_MessageLog",
    (
        integer("CurrentNumberOfRecords", writable=False),
        integer("MaxNumberOfRecords", writable=False),
        boolean("IsFrozen", writable=False),
    ),
    returns=MESSAGE_LOG,
    family="MESSAGE_LOG",
    # Each record is decoded by itself, so that a bad one costs itself.
    arguments=(text("IterationIdentifier"), boolean("NoMoreRecords"), text("RecordArray", many=True)),
)

ACTS_AT_ONCE = 10
"""What one ReadRecords gives (Intel's MOF)."""
MOST_ACTS = 100000
"""Nothing is known to hold more than some thousands, and reading ends there."""
KEPT_ACTS = 5
"""Super-critical ones that stay when the log is cleared or overwritten (vendor's guide, Event Groups and Event IDs)."""
LONGEST_LOCK = 300
"""Seconds (Intel's MOF)."""
LOCKS = {"locked": 0, "unprovisioning": 1, "unlocked": 2}
#: AMT_AuditLog.AuditState, a bit each.
AUDIT_STATES = {"disabled": 1, "locked": 2, "almost_full": 4, "full": 8, "no_key": 16}
STORAGE_POLICIES = {"keep": 0, "overwrite": 1, "overwrite_aged": 2}
SIGNATURES = {"sha1": 0, "sha256": 1, "sha384": 2}
AUDIT_LOG = CimClass(
    "AMT_AuditLog",
    (
        integer("AuditState", writable=False),
        integer("CurrentNumberOfRecords", writable=False),
        integer("PercentageFree", writable=False),
        integer("EnabledState", writable=False),
        enum("StoragePolicy", words=STORAGE_POLICIES),
        integer("MinDaysToKeep"),
        datetime("TimeOfLastRecord", writable=False),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
    # Each record is decoded by itself, so that a bad one costs itself.
    arguments=(
        integer("TotalRecordCount"),
        integer("RecordsReturned"),
        text("EventRecords", many=True),
        enum("Flag", words=LOCKS),
        integer("Handle"),
        enum("SigningMechanism", words=SIGNATURES),
        enum("SigningMechanismType", words=SIGNATURES),
        enum("SignatureMechanism", words=SIGNATURES),
        octets("SigningKey"),
        octets("Signature"),
        octets("Certificates"),
        integer("LengthOfCertificates", many=True),
        datetime("StartLogTime"),
        datetime("EndLogTime"),
        datetime("GenerationTime"),
        text("UUID"),
        text("FQDN"),
    ),
)
