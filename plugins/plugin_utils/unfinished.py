# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which power state machines were before a run woke them, on the controller's disk until they are back in it.

The file holds only what is not finished: machines by name, each with its state, since when, and which process has it.
What a process that is gone has left is what the next run has to put back, if it is not too old. Of one on another
controller, or in another container, nobody here can tell whether it is gone, so what it has remembered is left to it.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file

ON = "on"
ENDED = ("Z", "X")
"""States of a process that nobody has taken note of yet (proc(5))."""
Entries = dict[str, dict[str, Any]]


def remember(path: Path, name: str, state: str, seconds: float, write: bool = True) -> dict[str, Any]:
    """The entry in force: of a machine that is on, what a run that is gone left not too long ago; else how it is now.

    Nothing is written about a machine that is on and that nobody has left so. A clock that was set back makes nothing
    older. Raises InvalidOption or AmtError.
    """
    now = {"state": state, "since": time.time(), "by": _process([os.getppid()])}

    def change(entries: Entries) -> dict[str, Any]:
        left = entries.get(name)
        if state != ON:
            entries[name] = now
        elif left and _gone(left["by"]):
            del entries[name]
            if abs(time.time() - left["since"]) <= seconds:
                entries[name] = {**left, "by": now["by"]}
                return {**left, "earlier": True}
        return {**now, "earlier": False}

    return _changed(path, change, write)


def forget(path: Path, name: str, write: bool = True) -> None:
    """The machine is back. What another run that is at work has remembered stays. InvalidOption or AmtError."""
    mine = _process([os.getppid()])

    def change(entries: Entries) -> dict[str, Any]:
        if entries.get(name, {}).get("by") == mine:
            del entries[name]
        return {}

    if path.exists():
        _changed(path, change, write)


def _changed(path: Path, change: Callable[[Entries], dict[str, Any]], write: bool) -> dict[str, Any]:
    if not write:
        return change(_read(path))
    with controller_file.alone_with("path", path):
        entries = _read(path)
        before = json.dumps(entries)
        result = change(entries)
        if json.dumps(entries) != before:
            text = json.dumps(entries, indent=1) + "\n"
            controller_file.replace("path", path, text, controller_file.OWNER_READS)
    return result


def _read(path: Path) -> Entries:
    try:
        entries = json.loads(controller_file.text_of("path", path) or "{}")
    except (ValueError, RecursionError) as error:
        raise _strange(path, error) from None
    if not isinstance(entries, dict) or not all(map(_is_entry, entries.values())):
        raise _strange(path, "it holds something else")
    return entries


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("state"), str):
        return False
    return isinstance(entry.get("since"), (int, float)) and isinstance(entry.get("by"), list)


def _strange(path: Path, reason: object) -> InvalidOption:
    return InvalidOption(
        "path", str(path), "it is no file that this module wrote ({0}); name another one".format(reason)
    )


def _gone(named: list[Any]) -> bool:
    return named[2:] in ([], [_place()]) and _process(named)[:2] != named[:2]


def _place() -> str:
    """Where numbers of processes mean the same as here."""
    space = ""
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").readlink())
    return "{0} {1}".format(platform.node(), space).strip()


def _process(named: list[Any]) -> list[Any]:
    """The process of this number as it is now, told apart from others of that number by when it began, where the system
    says that, and by where it runs."""
    number = named[0] if named and isinstance(named[0], int) else 0
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return [number, "gone", _place()]
    except PermissionError:
        pass
    began = ""
    with suppress(OSError, IndexError):
        known = Path("/proc/{0}/stat".format(number)).read_text(encoding="latin-1").rpartition(")")[2].split()
        began = "gone" if known[0] in ENDED else known[19]
    return [number, began, _place()]
