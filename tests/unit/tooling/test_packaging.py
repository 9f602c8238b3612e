# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said in two places of the packaging says the same."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

import pytest
import tomllib
import yaml

ROOT = Path(__file__).resolve().parents[3]
SANITY_LENGTH = 160
FOR_ANSIBLE_TEST = {"tests/config.yml", "tests/sanity"}


def names(file):
    """Packages that a requirements file names, as pip compares them."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


@pytest.mark.parametrize(
    "file",
    ["requirements.txt", *(f"requirements/{name}.txt" for name in ("ansible", "lint", "simulator", "test", "unit"))],
)
def test_every_requirement_has_a_pinned_version(file):
    assert names(file) - {"ansible-core"} <= names("requirements/constraints.txt")


def test_constraints_pin_one_version_each():
    lines = (ROOT / "requirements/constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [
        line for line in lines if line and not line.startswith("#") and not re.match(r"[\w.\[\]-]+==[\w.]+(;|$)", line)
    ] == []


@pytest.mark.parametrize(
    ("lock", "files"),
    [
        ("demo", ["ansible", "simulator"]),
        ("test", ["test", "ansible", "simulator", "unit", "interop", "lint", "web_servers"]),
        ("unit", ["unit", "simulator"]),
        ("unit_controller", ["unit", "simulator", "cores"]),
        ("cores", ["cores"]),
        ("kerberos", ["simulator", "unit", "kerberos"]),
        ("salt", ["salt"]),
        ("salt3006", ["salt3006"]),
        ("salt3007", ["salt3007"]),
        ("salt_build", ["salt_build"]),
        ("importer", ["importer"]),
        ("execution", ["execution", "ansible"]),
    ],
)
def test_every_requirement_is_locked_in_its_version_with_hashes(lock, files):
    """Otherwise: sh requirements/lock"""
    text = (ROOT / f"requirements/locked/{lock}.txt").read_text(encoding="utf-8")
    rows = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    locked = {}
    for row in rows:
        assert "--hash=sha256:" in row, row
        name, version = re.match(r"([\w.\[\]-]+?)(?:\[.*?\])?==([\w.]+)", row).groups()
        locked.setdefault(canonical(name), set()).add(version)
    for file in files:
        wanted = {name for name in names(f"requirements/{file}.txt") if not only_elsewhere(file, name)}
        assert wanted <= set(locked), sorted(wanted - set(locked))
    for name, versions in pinned(files).items():
        assert locked.get(name, versions) <= versions, name


def test_the_execution_environment_takes_nothing_that_is_not_pinned():
    definition = yaml.safe_load((ROOT / "execution-environment.yml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", definition["images"]["base_image"]["name"])
    (file,) = definition["additional_build_files"]
    (copied,) = definition["additional_build_steps"]["prepend_base"]
    _copy, source, place = copied.split()
    assert (ROOT / file["src"]).is_file() and source == f"_build/{file['dest']}/{Path(file['src']).name}"
    needs = definition["dependencies"]
    assert needs["ansible_core"]["package_pip"] == f"--require-hashes -r {place}"
    assert set(needs) == {"python_interpreter", "ansible_core", "galaxy"}
    assert all(re.fullmatch(r"[\d.]+", str(each["version"])) for each in needs["galaxy"]["collections"])
    locked = names(file["src"])
    by_ansible_builder = {"bindep", "dumb-init", "packaging", "pyyaml"}
    assert names("requirements.txt") | by_ansible_builder | {"ansible-core", "ansible-runner"} <= locked


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def only_elsewhere(file, name):
    """A marker may leave a package out of every Python that a lock is for."""
    text = (ROOT / f"requirements/{file}.txt").read_text(encoding="utf-8")
    return any(canonical(line.split("==")[0]) == name and ";" in line for line in text.splitlines() if "==" in line)


def pinned(files):
    """Package -> the versions that constraints and these files pin."""
    found = {}
    alone = {"salt", "salt3006", "salt3007", "salt_build", "importer"}
    for file in ["constraints", *files] if not alone & set(files) else files:
        for line in (ROOT / f"requirements/{file}.txt").read_text(encoding="utf-8").splitlines():
            match = re.match(r"([\w.-]+)(?:\[.*?\])?==([\w.]+)", line)
            if match:
                found.setdefault(canonical(match[1]), set()).add(match[2])
    return found


def test_every_module_that_runs_in_the_controller_is_in_the_action_group():
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    actions = sorted(path.stem for path in (ROOT / "plugins/action").glob("amt_*.py"))
    assert sorted(runtime["action_groups"]["amt"]) == actions


def test_tests_stay_out_of_the_artefact():
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    here = {f"tests/{path.name}" for path in (ROOT / "tests").iterdir() if path.name != "__pycache__"}
    kept = {name for name in here if not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)}
    assert kept <= FOR_ANSIBLE_TEST


def test_suites_need_what_is_described():
    table = tomllib.loads((ROOT / "tests/suites.toml").read_text(encoding="utf-8"))
    assert {need for suite in table["suite"] for need in suite.get("needs", ())} == set(table["need"])


def test_every_test_folder_belongs_to_a_suite():
    table = tomllib.loads((ROOT / "tests/suites.toml").read_text(encoding="utf-8"))
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    commands = " ".join(word for suite in table["suite"] for word in suite["run"]) + noxfile
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    assert [folder for folder in sorted(folders) if f"tests/{folder}" not in commands] == []


def test_what_one_suite_leaves_out_another_runs():
    table = tomllib.loads((ROOT / "tests/suites.toml").read_text(encoding="utf-8"))
    words = [word for suite in table["suite"] for word in suite["run"]]
    left_out = {word.removeprefix("--ignore=") for word in words if word.startswith("--ignore=")}
    run = {word for word in words if not word.startswith("--ignore=")}
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    assert [path for path in sorted(left_out) if path not in run and f'"{path}"' not in noxfile] == []


def test_lines_are_no_longer_than_sanity_allows():
    """Documentation has lines of its own length, and ansible-test's pep8 a limit for them."""
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "plugins").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > SANITY_LENGTH
    ]
    assert lines == []
