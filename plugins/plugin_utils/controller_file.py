# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are written on the controller: where the user stands, whole or not at all, or line by line for good."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.host.files import append_for_good, opened_for_appending
from ansible_collections.outofband.amt.plugins.plugin_utils import shared_file

ANYBODY_READS, OWNER_READS = 0o644, 0o600
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def located(path: str) -> Path:
    """An absolute path. A relative one counts from where ansible-playbook was started, as in a shell, and not from the
    playbook, which may lie in an installed collection."""
    return Path.cwd() / Path(os.path.expandvars(path)).expanduser()


def check_replaceable(option: str, path: Path) -> None:
    """As `check_writable`; what `replace` needs besides, which is the folder."""
    check_writable(option, path)
    place = path.resolve()
    try:
        if not _may_replace(place):
            raise InvalidOption(option, str(path), "this user may replace no file in {0}".format(place.parent))
    except OSError as error:
        raise _refused(option, path, error) from None


def _may_replace(place: Path) -> bool:
    """In a folder with the sticky bit, such as /tmp, only owners may (unlink(2))."""
    folder = place.parent.stat()
    owners = {0, folder.st_uid, place.stat().st_uid if place.exists() else os.geteuid()}
    kept = folder.st_mode & stat.S_ISVTX and os.geteuid() not in owners
    return not kept and os.access(place.parent, os.W_OK)


def check_writable(option: str, path: Path) -> None:
    """Raises InvalidOption where a file could not be written, and leaves nothing behind."""
    try:
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(path.stat().st_mode):
                raise InvalidOption(option, str(path), "it is there and is no ordinary file; name another one")
        folder = path.resolve().parent
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InvalidOption(option, str(path), "its links lead in a circle; name another one") from None
        raise _refused(option, path, error) from None
    if not folder.is_dir():
        raise InvalidOption(option, str(path), "there is no folder {0}; make it, or name another file".format(folder))
    beginning = path if path.exists() else folder
    if not os.access(beginning, os.W_OK) or not os.access(folder, os.X_OK):
        raise InvalidOption(option, str(path), "this user may not write {0}".format(beginning))


def replace(option: str, path: Path, content: str, mode: int = ANYBODY_READS) -> None:
    """The old file or the new one is there at any moment, on the disk too. Raises InvalidOption."""
    check_replaceable(option, path)
    octets = content.encode("utf-8", errors="backslashreplace")
    shared_file.write_whole(path.resolve(), octets, _kind(option), mode)


@contextmanager
def alone_with(option: str, path: Path) -> Iterator[None]:
    """While no other process that asks for it has the file: for what reads it in order to replace it."""
    check_replaceable(option, path)
    with shared_file.locked(path.resolve(), _kind(option)):
        yield


def append_line(option: str, path: Path, entry: Mapping[str, Any]) -> None:
    """Add a line of JSON to a file, for good when this returns. Raises InvalidOption, or AmtError if it stays locked.

    A line that somebody was killed at is ended first, and one that does not fit on the disk is taken back.
    """
    octets = json.dumps(entry, sort_keys=False).encode("ascii") + b"\n"
    with appendable(option, path) as descriptor:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            octets = b"\n" + octets
        try:
            append_for_good(descriptor, octets)
        except OSError as error:
            raise _refused(option, path, error) from None


def make_sure_of_room(option: str, path: Path, room: int) -> None:
    """The file is there, as it was, and the disk has so many octets more for it. Raises InvalidOption or AmtError."""
    with appendable(option, path) as descriptor:
        size = os.fstat(descriptor).st_size
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, size, room)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise _refused(option, path, error) from None
        finally:
            os.ftruncate(descriptor, size)


@contextmanager
def appendable(option: str, path: Path) -> Iterator[int]:
    """The file, made if it was not there, open and locked for this process alone."""
    check_writable(option, path)
    with opened_for_appending(option, path) as descriptor:
        yield descriptor


def read_lines(option: str, path: Path) -> list[dict[str, Any]]:
    """The entries that `append_line` wrote; lines that are none are left out. Raises InvalidOption."""
    text = text_of(option, path)
    if text is None:
        raise InvalidOption(option, str(path), "there is none; give the file that was written")
    return [entry for entry in map(_entry, text.splitlines()) if entry is not None]


def text_of(option: str, path: Path) -> str | None:
    """All of an ordinary file, None where there is none. Nothing that stands in its place is waited for. AmtError."""
    octets = shared_file.read_regular(path, _kind(option))
    return None if octets is None else octets.decode("utf-8", errors="replace")


def _entry(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _kind(option: str) -> shared_file.Kind:
    """The error of a file that this option names."""
    return lambda message, hint: AmtError("{0}: {1}".format(option, message), hint or "name another file")


def _refused(option: str, path: Path, error: OSError) -> InvalidOption:
    return InvalidOption(option, str(path), "{0}; name another file".format(error.strerror or error))
