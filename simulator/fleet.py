# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A fleet in a short YAML file: which devices there are, where, and what is wrong with them."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional, get_origin, get_type_hints

import yaml

from . import fleet_values
from .certificates import KINDS
from .device import Description
from .faults import UnknownFault, make_script
from .firmware import GENERATIONS, Settings
from .firmware.personality import PERSONALITIES

LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
FIRST_ADDRESS = "127.1.0.1"
"""Not 127.0.0.x: that is where this machine's own services are."""

OWN_KEYS = frozenset(field.name for field in dataclasses.fields(Description)) - {"settings"}
FLEET_KEYS = OWN_KEYS | {"count"}
FIRMWARE_KEYS = frozenset(field.name for field in dataclasses.fields(Settings)) - {"number", "address"}
KINDS_OF_VALUES = {**get_type_hints(Settings), **get_type_hints(Description)}
MIXED = ("defense", "watchdog")
"""Tables whose entries have types of their own."""
LISTS = ("faults", *(key for key, kind in KINDS_OF_VALUES.items() if get_origin(kind) is Sequence))
"""Keys that are lists themselves, and are not dealt out."""
ABSENCES = ("reset", "silence")
TOP_KEYS = ("defaults", "devices")


class FleetError(ValueError):
    """A fleet cannot be used as it is written; the text names file, key, value and the way out."""


def load_fleet(path: Path) -> list[Description]:
    """Read a fleet file."""
    try:
        document = fleet_values.load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FleetError("{0}: {1}".format(path, error.strerror)) from error
    except yaml.YAMLError as error:
        raise FleetError("{0} is not YAML: {1}".format(path, error)) from error
    return read_fleet(document, str(path))


def read_fleet(document: Any, source: str = "fleet") -> list[Description]:
    """Turn a parsed fleet into descriptions; `source` is what errors call it."""
    if not isinstance(document, dict) or not isinstance(document.get("devices"), list) or not document["devices"]:
        raise FleetError("{0}: no devices; write a list under `devices:`".format(source))
    for key in document:
        if key not in TOP_KEYS:
            raise FleetError("{0}: {1!r} is no key of a fleet; use {2}".format(source, key, ", ".join(TOP_KEYS)))
    defaults = mapping(document.get("defaults") or {}, source + ": defaults")
    described: list[Description] = []
    for index, written in enumerate(document["devices"]):
        place = "{0}: devices[{1}]".format(source, index)
        entry = {**defaults, **mapping(written, place)}
        following = next_address(described[-1].address) if described else FIRST_ADDRESS
        described.extend(described_by(entry, place, len(described), following))
    check_unique(described, source)
    return described


def quick_fleet(count: int, **settings: Any) -> list[Description]:
    """`count` devices of every generation in turn, from 127.1.0.1 on."""
    entry = {"name": "amt-{n:05}", "count": count, "generation": list(GENERATIONS), **settings}
    return read_fleet({"devices": [entry]}, "quick fleet")


def mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FleetError("{0} is {1!r}; write `key: value` pairs".format(place, value))
    for key in value:
        if key not in FLEET_KEYS | FIRMWARE_KEYS:
            known = ", ".join(sorted(FLEET_KEYS | FIRMWARE_KEYS))
            raise FleetError("{0}: {1!r} is no key of a device; use one of {2}".format(place, key, known))
    return value


def next_address(address: str) -> str:
    return str(ipaddress.IPv4Address(address) + 1)


def described_by(entry: dict[str, Any], place: str, before: int, following: str) -> Iterator[Description]:
    """The devices of one entry. A value that is a list is dealt out in turn; `{n}` in text is the device's number."""
    count = how_many(entry.get("count", 1), place)
    first = loopback(entry.get("address", following), place)
    scripts = faults(entry.get("faults", ()), place)
    for index in range(count):
        number = before + index + 1
        values = {key: dealt(key, value, index, number) for key, value in entry.items() if key != "count"}
        values.update(address=str(first + index), faults=scripts)
        values.setdefault("name", "amt-{0:05}".format(number))
        yield describe(values, place, number)


