# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces as machines on a network: each is held by a process, and gone with it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.runner.pace import patient

LIFETIME = "3600"
"""Seconds after which a namespace ends by itself, whatever became of the test."""
CLONE_NEWNET = 0x40000000
SET_INTERFACE, TAP_WITHOUT_HEADER = 0x400454CA, 0x0002 | 0x1000  # TUNSETIFF, IFF_TAP | IFF_NO_PI
END_WITH_US = ("setpriv", "--pdeathsig", "KILL")
LIBC = ctypes.CDLL(None, use_errno=True)


class Place:
    """A network namespace, with a mount namespace of its own for /etc/resolv.conf."""

    def __init__(self) -> None:
        self.holder = subprocess.Popen([*END_WITH_US, "unshare", "--net", "--mount", "sleep", LIFETIME])
        self.started: list[subprocess.Popen] = []
        wait_for(self.is_apart, "a namespace of its own")
        self.run("ip", "link", "set", "lo", "up")
        self.run("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.all.accept_dad=0")

    def is_apart(self) -> bool:
        return Path(self.namespace).readlink() != Path("/proc/self/ns/net").readlink()

    @property
    def namespace(self) -> str:
        return "/proc/{0}/ns/net".format(self.holder.pid)

    def inside(self, command: Sequence[str]) -> list[str]:
        return ["nsenter", "--target", str(self.holder.pid), "--net", "--mount", *command]

    def run(self, *command: str, seconds: float = 120) -> str:
        """The output. Raises CalledProcessError for a command that fails."""
        done = subprocess.run(
            self.inside(command), capture_output=True, text=True, timeout=patient(seconds), check=False
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout

    def answer(self, *command: str) -> str | None:
        """The output, or None if the command fails."""
        try:
            return self.run(*command)
        except subprocess.CalledProcessError:
            return None

    def succeeds(self, *command: str) -> bool:
        return self.answer(*command) is not None

    def start(self, *command: str) -> None:
        """A program that runs until the place is closed."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.started.append(subprocess.Popen([*END_WITH_US, *self.inside(command)], **quiet))

    def serve_page(self, text: str, folder: Path, port: int = 80) -> None:
        """A web server on all addresses that answers with a text."""
        (folder / "index.html").write_text(text)
        program = ("-m", "http.server", "--bind", "::", "--directory", str(folder), str(port))
        self.start(sys.executable, *program)
        page = "http://127.0.0.1:{0}/".format(port)
        wait_for(lambda: self.succeeds("curl", "--silent", page), "a web server")

    def address(self, interface: str, *addresses: str) -> None:
        self.run("ip", "link", "set", interface, "up")
        for each in addresses:
            extra = ["nodad"] if ":" in each else []
            self.run("ip", "address", "add", each, "dev", interface, *extra)

    def tap(self, name: str) -> int:
        """A new tap device, as a descriptor: what the place sends can be read from it, what is written arrives."""
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(self.open_tap(name)))
        thread.start()
        thread.join(60)
        assert found, "no tap device"
        return found[0]

    def open_tap(self, name: str) -> int:
        """Only this thread moves into the namespace; the descriptor stays when it ends."""
        namespace = os.open(self.namespace, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if LIBC.setns(namespace, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
            fcntl.ioctl(descriptor, SET_INTERFACE, struct.pack("16sH14x", name.encode(), TAP_WITHOUT_HEADER))
        finally:
            os.close(namespace)
        return descriptor

    def close(self) -> None:
        for process in [*self.started, self.holder]:
            process.kill()
            process.wait(60)


def wait_for(condition, what: str, seconds: float = 60) -> None:
    end = time.monotonic() + patient(seconds)
    while not condition():
        assert time.monotonic() < end, "waited in vain for " + what
        time.sleep(0.05)
