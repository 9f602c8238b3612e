# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role profile calls the files that it exports to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible import template
from ansible.parsing.dataloader import DataLoader

ROLE = Path(__file__).resolve().parents[3] / "roles" / "profile" / "tasks" / "export.yml"
NAMES = ["pc-01", "a b", "a_b", "a\tb", "büro", "bäro", "fe80::1%eth0", "../x", "..", "x" * 300, "x" * 301]


@pytest.fixture
def named():
    trusted = template.trust_as_template
    task = next(each for each in yaml.safe_load(ROLE.read_text()) if "ansible.builtin.copy" in each)
    variables = {name: trusted(text) for name, text in task["vars"].items()}

    def name_for(host):
        known = {**variables, "inventory_hostname": host}
        return template.Templar(loader=DataLoader(), variables=known).template(trusted("{{ profile_export_name }}"))

    return name_for


def test_each_host_has_a_file_of_its_own_in_the_folder(named):
    files = [named(host) + ".yml" for host in NAMES]
    assert files[0] == "pc-01.yml" and files[2] == "a_b.yml"
    assert len(set(files)) == len(NAMES)
    assert all("/" not in each and len(each.encode()) < 256 and each.isascii() for each in files)
