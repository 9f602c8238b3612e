# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom fact: a program made of the core's own files, which runs where nothing else of the collection is."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.host.files import NotRead
from ansible_collections.outofband.amt.plugins.module_utils.host.system import System
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.host import fact_script
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.fact_script import FactScript

CORE = Path(fact_script.__file__).resolve().parents[2]
PATH = "etc/ansible/facts.d/amt.fact"
FROM_ARCHIVE = """
import re
import sys
sys.path.insert(0, sys.argv[1])
from core.resources.host.fact_script import MAIN, made
# Ansible carries what is imported.
assert all("core." + name in sys.modules for name in re.findall(r"from amt_core\\.(\\S+) import", MAIN))
sys.stdout.buffer.write(made(3.0))
"""


def run(root, dry_run=False, **given):
    wanted = {**{option.name: option.default for option in FactScript.options}, **given}
    return converge(FactScript(), System(root), wanted, dry_run=dry_run)


def test_it_is_put_there_once(tmp_path):
    predicted = run(tmp_path, dry_run=True)
    assert predicted.changed and list(tmp_path.iterdir()) == []
    real = run(tmp_path)
    assert (predicted.before, predicted.after) == (real.before, real.after)
    assert not run(tmp_path).changed
    assert [path.name for path in (tmp_path / PATH).parent.iterdir()] == ["amt.fact"]


def test_it_runs_alone_and_tells_the_facts(tmp_path):
    run(tmp_path)
    done = subprocess.run(
        [tmp_path / PATH], cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60, check=True
    )
    facts = json.loads(done.stdout)
    assert {"present", "amt", "lms", "watchdog", "missing"} <= set(facts) and done.stderr == ""


def test_it_has_what_it_needs_and_no_more(tmp_path):
    run(tmp_path)
    with zipfile.ZipFile(tmp_path / PATH) as archive:
        names = set(archive.namelist())
        assert archive.testzip() is None
    assert {"amt_core/mei/node.py", "amt_core/watchdog/devices.py", "amt_core/cim/returns.py"} <= names
    assert not any("wsman" in name or "defense" in name for name in names)


def test_other_options_make_another_program(tmp_path):
    run(tmp_path)
    assert run(tmp_path, answer_timeout=1.5).changed
    assert "seconds=1.5" in (tmp_path / PATH).read_bytes().decode("utf-8", "replace")


def test_one_that_cannot_be_run_is_put_right(tmp_path):
    run(tmp_path)
    (tmp_path / PATH).chmod(0o644)
    assert run(tmp_path).changed and (tmp_path / PATH).stat().st_mode & 0o777 == 0o755


def test_it_is_taken_away(tmp_path):
    run(tmp_path)
    assert run(tmp_path, state="absent").changed
    assert not run(tmp_path, state="absent").changed and not (tmp_path / PATH).exists()


@pytest.mark.parametrize("put", [lambda path: path.write_text("{}"), lambda path: path.symlink_to("/nowhere/amt")])
def test_somebody_elses_fact_is_left_alone(tmp_path, put):
    (tmp_path / PATH).parent.mkdir(parents=True)
    put(tmp_path / PATH)
    for state in ("present", "absent"):
        with pytest.raises(AmtError, match="not written by us"):
            run(tmp_path, state=state)


def test_what_cannot_be_read_is_told_and_not_taken_for_nothing(tmp_path):
    (tmp_path / PATH).mkdir(parents=True)
    for state in ("present", "absent"):
        with pytest.raises(NotRead, match=r"amt\.fact cannot be read: Is a directory"):
            run(tmp_path, dry_run=True, state=state)


def test_a_name_that_ansible_would_not_run_is_refused(tmp_path):
    with pytest.raises(AmtError, match="fact"):
        run(tmp_path, path="/etc/ansible/facts.d/amt.py")


def test_out_of_an_archive_it_is_the_same_program(tmp_path):
    """Ansible carries modules to a target in a zip archive."""
    archive = tmp_path / "carried.zip"
    with zipfile.ZipFile(archive, "w") as carried:
        for path in sorted(CORE.rglob("*.py")):
            carried.write(path, "core/" + str(path.relative_to(CORE)))
        folders = {str(path.parent.relative_to(CORE)) for path in CORE.rglob("*.py")}
        for folder in sorted(folders):
            if not (CORE / folder / "__init__.py").exists():
                carried.writestr("core/{0}/__init__.py".format(folder), "")
    made = subprocess.run([sys.executable, "-c", FROM_ARCHIVE, archive], capture_output=True, timeout=60, check=True)
    assert made.stdout == fact_script.made(3.0)
