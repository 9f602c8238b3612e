# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that has started, saved once: others are restored from it in the time of a few commands.

QEMU writes memory and devices to a stream as for a migration; its disk is a copy that nothing writes to afterwards.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import tempfile
from pathlib import Path

from .debian import run
from .guest import DISK, MACHINE, MEMORY, Guest, GuestTrouble, wait_for
from .image import Image, digest, forget_old, locked

SAVED_SECONDS = 600.0


def started(image: Image) -> Image:
    """The image with a started guest, from the cache or made now."""
    qemu = run("qemu-system-x86_64", "--version")
    words = " ".join((qemu, *MACHINE, image.initrd.name))
    folder = image.folder / "started-{0}".format(digest(words.encode(), Path(__file__).read_bytes()))
    with locked(image.folder.parent):
        if not folder.is_dir():
            save(image, folder)
        os.utime(folder)
        forget_old(image.folder, "started-*")
    return dataclasses.replace(image, started=folder)


def save(image: Image, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=image.folder, prefix="made-") as name:
        place = Path(name) / "started"
        place.mkdir()
        run("cp", "--sparse=always", image.root, place / DISK)
        with Saved(image, place, Path(name)) as guest:
            guest.save()
        place.rename(folder)


class Saved(Guest):
    """A guest that writes to its disk, and whose memory can be saved."""

    def __init__(self, image: Image, place: Path, folder: Path) -> None:
        super().__init__(image, folder / "no-firmware", folder)
        self.place = place

    def save(self) -> None:
        self.run("systemctl is-system-running --wait > /dev/null; sync", check=False)
        self._hang_up()
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(self._monitor())
            monitor.settimeout(SAVED_SECONDS)
            asked = Monitor(monitor)
            asked.do("migrate", uri="exec:cat > {0}".format(self.place / MEMORY))
            wait_for(lambda: asked.do("query-migrate")["status"] == "completed", "the guest to be saved", SAVED_SECONDS)
            asked.do("quit")
        self._process.wait(SAVED_SECONDS)

    def _qemu(self) -> list[str]:
        return [*super()._qemu(), "-qmp", f"unix:{self._monitor()},server=on,wait=off"]

    def _disk(self) -> str:
        return f"file={self.place / DISK},format=raw,if=virtio"

    def _monitor(self) -> str:
        return self._folder.name + "/monitor"


class Monitor:
    """QEMU's machine protocol: a line of JSON each way."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.lines = connection.makefile("rb")
        self.lines.readline()
        self.do("qmp_capabilities")

    def do(self, command: str, **arguments: object) -> dict:
        self.connection.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        for line in self.lines:
            answer = json.loads(line)
            if "error" in answer:
                raise GuestTrouble("QEMU refused {0}: {1}".format(command, answer["error"]))
            if "return" in answer:
                return answer["return"]
        raise GuestTrouble("QEMU ended at " + command)
