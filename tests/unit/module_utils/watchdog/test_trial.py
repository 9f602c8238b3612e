# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watchdog API on a descriptor that answers from a table, and the trial heartbeat in a child of its own."""

from __future__ import annotations

import errno
import functools
import os
import struct
import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.clock import SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.watchdog import trial
from ansible_collections.outofband.amt.plugins.module_utils.watchdog.api import Watchdog

INFO = struct.pack("=II32s", 0x8480, 2, b"iamt_wdt")


class Driver:
    """Answers as mei_wdt does; every call is in the file `log`, also one of a child."""

    def __init__(self, log, identity=INFO, error=0, silent=False):
        self.log = log
        self.identity = identity
        self.error = error
        self.silent = silent

    def ioctl(self, descriptor, request, argument):
        with self.log.open("a") as log:
            log.write("{0:08x} {1}\n".format(request, argument.hex()))
        if request == 0x80285700:
            return self.identity
        if self.error:
            raise OSError(self.error, os.strerror(self.error))
        if self.silent:
            time.sleep(600)
        return argument

    def calls(self):
        return [line.split()[0] for line in self.log.read_text().splitlines()]


@pytest.fixture
def node(tmp_path):
    path = tmp_path / "watchdog1"
    path.touch()
    return str(path)


@pytest.fixture
def driver(tmp_path):
    return functools.partial(Driver, tmp_path / "log")


def attempt(node, driver, timeout=300, seconds=60.0):
    trial.heartbeat(node, timeout, SystemClock(), functools.partial(Watchdog, ioctl=driver.ioctl), seconds)


def test_the_numbers_are_the_kernels(node, driver):
    answering = driver()
    with Watchdog(node, answering.ioctl) as watchdog:
        assert watchdog.identity() == "iamt_wdt"
        assert watchdog.set_timeout(300) == 300
        watchdog.heartbeat()
    assert answering.calls() == ["80285700", "c0045706", "80045705"]


def test_one_heartbeat(node, driver):
    answering = driver()
    attempt(node, answering)
    assert answering.calls() == ["80285700", "c0045706", "80045705"]
    assert "c0045706 2c010000" in answering.log.read_text()


def test_silence_ends_with_the_child_and_not_with_us(node, driver):
    began = time.monotonic()
    with pytest.raises(AmtError, match="did not answer") as caught:
        attempt(node, driver(silent=True), seconds=0.3)
    assert type(caught.value).__name__ == "FirmwareSilent" and time.monotonic() - began < 60
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ({"error": errno.EBUSY}, "open already"),
        ({"error": errno.EINVAL}, "Invalid argument"),
        ({"error": errno.ENODEV}, "No such device"),
        ({"identity": INFO.replace(b"iamt_wdt", b"iTCO_wdt")}, "not the watchdog of AMT"),
    ],
)
def test_what_the_driver_says_is_told(node, driver, trouble, sentence):
    with pytest.raises(AmtError, match=sentence):
        attempt(node, driver(**trouble))


def test_a_child_that_does_not_understand_the_driver_ends_too(node, driver):
    with pytest.raises(AmtError, match="Input/output error"):
        attempt(node, driver(identity=b""))


def test_a_node_that_is_not_there(tmp_path, driver):
    with pytest.raises(AmtError, match="No such file"):
        attempt(str(tmp_path / "none"), driver())


def test_another_watchdog_gets_no_heartbeat(node, driver):
    other = driver(identity=INFO.replace(b"iamt_wdt", b"softdog\0"))
    with pytest.raises(AmtError):
        attempt(node, other)
    assert other.calls() == ["80285700"]
