# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are written on the controller: where the user stands, whole or not at all, or line by line for good."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.host.files import sync_folder

LOCK_PATIENCE = 60.0
"""Seconds to wait for others that write a line to the same file; each needs some milliseconds."""
LOCK_PAUSE = 0.02
ANYBODY_READS, OWNER_READS = 0o644, 0o600


def located(path: str) -> Path:
    """An absolute path. A relative one counts from where ansible-playbook was started, as in a shell, and not from the
    playbook, which may lie in an installed collection."""
    return Path.cwd() / Path(os.path.expandvars(path)).expanduser()


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
    check_writable(option, path)
    place = path.resolve()
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{place.name[:100]}.", dir=place.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="", errors="backslashreplace") as stream:
                stream.write(content)
                stream.flush()
                os.fchmod(stream.fileno(), mode)
                os.fsync(stream.fileno())
            Path(temporary).replace(place)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
        sync_folder(place.parent)
    except OSError as error:
        raise _refused(option, path, error) from None


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
            if os.write(descriptor, octets) != len(octets):
                raise OSError(28, os.strerror(28))
            os.fsync(descriptor)
        except OSError as error:
            os.ftruncate(descriptor, size)
            raise _refused(option, path, error) from None


@contextmanager
def appendable(option: str, path: Path) -> Iterator[int]:
    """The file, made if it was not there, open and locked for this process alone."""
    check_writable(option, path)
    made = not path.exists()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, OWNER_READS)
    except OSError as error:
        raise _refused(option, path, error) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidOption(option, str(path), "it is no ordinary file; name another one")
        _lock(option, descriptor, path)
        if made:
            sync_folder(path.resolve().parent)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(option: str, descriptor: int, path: Path) -> None:
    end = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                sentence = "{0}: {1} has been locked by another program for {2:.0f} s".format(
                    option, path, LOCK_PATIENCE
                )
                raise AmtError(sentence, "end the program that holds it: fuser {0}".format(path)) from None
            time.sleep(LOCK_PAUSE)
        except OSError as error:
            raise _refused(option, path, error) from None
        else:
            return


def read_lines(option: str, path: Path) -> list[dict[str, Any]]:
    """The entries that `append_line` wrote; lines that are none are left out. Raises InvalidOption."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidOption(option, str(path), "{0}; give the file that was written".format(error.strerror)) from None
    return [entry for entry in map(_entry, text.splitlines()) if entry is not None]


def _entry(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _refused(option: str, path: Path, error: OSError) -> InvalidOption:
    return InvalidOption(option, str(path), "{0}; name another file".format(error.strerror or error))
