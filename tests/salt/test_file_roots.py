# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension from file_roots, by a Salt in which it is not installed."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.salt.conftest import PASSWORD, managed_by

ROOT = Path(__file__).resolve().parents[2]
BARE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
SALT_CALL = "from salt.scripts import salt_call; salt_call()"
SALT_RUN = "from salt.scripts import salt_run; salt_run()"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], env=BARE, cwd="/", capture_output=True, text=True, timeout=240, check=False
    )


def test_salt_call_without_pip(site: Any, tmp_path: Path) -> None:
    assert "No module named" in run("-c", "import saltext.amt").stderr
    place = site("pc-01", power="off")
    assert run(str(ROOT / "extensions/salt/file_roots.py"), str(tmp_path / "states")).returncode == 0
    (tmp_path / "states" / "morning.sls").write_text("morning:\n  amt.powered:\n    - device: pc-01\n")
    (tmp_path / "pillar").mkdir()
    (tmp_path / "pillar" / "top.sls").write_text("base: {'*': [devices]}\n")
    (tmp_path / "pillar" / "devices.sls").write_text(yaml.safe_dump(managed_by("site", place.pillar)))
    settings = {
        "id": "site",
        "root_dir": str(tmp_path),
        "file_client": "local",
        "file_roots": {"base": [str(tmp_path / "states")]},
        "pillar_roots": {"base": [str(tmp_path / "pillar")]},
    }
    (tmp_path / "minion").write_text(yaml.safe_dump(settings))

    def call(*words: str) -> Any:
        done = run("-c", SALT_CALL, "-c", str(tmp_path), "--local", "--out=json", "--log-level=error", *words)
        assert PASSWORD not in done.stdout + done.stderr
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["local"]

    synced = call("saltutil.sync_all")
    assert "modules.amt_power" in synced["modules"]
    assert call("amt.ping", "device=pc-01") is True
    (done,) = call("state.apply", "morning").values()
    assert done["changes"] == {"state": {"old": "off", "new": "on"}}
    (again,) = call("state.apply", "morning").values()
    assert (again["result"], again["changes"]) == (True, {})


def test_salt_run_without_pip(site: Any, tmp_path: Path) -> None:
    place = site("pc-01")
    assert run(str(ROOT / "extensions/salt/file_roots.py"), str(tmp_path / "states")).returncode == 0
    settings = {
        "root_dir": str(tmp_path),
        "user": getpass.getuser(),
        "file_roots": {"base": [str(tmp_path / "states")]},
        "amt": place.pillar["amt"],
    }
    (tmp_path / "master").write_text(yaml.safe_dump(settings))
    (tmp_path / "var/cache/salt/master/proc").mkdir(parents=True)

    def call(*words: str) -> Any:
        done = run("-c", SALT_RUN, "-c", str(tmp_path), "--out=json", "--log-level=quiet", *words)
        assert PASSWORD not in done.stdout + done.stderr
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    assert "runners.amt" in call("saltutil.sync_all")["runners"]
    assert call("amt.ping", "*")["counts"] == {"total": 1, "answered": 1}
