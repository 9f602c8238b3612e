# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine's own apt sources give: a Debian system, its kernel, and what a module for it is built with."""

from __future__ import annotations

import lzma
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PACKAGES = (
    "busybox-static",
    "dbus",
    "iproute2",
    "kmod",
    "linux-image-amd64",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "python3-debian",
    "systemd",
    "systemd-sysv",
    "udev",
    "watchdog",
)
LEFT_OUT = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/lib/modules/*/kernel/drivers/gpu/*",
    "/lib/modules/*/kernel/drivers/infiniband/*",
    "/lib/modules/*/kernel/drivers/media/*",
    "/lib/modules/*/kernel/drivers/net/wireless/*",
    "/lib/modules/*/kernel/sound/*",
)
HOOKS = (
    # The guest has an initial file system of ours.
    'mkdir -p "$1/etc/initramfs-tools" && echo update_initramfs=no > "$1/etc/initramfs-tools/update-initramfs.conf"',
)
CUSTOMIZE = (
    'chroot "$1" useradd --create-home --shell /bin/bash --password "*" somebody',
    'chroot "$1" usermod --password "*" root',
    'chroot "$1" systemctl disable --quiet watchdog.service wd_keepalive.service',
    'echo guest > "$1/etc/hostname"',
    'echo "127.0.0.1 localhost guest" > "$1/etc/hosts"',
    'rm -f "$1"/etc/ssh/ssh_host_*',
)
PARTS = ("linux-headers-{abi}", "linux-headers-{base}-common", "linux-kbuild-{series}", "linux-source-{series}")
SERIES = "6.1"
"""Of kernels whose private interface of mei.ko the module is written for."""
XZ = b"\xfd7zXZ\x00"


class NotToBeHad(Exception):
    """This machine cannot make a guest. The sentence says what it lacks."""


class NotMade(Exception):
    """A step of making the guest failed."""


@dataclass(frozen=True)
class Kernel:
    """`abi` as `uname -r` tells it, `version` of the Debian package."""

    abi: str
    version: str

    @property
    def parts(self) -> list[str]:
        """Packages that hold headers, their tools and the source, each with the image's version."""
        base, series = self.abi.rsplit("-", 1)[0], ".".join(self.abi.split(".")[:2])
        return [part.format(abi=self.abi, base=base, series=series) + "=" + self.version for part in PARTS]


def run(*words: str | Path, **options) -> str:
    """Output of a program; what it complained of is in the exception."""
    done = subprocess.run(list(map(str, words)), text=True, capture_output=True, check=False, **options)
    if done.returncode:
        raise NotMade("{0} ended with {1}: {2}".format(words[0], done.returncode, done.stderr[-2000:]))
    return done.stdout


def newest_kernel() -> Kernel:
    """What linux-image-amd64 stands for in the apt sources today."""
    shown = subprocess.run(["apt-cache", "show", "linux-image-amd64"], text=True, capture_output=True, check=False)
    found = re.search(r"^Depends: linux-image-(\S+) \(= (\S+)\)", shown.stdout, re.MULTILINE)
    if not found:
        raise NotToBeHad("apt knows no linux-image-amd64: run apt-get update, with the archives of Debian as sources")
    if not found[1].startswith(SERIES + "."):
        raise NotToBeHad("the module is for kernels {0}, of Debian 12; apt offers {1}".format(SERIES, found[1]))
    return Kernel(found[1], found[2])


def sources() -> str:
    """The machine's archives of Debian; those of others stay outside."""
    form = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)"
    lines = run("apt-get", "indextargets", "--format", form, "Created-By: Packages", "Origin: Debian")
    return "\n".join(sorted(set(lines.splitlines()))) + "\n"


def make_root(target: Path) -> None:
    """A Debian system in a folder, of the release that this machine runs."""
    release = run("sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME").strip()
    listed = target.with_name("sources.list")
    listed.write_text(sources())
    settings = run("apt-config", "dump", "Acquire").splitlines()
    wanted = [line for line in settings if re.match(r"Acquire::(http|https|ftp|Check|Max|Retries)", line)]
    options = ["--aptopt=" + line for line in ('APT::Install-Recommends "false";', *wanted)]
    options += ["--dpkgopt=force-confold", *("--dpkgopt=path-exclude=" + path for path in LEFT_OUT)]
    options += ["--essential-hook=" + hook for hook in HOOKS] + ["--customize-hook=" + hook for hook in CUSTOMIZE]
    packages = "--include=" + ",".join(PACKAGES)
    run("mmdebstrap", "--variant=minbase", "--format=directory", *options, packages, release, target, listed)


def make_file_system(root: Path, image: Path, size: str = "2G") -> None:
    """An ext4 file system with the content of a folder, sparse, made without a mount."""
    features = "^has_journal,^metadata_csum,^orphan_file"
    run(
        "mke2fs", "-q", "-t", "ext4", "-O", features, "-E", "lazy_itable_init=1,root_owner=0:0", "-d", root, image, size
    )


def unpack_kernel(compressed: Path, target: Path) -> None:
    """The ELF file inside vmlinuz: QEMU starts it at once, the guest need not decompress it."""
    data = compressed.read_bytes()
    start = data.index(XZ)
    target.write_bytes(lzma.LZMADecompressor().decompress(data[start:]))


def unpack_headers(kernel: Kernel, target: Path) -> None:
    """Headers and tools of the kernel, and the private headers of its MEI driver, below `target`."""
    target.mkdir()
    run("apt-get", "download", "-o", "APT::Sandbox::User=root", *kernel.parts, cwd=target)
    for package in sorted(target.glob("*.deb")):
        if package.name.startswith("linux-source"):
            take_private_headers(package, target / "mei")
        else:
            run("dpkg-deb", "-x", package, target)
        package.unlink()


def take_private_headers(package: Path, target: Path) -> None:
    target.mkdir()
    pipe = (
        "set -o pipefail; dpkg-deb --fsys-tarfile '{0}' | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' | "
        "tar -xJ --strip-components=4 --wildcards '*/drivers/misc/mei/*.h'"
    )
    run("bash", "-c", pipe.format(package), cwd=target)


def build_module(kernel: Kernel, headers: Path, source: Path, place: Path) -> Path:
    """mei_sim.ko, built in a copy of its source."""
    shutil.copytree(source, place)
    folders = headers / "usr/src"
    common = folders / "linux-headers-{0}-common".format(kernel.abi.rsplit("-", 1)[0])
    output = folders / "linux-headers-{0}".format(kernel.abi)
    make = ("make", "-C", common, "O={0}".format(output), "M={0}".format(place))
    run(*make, "MEI_HEADERS={0}".format(headers / "mei"), "KCFLAGS=-Werror", "modules")
    return place / "mei_sim.ko"
