# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the checkout importable as `ansible_collections.outofband.amt`, with or without ansible installed.

Property tests judge no time: the machine may be busy with other things.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
COLLECTIONS = ROOT / "collections"


def link_checkout() -> None:
    link = COLLECTIONS / "ansible_collections" / "outofband" / "amt"
    link.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        link.symlink_to("../../..")


link_checkout()
sys.path[:0] = [str(COLLECTIONS), str(ROOT)]

from tests.runner import progress  # noqa: E402  the checkout is not on the path before

with contextlib.suppress(ImportError):
    from hypothesis import settings

    settings.register_profile("patient", deadline=None)
    settings.load_profile("patient")


def pytest_configure(config):
    if teller := progress.teller():
        config.pluginmanager.register(teller)
