# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine: Debian with its own kernel, the firmware of its management engine outside, root by ssh."""

from __future__ import annotations

import abc
import contextlib
import shlex
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.runner.pace import patient

from .image import Image

COMMAND_LINE = (
    "console=ttyS0 quiet selinux=0 net.ifnames=0 mitigations=off audit=0 apparmor=0 systemd.show_status=0 "
    # Emulated time is kept by the slow clock that cannot drift.
    "tsc=unstable clocksource=acpi_pm no_timer_check nmi_watchdog=0 random.trust_cpu=on "
    "modprobe.blacklist=aesni_intel,ghash_clmulni_intel,sha512_ssse3,sha256_ssse3,sha1_ssse3,psmouse,pcspkr,evdev"
)
MACHINE = ("-M", "q35,sata=off,smbus=off", "-cpu", "max,svm=off", "-m", "512")
UUID = "8d3f1c52-6a0e-4b1d-9c55-2f7a1e0b4c61"
"""The machine's, as its BIOS tells it."""
BOOT_SECONDS = 600.0
"""An idle machine of two cores needs a thirtieth of it."""
ANSWER_SECONDS = 300.0
START_ATTEMPTS = 3
PORT_TAKEN = "Could not set up host forwarding rule"
"""Somebody else was faster to use a port that was free."""
PANIC = "Kernel panic"
DISK, MEMORY = "root.img", "memory"
"""Of a guest that was saved."""


class GuestTrouble(Exception):
    """The guest did not start or did not answer; the end of its console is in the sentence."""


