# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is asked, the firmware answers or refuses with a fault, and is still the firmware that it was."""

from __future__ import annotations

import base64

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.clock import ManualClock
from simulator.firmware import GENERATIONS, Firmware
from simulator.firmware.domains import rulebook
from simulator.firmware.schema import EMBEDDED, lookup
from simulator.values import Datetime, Epr, Fault, Interval, Nested

BITS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "s8": 7, "s16": 15, "s32": 31, "s64": 63}
TEXTS = st.sampled_from(["", "1", "x", "Intel(r) AMT: Force PXE Boot", "192.0.2.1", "255.255.255.0", "a" * 300, "ü"])
MOMENTS = st.sampled_from(["2026-02-01T06:00:00Z", "2026-02-01T06:00:30Z", "tomorrow", "9999-12-31T23:59:00Z"])
SPANS = st.sampled_from(["P1DT0H0M", "PT60S", "P0DT0H0M", "P1W", ""])


def numbers(bits):
    return st.sampled_from([0, 1, 2, 3, 5, 8, 10, 12, 24, 32768, 32769, 32771, 4294967295, 2**63]).filter(
        lambda number: number < 2**bits
    )


def scalars(row):
    if row.kind in BITS:
        return numbers(BITS[row.kind]).map(str)
    if row.kind == EMBEDDED:
        return fields_of(lookup(row.embeds).properties).map(lambda fields: Nested(row.embeds, fields))
    return {
        "text": TEXTS,
        "flag": st.sampled_from(["true", "false"]),
        "real": st.sampled_from(["0.5", "nan"]),
        "when": MOMENTS.map(Datetime) | SPANS.map(Interval),
        "octets": st.binary(max_size=40).map(lambda octets: base64.b64encode(octets).decode()),
        "hexadecimal": st.binary(max_size=20).map(bytes.hex),
        "ref": st.sampled_from(
            [
                Epr("CIM_ComputerSystem", {"Name": "ManagedSystem"}),
                Epr("CIM_BootConfigSetting", {"InstanceID": "Intel(r) AMT: Boot Configuration 0"}),
                Epr("CIM_BootSourceSetting", {"InstanceID": "Intel(r) AMT: Force PXE Boot"}),
                Epr("CIM_Fan", {}),
                Epr("Nothing", {"A": Epr("CIM_Fan", {})}),
            ]
        ),
    }[row.kind]


@st.composite
def fields_of(draw, properties, required=()):
    """Well-typed fields: all that are required, some of the others, now and then an empty one."""
    rows = [row for row in properties.values() if row.required or row.name in required or draw(st.booleans())]
    return [(row.name, draw(scalars(row)) if draw(st.integers(0, 15)) else None) for row in rows]


def questions(generation):
    """Verb -> what can be asked with it."""
    found = {}
    for question in sorted(rulebook(int(generation))):
        found.setdefault(question[0], []).append(question)
    return found


def ask(data, firmware, question):
    verb, cls, method = question
    present = [firmware.reference(cls, row).selectors for row in firmware.present(cls)] or [{}]
    selectors = data.draw(st.sampled_from(present))
    if verb == "instances":
        return firmware.instances(cls)
    if verb == "delete":
        return firmware.delete(cls, selectors)
    if verb == "invoke":
        inputs = lookup(cls).methods[method].inputs
        return firmware.invoke(cls, selectors, method, data.draw(fields_of(inputs)))
    fields = data.draw(fields_of(lookup(cls).properties, lookup(cls).required))
    return (
        firmware.create(cls, fields)
        if verb == "create"
        else firmware.put(cls, selectors, sent_back(firmware, cls, selectors, fields))
    )


def sent_back(firmware, cls, selectors, changes):
    """The instance as it is, with changes: what has a chance of being taken."""
    given = dict(changes)
    rows = lookup(cls).properties
    for name, value in firmware.get(cls, selectors).items():
        for one in value if isinstance(value, list) else [value]:
            if name not in given and rows[name].kind in ("text", "flag", *BITS) and one != "":
                changes.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return changes


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), st.sampled_from(GENERATIONS), st.integers(1, 6))
def test_any_question_is_answered_or_refused(data, generation, number):
    clock = ManualClock()
    firmware = Firmware(generation, clock, number=number, wireless=True)
    asked = questions(generation)
    for verb in data.draw(st.lists(st.sampled_from(sorted(asked)), min_size=1, max_size=6)):
        try:
            ask(data, firmware, data.draw(st.sampled_from(asked[verb])))
        except Fault as fault:
            assert fault.status in (400, 500)
        clock.advance(data.draw(st.sampled_from([0, 1, 60, 100000])))
    for _verb, cls, _method in asked["instances"]:
        firmware.present(cls)
