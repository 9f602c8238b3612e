# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs the suites: failures as they happen, the test in which a suite was cut, nothing left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.runner import pace, suites
from tests.runner.execution import Execution
from tests.runner.suites import Suite, load, markdown

ROOT = Path(__file__).resolve().parents[3]
HUNG = 300
"""Seconds after which the runner itself is taken for hung."""


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """`suite(code)`: one that runs a file of tests."""
    monkeypatch.setattr(suites, "LOGS", tmp_path)

    def make(code, **values):
        (tmp_path / "conftest.py").write_text(
            "from tests.runner import progress\n\ndef pytest_configure(config):\n"
            "    config.pluginmanager.register(progress.teller())\n"
        )
        file = tmp_path / "test_it.py"
        file.write_text(code)
        command = ("{python}", "-m", "pytest", f"--rootdir={tmp_path}", "-c", "/dev/null", str(file))
        return Suite("it", "about", run=command, **values)

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return make


def until(true):
    end = time.monotonic() + HUNG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_failure_is_told_while_others_still_run(suite, tmp_path):
    told = []

    def failed(test, reason):
        told.append((test, reason))
        (tmp_path / "told").touch()

    code = f"""
import pathlib, time
def test_first():
    assert 1 == 2, "the reason"
def test_that_waits_until_the_first_is_told():
    end = time.monotonic() + {HUNG}
    while not pathlib.Path({str(tmp_path / "told")!r}).exists():
        assert time.monotonic() < end
        time.sleep(0.05)
"""
    result = Execution(suite(code), failed).run()
    [(test, reason)] = told
    assert test.endswith("test_first") and "the reason" in reason
    assert (result.verdict, result.counts["passed"], result.counts["failed"]) == ("failed", 1, 1)
    assert result.cpu > 0 and len(result.tests) == 2


def test_a_suite_that_is_cut_names_the_test_it_was_in_and_leaves_no_daemon(suite, tmp_path):
    code = f"""
import os, pathlib, subprocess, time
def test_hangs():
    child = subprocess.Popen(["sleep", "{HUNG}"], start_new_session=True)
    pathlib.Path({str(tmp_path / "child.new")!r}).write_text(str(child.pid))
    os.rename({str(tmp_path / "child.new")!r}, {str(tmp_path / "child")!r})
    time.sleep({HUNG})
"""
    execution = Execution(suite(code), lambda test, reason: None)
    results = []
    running = threading.Thread(target=lambda: results.append(execution.run()))
    running.start()
    until((tmp_path / "child").exists)
    execution.deadline = 0.0
    running.join(HUNG)
    [result] = results
    assert result.verdict == "failed" and "it was in" in result.reason and "test_hangs" in result.reason
    assert "test_hangs" in (tmp_path / "it.log").read_text()
    until(lambda: gone(int((tmp_path / "child").read_text())))


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def checkout(tmp_path):
    """The runner alone, with a table of its own."""
    shutil.copytree(ROOT / "tests/runner", tmp_path / "tests/runner", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests/run", tmp_path / "tests/run")

    def table(rows):
        (tmp_path / "tests/suites.toml").write_text("[need]\n" + rows)
        return [sys.executable, str(tmp_path / "tests/run")]

    return table


def row(name, code, minutes=1, cores=1.0, check=False):
    words = f'run = ["{{python}}", "-c", """{code}"""]'
    return (
        f'[[suite]]\nname = "{name}"\nabout = "it"\n{words}\n'
        f"minutes = {minutes}\ncores = {cores}\ncheck = {str(check).lower()}\n"
    )


def test_a_runner_that_is_told_to_end_ends_its_suites(checkout, tmp_path):
    code = f"import os, time; open('{tmp_path}/pid.new', 'w').write(str(os.getpid())); "
    code += f"os.rename('{tmp_path}/pid.new', '{tmp_path}/pid'); time.sleep({HUNG})"
    with subprocess.Popen(checkout(row("sleeps", code)), stdout=subprocess.DEVNULL) as runner:
        until((tmp_path / "pid").exists)
        runner.send_signal(signal.SIGTERM)
        assert runner.wait(HUNG) == 128 + signal.SIGTERM
    assert gone(int((tmp_path / "pid").read_text()))


def test_suites_that_wait_run_beside_others_and_those_that_work_do_not(checkout, tmp_path):
    """`a` and `c` do not fit on one core; `b`, which waits, does beside each, and ends when both were there."""
    busy = (
        f"import pathlib; p = pathlib.Path('{tmp_path}/busy'); p.mkdir(); (p.parent / 'NAME').touch(); import time; "
        "time.sleep(0.5); p.rmdir()"
    )
    waits = (
        "import pathlib, time\\n"
        f"while not all(pathlib.Path('{tmp_path}', name).exists() for name in 'ac'): time.sleep(0.05)"
    )
    rows = row("a", busy.replace("NAME", "a"), 3) + row("b", waits, 2, 0.2) + row("c", busy.replace("NAME", "c"), 1)
    command = [*checkout(rows), "--cores", "1.5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG, check=False)
    assert done.returncode == 0, done.stdout
    assert "3 passed, 0 failed, 0 skipped" in done.stdout


def test_a_reason_is_not_lost_in_what_was_captured(checkout, tmp_path):
    (tmp_path / "conftest.py").write_text(
        "from tests.runner import progress\n\ndef pytest_configure(config):\n"
        "    config.pluginmanager.register(progress.teller())\n"
    )
    (tmp_path / "test_it.py").write_text(
        "def test_it():\n    print('word ' * 9 + '\\n' * 999)\n    assert 'this' == 'that'\n"
    )
    rows = row("it", "").replace('"-c", """"""', '"-m", "pytest", "-c", "/dev/null", "test_it.py"')
    done = subprocess.run(checkout(rows), capture_output=True, text=True, timeout=HUNG, check=False, cwd=tmp_path)
    told = done.stdout.partition("FAILED in it: ")[2].partition("failed  it")[0]
    assert "assert 'this' == 'that'" in told and told.count("\n") < 100, done.stdout


def test_the_check_before_a_commit_is_part_of_all(checkout):
    rows = row("quick", "pass", check=True) + row("slow", "raise SystemExit(1)")
    done = subprocess.run([*checkout(rows), "--check"], capture_output=True, text=True, timeout=HUNG, check=False)
    assert done.returncode == 0 and "quick" in done.stdout and "slow" not in done.stdout


def test_a_slow_machine_gets_time(monkeypatch):
    pace.pace.cache_clear()
    monkeypatch.setenv(pace.VARIABLE, "4.5")
    assert pace.patient(10) == 45
    pace.pace.cache_clear()
    monkeypatch.setenv(pace.VARIABLE, "0.1")
    assert pace.patient(10) == 10, "a fast machine changes no limit"
    pace.pace.cache_clear()
    monkeypatch.delenv(pace.VARIABLE)
    assert pace.patient(10) >= 10
    assert not os.environ.get(pace.VARIABLE)


def test_the_table_of_the_documentation_is_that_of_the_suites():
    text = (ROOT / "docs/tests.md").read_text(encoding="utf-8")
    assert markdown(load()[0]) in text, "tests/run --table prints it"
