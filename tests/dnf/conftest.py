# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that the real dnf takes for a system, and packages and a repository made by rpm's own programs."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Controller, Run, controller

__all__ = ["controller"]

PROGRAMS = {"dnf": "dnf", "rpmbuild": "rpm", "rpmsign": "rpm", "createrepo_c": "createrepo-c", "gpg": "gnupg"}
SPEC = """Name: lms
Version: %{given}
Release: 1
Summary: Not Intel's LMS
License: none
BuildArch: noarch
%description
Not Intel's LMS.
%install
mkdir -p %{buildroot}/usr/share/lms
echo %{version} > %{buildroot}/usr/share/lms/here
%files
/usr/share/lms/here
"""
PRETENCE = "Say how packages are installed"
SIGNER = "nobody@example.test"


@pytest.fixture(scope="session", autouse=True)
def able() -> None:
    """Skips with the reason where dnf cannot work."""
    lacking = sorted({package for program, package in PROGRAMS.items() if not shutil.which(program)})
    if os.geteuid() != 0:
        pytest.skip("dnf installs for root only")
    if lacking:
        pytest.skip("needs Debian packages: apt-get install " + " ".join(lacking))


def printed(*words: str | Path, **settings: Any) -> str:
    """What a program of rpm's printed; Debian's warn on their error output that they are not Debian's way."""
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True, **settings).stdout


def defined(macros: dict[str, Any]) -> list[str]:
    """What rpm's programs are told of their macros."""
    return [word for name, value in macros.items() for word in ("--define", "{0} {1}".format(name, value))]


@dataclass
class Target:
    """`root` is what dnf takes for the system, and `pkg_mgr` what Ansible takes for its way of installing."""

    root: Path
    controller: Controller
    pkg_mgr: str = "dnf"

    def run(self, role: str, tasks_from: str, *arguments: str, **variables: Any) -> Run:
        """One file of a role's tasks, on this machine, as if that had dnf."""
        settings = self.controller.write(
            "dnf.conf", "[main]\nreposdir={0}\ncachedir={0}/cache\npersistdir={0}/state\n".format(self.repositories)
        )
        included = {"name": "outofband.amt." + role, "tasks_from": tasks_from}
        tasks = [
            {"name": PRETENCE, "ansible.builtin.set_fact": {"pkg_mgr": self.pkg_mgr, "cacheable": True}},
            {"name": role, "ansible.builtin.include_role": included, "vars": variables},
        ]
        defaults = {
            "ansible.builtin.dnf": {"installroot": str(self.root), "conf_file": str(settings), "releasever": "1"},
            "ansible.builtin.yum_repository": {"reposdir": str(self.repositories)},
        }
        host = {"ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"}
        inventory = self.controller.inventory({"here": host}, lms_folder=str(self.root / "cache"))
        return self.controller.play(tasks, inventory, *arguments, module_defaults=defaults)

    def changes(self, role: str, tasks_from: str, *arguments: str, **variables: Any) -> list[str]:
        """The tasks that changed something."""
        done = self.run(role, tasks_from, *arguments, **variables)
        assert done.code == 0, done.output
        return [task for task, changed in done.changed().items() if changed and task != PRETENCE]

    @property
    def repositories(self) -> Path:
        return self.root / "etc/yum.repos.d"

    @property
    def installed(self) -> str | None:
        """The version of the package that is there."""
        told = self.root / "usr/share/lms/here"
        return told.read_text().strip() if told.exists() else None


@pytest.fixture
def target(tmp_path: Path, controller: Controller) -> Target:
    made = Target(tmp_path / "root", controller)
    made.repositories.mkdir(parents=True)
    return made


@pytest.fixture
def build(tmp_path: Path) -> Callable[[str], Path]:
    """`build(version)`: a package that is not signed."""
    (tmp_path / "lms.spec").write_text(SPEC)

    def make(version: str) -> Path:
        folder = tmp_path / "made" / version
        macros = {"given": version, "_topdir": folder, "_rpmdir": folder}
        printed("rpmbuild", "--quiet", "-bb", *defined(macros), tmp_path / "lms.spec")
        return next(folder.rglob("*.rpm"))

    return make


@pytest.fixture
def package(build: Callable[[str], Path]) -> Path:
    return build("1.0")


@pytest.fixture
def key(tmp_path: Path) -> Iterator[Path]:
    """The public part of a key, which is for `signed` beside it."""
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    printed(*gpg, "--passphrase", "", "--quick-gen-key", SIGNER, "rsa2048")
    exported = tmp_path / "key.asc"
    exported.write_text(printed(*gpg, "--armor", "--export"))
    yield exported
    printed("gpgconf", "--homedir", home, "--kill", "all")


@pytest.fixture
def repository(tmp_path: Path, package: Path, key: Path) -> Path:
    """A folder with the package, which is signed there."""
    folder = tmp_path / "repository"
    folder.mkdir()
    copy = shutil.copy(package, folder)
    settings = {"_gpg_name": SIGNER, "_gpg_path": str(key.parent / "gnupg"), "__gpg": str(shutil.which("gpg"))}
    printed("rpmsign", *defined(settings), "--addsign", copy, stdin=subprocess.DEVNULL)
    printed("createrepo_c", "--quiet", folder)
    return folder


@pytest.fixture
def served() -> Iterator[Callable[[Path], str]]:
    """`served(folder)`: the URL under which its files are, by HTTP on the loopback interface."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: Any) -> None:
            pass

    with contextlib.ExitStack() as running:

        def serve(folder: Path) -> str:
            handler = functools.partial(Quiet, directory=str(folder))
            server = running.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            running.callback(server.shutdown)
            return "http://127.0.0.1:{0}/".format(server.server_port)

        yield serve