class Started(abc.ABC):
    """A context manager: started on entering, closed on leaving and when it does not start."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @abc.abstractmethod
    def start(self) -> None:
        """Returns when it can be used."""

    @abc.abstractmethod
    def close(self) -> None:
        """Also one that was not started, or only in part."""


class Guest(Started):
    """Killed when it is closed. What it writes to its disk is lost then."""

    def __init__(
        self, image: Image, firmware: str | Path, folder: Path, processors: int = 1, drive: Path | None = None
    ) -> None:
        """`firmware`: unix socket of a simulated device. `folder` gets the console's log. `drive`: image of a file
        system that is /dev/vdb there."""
        self.image = image
        self.firmware = firmware
        self.console = folder / "console.log"
        self.processors = processors
        self.drive = drive
        # A guest is restored on the very machine that was saved.
        self.restored = image.started if processors == 1 and drive is None else None
        self.port = 0
        self.crashed = False
        self._process: subprocess.Popen[bytes] | None = None
        # A path that a unix socket may have: pytest's own folders are too deep.
        self._folder = tempfile.TemporaryDirectory(prefix="guest-")

    def close(self) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Boots, or goes on where a started guest was saved, and waits until a command runs."""
        for attempt in reversed(range(START_ATTEMPTS)):
            process = self._launch()
            deadline = time.monotonic() + patient(BOOT_SECONDS)
            while process.poll() is None and time.monotonic() < deadline:
                if self._listening(2.0):
                    self.run("date --set=@{0:.0f}".format(time.time()))
                    return
                time.sleep(0.2)
            if not attempt or PORT_TAKEN not in self.console_end():
                raise GuestTrouble("the guest did not start:\n" + self.console_end())

    def _launch(self) -> subprocess.Popen[bytes]:
        self.port = free_port()
        self.crashed = False
        with self.console.open("ab") as log:
            self._process = subprocess.Popen(self._qemu(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self._process

    def kill(self) -> None:
        """As if somebody pulled the plug."""
        process, self._process = self._process, None
        if process is not None:
            self._hang_up()
            process.kill()
            process.wait()

    @property
    def alive(self) -> bool:
        """Whether a command can be run. A kernel that panicked still has a process."""
        running = self._process is not None and self._process.poll() is None
        return running and not self.crashed and self._listening()

    def restart(self) -> None:
        """Plug pulled, started again from the image."""
        self.kill()
        self.start()

    def crash(self) -> None:
        """The kernel panics, by sysrq, and stays so: nothing restarts it."""
        seen = self.console.read_text(errors="replace").count(PANIC)
        self.run("nohup sh -c 'sleep 2; echo c > /proc/sysrq-trigger' > /dev/null 2>&1 &", check=False)
        wait_for(lambda: self.console.read_text(errors="replace").count(PANIC) > seen, "the kernel to panic")
        self.crashed = True
        self._hang_up()

    def run(self, script: str, user: str = "root", check: bool = True, text: str | None = None) -> str:
        """Output of a shell script in the guest. `text` is its input."""
        done = subprocess.run(
            [*self.ssh(user), script],
            input=text,
            text=True,
            capture_output=True,
            timeout=patient(ANSWER_SECONDS),
            check=False,
        )
        if check and done.returncode:
            raise GuestTrouble(
                "{0!r} ended with {1}: {2}{3}".format(script, done.returncode, done.stdout, done.stderr[-2000:])
            )
        return done.stdout

    def start_command(self, script: str, user: str = "root") -> subprocess.Popen[str]:
        """A script that goes on, with pipes."""
        pipe = subprocess.PIPE
        return subprocess.Popen([*self.ssh(user), script], stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)

    def python(self, code: str, *arguments: str, user: str = "root") -> str:
        """Output of a Python program."""
        return self.run("python3 - " + " ".join(map(shlex.quote, arguments)), user, text=code)

    def put(self, path: str, content: str) -> None:
        self.run("mkdir -p $(dirname {0}) && cat > {0}".format(shlex.quote(path)), text=content)

    def put_tree(self, source: Path, target: str, *patterns: str) -> None:
        """Files of a folder of the host, below `target`."""
        packed = subprocess.run(["tar", "-cz", *patterns], cwd=source, capture_output=True, check=True).stdout
        command = [*self.ssh(), "mkdir -p {0} && tar -xz -C {0}".format(shlex.quote(target))]
        subprocess.run(command, input=packed, timeout=patient(ANSWER_SECONDS), check=True)

    def wait(self, script: str, seconds: float = 60.0) -> None:
        """Until a script succeeds, for so long on an idle machine."""
        rounds = int(patient(seconds) * 5)
        self.run("for i in $(seq {0}); do {1} && exit 0; sleep 0.2; done; exit 1".format(rounds, script))

    def ssh(self, user: str = "root") -> list[str]:
        return ["ssh", *self.ssh_options(), "-p", str(self.port), "{0}@127.0.0.1".format(user)]

    def ssh_options(self) -> list[str]:
        """One connection for each user, which stays open between commands."""
        settings = {
            "IdentityFile": self.image.key,
            "UserKnownHostsFile": self.image.known_hosts,
            "HostKeyAlias": "guest",
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "ConnectTimeout": "30",
            "ServerAliveInterval": "15",
            "ControlMaster": "auto",
            "ControlPath": self._folder.name + "/%r",
            "ControlPersist": "600",
            "LogLevel": "ERROR",
        }
        return ["-F", "none", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]

    def inventory(self, name: str = "guest", user: str = "root", **variables: object) -> dict[str, object]:
        """For Ansible: the group `all` with this guest."""
        host = {
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_user": user,
            "ansible_ssh_args": shlex.join(self.ssh_options()),
            "ansible_python_interpreter": "/usr/bin/python3",
            **variables,
        }
        return {"all": {"hosts": {name: host}}}

    def console_end(self, lines: int = 40) -> str:
        return "\n".join(self.console.read_text(errors="replace").splitlines()[-lines:])

    def _qemu(self) -> list[str]:
        image = self.image
        return [
            *("qemu-system-x86_64", "-accel", "tcg,tb-size=256", *MACHINE, "-uuid", UUID, "-smp", str(self.processors)),
            *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
            *("-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console"),
            *("-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", COMMAND_LINE),
            *("-drive", self._disk(), "-device", "virtio-rng-pci"),
            *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:22"),
            *("-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-serial-pci"),
            *("-chardev", f"socket,id=mei,path={self.firmware},reconnect=1"),
            *("-device", "virtserialport,chardev=mei,name=mei", "-device", "pci-testdev,addr=0x16"),
            *(("-drive", f"file={self.drive},format=raw,if=virtio,snapshot=on") if self.drive else ()),
            *(("-incoming", f"exec:cat {self.restored / MEMORY}") if self.restored else ()),
        ]

    def _disk(self) -> str:
        root = self.restored / DISK if self.restored else self.image.root
        return f"file={root},format=raw,if=virtio,snapshot=on"

    def _listening(self, seconds: float = 10.0) -> bool:
        """QEMU takes connections before the guest does: only a greeting tells."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), seconds) as probe:
                return probe.recv(4) == b"SSH-"
        except OSError:
            return False

    def _hang_up(self) -> None:
        """End the connections that ssh keeps, which would wait for answers."""
        self._ssh_control("exit")

    def _ssh_control(self, word: str) -> None:
        for user in ("root", "somebody"):
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([*self.ssh(user), "-O", word], capture_output=True, timeout=10, check=False)


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def wait_for(true: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """`seconds`: of an idle machine."""
    limit = patient(seconds)
    deadline = time.monotonic() + limit
    while not true():
        if time.monotonic() > deadline:
            raise GuestTrouble("waited {0:g} seconds in vain for {1}".format(limit, what))
        time.sleep(0.1)
