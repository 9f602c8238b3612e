# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries the records of /dev/mei-sim to and from the firmware, which listens behind a virtio-serial port.

On the port a record is a frame: u32 length of what follows, then the record (u32 type, data), little-endian.
"""

import errno
import os
import select
import struct
import sys

RECORDS = "/dev/mei-sim"
PORTS = "/sys/class/virtio-ports"
HELLO, CONFIG = 5, 19
GREETING = struct.pack("<II", 4, HELLO)
ANSWER = struct.pack("<II", 12, CONFIG)
"""How the first frame after our greeting begins. What comes before was meant for an earlier relay."""
LARGEST = 4096
OVERTAKEN = (errno.ENODEV,)
"""The driver reset the link before this record arrived: it is of no more use."""


def port_named(wanted):
    for port in os.listdir(PORTS):  # noqa: PTH208  in emulation, pathlib takes longer to import than all of this to run
        with open("{0}/{1}/name".format(PORTS, port), encoding="ascii") as name:  # noqa: PTH123
            if name.read().strip() == wanted:
                return "/dev/" + port
    raise FileNotFoundError("no virtio port " + wanted)


def run(records, port):
    """Until the port is closed at the other end."""
    received, greeted = b"", False
    while True:
        for ready, _events in wait(records, port):
            if ready == records:
                record = os.read(records, LARGEST)
                os.write(port, struct.pack("<I", len(record)) + record)
                continue
            part = os.read(port, 1 << 16)
            if not part:
                return
            received += part
            if not greeted:
                received, greeted = after_greeting(received)
            if greeted:
                received = deliver(records, received)


def wait(*descriptors):
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return waiting.poll()


def after_greeting(received):
    """What is left, and whether the answer to the greeting begins there."""
    start = received.find(ANSWER)
    return (received[start:], True) if start >= 0 else (received[-len(ANSWER) :], False)


def deliver(records, received):
    """Hands every whole frame to the driver; the rest stays."""
    while len(received) >= 4:
        end = 4 + int.from_bytes(received[:4], "little")
        if len(received) < end:
            break
        try:
            os.write(records, received[4:end])
        except OSError as error:
            if error.errno not in OVERTAKEN:
                raise
        received = received[end:]
    return received


if __name__ == "__main__":
    port = os.open(port_named("mei"), os.O_RDWR)
    os.write(port, GREETING)  # waits until there is somebody at the other end
    records = os.open(RECORDS, os.O_RDWR)
    run(records, port)
    sys.exit("the firmware went away")
