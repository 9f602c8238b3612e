# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest is started from, kept in a cache outside of the checkout.

~/.cache/outofband-amt/kernel/<hash of the recipe and the kernel>/
    root.img          the Debian system, never written to
    vmlinux           its kernel, unpacked
    modules/          modules that the start needs, in order
    headers/          what a module is built with
    id, known_hosts   keys of this cache alone
    initrd-<hash>     first process, module, relay, units and keys: made anew in seconds when one of them changes
    started-<hash>/   disk and memory of a guest that has just started, which others are restored from
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .debian import Kernel, NotToBeHad, run

HERE = Path(__file__).resolve().parent
PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "qemu-system-x86_64": "qemu-system-x86",
    "cpio": "cpio",
    "make": "make",
    "gcc-12": "gcc-12",
    "modprobe": "kmod",
    "ssh": "openssh-client",
    "xz": "xz-utils",
}
SYSTEM_PROGRAMS = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
AT_START = ("virtio_pci", "virtio_blk", "ext4", "virtio_net", "virtio_console")
KEPT = 2
"""Images that stay in the cache, and started guests of each: the newest ones."""


@dataclass(frozen=True)
class Image:
    """`folder` of the cache, `initrd` for the checkout at hand; `started`, where a guest need not be booted."""

    folder: Path
    initrd: Path
    started: Path | None = None

    @property
    def root(self) -> Path:
        return self.folder / "root.img"

    @property
    def kernel(self) -> Path:
        return self.folder / "vmlinux"

    @property
    def key(self) -> Path:
        return self.folder / "id"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"


def prepare() -> Image:
    """From the cache, or made now. Raises NotToBeHad."""
    lacking = sorted({package for name, package in PROGRAMS.items() if not shutil.which(name, path=SYSTEM_PROGRAMS)})
    if lacking:
        raise NotToBeHad("needs Debian packages: apt-get install " + " ".join(lacking))
    if os.geteuid() != 0:
        raise NotToBeHad("a Debian system with its owners and modes is made by root alone")
    kernel = debian.newest_kernel()
    folder = cache() / digest(Path(debian.__file__).read_bytes(), repr((AT_START, kernel)).encode())
    with locked(cache()):
        if not folder.is_dir():
            make(kernel, folder)
        os.utime(folder)
        initrd = folder / "initrd-{0}".format(digest(*contents(HERE / "module"), *contents(HERE / "guest")))
        if not initrd.is_file():
            make_initrd(kernel, folder, initrd)
        forget_old(folder.parent)
    return Image(folder, initrd)


def cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "outofband-amt" / "kernel"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def digest(*parts: bytes) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()[:16]


def contents(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)).encode()
            yield path.read_bytes()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time makes images; the others find them made."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def forget_old(folder: Path, pattern: str = "*") -> None:
    made = sorted((path for path in folder.glob(pattern) if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in made[:-KEPT]:
        shutil.rmtree(path)


def make(kernel: Kernel, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="made-") as name:
        place = Path(name) / "image"
        place.mkdir(mode=0o700)
        root = Path(name) / "root"
        debian.make_root(root)
        debian.make_file_system(root, place / "root.img")
        debian.unpack_kernel(root / "boot/vmlinuz-{0}".format(kernel.abi), place / "vmlinux")
        take_modules(root, kernel, place / "modules")
        shutil.copy(root / "bin/busybox", place)
        debian.unpack_headers(kernel, place / "headers")
        make_keys(place)
        place.rename(folder)


def take_modules(root: Path, kernel: Kernel, target: Path) -> None:
    """Those of AT_START and what they depend on, in the order to load them in."""
    target.mkdir()
    order: list[str] = []
    for module in AT_START:
        for line in run("modprobe", "-d", root, "-S", kernel.abi, "--show-depends", module).splitlines():
            kind, path = line.split()[:2]
            name = Path(path).name
            if kind == "insmod" and name not in order:
                shutil.copy(path, target)
                order.append(name)
    (target / "order").write_text("\n".join(order) + "\n")


def make_keys(place: Path) -> None:
    for name in ("id", "host"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", place / name)
    (place / "known_hosts").write_text("guest " + (place / "host.pub").read_text())


def make_initrd(kernel: Kernel, folder: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix="initrd-made-") as name:
        tree = Path(name) / "tree"
        shutil.copytree(HERE / "guest", tree)
        shutil.copytree(folder / "modules", tree / "modules")
        (tree / "bin").mkdir()
        shutil.copy(folder / "busybox", tree / "bin")
        module = debian.build_module(kernel, folder / "headers", HERE / "module", Path(name) / "module")
        shutil.copy(module, tree / "overlay/usr/local/lib")
        put_keys(folder, tree / "overlay")
        packed = Path(name) / "initrd"
        for path in tree.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
        run("bash", "-c", "find . | cpio --quiet -o -H newc -R +0:+0 > '{0}'".format(packed), cwd=tree)
        packed.rename(target)


def put_keys(folder: Path, overlay: Path) -> None:
    host = overlay / "etc/ssh/ssh_host_ed25519_key"
    shutil.copy(folder / "host", host)
    host.chmod(0o600)
    keys = overlay / "etc/ssh/authorized_keys"
    shutil.copy(folder / "id.pub", keys)
    keys.chmod(0o644)
