# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One entry for every check that brings its own environment. `nox -l` lists them; `make test` runs them all."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from tests.interpreters import gather, without_pretenders  # noqa: E402  the folder of this file is not on the path of nox

INTERPRETERS = ROOT / "build" / "python"
FOUND = gather(INTERPRETERS)
CORES = {"3.11": "2.19.14", "3.12": "2.20.10", "3.13": "2.21.5"}
CORE = "tests/unit/module_utils"
UNITS = {
    "3.9": (CORE,),
    "3.10": (CORE,),
    "3.11": ("tests/unit",),
    "3.12": (CORE, "tests/unit/plugins"),
    "3.13": (CORE, "tests/unit/plugins", "tests/unit/simulator"),
}
"""What another interpreter can make different: 3.9 and 3.10 have no ansible-core, and no simulator runs there."""
LOCKED = ROOT / "requirements" / "locked"
HERE = "none"
"""No environment of its own: the tools are those beside nox, of requirements/test.txt."""
ONLY_WITH_NEWEST = ("changelog", "pep8", "pylint", "shellcheck", "yamllint")
"""Tests of ansible-test that look at the text of files alone. Their settings are the same in every ansible-core, and
the programs those of the newest, or older."""
PIP_SETTINGS = (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf")

os.environ["PATH"] = os.pathsep.join((str(INTERPRETERS), os.environ["PATH"], str(Path(sys.executable).parent)))
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.needs_version = ">=2025.2.9"


def require_python(session: nox.Session, version: str) -> None:
    """Skip in a way that `tests/run` counts and shows."""
    if version not in FOUND:
        print(f"SKIPPED [1] Python {version} is not here: put python{version} on PATH or name it in $PYTHONS")
        print("0 passed, 0 failed, 1 skipped")
        session.skip(f"no python{version}")


def install(session: nox.Session, lock: str) -> None:
    """Pinned requirements, nothing but files of known hashes; a second run finds everything in place and does not ask
    the network. What a source is built with, pip fetches by itself."""
    session.install("-q", "--require-hashes", "-r", str(LOCKED / f"{lock}.txt"))


def unpack_artefact(session: nox.Session, name: str) -> Path:
    """The collection as users get it, unpacked where ansible-test wants it. Returns its root."""
    place = Path(session.create_tmp()).resolve() / name
    shutil.rmtree(place, ignore_errors=True)
    target = place / "ansible_collections" / "outofband" / "amt"
    target.mkdir(parents=True)
    with tarfile.open(build_artefact(session, place)) as artefact:
        artefact.extractall(target, filter="data")
    return target


def build_artefact(session: nox.Session, place: Path) -> Path:
    session.run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(place), silent=True)
    return next(place.glob("outofband-amt-*.tar.gz"))


@nox.session(python=["3.9", "3.10", "3.11", "3.12", "3.13"])
def unit(session: nox.Session) -> None:
    """Unit tests: all of them with the controller's oldest Python, elsewhere those that another Python may break."""
    version = str(session.python)
    require_python(session, version)
    install(session, "unit_controller" if version in CORES else "unit")
    chosen = () if UNITS[version] == ("tests/unit",) else ("-m", "not once")
    session.run("python", "-m", "pytest", *chosen, *(session.posargs or UNITS[version]))


@nox.session
def kerberos(session: nox.Session) -> None:
    """Log-in with tickets of a real KDC. Its Python packages are built here, with libkrb5-dev and gcc."""
    install(session, "kerberos")
    session.run("python", "-m", "pytest", "tests/interop/kerberos", *session.posargs)


@nox.session(python="3.12" if "3.12" in FOUND else None)
def salt(session: nox.Session) -> None:
    """The Salt extension with Salt 3008, whose salt-proxy wants Python 3.12."""
    with_salt(session, "salt")


@nox.session(name="salt-3006", python="3.11")
def salt_3006(session: nox.Session) -> None:
    """The Salt extension with Salt 3006 LTS, which has no resources."""
    require_python(session, "3.11")
    with_salt(session, "salt3006")


