# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large fleet costs two listening sockets, and a device costs something once it is spoken to."""

from __future__ import annotations

from pathlib import Path

from .asking import curl, get

DEVICES = 10_000


def sockets() -> int:
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(link.startswith("socket:") for link in links)


def test_ten_thousand_devices_are_two_sockets_and_one_for_pings(fleet):
    before = sockets()
    fleet(1, sockets_each=False)
    of_one = sockets() - before
    running = fleet(DEVICES, sockets_each=False, generation=12, tls=False)
    assert sockets() - before == 2 * of_one
    touched = running.simulation.devices[DEVICES - 2]
    where = "http://{0}:{1}/wsman".format(touched.address, running.ports.plain)
    assert curl(where, get()).status == 200
    assert [device for device in running.simulation.devices if device.touched] == [touched]
