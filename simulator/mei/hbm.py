# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Messages of the host bus (HBM): layouts, reading, writing. No state. Facts: linux, drivers/misc/mei."""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field
from typing import Any

ANSWER = 0x80

NOT_FOUND, ALREADY_STARTED, OUT_OF_RESOURCES, NOT_ALLOWED = 1, 2, 3, 5
"""Statuses of a connection request, of which 0 is success."""
RING_NOT_GRANTED = 5

PROPERTIES = ("guid", "protocol", "connections", "fixed", "single_buffer", "largest")


@dataclass(frozen=True)
class Layout:
    """`form` is struct's, little-endian; padding is part of it. `fields` name what it unpacks."""

    code: int
    name: str
    form: str
    fields: tuple[str, ...] = ()


LAYOUTS = (
    Layout(0x01, "start", "<xBB", ("minor", "major")),
    Layout(0x81, "started", "<BBB", ("supported", "minor", "major")),
    Layout(0x02, "stop", "<B2x", ("reason",)),
    Layout(0x82, "stopped", "<3x"),
    Layout(0x04, "enumerate", "<B2x", ("flags",)),
    Layout(0x84, "enumerated", "<3x32s", ("present",)),
    Layout(0x05, "describe", "<B2x", ("client",)),
    Layout(0x85, "described", "<BBx16sBBBBI", ("client", "status", *PROPERTIES)),
    Layout(0x06, "connect", "<BBx", ("client", "host")),
    Layout(0x86, "connected", "<BBB", ("client", "host", "status")),
    Layout(0x07, "disconnect", "<BBx", ("client", "host")),
    Layout(0x87, "disconnected", "<BBB", ("client", "host", "status")),
    Layout(0x08, "grant", "<BB5x", ("client", "host")),
    Layout(0x0A, "enter_isolation", "<3x"),
    Layout(0x0B, "leave_isolation", "<3x"),
    Layout(0x0F, "add", "<B2x16sBBBBI", ("client", *PROPERTIES)),
    Layout(0x8F, "added", "<BBx", ("client", "status")),
    Layout(0x10, "notify", "<BBB", ("client", "host", "start")),
    Layout(0x90, "notifying", "<BBBB3x", ("client", "host", "status", "start")),
    Layout(0x11, "notification", "<BBx", ("client", "host")),
    Layout(0x12, "ring", "<3x"),
    Layout(0x92, "ring_answer", "<B2x", ("status",)),
    Layout(0x13, "capabilities", "<3s", ("wanted",)),
    Layout(0x93, "capable", "<3s", ("granted",)),
)
BY_CODE = {layout.code: layout for layout in LAYOUTS}
BY_NAME = {layout.name: layout for layout in LAYOUTS}


class Malformed(ValueError):
    """No message of the bus."""


@dataclass(frozen=True)
class BusMessage:
    name: str
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def parse(octets: bytes) -> BusMessage:
    """What one message says; octets beyond its layout are ignored. Raises Malformed."""
    layout = BY_CODE.get(octets[0]) if octets else None
    if layout is None:
        raise Malformed("no command {0}".format(octets[:1].hex() or "at all"))
    if len(octets) < 1 + struct.calcsize(layout.form):
        raise Malformed("{0} in {1} octets".format(layout.name, len(octets)))
    return BusMessage(layout.name, dict(zip(layout.fields, struct.unpack_from(layout.form, octets, 1))))


def build(name: str, **values: Any) -> bytes:
    layout = BY_NAME[name]
    return bytes((layout.code,)) + struct.pack(layout.form, *(values[field] for field in layout.fields))


def properties(guid: str, protocol: int, connections: int, fixed: int, largest: int) -> dict[str, Any]:
    """The properties of a client as they stand in a message; the number of GUID octets is mixed-endian."""
    values = (uuid.UUID(guid).bytes_le, protocol, connections, fixed, 0, largest)
    return dict(zip(PROPERTIES, values))


NO_PROPERTIES: dict[str, Any] = {"guid": bytes(16), **dict.fromkeys(PROPERTIES[1:], 0)}
