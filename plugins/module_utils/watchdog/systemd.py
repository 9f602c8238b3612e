# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What systemd's own configuration says of watchdogs: systemd-system.conf(5), read in systemd's order."""

from __future__ import annotations

import re
from pathlib import Path

from ..host.files import layered, read

FOLDERS = ("etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd", "lib/systemd")
"""An earlier folder hides a file of the same name in a later one."""
KEYS = ("RuntimeWatchdogSec", "WatchdogDevice")
WORDS = {"systemd.watchdog_sec": "RuntimeWatchdogSec", "systemd.watchdog_device": "WatchdogDevice"}
"""The same on the kernel's command line, which wins; there, systemd takes a dash for an underscore."""
Settings = dict[str, tuple[str, str]]
"""By key the value and the file that it is from."""
ZERO = re.compile(r"(0+(\.0*)?\s*([a-zA-Zµ]+\s*)?)+")
"""A span of time without length, in whatever units: 0, 0s, 0min 0s (systemd.time(7))."""
OFF = ("", "off")


def settings(root: Path, besides: str) -> Settings:
    """What others than the drop-in `besides` set in the end."""
    found: Settings = {}
    for path in files(root):
        name = "/" + str(path.relative_to(root))
        if name != besides:
            found.update({key: (value, name) for key, value in _manager(read(path) or "")})
    for word in (read(root / "proc/cmdline") or "").split():
        name, equals, value = word.partition("=")
        key = WORDS.get(name.replace("-", "_"))
        if equals and key:
            found[key] = (value, "/proc/cmdline")
    return {key: row for key, row in found.items() if not _off(row[0])}


def _off(value: str) -> bool:
    return value.lower() in OFF or ZERO.fullmatch(value) is not None


def files(root: Path) -> list[Path]:
    """The first main file and all drop-ins, the one that counts most at the end."""
    main = [root / folder / "system.conf" for folder in FOLDERS]
    drop_ins = layered(root, [folder + "/system.conf.d" for folder in FOLDERS])
    return [path for path in main if path.is_file()][:1] + drop_ins


def _manager(text: str) -> list[tuple[str, str]]:
    section, found = "", []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("["):
            section = line
        name, equals, value = (part.strip() for part in line.partition("="))
        if equals and section == "[Manager]" and name in KEYS:
            found.append((name, value))
    return found
