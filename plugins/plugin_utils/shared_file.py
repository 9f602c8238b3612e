# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of the controller that several processes read and replace: under a lock, whole or not at all.

The lock is a hidden file beside it, which Ansible passes over where a folder is an inventory.

`kind` is the error that a caller raises for all that can go wrong with it; it takes a message and a hint.
"""

from __future__ import annotations

import glob
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ansible_collections.outofband.amt.plugins.module_utils import file_lock
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.host.files import sync_folder

Kind = Callable[[str, str], AmtError]

WAITS = 60.0
"""Seconds for which a lock is waited for. Whoever holds it writes one file, which takes far less."""
OWNER_ONLY = 0o600
WHAT = {stat.S_IFDIR: "a directory", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}


def real_path(path: str, kind: Kind) -> Path:
    """Where links lead, so that what is replaced is the file and not the link."""
    try:
        found = Path(path).resolve(strict=False)
        found.exists()
    except (OSError, RuntimeError) as error:
        raise kind(f"{path}: {_said(error)}", "name the file itself") from None
    if found.is_symlink():
        raise kind(f"{path}: its symbolic links lead in a circle", "name the file itself")
    return found


def _said(error: OSError | RuntimeError) -> str:
    return ((isinstance(error, OSError) and error.strerror) or "its symbolic links lead in a circle").lower()


def _check_regular(path: Path, mode: int, kind: Kind) -> None:
    if not stat.S_ISREG(mode):
        raise kind(
            f"{path}: it is {WHAT.get(stat.S_IFMT(mode), 'a device')} and no file", "name a file, or move it away"
        )


def _open(path: Path, flags: int, kind: Kind) -> int:
    """A descriptor of a regular file. Nothing that stands in its place is waited for."""
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, OWNER_ONLY)
    try:
        _check_regular(path, os.fstat(descriptor).st_mode, kind)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_regular(path: Path, kind: Kind) -> bytes | None:
    """All of it, None when there is none."""
    try:
        with os.fdopen(_open(path, os.O_RDONLY, kind), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise kind(f"{path}: {_said(error)}", "") from None


@contextmanager
def locked(path: Path, kind: Kind, seconds: float = WAITS) -> Iterator[None]:
    """While no other process has the lock beside `path`. What killed processes left of it is cleared away then. Who may
    only read the lock can lock it too."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = _opened_lock(lock, path, kind)
    except OSError as error:
        raise kind(f"{lock}: {_said(error)}", "") from None
    try:
        _wait_for_turn(descriptor, lock, kind, seconds)
        _clear(path)
        yield
    finally:
        os.close(descriptor)


def _opened_lock(lock: Path, path: Path, kind: Kind) -> int:
    """With the rights of the file that it is for, without those of others: 0600 where that is the owner's alone."""
    try:
        descriptor = _open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, kind)
    except PermissionError:
        return _open(lock, os.O_RDONLY | os.O_NOFOLLOW, kind)
    if os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, OWNER_ONLY | _group_of(path, descriptor))
    return descriptor


def _group_of(path: Path, descriptor: int) -> int:
    """What the group of the file may do, if the lock can be given to that group."""
    try:
        file = path.stat()
        if os.fstat(descriptor).st_gid != file.st_gid:
            os.fchown(descriptor, -1, file.st_gid)
    except OSError:
        return 0
    return stat.S_IMODE(file.st_mode) & (stat.S_IRGRP | stat.S_IWGRP)


def _wait_for_turn(descriptor: int, lock: Path, kind: Kind, seconds: float = WAITS) -> None:
    """Until no other process has this open file locked; the lock ends with the descriptor."""
    try:
        ours = file_lock.lock(descriptor, Deadline(SystemClock(), seconds))
    except OSError as error:
        raise kind(f"{lock}: {_said(error)}", "") from None
    if not ours:
        raise kind(f"{lock} was held by another process for {seconds:g} seconds", file_lock.HELD)


def cleared(path: Path, kind: Kind) -> None:
    """Clear away what killed processes left, unless somebody is at work."""
    if any(_left(path)):
        with suppress(AmtError), locked(path, kind, 0.0):
            pass


def _clear(path: Path) -> None:
    """Under the lock nobody is writing, so that a temporary file here is one that a killed process left."""
    for left in _left(path):
        with suppress(OSError):
            left.unlink()


def _left(path: Path) -> Iterator[Path]:
    return path.parent.glob(glob.escape(_temporary_prefix(path)) + "*")


def _temporary_prefix(path: Path) -> str:
    return f".{path.name}.new-"


def write_whole(path: Path, octets: bytes, kind: Kind, mode: int = OWNER_ONLY) -> None:
    """The old file or the new one is there at any moment, on the disk too; `mode` is for one that was not there."""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=_temporary_prefix(path), dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(octets)
                file.flush()
                _allow_the_same(path, file.fileno(), mode)
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise kind(f"{path}: {_said(error)}", "") from None


def _allow_the_same(path: Path, descriptor: int, mode: int) -> None:
    """Owner, group and mode of the file before, as far as this user may give them; a group not kept has no say."""
    if not path.exists():
        os.fchmod(descriptor, mode)
        return
    before = path.stat()
    mode = stat.S_IMODE(before.st_mode)
    with suppress(PermissionError):
        os.fchown(descriptor, before.st_uid, -1)
    try:
        os.fchown(descriptor, -1, before.st_gid)
    except PermissionError:
        mode &= ~stat.S_IRWXG
    os.fchmod(descriptor, mode)
