# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role lms by real Ansible on a real Debian: from a file of the controller, a URL, and a signed repository.

The package is of that name and has a program in it that stands in for LMS: see test_lms.py.
"""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from .conftest import GuestController, Machine
from .test_lms import BANNER, CORE, PROGRAM, RULES, UNIT

CONTROL = """Package: lms
Version: 1.0
Architecture: all
Maintainer: nobody <nobody@example.test>
Description: not Intel's LMS
"""
FILES = {
    "DEBIAN/control": CONTROL,
    "usr/local/lib/not_lms.py": PROGRAM.format(core=CORE, banner=BANNER),
    "usr/lib/systemd/system/lms.service": UNIT,
    "usr/lib/udev/rules.d/70-persistent-mei.rules": RULES,
}
IS_INSTALLED = "dpkg-query -W -f '${Status}' lms"
REPOSITORY = "/srv/lms"
PORT = 8031
SERVER = f"systemd-run --quiet --unit=lms-files python3 -m http.server --bind 127.0.0.1 --directory {REPOSITORY} {PORT}"
LISTENS = f"grep -q 0100007F:{PORT:04X} /proc/net/tcp"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    made = tmp_path / "lms_1.0_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tmp_path / "tree", made], check=True)
    return made


@pytest.fixture
def machine(plug: Callable[..., Machine]) -> Iterator[Machine]:
    """Without sources of packages: there is no network."""
    plugged = plug()
    plugged.guest.run("rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*")
    yield plugged
    plugged.guest.run("systemctl stop lms; apt-get remove -qy lms", check=False)


@pytest.fixture
def changes(controller: GuestController, machine: Machine) -> Callable[..., list[str]]:
    """`changes(*arguments, **variables)`: the role's tasks that changed something."""

    def run(*arguments: str, **variables: Any) -> list[str]:
        task = {"name": "LMS", "ansible.builtin.include_role": {"name": "outofband.amt.lms"}, "vars": variables}
        done = controller.on(machine, [task], *arguments)
        assert done.code == 0, done.output
        return [task for task, changed in done.changed().items() if changed]

    return run


def checksum(package: Path) -> str:
    return "sha256:" + hashlib.sha256(package.read_bytes()).hexdigest()


def test_from_a_file_of_the_controller(machine: Machine, changes: Any, package: Path) -> None:
    wanted = {"lms_package": str(package), "lms_checksum": checksum(package)}
    assert changes("--check", **wanted)
    assert "install ok" not in machine.guest.run(IS_INSTALLED, check=False)
    assert changes(**wanted)
    assert machine.guest.run(IS_INSTALLED) == "install ok installed"
    assert machine.guest.run("systemctl is-active lms").strip() == "active"
    assert not changes(**wanted)
    assert changes(lms_state="absent")
    assert "install ok" not in machine.guest.run(IS_INSTALLED, check=False)


def test_from_a_url(machine: Machine, changes: Any, package: Path) -> None:
    machine.guest.put_tree(package.parent, REPOSITORY, package.name)
    machine.guest.run(SERVER)
    machine.guest.wait(LISTENS)
    wanted = {"lms_package": f"http://127.0.0.1:{PORT}/{package.name}?of=nobody", "lms_checksum": checksum(package)}
    assert changes("--check", **wanted)
    assert "install ok" not in machine.guest.run(IS_INSTALLED, check=False)
    assert changes(**wanted)
    assert machine.guest.run(IS_INSTALLED) == "install ok installed"
    assert not changes(**wanted)
    machine.guest.run("systemctl stop lms-files")


def test_from_a_signed_repository(machine: Machine, changes: Any, package: Path, tmp_path: Path) -> None:
    key = sign(package, tmp_path / "repository")
    machine.guest.put_tree(tmp_path / "repository", REPOSITORY, ".")
    repository = {"url": "file:" + REPOSITORY, "suites": ["./"], "key": key}
    wanted = {"lms_package": "lms", "lms_repository": repository}
    assert len(changes("--check", **wanted)) == 1
    assert "lms" not in machine.guest.run("ls /etc/apt/sources.list.d")
    assert changes(**wanted)
    assert machine.guest.run(IS_INSTALLED) == "install ok installed"
    assert not changes(**wanted)
    machine.guest.run("systemctl stop lms; apt-get remove -qy lms; find /var/lib/apt/lists -type f -delete")
    assert changes(**wanted), "a run that ended after it had added the repository is taken up again"


def sign(package: Path, folder: Path) -> str:
    """A repository with one package in a folder. Returns the key that it is signed with.

    All of it is a day old: the guest's clock may be behind this machine's, and apt and gpg believe no future.
    """
    folder.mkdir()
    yesterday = int(time.time()) - 86400
    data = package.read_bytes()
    (folder / package.name).write_bytes(data)
    told = f"{CONTROL}Filename: ./{package.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
    (folder / "Packages").write_text(told)
    digest = hashlib.sha256(told.encode()).hexdigest()
    release = f"Suite: ./\nDate: {formatdate(yesterday, usegmt=True)}\nSHA256:\n {digest} {len(told)} Packages\n"
    home = folder.with_name("gnupg")
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--faked-system-time", str(yesterday)]
    subprocess.run([*gpg, "--passphrase", "", "--quick-gen-key", "nobody@example.test", "rsa2048"], check=True)
    signed = subprocess.run([*gpg, "--clearsign"], input=release, text=True, capture_output=True, check=True)
    (folder / "InRelease").write_text(signed.stdout)
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)
    exported = subprocess.run([*gpg, "--armor", "--export"], text=True, capture_output=True, check=True)
    return exported.stdout
