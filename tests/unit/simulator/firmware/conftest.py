# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A firmware on a clock that the test moves, and the facts that it is measured against."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from simulator.clock import ManualClock
from simulator.firmware import Firmware
from simulator.values import Epr

SHARED = Path(__file__).resolve().parents[5] / "shared"
FIELD_TABLE = SHARED / "reference" / "class-fields.tsv"
CAPTURES = SHARED / "captures"

SYSTEM = Epr("CIM_ComputerSystem", {"CreationClassName": "CIM_ComputerSystem", "Name": "ManagedSystem"})


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def make(clock):
    """make(generation="16", **settings): a firmware on the test's clock."""

    def make_firmware(generation="16", **settings):
        return Firmware(generation, clock, **settings)

    return make_firmware


@pytest.fixture
def request_power():
    """request_power(firmware, state): the ReturnValue."""

    def request(firmware, state):
        fields = [("PowerState", str(state)), ("ManagedElement", SYSTEM)]
        reply = firmware.invoke("CIM_PowerManagementService", {}, "RequestPowerStateChange", fields)
        return reply["ReturnValue"]

    return request


@pytest.fixture
def power_of():
    """power_of(firmware): the reported PowerState."""
    return lambda firmware: firmware.get("CIM_AssociatedPowerManagementService", {})["PowerState"]


def self_signed(key, name="example.test"):
    """A certificate in DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    now = datetime.datetime(2026, 1, 1)
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Fact(NamedTuple):
    """A line of the field table. A type of `?` is that of the base's property."""

    base: str
    types: dict
    keys: set
    required: set
    methods: dict


@pytest.fixture(scope="session")
def facts():
    """Class -> Fact, from the reference table; skips where the table is not at hand."""
    if not FIELD_TABLE.exists():
        pytest.skip("the reference table is not beside the project")
    return dict(map(read_fact, lines_of(FIELD_TABLE)))


def lines_of(path):
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def read_fact(columns):
    name, base, _version, fields, methods, inputs = (columns + [""] * 6)[:6]
    words = [word.partition(":")[::2] for word in fields.partition("=")[2].split()]
    described = dict.fromkeys(methods.partition("=")[2].split(), (None, None))
    for word in inputs.partition("=")[2].split():
        method, _paren, names = word.rstrip(")").partition("(")
        bare, _underscore, direction = method.rpartition("_")
        index = ("INPUT", "OUTPUT").index(direction)
        pair = list(described.get(bare, (None, None)))
        pair[index] = set(names.split(","))
        described[bare] = tuple(pair)
    return name, Fact(
        base.partition("=")[2],
        {name: kind.rstrip("*!") for name, kind in words},
        {name for name, kind in words if "*" in kind},
        {name for name, kind in words if "!" in kind},
        described,
    )


class Recorded(NamedTuple):
    """One instance in a recording: its class, and the child elements by name, in order."""

    source: str
    cls: str
    values: dict


def local(tag):
    return tag.rpartition("}")[2]


def instances_in(path):
    root = ElementTree.fromstring(path.read_bytes().strip())
    body = next(child for child in root if local(child.tag) == "Body")
    found = []
    for top in body:
        items = [item for child in top if local(child.tag) == "Items" for item in child]
        for element in items or [top]:
            name = local(element.tag)
            if name[:4] in ("AMT_", "CIM_", "IPS_"):
                values = {}
                for child in element:
                    values.setdefault(local(child.tag), []).append(child)
                found.append(Recorded(str(path.relative_to(CAPTURES)), name, values))
    return found


@pytest.fixture(scope="session")
def recorded():
    """Every instance in the recordings of real firmware; skips where there are none."""
    if not CAPTURES.exists():
        pytest.skip("the recordings are not beside the project")
    return [instance for path in sorted(CAPTURES.rglob("*.xml")) for instance in instances_in(path)]
