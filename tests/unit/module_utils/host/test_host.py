# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced whole, programs that are run, processes and what they have open: on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import DeadlineExceeded
from ansible_collections.outofband.amt.plugins.module_utils.host import files, processes
from ansible_collections.outofband.amt.plugins.module_utils.host.commands import CommandFailed, Commands, ProgramMissing


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "new/file.conf"
    files.write_whole(path, b"one")
    with path.open() as reader:
        files.write_whole(path, b"two", mode=0o600)
        assert reader.read() == "one"
    assert path.read_text() == "two" and path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["file.conf"]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "file.conf"
    path.write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.NotWritten, match="No space"):
        files.write_whole(path, b"new")
    assert path.read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["file.conf"]


def test_a_file_that_this_user_may_not_write(tmp_path, monkeypatch):
    def forbidden(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkstemp", forbidden)
    with pytest.raises(files.NotWritten, match="Permission denied") as caught:
        files.write_whole(tmp_path / "a", b"x")
    assert caught.value.hint == "become root"


def test_own_files(tmp_path):
    own = files.OwnFiles(tmp_path, ("/etc/a", "/etc/b"))
    present = own.read()
    assert present == {"/etc/a": None, "/etc/b": None}
    planned = {"/etc/a": files.HEADER + "x\n", "/etc/b": None}
    own.write(present, planned)
    assert own.read() == planned
    own.write(planned, present)
    assert own.read() == present


def test_a_file_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "a").write_text("mine\n")
    with pytest.raises(files.ForeignFile, match="/a is there"):
        files.OwnFiles(tmp_path, ("/a",)).read()


@pytest.mark.parametrize(
    "put",
    [lambda path: path.symlink_to("nowhere"), lambda path: path.mkdir(), lambda path: path.symlink_to("/dev/null")],
)
def test_what_somebody_put_there_instead_of_a_file_is_refused(tmp_path, put):
    put(tmp_path / "a")
    with pytest.raises(files.ForeignFile, match="/a is there"):
        files.OwnFiles(tmp_path, ("/a",)).read()


def test_a_program_and_what_it_said():
    assert Commands().check("echo", "a b", "$HOME") == "a b $HOME"
    with pytest.raises(CommandFailed, match="status 1"):
        Commands().check("false")
    with pytest.raises(CommandFailed, match="No such file"):
        Commands().check("cat", "/nowhere")
    with pytest.raises(ProgramMissing, match="no program"):
        Commands().run("there-is-no-such-program")
    with pytest.raises(DeadlineExceeded, match=r"within 0.1 seconds"):
        Commands().run("sleep", "5", seconds=0.1)


def test_who_has_a_file_open(tmp_path):
    path = tmp_path / "watchdog1"
    with path.open("w"):
        found = processes.holders(files.Path("/"), str(path))
    assert [row["pid"] for row in found] == [os.getpid()]
    assert found[0]["command"] and set(found[0]) == {"pid", "command", "unit"}
    assert processes.holders(files.Path("/"), str(path)) == []


def test_a_program_that_was_replaced_while_it_runs(tmp_path):
    program = tmp_path / "sleep"
    shutil.copy(shutil.which("sleep"), program)
    with subprocess.Popen([program, "60"]) as running:
        assert not processes.replaced(files.Path("/"), str(running.pid))
        files.write_whole(program, b"#!/bin/true\n", 0o755)
        assert processes.replaced(files.Path("/"), str(running.pid))
        running.kill()
    assert not processes.replaced(files.Path("/"), "0")


def test_who_listens():
    """Others may listen at other addresses, on a port of the same number."""

    def ours():
        return [row for row in processes.listeners(files.Path("/"), port) if row["pid"] == os.getpid()]

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert len(ours()) == 1
    assert ours() == []


@pytest.mark.parametrize(
    ("groups", "unit"),
    [
        ("0::/system.slice/lms.service", "lms.service"),
        ("1:name=systemd:/system.slice/lms.service\n0::/system.slice/lms.service", "lms.service"),
        ("0::/user.slice/user-0.slice/session-1.scope", "session-1.scope"),
        ("0::/init.scope", "init.scope"),
        ("0::/system.slice/dbus-:1.2-org.example.Helper@0.service", "dbus-:1.2-org.example.Helper@0.service"),
        ("0::/", None),
    ],
)
def test_the_unit_of_a_process(tmp_path, groups, unit):
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/cgroup").write_text(groups)
    assert processes.process(tmp_path, 7) == {"pid": 7, "command": None, "unit": unit}


def test_what_a_killed_writer_left_is_cleared_away_when_it_is_old(tmp_path):
    path = tmp_path / "settings"
    old, new = tmp_path / ".settings.new-old", tmp_path / ".settings.new-new"
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (0, 0))
    files.write_whole(path, b"whole")
    assert sorted(each.name for each in tmp_path.iterdir()) == [".settings.new-new", "settings"]


def test_a_fifo_in_the_place_of_a_file_holds_nobody_up(tmp_path):
    path = tmp_path / "settings"
    os.mkfifo(path)
    assert files.read_text(path) is None
    with pytest.raises(files.NotRead, match="it is no file"):
        files.read_octets(path)
    with pytest.raises(files.ForeignFile):
        files.OwnFiles(tmp_path, ("/settings",)).read()
