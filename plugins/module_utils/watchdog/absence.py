# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Why there is no watchdog of AMT, told apart: each reason has a way out of its own.

What the driver does when: drivers/watchdog/mei_wdt.c (AMT.md 16.6).
"""

from __future__ import annotations

from pathlib import Path

from ..errors import AmtError, Unavailable
from ..host.files import read
from ..mei import sysfs
from ..mei.absence import REMAINING, NoEngine, no_device, not_shown
from ..mei.guids import WATCHDOG
from .devices import DRIVER, others

STATE = "sys/kernel/debug/mei_wdt/state"
SILENT = "PROBE"


class OtherWatchdogOnly(Unavailable):
    """The machine has a watchdog, and not one of AMT."""


class NoDriver(Unavailable):
    """This kernel has no driver for the watchdog of AMT."""


class Blacklisted(Unavailable):
    """The driver is there and forbidden."""


class NotBound(Unavailable):
    """The driver is loaded and did not take the client."""


class NotRequired(Unavailable):
    """The firmware says that it needs no heartbeats."""


class FirmwareSilent(Unavailable):
    """The firmware does not answer a heartbeat."""


class NotSeen(Unavailable):
    """Only root can tell why there is none."""


def reason(root: Path, lift: bool) -> AmtError | None:
    """Why there is none and loading the driver would not help. None when it may. `lift`: blacklists will be lifted."""
    if sysfs.device(root) is None:
        return _without_engine(root)
    if sysfs.client(root, WATCHDOG) is None:
        sentence = "AMT is disabled in the firmware: the engine does not show its watchdog"
        return not_shown(root, sentence + _besides(root))
    if loaded(root):
        return after_loading(root)
    if not sysfs.in_kernel(root, DRIVER):
        return NoDriver("this kernel has no module {0}{1}".format(DRIVER, _besides(root)), REMAINING)
    return None if lift and liftable(root) else _forbidden(root)


def after_loading(root: Path) -> AmtError:
    """Why a driver that is loaded made no watchdog."""
    state = (read(root / STATE) or "").partition(":")[2].strip()
    client = sysfs.client(root, WATCHDOG)
    if client is None or client["driver"] != DRIVER:
        return NotBound("{0} is loaded and did not take the client".format(DRIVER), "look for it in the kernel log")
    if state == SILENT:
        hint = "start the machine again; if it stays so, remove the power for a moment"
        return FirmwareSilent("the firmware did not answer the first heartbeat of " + DRIVER, hint)
    if not state and _closed(root):
        sentence = "{0} is loaded and made no watchdog; whether the firmware needs none or is silent, root can see"
        return NotSeen(sentence.format(DRIVER), "become root")
    sentence = "the firmware does not require heartbeats now, so the driver makes no watchdog{0}"
    hint = "provision AMT first; the driver makes the watchdog as soon as the firmware asks for it"
    return NotRequired(sentence.format(_besides(root)), hint)


def _closed(root: Path) -> bool:
    """Whether this user may not look into debugfs."""
    try:
        (root / STATE).stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def loaded(root: Path) -> bool:
    """As a module, or built into the kernel."""
    return (root / "sys/bus/mei/drivers" / DRIVER).is_dir() or (root / "sys/module" / DRIVER).is_dir()


def liftable(root: Path) -> bool:
    """`module_blacklist` on the command line is obeyed by the kernel itself: nothing else can lift it."""
    words = (read(root / "proc/cmdline") or "").replace("-", "_").split()
    values = [value for name, _equals, value in (word.partition("=") for word in words) if name == "module_blacklist"]
    return not any(DRIVER in value.split(",") for value in values)


def _forbidden(root: Path) -> AmtError | None:
    files = sysfs.blacklists(root, DRIVER)
    if not files:
        return None
    sentence = "{0} is blacklisted by {1}".format(DRIVER, ", ".join(files))
    if not liftable(root):
        return Blacklisted(sentence, "take it off the kernel's command line: module_blacklist=", files=files)
    return Blacklisted(sentence, "load it in spite of that with lift_blacklist: true", files=files)


def _without_engine(root: Path) -> AmtError:
    error = no_device(root)
    if isinstance(error, NoEngine) and others(root):
        sentence = "there is no management engine; the watchdogs of this machine are not AMT's: {0}"
        return OtherWatchdogOnly(sentence.format(", ".join(others(root))), "leave this machine out")
    return error


def _besides(root: Path) -> str:
    found = others(root)
    return "; others are there and not AMT's: " + ", ".join(found) if found else ""