@nox.session(name="salt-3007", python="3.11", default=False)
def salt_3007(session: nox.Session) -> None:
    """The Salt extension with Salt 3007, by hand: between the two others it has nothing that they do not have."""
    require_python(session, "3.11")
    with_salt(session, "salt3007")


def with_salt(session: nox.Session, requirements: str) -> None:
    """The extension: built, installed beside Salt and not in it, and used by real daemons."""
    environment = beside_salt(session, requirements)
    arguments = session.posargs or ("tests/salt",)
    session.run("python", "-m", "pytest", "--import-mode=prepend", *arguments, env=environment)


@nox.session(name="salt-bench", python="3.12" if "3.12" in FOUND else None, default=False)
def salt_bench(session: nox.Session) -> None:
    """What many devices cost resources, deltaproxy, salt-proxy and runner: tests/salt/bench.py says how to limit it."""
    session.run("python", "tests/salt/bench.py", *session.posargs, env=beside_salt(session, "salt"))


@nox.session(name="salt-trials", python="3.12" if "3.12" in FOUND else None, default=False)
def salt_trials(session: nox.Session) -> None:
    """What is too dear for the suite, with Salt 3008: tests/salt/trials.py says how to limit it."""
    session.run("python", "tests/salt/trials.py", *session.posargs, env=beside_salt(session, "salt"))


@nox.session(name="salt-trials-3006", python="3.11", default=False)
def salt_trials_3006(session: nox.Session) -> None:
    """The same with Salt 3006 LTS, by deltaproxy and by a minion that names devices."""
    session.run("python", "tests/salt/trials.py", *session.posargs, env=beside_salt(session, "salt3006"))


def beside_salt(session: nox.Session, requirements: str) -> dict[str, str]:
    """Salt, and the extension built from the checkout in a folder of its own. Returns what finds it."""
    install(session, requirements)
    place = Path(session.create_tmp()).resolve()
    tools, wheels, extension = (place / name for name in ("tools", "wheels", "extension"))
    if not tools.is_dir():
        install_into(session, tools, "--require-hashes", "-r", str(LOCKED / "salt_build.txt"))
    shutil.rmtree(wheels, ignore_errors=True)
    shutil.rmtree(extension, ignore_errors=True)
    environment = {"BUILD_TOOLS": str(tools), "PYTHONPATH": str(extension)}
    session.run("python", "tests/salt/build_extension.py", "wheel", str(wheels), env=environment)
    install_into(session, extension, "--no-index", "--no-deps", *map(str, wheels.glob("*.whl")))
    return environment


@nox.session(python="3.11")
def kernel(session: nox.Session) -> None:
    """The stock MEI driver in a virtual machine; tests/kernel/README.md tells what it needs."""
    install(session, "unit_controller")
    session.run("python", "-m", "pytest", *(session.posargs or ("tests/kernel",)))


def install_into(session: nox.Session, target: Path, *what: str) -> None:
    session.run("python", "-m", "pip", "install", "-q", "--target", str(target), *what)


@nox.session(name="salt-file-roots", venv_backend="none", default=False)
def salt_file_roots(session: nox.Session) -> None:
    """Lay the Salt extension out for file_roots, in build/salt or the folder that is named."""
    session.run("python3", "extensions/salt/file_roots.py", *(session.posargs or ("build/salt",)))


@nox.session(name="sanity-2.19", python="3.11")
def sanity_2_19(session: nox.Session) -> None:
    """ansible-test sanity with ansible-core 2.19."""
    sanity(session)


@nox.session(name="sanity-2.20", python="3.12")
def sanity_2_20(session: nox.Session) -> None:
    """ansible-test sanity with ansible-core 2.20."""
    sanity(session)


@nox.session(name="sanity-2.21", python="3.13")
def sanity_2_21(session: nox.Session) -> None:
    """ansible-test sanity with ansible-core 2.21."""
    sanity(session)


