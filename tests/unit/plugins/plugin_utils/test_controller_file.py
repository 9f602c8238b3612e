# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller: whole or not at all, lines that stay, and refusals before anything is done."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import re
import resource
import signal

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.host import files
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file

WRITERS, LINES = 4, 50


def write_lines(path, name):
    for number in range(LINES):
        controller_file.append_line("record", path, {"name": name, "number": number, "text": "\u202e\n" * 500})


def test_many_who_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "record"
    writers = [multiprocessing.Process(target=write_lines, args=(path, name)) for name in range(WRITERS)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    entries = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    found = {name: [entry["number"] for entry in entries if entry["name"] == name] for name in range(WRITERS)}
    assert found == {name: list(range(LINES)) for name in range(WRITERS)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_is_ended_and_kept(tmp_path):
    path = tmp_path / "record"
    path.write_text('{"a": 1}\n{"a": ')
    controller_file.append_line("record", path, {"a": 3})
    assert path.read_text() == '{"a": 1}\n{"a": \n{"a": 3}\n'
    assert controller_file.read_lines("record", path) == [{"a": 1}, {"a": 3}]


@pytest.mark.parametrize("fails", ["write", "fsync"])
def test_a_line_that_is_not_on_the_disk_is_taken_back(tmp_path, monkeypatch, fails):
    path = tmp_path / "record"
    controller_file.append_line("record", path, {"a": 1})

    def full(descriptor, octets=b""):
        original(descriptor, *([octets[:3]] if octets else []))
        raise OSError(28, os.strerror(28))

    original = getattr(os, fails)
    monkeypatch.setattr(os, fails, full)
    with pytest.raises(InvalidOption, match="No space left"):
        controller_file.append_line("record", path, {"a": 2})
    assert path.read_text() == '{"a": 1}\n'


def test_a_disk_without_room_is_found_out_before_there_is_a_line(tmp_path, monkeypatch):
    path = tmp_path / "record"
    path.write_text('{"host": "pc"}\n')
    controller_file.make_sure_of_room("record", path, 10_000)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, unlimited[1]))
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(InvalidOption, match=r"record: .*File too large"):
            controller_file.make_sure_of_room("record", path, 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        signal.signal(signal.SIGXFSZ, before)
    monkeypatch.setattr(os, "posix_fallocate", refusing)
    controller_file.make_sure_of_room("record", path, 10_000)
    assert path.read_text() == '{"host": "pc"}\n'


def refusing(*_given):
    """A file system that cannot set room aside."""
    raise OSError(95, os.strerror(95))


def test_a_lock_that_somebody_keeps_is_told(tmp_path, monkeypatch):
    path = tmp_path / "record"
    monkeypatch.setattr(files, "WRITES_WITHIN", 0.05)
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AmtError, match="held by another process"):
            controller_file.append_line("record", path, {})


def places(folder):
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "fifo")
    (folder / "file").write_text("")
    return [folder, folder / "loop", folder / "fifo", folder / "missing" / "x", folder / "file" / "x", "/dev/null"]


@pytest.mark.parametrize("number", range(6))
def test_what_is_no_ordinary_file_is_refused_and_named(tmp_path, number):
    path = controller_file.located(str(places(tmp_path)[number]))
    for attempt in (
        lambda: controller_file.check_writable("path", path),
        lambda: controller_file.replace("path", path, "x"),
        lambda: controller_file.append_line("path", path, {}),
    ):
        with pytest.raises(InvalidOption, match="path: .*{0}".format(re.escape(path.name))):
            attempt()


@pytest.mark.parametrize("number", [0, 1, 2, 5])
def test_nothing_else_is_read_or_waited_for(tmp_path, number):
    path = controller_file.located(str(places(tmp_path)[number]))
    with pytest.raises(AmtError, match="record: .*{0}".format(re.escape(path.name))):
        controller_file.read_lines("record", path)


def test_what_could_not_be_replaced_in_the_end_is_told_in_the_beginning(tmp_path, monkeypatch):
    """The file may be written, and its folder keeps it from being replaced by this user."""
    path = tmp_path / "report"
    path.write_text("of somebody else")
    controller_file.check_replaceable("path", path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    controller_file.check_replaceable("path", path)
    tmp_path.chmod(0o1777)
    for attempt in (controller_file.check_replaceable, lambda *given: controller_file.replace(*given, "x")):
        with pytest.raises(InvalidOption, match="replace no file"):
            attempt("path", path)
    monkeypatch.setattr(os, "access", lambda place, _how: place != tmp_path)
    with pytest.raises(InvalidOption, match="may "):
        controller_file.check_replaceable("path", path)
    assert path.read_text() == "of somebody else"


def test_a_line_that_is_nested_without_end_is_none(tmp_path):
    path = tmp_path / "record"
    path.write_text("[" * 100_000 + '\n{"host": "pc"}\n')
    assert controller_file.read_lines("record", path) == [{"host": "pc"}]


def test_a_file_is_replaced_whole_and_a_link_stays_one(tmp_path, monkeypatch):
    real = tmp_path / "real"
    real.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(real)
    controller_file.replace("path", link, "new \ud800")
    assert link.is_symlink() and real.read_text() == "new \\ud800"

    def full(descriptor):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AmtError, match=r"path: .*no space left"):
        controller_file.replace("path", link, "half")
    assert real.read_text() == "new \\ud800" and sorted(each.name for each in tmp_path.iterdir()) == ["link", "real"]


def test_relative_paths_count_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/srv/ann")
    monkeypatch.setenv("DAY", "monday")
    assert controller_file.located("a/$DAY.csv") == tmp_path / "a/monday.csv"
    assert str(controller_file.located("~/x")) == "/srv/ann/x"
