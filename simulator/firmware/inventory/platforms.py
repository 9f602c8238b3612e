# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Machines that a simulated firmware can be in. They are made up; their shapes and oddities are those of real ones.

Texts carry what their vendors put there: trailing blanks, and placeholders that an OEM forgot to fill in. `{serial}` is
replaced by a serial number of the device's own.
"""

from __future__ import annotations

from dataclasses import dataclass

GIB = 1 << 30
DDR3, DDR4, DDR5 = 24, 26, 34
DIMM, SODIMM = 9, 13
CORE_I5, CORE_I7, CORE_I3, XEON = 205, 198, 206, 179
# Bits of PlatformErase.
SUPPORTED, SSD_ERASE, TPM_CLEAR, NVM_CLEAR = 1 << 0, 1 << 2, 1 << 6, 1 << 25
DIAGNOSTIC_ABILITIES = (
    "BIOSPause",
    "ConfigurationDataReset",
    "ForceHardDriveSafeModeBoot",
    "PowerButtonLock",
    "ResetButtonLock",
    "VerbosityQuiet",
    "VerbosityScreenBlank",
    "VerbosityVerbose",
)


@dataclass(frozen=True)
class Module:
    """A memory module; an empty slot has no capacity. `speed` is in MHz."""

    bank: str
    capacity: int = 0
    manufacturer: str = ""
    part: str = ""
    serial: str = ""
    kind: int = DDR4
    speed: int = 0


@dataclass(frozen=True)
class Drive:
    """`kilobytes` are thousands of octets. `package` is where it stands among the storage packages."""

    model: str
    serial: str
    kilobytes: int
    package: int
    capabilities: tuple[int, ...] = (4, 10)


@dataclass(frozen=True)
class Processor:
    name: str
    family: int
    speed: int
    highest: int
    cores: int
    stepping: str
    socket: int


@dataclass(frozen=True)
class Platform:
    """`product`, `board` are (manufacturer, model, version, serial); `bios` is (vendor, version, date).

    `abilities` are flags of AMT_BootCapabilities that not every platform has; `erasable` is its PlatformErase mask.
    `realizes`: CIM_Realizes tells what is in what, which no recording shows.
    """

    name: str
    product: tuple[str, str, str, str]
    board: tuple[str, str, str, str]
    bios: tuple[str, str, str]
    processors: tuple[Processor, ...]
    memory: tuple[Module, ...]
    drives: tuple[Drive, ...]
    form: int = DIMM
    portable: bool = False
    fans: int = 0
    sensors: int = 0
    abilities: tuple[str, ...] = ()
    erasable: int = 0
    realizes: bool = True


PLATFORMS: tuple[Platform, ...] = (
    Platform(
        "office",
        ("Havel Systems", "OfficePro 300", "1.0", "{serial}"),
        ("Havel Systems", "OP300-MB", "A02", "{serial} "),
        ("Havel Systems", "OP3 2.14.1", "2023-03-17"),
        (Processor("Intel(R) Core(TM) i5-9500 CPU @ 3.00GHz", CORE_I5, 3000, 8300, 6, "10", 50),),
        (
            Module("BANK 0", 8 * GIB, "80AD", "HMA81GU6CJR8N-VK    ", "{serial}", DDR4, 2666),
            Module("BANK 2", 8 * GIB, "80AD", "HMA81GU6CJR8N-VK    ", "{serial}", DDR4, 2666),
        ),
        (Drive("Umber SSD U400 256GB                    ", "{serial}        ", 256060514, 0),),
        fans=1,
        sensors=1,
    ),
    Platform(
        "notebook",
        ("Lindgren", "Traveller T14", "Rev. B", "{serial}"),
        ("Lindgren", "20W0-T14", "Not Available", "Not Available"),
        ("Lindgren", "N34ET55W (1.55 )", "2022-11-08"),
        (Processor("11th Gen Intel(R) Core(TM) i7-1185G7 @ 3.00GHz", CORE_I7, 3000, 4800, 4, "1", 1),),
        (
            Module("BANK 0", 16 * GIB, "Samsung", "M471A2K43EB1-CWE    ", "00000000", DDR4, 3200),
            Module("BANK 2"),
        ),
        (Drive("Umber NVMe M900 1TB                     ", "{serial}    ", 1000204886, 0, (4,)),),
        form=SODIMM,
        portable=True,
        fans=1,
        abilities=("SecureErase",),
        erasable=SUPPORTED | SSD_ERASE | TPM_CLEAR | NVM_CLEAR,
    ),
    Platform(
        "workstation",
        ("Orchard", "Precise 5820", "", "{serial}"),
        ("Orchard", "0X8DXD", "A01", "/{serial}/CNFCW0012345AB/"),
        ("Orchard", "2.21.0", "2023-01-12"),
        (Processor("Intel(R) Xeon(R) W-2133 CPU @ 3.60GHz", XEON, 3600, 4000, 6, "4", 36),),
        tuple(
            Module("BANK {0}".format(bank), 16 * GIB, "00AD00B300AD", "HMA82GR7CJR8N-XN    ", "{serial}", DDR4, 2933)
            for bank in range(4)
        ),
        (
            Drive("Basalt HDD 2TB                          ", "            {serial}", 2000398934, 1),
            Drive("Umber NVMe M900 512GB                   ", "{serial}    ", 512110190, 0),
        ),
        fans=2,
        sensors=2,
        abilities=DIAGNOSTIC_ABILITIES,
    ),
    Platform(
        "whitebox",
        ("To Be Filled By O.E.M.", "To Be Filled By O.E.M.", "To Be Filled By O.E.M.", "To Be Filled By O.E.M."),
        ("Pebble Boards", "Q370M-ITX", "          ", ""),
        ("American Megatrends Inc.", "P4.30", "2021-06-30"),
        (Processor("Intel(R) Core(TM) i3-8100 CPU @ 3.60GHz", CORE_I3, 3600, 8300, 4, "11", 50),),
        (Module("BANK 0"), Module("BANK 1", 4 * GIB, "Undefined", "                    ", "00000000", DDR4, 2400)),
        (Drive("Basalt SSD 120GB                        ", "{serial}        ", 120034123, 0),),
        realizes=False,
    ),
    Platform(
        "terminal",
        ("Intel(R) Client Systems", "NUC11TNHv5", "M11904-404", "{serial}"),
        ("Intel Corporation", "NUC11TNBv5", "M11893-404", "{serial}"),
        ("Intel Corp.", "TNTGLV57.0064.2022.0217.1535", "2022-02-17"),
        (Processor("11th Gen Intel(R) Core(TM) i5-1145G7 @ 2.60GHz", CORE_I5, 2600, 4400, 4, "1", 1),),
        (
            Module("BANK 0", 8 * GIB, "859B", "CT8G4SFRA32A.C8FE", "{serial}", DDR4, 3200),
            Module("BANK 1", 8 * GIB, "859B", "CT8G4SFRA32A.C8FE", "{serial}", DDR4, 3200),
        ),
        (),
        form=SODIMM,
        sensors=1,
    ),
    Platform(
        "kiosk",
        ("Default string", "Default string", "Default string", "Default string"),
        ("Pebble Boards", "H610-Kiosk", "Default string", "Default string"),
        ("American Megatrends International, LLC.", "1.08", "2024-05-21"),
        (Processor("13th Gen Intel(R) Core(TM) i5-13500", CORE_I5, 2500, 4800, 14, "1", 1),),
        (Module("BANK 0", 16 * GIB, "Kingston", "KF552C40-16         ", "{serial}", DDR5, 5200), Module("BANK 1")),
        (
            Drive("Umber NVMe M900 256GB                   ", "{serial}    ", 256060514, 0),
            Drive("Basalt HDD 1TB                          ", "            {serial}", 1000204886, 1),
        ),
        fans=1,
        realizes=False,
    ),
)
BY_NAME = {platform.name: platform for platform in PLATFORMS}


def platform_for(number: int, name: str = "") -> Platform:
    """Raises ValueError for a name that no platform has."""
    if not name:
        return PLATFORMS[(number - 1) % len(PLATFORMS)]
    if name not in BY_NAME:
        raise ValueError("platform: {0!r} is none of {1}".format(name, ", ".join(BY_NAME)))
    return BY_NAME[name]
