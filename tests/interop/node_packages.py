# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of npm, each of one version with a known digest, unpacked without dependencies: what is used needs none."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tests.runner.pace import patient

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "node"


@dataclass(frozen=True)
class Package:
    """`integrity` is what npm shows as dist.integrity; `folder` the part of the package that is kept, as `label`."""

    name: str
    version: str
    integrity: str
    folder: str = "package/"
    label: str = ""

    @property
    def place(self) -> Path:
        return CACHE / "{0}-{1}".format(self.label or self.name.rpartition("/")[2], self.version)


WSMAN_MESSAGES = Package(
    "@device-management-toolkit/wsman-messages",
    "5.14.1",
    "sha512-a3WI2TGUDhshPdLGQqvqIW+FDVXFzxtp2QoQwrt77odEGe33kyhp+1J6RxZw8SxFUIAjVWG2zVHWCAizwAa10A==",
)
MESHCENTRAL = Package(
    "meshcentral",
    "1.1.55",
    "sha512-imC+3LRoM+01+Rhcm1vg5WMKFiKUx/eAkM1AUUEVuVZxGuxVFHn9QaxKoI9xXIEJosg3+1391KBoXL7ZWjIf9w==",
    "package/amt/",
)
COMMANDER = replace(MESHCENTRAL, folder="package/public/", label="commander")
MESHCMD = replace(MESHCENTRAL, folder="package/agents/modules_meshcmd/", label="meshcmd")


class WrongPackage(Exception):
    """What npm brought is not what was pinned."""


def unpacked(package: Package) -> Path:
    """The folder of a package's own files; downloaded the first time."""
    if not package.place.is_dir():
        package.place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=package.place.parent) as folder:
            archive = download(package, Path(folder))
            extract(package, archive, Path(folder) / "out")
            (Path(folder) / "out" / package.folder).rename(package.place)
    return package.place


def download(package: Package, folder: Path) -> Path:
    wanted = "{0}@{1}".format(package.name, package.version)
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
    subprocess.run(command, check=True, cwd=folder, stdin=subprocess.DEVNULL, timeout=patient(540))
    (archive,) = folder.glob("*.tgz")
    digest = hashlib.sha512(archive.read_bytes()).digest()
    found = "sha512-" + base64.b64encode(digest).decode("ascii")
    if found != package.integrity:
        raise WrongPackage("{0} has the digest {1}, and {2} was expected".format(wanted, found, package.integrity))
    return archive


def extract(package: Package, archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        members = [member for member in opened.getmembers() if member.name.startswith(package.folder)]
        opened.extractall(folder, members, filter="data")


def run_script(script: Path, package: Package, given: object, seconds: float = 120) -> object:
    """What a script prints as JSON; it gets the package's folder as its argument and `given` as JSON to read."""
    outcome = subprocess.run(
        ["node", str(script), str(unpacked(package))],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=patient(seconds),
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)
