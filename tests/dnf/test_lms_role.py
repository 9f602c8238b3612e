# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role lms with real dnf: a file of the controller, a URL, a signed repository. With apt: tests/kernel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Target, printed

INSTALLS = "Install the package, with dnf"
ADDS = "Add the repository, for dnf"


def test_from_a_file_of_the_controller(target: Target, package: Path, build: Callable[[str], Path]) -> None:
    wanted = {"lms_package": str(package), "lms_verify_signature": False}
    assert target.changes("lms", "install", "--check", **wanted)
    assert not target.installed
    assert INSTALLS in str(target.changes("lms", "install", **wanted))
    assert target.installed == "1.0"
    assert not target.changes("lms", "install", **wanted)
    assert INSTALLS in str(target.changes("lms", "install", **{**wanted, "lms_package": str(build("1.1"))}))
    assert target.installed == "1.1"


def test_from_a_url(target: Target, package: Path, served: Callable[[Path], str]) -> None:
    wanted = {"lms_package": served(package.parent) + package.name, "lms_verify_signature": False}
    assert INSTALLS in str(target.changes("lms", "install", "--check", **wanted))
    assert not target.installed
    assert INSTALLS in str(target.changes("lms", "install", **wanted))
    assert target.installed
    assert not target.changes("lms", "install", **wanted)


@pytest.mark.parametrize("by_url", [True, False])
def test_from_a_signed_repository(
    target: Target, repository: Path, key: Path, served: Callable[[Path], str], by_url: bool
) -> None:
    keys = served(key.parent) + key.name if by_url else str(key)
    wanted = {"lms_package": "lms", "lms_repository": {"url": served(repository), "key": keys}}
    assert ADDS in str(target.changes("lms", "install", "--check", **wanted))
    assert not target.installed and not list(target.repositories.glob("*.repo"))
    changed = str(target.changes("lms", "install", **wanted))
    assert ADDS in changed and INSTALLS in changed and target.installed
    assert not target.changes("lms", "install", **wanted)


@pytest.mark.parametrize("given", ["file", "url"])
def test_a_checksum_vouches_for_what_nobody_signed(
    target: Target, package: Path, served: Callable[[Path], str], given: str, tmp_path: Path
) -> None:
    source = str(package) if given == "file" else served(package.parent) + package.name
    right = hashlib.sha256(package.read_bytes()).hexdigest()
    wanted = {"lms_package": source, "lms_folder": str(tmp_path / "kept")}
    wrong = target.run("lms", "install", **wanted, lms_checksum="sha256:" + "0" * 64)
    assert wrong.code and right in wrong.output and not target.installed
    assert target.run("lms", "install", **wanted, lms_checksum="md5:" + "0" * 32).code
    assert target.changes("lms", "install", "--check", **wanted, lms_checksum="sha256:" + right)
    assert not target.installed
    assert INSTALLS in str(target.changes("lms", "install", **wanted, lms_checksum="SHA256:" + right.upper()))
    assert target.installed
    assert not target.changes("lms", "install", **wanted, lms_checksum="sha256:" + right)


@pytest.mark.parametrize("given", ["file", "repository"])
def test_a_package_that_nobody_signed_is_refused(target: Target, package: Path, key: Path, given: str) -> None:
    wanted: dict[str, object] = {"lms_package": str(package)}
    if given == "repository":
        printed("createrepo_c", "--quiet", package.parent)
        wanted = {"lms_package": "lms", "lms_repository": {"url": package.parent.as_uri(), "key": key.as_uri()}}
    done = target.run("lms", "install", **wanted)
    assert done.code and "is not signed" in done.output and not target.installed


def test_it_is_removed(target: Target, package: Path) -> None:
    target.changes("lms", "install", lms_package=str(package), lms_verify_signature=False)
    assert target.changes("lms", "remove", "--check") and target.installed
    assert target.changes("lms", "remove") and not target.installed
    assert not target.changes("lms", "remove")


def test_a_machine_with_neither_is_refused_before_anything_is_done(target: Target, package: Path) -> None:
    target.pkg_mgr = "zypper"
    done = target.run("lms", "install", lms_package=str(package))
    assert done.code and "this machine has zypper" in done.output and not any(done.changed().values())
