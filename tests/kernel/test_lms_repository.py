# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role lms on a small Debian, which lacks what Ansible adds a repository with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .conftest import Machine
from .test_lms_role import IS_INSTALLED, REPOSITORY, changes, machine, package, sign

__all__ = ["changes", "machine", "package"]

OWN = "/srv/own"
MODULE = "/usr/lib/python3/dist-packages/debian"
CONTROL = r"Package: python3-debian\nVersion: 99\nArchitecture: all\nMaintainer: nobody\nDescription: of this guest\n"
TAKE_AWAY = f"""
set -e
mkdir -p {OWN}/tree/DEBIAN {OWN}/tree/usr/lib/python3/dist-packages
printf '{CONTROL}' > {OWN}/tree/DEBIAN/control
cp -r {MODULE} {OWN}/tree/usr/lib/python3/dist-packages/
cd {OWN}
dpkg-deb --root-owner-group --build tree own.deb
size=$(stat -c %s own.deb) digest=$(sha256sum own.deb | cut -d ' ' -f 1)
printf '{CONTROL}Filename: ./own.deb\\nSize: %s\\nSHA256: %s\\n' $size $digest > Packages
echo 'deb [trusted=yes] file:{OWN} ./' > /etc/apt/sources.list.d/own.list
dpkg --remove python3-debian
rm -rf {MODULE}
apt-get update -q
"""


def test_what_a_repository_needs_is_installed_first(
    machine: Machine, changes: Any, package: Path, tmp_path: Path
) -> None:
    key = sign(package, tmp_path / "repository")
    machine.guest.put_tree(tmp_path / "repository", REPOSITORY, ".")
    machine.guest.run(TAKE_AWAY)
    repository = {"url": "file:" + REPOSITORY, "suites": ["./"], "key": key}
    wanted = {"lms_package": "lms", "lms_repository": repository}
    [predicted] = changes("--check", **wanted)
    assert "Install what Ansible adds a repository" in predicted
    assert changes(**wanted)
    assert machine.guest.run(IS_INSTALLED) == "install ok installed"
    assert not changes(**wanted)