def how_many(value: Any, place: str) -> int:
    try:
        count = fleet_values.whole(value)
    except ValueError:
        count = 0
    if not 1 <= count <= 1 << 22:
        raise FleetError("{0}: count is {1!r}; give a whole number from 1".format(place, value))
    return count


def dealt(key: str, value: Any, index: int, number: int) -> Any:
    if isinstance(value, list) and value and key not in LISTS:
        value = value[index % len(value)]
    if isinstance(value, str) and "{n" in value and key != "says":
        try:
            return value.format(n=number)
        except (ValueError, KeyError, IndexError) as error:
            raise FleetError("{0}: {1!r} cannot be filled in: {2}".format(key, value, error)) from error
    return value


def generation_of(version: Optional[str]) -> str:
    """A version says it too."""
    major = (version or "").partition(".")[0]
    return major if major in GENERATIONS else "16"


def describe(values: dict[str, Any], place: str, number: int) -> Description:
    values = {key: typed(key, value, place) for key, value in values.items()}
    own = {key: value for key, value in values.items() if key in OWN_KEYS}
    settings = {key: value for key, value in values.items() if key in FIRMWARE_KEYS}
    own.setdefault("generation", generation_of(settings.get("version")))
    if own["generation"] not in GENERATIONS:
        raise FleetError(
            "{0}: generation is {1!r}; use one of {2}".format(place, own["generation"], ", ".join(GENERATIONS))
        )
    if own.get("certificate", KINDS[0]) not in KINDS:
        wrong = own["certificate"]
        raise FleetError("{0}: certificate is {1!r}; use one of {2}".format(place, wrong, ", ".join(KINDS)))
    if own.get("absence", ABSENCES[0]) not in ABSENCES:
        raise FleetError("{0}: absence is {1!r}; use {2}".format(place, own["absence"], " or ".join(ABSENCES)))
    settings.setdefault("hostname", own["name"])
    settings.update(number=number, address=own["address"])
    try:
        Settings(**settings).completed(PERSONALITIES[own["generation"]])
    except (ValueError, TypeError) as error:
        raise FleetError("{0}: {1}".format(place, error)) from error
    return Description(**own, settings=settings)


def typed(key: str, value: Any, place: str) -> Any:
    """A value as the type of its key."""
    try:
        if key in MIXED:
            return fleet_values.guessed(value)
        return fleet_values.typed(KINDS_OF_VALUES[key], value)
    except ValueError as error:
        raise FleetError("{0}: {1}: {2}".format(place, key, error)) from error


def loopback(address: Any, place: str) -> ipaddress.IPv4Address:
    try:
        found = ipaddress.IPv4Address(address)
    except ValueError:
        found = None
    if found is None or found not in LOOPBACK:
        raise FleetError("{0}: address is {1!r}; use an address in 127.0.0.0/8".format(place, address))
    return found


def faults(value: Any, place: str) -> tuple:
    """Scripts, each a fault's name or a mapping with `fault` and settings."""
    if not isinstance(value, (list, tuple)):
        raise FleetError("{0}: faults is {1!r}; write a list".format(place, value))
    scripts = tuple({"fault": item} if isinstance(item, str) else fleet_values.guessed(item) for item in value)
    for script in scripts:
        try:
            make_script(**script)
        except (UnknownFault, TypeError) as error:
            raise FleetError("{0}: faults: {1}".format(place, error)) from error
    return scripts


def check_unique(described: list[Description], source: str) -> None:
    for what in ("name", "address"):
        seen: set[str] = set()
        for description in described:
            value = getattr(description, what)
            if value in seen:
                raise FleetError("{0}: two devices have the {1} {2!r}; give each its own".format(source, what, value))
            seen.add(value)
