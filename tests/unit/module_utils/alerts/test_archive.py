# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive of a log: lines that are whole, of one device, and never double, whatever became of who wrote before."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.alerts import archive as module
from ansible_collections.outofband.amt.plugins.module_utils.alerts.archive import Archive
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, Overtaken
from ansible_collections.outofband.amt.plugins.module_utils.host import files

ABOUT = {"host": "pc-1", "log": "event"}
CORE = Path(module.__file__).resolve().parents[1]


def rows(text):
    return [letter.encode() for letter in text]


def said(octets):
    return {"text": octets.decode()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pc-1.event.jsonl"


def add(path, text, gap="missing", **about):
    archive = Archive(path, {**ABOUT, **about})
    return archive.add(rows(text), said, gap, archive.tail(1).number)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def texts(path):
    return "".join(each.get("text", "|") for each in lines(path))


def test_what_is_new_is_added_once(path):
    assert add(path, "abc") == 3
    assert add(path, "abc") == 3
    assert add(path, "bcdd") == 5
    assert texts(path) == "abcdd"
    assert [each["n"] for each in lines(path)] == [1, 2, 3, 4, 5]
    assert lines(path)[0] == {"n": 1, "host": "pc-1", "log": "event", "text": "a", "raw": "YQ=="}
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_new_leaves_the_file_alone(path):
    add(path, "abc")
    os.utime(path, ns=(5, 5))
    add(path, "abc")
    assert path.stat().st_mtime_ns == 5


def test_a_gap_is_told(path):
    add(path, "abc")
    assert add(path, "xyz", "it wrapped") == 7
    assert lines(path)[3] == {"n": 4, **ABOUT, "gap": "it wrapped"}
    assert texts(path) == "abc|xyz"
    assert add(path, "xyz") == 7


def test_what_was_cleared_by_us_is_not_taken_for_what_is_there(path):
    add(path, "ab")
    Archive(path, ABOUT).mark_cleared("2026-03-01T00:00:00+00:00")
    assert add(path, "ab") == 5
    assert texts(path) == "ab|ab"


@pytest.mark.parametrize("torn", ['{"n": 3, "host"', "{", '{"n": 3, "text": "\\u00'])
def test_a_line_that_somebody_was_killed_at_is_taken_away(path, torn):
    add(path, "ab")
    with path.open("a") as file:
        file.write(torn)
    assert Archive(path, ABOUT).tail(9) == (2, rows("ab"), [])
    add(path, "abc")
    assert texts(path) == "abc"


def test_who_was_killed_at_the_first_line(path):
    path.write_text('{"n": 1, "ho')
    add(path, "ab")
    assert texts(path) == "ab"


@pytest.mark.parametrize("content", ["root:x:0:0\n", '["n"]\n', '{"n": "1"}\n', '{"n": 1}\n', "{}\n"])
def test_a_file_that_is_none_of_ours_is_left_alone(path, content):
    path.write_text(content)
    with pytest.raises(InvalidOption, match="no archive of this log"):
        add(path, "ab")
    assert path.read_text() == content


@pytest.mark.parametrize("about", [{"host": "pc-2"}, {"log": "audit"}])
def test_the_archive_of_another_one_is_left_alone(path, about):
    add(path, "ab")
    before = path.read_bytes()
    with pytest.raises(InvalidOption, match="event log of pc-1"):
        add(path, "cd", **about)
    assert path.read_bytes() == before


def test_places_where_no_archive_can_be(tmp_path):
    for place in (tmp_path, tmp_path / "none" / "x.jsonl"):
        with pytest.raises(InvalidOption):
            add(place, "a")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(InvalidOption, match="no ordinary file"):
        add(fifo, "a")


def test_a_full_disk_leaves_whole_lines(path, monkeypatch):
    add(path, "ab")
    before = path.read_bytes()
    real = os.write

    def cut(descriptor, octets):
        real(descriptor, octets[: len(octets) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "write", cut)
    with pytest.raises(InvalidOption, match="No space left"):
        add(path, "abc")
    assert path.read_bytes() == before


def test_a_long_archive_is_read_from_its_end(path):
    text = "".join(chr(ord("a") + number % 26) for number in range(3000))
    add(path, text)
    tail = Archive(path, ABOUT).tail(40)
    assert (tail.number, tail.records) == (3000, rows(text)[-40:])
    assert len(Archive(path, ABOUT).tail(10**6).records) == 3000


def test_two_at_once_write_each_record_once(path):
    """Each reads a log that grows, and reads it again where another one was faster."""
    log = []

    def run():
        while True:
            tail = Archive(path, ABOUT).tail(99)
            log.append(str(len(log)).encode())
            records = list(log)
            try:
                return Archive(path, ABOUT).add(records, said, "gap", tail.number)
            except Overtaken:
                continue

    threads = [threading.Thread(target=run) for _each in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = [each["text"] for each in lines(path)]
    assert found == [str(number) for number in range(len(found))]
    assert len(found) >= 12


def test_a_lock_that_is_held_for_ever_is_told(path, monkeypatch):
    monkeypatch.setattr(files, "WRITES_WITHIN", 0.0)
    with files.opened_for_appending("archive", path), pytest.raises(AmtError, match="held by another process"):
        add(path, "a")


KILLED = """
import sys
sys.path.insert(0, {parent!r})
from module_utils.alerts.archive import Archive
from pathlib import Path
records = [str(number).encode() for number in range(200000)]
Archive(Path({path!r}), {about!r}).add(records, lambda octets: {{"text": octets.decode()}}, "", 0)
"""


def test_kills_in_the_middle_cost_nothing(path):
    """What was written is a beginning of the log, and the next run has the rest."""
    script = KILLED.format(parent=str(CORE.parent), path=str(path), about=ABOUT)
    running = subprocess.Popen([sys.executable, "-c", script])
    end = time.monotonic() + 120
    while (not path.exists() or path.stat().st_size < 300000) and time.monotonic() < end:
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.wait()
    found = Archive(path, ABOUT).tail(10)
    assert 0 < found.number < 200000
    records = [str(number).encode() for number in range(found.number + 5)]
    Archive(path, ABOUT).add(records, said, "", found.number)
    assert [each["text"] for each in lines(path)] == [each.decode() for each in records]


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("pc-1", "logs/pc-1.jsonl"),
        ("2001:db8::1", "logs/2001:db8::1.jsonl"),
        ("../../etc/passwd", "logs/%2E.%2F..%2Fetc%2Fpasswd.jsonl"),
        ("a/b c\u202e{host}", "logs/a%2Fb%20c%E2%80%AE%7Bhost%7D.jsonl"),
        (".hidden", "logs/%2Ehidden.jsonl"),
    ],
)
def test_the_name_of_a_device_leads_nowhere_else(host, place):
    assert module.place_for("logs/{host}.jsonl", host) == place
