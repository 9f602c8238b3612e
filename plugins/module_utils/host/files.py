# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Files of the system: read as far as they are there, replaced whole or not at all. `root` is / but in tests."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .. import file_lock
from ..clock import Deadline, SystemClock
from ..errors import AmtError, InvalidOption, Unavailable

HEADER = "# Managed by outofband.amt; changes are lost.\n"
"""First line of every text file that is ours."""

WRITES_WITHIN = 60.0
"""Seconds that writing a file takes at most."""
OWNER_ONLY = 0o600


class NotWritten(Unavailable):
    """The system does not let this user change a file."""


class NotRead(Unavailable):
    """The system does not let this user see a file that has to be known."""


class ForeignFile(Unavailable):
    """A file that we want to write is there and not ours."""


def read_text(path: Path) -> str | None:
    """Text of a file; None when there is none, or none for this user, or what is there is no file."""
    try:
        if not path.is_file():
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def read(path: Path) -> str | None:
    """The same without white space around it."""
    text = read_text(path)
    return None if text is None else text.strip()


def number(path: Path, base: int = 10) -> int | None:
    """None for a file that has none."""
    try:
        return int(read(path) or "", base)
    except ValueError:
        return None


def entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def layered(root: Path, folders: Sequence[str]) -> list[Path]:
    """The files *.conf of several folders in the order of their names. One in an earlier folder hides those of its name
    in later ones, as systemd and modprobe have it."""
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        found.update({path.name: path for path in entries(root / folder) if path.suffix == ".conf"})
    return [found[name] for name in sorted(found)]


def linked(path: Path) -> str | None:
    """The last part of where a link leads."""
    return path.resolve().name if path.is_symlink() else None


def write_whole(path: Path, octets: bytes, mode: int = 0o644) -> None:
    """A reader sees the old file or the new one, also after a loss of power. Raises NotWritten."""
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        clear(path)
        descriptor, name = tempfile.mkstemp(prefix=_temporary(path), dir=str(path.parent))
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        sync_folder(path.parent)


def _temporary(path: Path) -> str:
    return ".{0}.new-".format(path.name)


def clear(path: Path) -> None:
    """Remove what writers left that were killed, and which is too old to be of one at work."""
    oldest = time.time() - WRITES_WITHIN
    for left in path.parent.glob(glob.escape(_temporary(path)) + "*"):
        with contextlib.suppress(OSError):
            if left.lstat().st_mtime < oldest:
                left.unlink()


def make_folder(path: Path) -> None:
    """Raises NotWritten."""
    with _told(path):
        path.mkdir(parents=True, exist_ok=True)


def remove(path: Path) -> None:
    """Also one that is gone already. Raises NotWritten."""
    with _told(path), contextlib.suppress(FileNotFoundError):
        path.unlink()


def read_octets(path: Path) -> bytes | None:
    """All of a file, None when there is none. Raises NotRead."""
    with _told(path, NotRead, "read"):
        try:
            mode = path.stat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise NotRead("{0} cannot be read: it is no file".format(path), "move it away", path=str(path))
            return path.read_bytes()
        except FileNotFoundError:
            return None


@contextlib.contextmanager
def _told(path: Path, kind: type[Unavailable] = NotWritten, what: str = "changed") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "become root" if error.errno in (errno.EACCES, errno.EPERM) else ""
        raise kind("{0} cannot be {1}: {2}".format(path, what, error.strerror), hint, path=str(path)) from error


def append_for_good(descriptor: int, octets: bytes) -> None:
    """Add to an open file what is on the disk when this returns. After an OSError the file is as it was."""
    size = os.fstat(descriptor).st_size
    try:
        if os.write(descriptor, octets) != len(octets):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


@contextlib.contextmanager
def opened_for_appending(option: str, path: Path) -> Iterator[int]:
    """The file that an option names, made if it was not there, and locked for this process alone.

    Raises InvalidOption, or AmtError if it stays locked by another one.
    """
    made = not path.exists()
    try:
        descriptor = os.open(str(path), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, OWNER_ONLY)
    except OSError as error:
        raise _unusable(option, path, error) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidOption(option, str(path), "it is no ordinary file; name another one")
        _lock(descriptor, option, path)
        if made:
            sync_folder(path.resolve().parent)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, option: str, path: Path) -> None:
    try:
        ours = file_lock.lock(descriptor, Deadline(SystemClock(), WRITES_WITHIN))
    except OSError as error:
        raise _unusable(option, path, error) from None
    if not ours:
        said = "{0}: {1} was held by another process for {2:g} seconds".format(option, path, WRITES_WITHIN)
        raise AmtError(said, file_lock.HELD)


def _unusable(option: str, path: Path, error: OSError) -> InvalidOption:
    return InvalidOption(option, str(path), "{0}; name another file".format(error.strerror or error))


def sync_folder(folder: Path) -> None:
    """A name that was given or taken in it is on the disk when this returns."""
    descriptor = os.open(str(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class OwnFiles:
    """Text files of ours, by their path in the system. Others' files are never written, nor removed."""

    def __init__(self, root: Path, paths: tuple[str, ...]) -> None:
        self.root = root
        self.paths = paths

    def read(self) -> dict[str, str | None]:
        """What is there, None for what is not. Raises ForeignFile."""
        found = {path: read_text(self._place(path)) for path in self.paths}
        for path, text in found.items():
            if os.path.lexists(self._place(path)) and not (text or "").startswith(HEADER):
                raise ForeignFile("{0} is there and was not written by us".format(path), "move it away", path=path)
        return found

    def write(self, present: dict[str, str | None], planned: dict[str, str | None], *besides: str) -> None:
        """Make present planned, all but the paths `besides`."""
        for path in self.paths:
            if path in besides:
                continue
            text = planned[path]
            if text is None and present[path] is not None:
                remove(self._place(path))
            elif text is not None and text != present[path]:
                write_whole(self._place(path), text.encode("utf-8"))

    def _place(self, path: str) -> Path:
        return self.root / path.lstrip("/")
