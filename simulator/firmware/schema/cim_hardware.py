# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""CIM classes of boards, processors, memory, media, sensors and their software. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    # Not in that MOF: DMTF's, as far as recordings show it.
    define(
        "CIM_Battery",
        "CIM_LogicalDevice",
        u16="BatteryStatus Chemistry EstimatedChargeRemaining ChargingStatus",
        u32="DesignCapacity FullChargeCapacity",
        u64="DesignVoltage",
    ),
    define(
        "CIM_BIOSElement",
        "CIM_SoftwareElement",
        text="CurrentLanguage LoadUtilityInformation",
        texts="ListOfLanguages RegistryURIs",
        flag="PrimaryBIOS",
        u64="LoadedStartingAddress LoadedEndingAddress",
        when="ReleaseDate",
        keys="Version",
    ),
    define("CIM_BIOSFeature", "CIM_SoftwareFeature", texts="CharacteristicDescriptions", u16s="Characteristics"),
    define(
        "CIM_Card",
        "CIM_PhysicalPackage",
        text="SlotLayout RequirementsDescription",
        flag="HostingBoard RequiresDaughterBoard SpecialRequirements",
        s16s="OperatingVoltages",
    ),
    define(
        "CIM_Chassis",
        "CIM_PhysicalFrame",
        text="ChassisTypeDescription",
        texts="TypeDescriptions",
        u16="NumberOfPowerCords HeatGeneration ChassisPackageType MultipleSystemSupport RackMountable",
        u16s="ChassisTypes",
        s16="CurrentRequiredOrProduced",
    ),
    define("CIM_Chip", "CIM_PhysicalComponent", u16="FormFactor"),
    define(
        "CIM_Controller",
        "CIM_LogicalDevice",
        text="ProtocolDescription",
        u16="ProtocolSupported",
        u32="MaxNumberControlled",
        when="TimeOfLastReset",
    ),
    define("CIM_CoolingDevice", "CIM_LogicalDevice", flag="ActiveCooling"),
    define(
        "CIM_Fan",
        "CIM_CoolingDevice",
        flag="VariableSpeed",
        u64="DesiredSpeed",
        methods=(method("SetSpeed", u64="DesiredSpeed"),),
    ),
    define(
        "CIM_MediaAccessDevice",
        "CIM_LogicalDevice",
        text="ErrorMethodology CompressionMethod UnitsDescription",
        texts="CapabilityDescriptions",
        flag="NeedsCleaning MediaIsLocked",
        u16="Security",
        u16s="Capabilities",
        u32="NumberOfMediaSupported UncompressedDataRate",
        u64=(
            "MaxMediaSize DefaultBlockSize MaxBlockSize MinBlockSize MaxAccessTime LoadTime UnloadTime "
            "MountCount TotalMountTime MaxUnitsBeforeCleaning UnitsUsed"
        ),
        when="LastCleaned TimeOfLastMount",
    ),
    define(
        "CIM_Memory",
        "CIM_StorageExtent",
        text="OtherErrorDescription",
        flag="Volatile CorrectableError SystemLevelAddress",
        u16="ErrorInfo ErrorAccess ErrorDataOrder",
        u32="ErrorTransferSize",
        u64="StartingAddress EndingAddress ErrorAddress ErrorResolution",
        when="ErrorTime",
        octets="ErrorData AdditionalErrorData",
    ),
    define(
        "CIM_PCIController",
        "CIM_Controller",
        texts="CapabilityDescriptions",
        flag="SelfTestEnabled",
        u8="ClassCode CacheLineSize LatencyTimer",
        u16="CommandRegister DeviceSelectTiming InterruptPin",
        u16s="Capabilities",
        u32="ExpansionROMBaseAddress",
        methods=(method("BISTExecution"),),
    ),
    define(
        "CIM_PhysicalComponent",
        "CIM_PhysicalElement",
        flag="Removable Replaceable HotSwappable",
        u16="RemovalConditions",
    ),
    define(
        "CIM_PhysicalConnector",
        "CIM_PhysicalElement",
        text="ConnectorPinout OtherTypeDescription ConnectorDescription",
        texts="OtherElectricalCharacteristics",
        u16="ConnectorGender ConnectorLayout",
        u16s="ConnectorType ConnectorElectricalCharacteristics",
        u32="NumPhysicalPins",
    ),
    define(
        "CIM_PhysicalElement",
        "CIM_ManagedSystemElement",
        text=(
            "Tag CreationClassName Manufacturer Model SKU SerialNumber Version PartNumber OtherIdentifyingInfo "
            "VendorEquipmentType UserTracking"
        ),
        flag="PoweredOn CanBeFRUed",
        when="ManufactureDate",
        keys="Tag CreationClassName",
    ),
    define(
        "CIM_PhysicalFrame",
        "CIM_PhysicalPackage",
        text="CableManagementStrategy BreachDescription",
        texts="ServiceDescriptions",
        flag="LockPresent AudibleAlarm VisibleAlarm IsLocked",
        u16="SecurityBreach",
        u16s="ServicePhilosophy",
        methods=(method("IsCompatible", ref="ElementToCheck"),),
    ),
    define(
        "CIM_PhysicalMemory",
        "CIM_Chip",
        text="BankLabel",
        flag="IsSpeedInMhz",
        u16="MemoryType TotalWidth DataWidth",
        u32="Speed PositionInRow InterleavePosition ConfiguredMemoryClockSpeed MaxMemorySpeed",
        u64="Capacity",
    ),
    define(
        "CIM_PhysicalPackage",
        "CIM_PhysicalElement",
        text="OtherPackageType",
        texts="VendorCompatibilityStrings",
        flag="Removable Replaceable HotSwappable",
        u16="RemovalConditions PackageType",
        real="Height Depth Width Weight",
    ),
    define(
        "CIM_PowerSupply",
        "CIM_LogicalDevice",
        flag="IsSwitchingSupply",
        u16="ActiveInputVoltage TypeOfRangeSwitching",
        u32=(
            "Range1InputVoltageLow Range1InputVoltageHigh Range1InputFrequencyLow Range1InputFrequencyHigh "
            "Range2InputVoltageLow Range2InputVoltageHigh Range2InputFrequencyLow Range2InputFrequencyHigh "
            "TotalOutputPower"
        ),
    ),
    define(
        "CIM_Processor",
        "CIM_LogicalDevice",
        text="Role OtherFamilyDescription Stepping UniqueID",
        u16="Family UpgradeMethod DataWidth AddressWidth LoadPercentage CPUStatus NumberOfEnabledCores",
        u16s="Characteristics EnabledProcessorCharacteristics",
        u32="MaxClockSpeed CurrentClockSpeed ExternalBusClockSpeed",
    ),
    define(
        "CIM_Sensor",
        "CIM_LogicalDevice",
        text="OtherSensorTypeDescription CurrentState SensorContext",
        texts="PossibleStates",
        u16="SensorType",
        u64="PollingInterval",
    ),
    define(
        "CIM_SoftwareElement",
        "CIM_LogicalElement",
        text=(
            "Version SoftwareElementID OtherTargetOS Manufacturer BuildNumber SerialNumber CodeSet "
            "IdentificationCode LanguageEdition"
        ),
        u16="SoftwareElementState TargetOperatingSystem",
        keys="Name Version SoftwareElementState SoftwareElementID TargetOperatingSystem",
    ),
    define(
        "CIM_SoftwareFeature",
        "CIM_LogicalElement",
        text="IdentifyingNumber ProductName Vendor Version",
        keys="IdentifyingNumber ProductName Vendor Version Name",
    ),
    define(
        "CIM_SoftwareIdentity",
        "CIM_LogicalElement",
        text="VersionString Manufacturer SerialNumber OtherExtendedResourceTypeDescription",
        texts=(
            "TargetOperatingSystems Languages ClassificationDescriptions TargetTypes IdentityInfoValue IdentityInfoType"
        ),
        flag="IsLargeBuildNumber IsEntity",
        u16=(
            "MajorVersion MinorVersion RevisionNumber BuildNumber ExtendedResourceType "
            "MinExtendedResourceTypeMajorVersion MinExtendedResourceTypeMinorVersion "
            "MinExtendedResourceTypeRevisionNumber MinExtendedResourceTypeBuildNumber"
        ),
        u16s="Classifications TargetOSTypes",
        u64="LargeBuildNumber",
        when="ReleaseDate",
        keys="InstanceID",
    ),
    define(
        "CIM_StorageExtent",
        "CIM_LogicalDevice",
        text="Purpose ErrorMethodology OtherNameNamespace OtherNameFormat",
        flag="IsBasedOnUnderlyingRedundancy SequentialAccess NoSinglePointOfFailure Primordial",
        u8="DeltaReservation",
        u16="DataOrganization Access DataRedundancy PackageRedundancy NameFormat NameNamespace",
        u16s="ExtentStatus",
        u64="BlockSize NumberOfBlocks ConsumableBlocks",
    ),
    define(
        "CIM_Watchdog",
        "CIM_LogicalDevice",
        text="MonitoredEntityDescription",
        u16="MonitoredEntity MonitoredEntityOnLastExpiration ActionOnExpiration",
        u32="TimeoutInterval TimerResolution",
        when="TimeOfLastExpiration",
    ),
)
