# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay by itself, between two sockets: no guest is needed."""

from __future__ import annotations

import importlib.util
import os
import socket
import struct
import threading
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parent / "guest/overlay/usr/local/lib/mei_relay.py"
CONFIG, READY, MESSAGE = 19, 16, 1
CONFIGURATION = struct.pack("<HHBB2x", 0x8086, 0xA13A, 1, 1)


def record(kind, data=b""):
    return struct.pack("<I", kind) + data


def frame(kind, data=b""):
    return struct.pack("<I", 4 + len(data)) + record(kind, data)


@pytest.fixture
def relay():
    spec = importlib.util.spec_from_file_location("mei_relay", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def ends(relay):
    """The driver's and the firmware's end of a relay that runs. Every read of the driver's is one record."""
    driver, records = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    firmware, port = socket.socketpair()
    for each in (driver, firmware):
        each.settimeout(60)
    running = threading.Thread(target=relay.run, args=(records.fileno(), port.fileno()))
    running.start()
    yield driver, firmware
    firmware.close()
    running.join(60)
    assert not running.is_alive()
    for each in (driver, records, port):
        each.close()


def test_records_become_frames_and_back(ends):
    driver, firmware = ends
    firmware.sendall(frame(CONFIG, CONFIGURATION) + frame(READY))
    assert [driver.recv(4096), driver.recv(4096)] == [record(CONFIG, CONFIGURATION), record(READY)]
    driver.send(record(MESSAGE, b"to the firmware"))
    assert firmware.recv(4096) == frame(MESSAGE, b"to the firmware")


@pytest.mark.parametrize("cut", range(len(frame(CONFIG, CONFIGURATION)) + 1))
def test_a_frame_in_two_pieces_is_one_record(ends, cut):
    driver, firmware = ends
    whole = frame(CONFIG, CONFIGURATION)
    firmware.sendall(whole[:cut])
    firmware.sendall(whole[cut:] + frame(READY))
    assert [driver.recv(4096), driver.recv(4096)] == [record(CONFIG, CONFIGURATION), record(READY)]


@pytest.mark.parametrize("left", [b"", b"the end of a frame", frame(READY), frame(MESSAGE, bytes(40))[7:]])
def test_what_was_meant_for_an_earlier_relay_is_dropped(ends, left):
    driver, firmware = ends
    firmware.sendall(left + frame(CONFIG, CONFIGURATION))
    assert driver.recv(4096) == record(CONFIG, CONFIGURATION)


def test_a_record_that_a_reset_overtook_is_dropped(relay, monkeypatch):
    written = []

    def write(_descriptor, data):
        written.append(data)
        if data == record(MESSAGE, b"late"):
            raise OSError(relay.OVERTAKEN[0], os.strerror(relay.OVERTAKEN[0]))
        return len(data)

    monkeypatch.setattr(relay.os, "write", write)
    assert relay.deliver(0, frame(MESSAGE, b"late") + frame(READY) + b"\x08") == b"\x08"
    assert written == [record(MESSAGE, b"late"), record(READY)]
