# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Salt as a file system for a guest, which has no network to get it from. Kept in the cache like the guest."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from .debian import NotToBeHad, run
from .image import cache, digest, locked

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "salt.txt"
GUEST_PYTHON = (3, 11)
"""Of Debian 12. Salt's compiled parts are for one version."""
SIZE = "600M"


def prepare() -> Path:
    """From the cache, or made now. Raises NotToBeHad."""
    if sys.version_info[:2] != GUEST_PYTHON:
        raise NotToBeHad("Salt for the guest is installed by Python {0}.{1}, as the guest has it".format(*GUEST_PYTHON))
    drive = cache() / "salt-{0}.img".format(digest(REQUIREMENTS.read_bytes()))
    with locked(cache()):
        if not drive.is_file():
            make(drive)
        for other in set(cache().glob("salt-*.img")) - {drive}:
            other.unlink()
    return drive


def make(drive: Path) -> None:
    with tempfile.TemporaryDirectory(dir=drive.parent, prefix="salt-made-") as name:
        tree, image = Path(name) / "tree", Path(name) / "image"
        environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        run(sys.executable, "-m", "pip", "install", "-q", "--target", tree, "-r", REQUIREMENTS, env=environment)
        features = "^has_journal,^metadata_csum,^orphan_file"
        run("mke2fs", "-q", "-t", "ext4", "-O", features, "-E", "root_owner=0:0", "-d", tree, image, SIZE)
        image.rename(drive)