def sanity(session: nox.Session) -> None:
    version = str(session.python)
    require_python(session, version)
    install(session, "cores")
    home = private_home(session)
    newest = version == max(CORES, key=lambda each: int(each.partition(".")[2]))
    less = () if newest else [word for test in ONLY_WITH_NEWEST for word in ("--skip-test", test)]
    with session.chdir(unpack_artefact(session, "sanity")):
        show_to_git(session)
        session.run("ansible-test", "sanity", "--venv", "--color", "no", *less, *session.posargs, env=home)


def show_to_git(session: nox.Session) -> None:
    """ansible-test asks git which files there are, and a folder that the checkout ignores has none."""
    session.run("git", "init", "--quiet", ".", external=True)
    Path(".git/info/exclude").write_text("/tests/output/\n", encoding="ascii")
    session.run("git", "add", "--all", "--force", ".", external=True)
    seen = str(session.run("ansible-test", "env", "--list-files", silent=True)).splitlines()
    if "plugins/modules/amt_power.py" not in seen:
        session.error("ansible-test does not see the files of the collection")


def private_home(session: nox.Session) -> dict[str, str]:
    """ansible-test keeps environments and a pip bootstrap in the home folder: give it one of its own.

    The bootstrap is a download; ensurepip and the package index do the same. The user's pip settings stay in force.
    """
    home = Path(session.create_tmp()).resolve() / "home"
    question = (
        "from ansible_test._internal import python_requirements as p, host_configs as h; "
        "print(p.get_venv_packages(h.NativePythonConfig('3.11', 'python'))['pip'])"
    )
    pip = str(session.run("python", "-c", question, silent=True)).strip()
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests" / "bootstrap_pip.py", cache / f"get_pip_{pip.replace('.', '_')}.py")
    environment = {"HOME": str(home), "PATH": without_pretenders(os.environ["PATH"])}
    settings = [path for path in PIP_SETTINGS if path.is_file()]
    if settings and "PIP_CONFIG_FILE" not in os.environ:
        environment["PIP_CONFIG_FILE"] = str(settings[0])
    return environment


@nox.session(venv_backend=HERE)
def style(session: nox.Session) -> None:
    """Ruff, yamllint, a licence for every file, no paths of one machine."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("yamllint", "--strict", ".")
    session.run("reuse", "lint", "--quiet", success_codes=[0]) if (ROOT / ".git").exists() else None
    session.run("python", "tests/local_paths.py")


@nox.session(venv_backend=HERE)
def types(session: nox.Session) -> None:
    """mypy, strict, on the core."""
    session.run("mypy")


@nox.session(venv_backend=HERE)
def docs(session: nox.Session) -> None:
    """Documentation of the plugins and the changelog."""
    root = unpack_artefact(session, "docs")
    session.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", str(root)
    )
    session.run("antsibull-changelog", "lint")
    session.run(
        "antsibull-changelog", "lint-changelog-yaml", "--no-semantic-versioning", "changelogs/changelog.yaml"
    ) if (ROOT / "changelogs/changelog.yaml").exists() else None


@nox.session(venv_backend=HERE)
def ansible_lint(session: nox.Session) -> None:
    """ansible-lint, production profile, on the unpacked artefact: what users get."""
    root = unpack_artefact(session, "lint")
    shutil.copy(ROOT / ".ansible-lint", root)
    with session.chdir(root):
        session.run(
            "ansible-lint",
            "--offline",
            "--profile",
            "production",
            env={"ANSIBLE_COLLECTIONS_PATH": str(root.parents[2])},
        )


@nox.session
def importer(session: nox.Session) -> None:
    """The gate that Galaxy itself runs."""
    install(session, "importer")
    place = Path(session.create_tmp()).resolve()
    artefact = build_artefact(session, place)
    with session.chdir(place):
        session.run(
            "python",
            "-m",
            "galaxy_importer.main",
            str(artefact),
            env={"GALAXY_IMPORTER_CONFIG": str(ROOT / "tests/galaxy_importer.cfg")},
        )
