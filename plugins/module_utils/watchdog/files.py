# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The files that make the OS-health watchdog last: driver, name, and who feeds it."""

from __future__ import annotations

from typing import Any

from ..host.files import HEADER
from ..mei.guids import WATCHDOG
from .devices import DRIVER, IDENTITY

NAME = "amt_watchdog"
DEVICE = "/dev/" + NAME
MODULES = "/etc/modules-load.d/amt-watchdog.conf"
RULES = "/etc/udev/rules.d/70-mei-wdt.rules"
"""Intel's LMS has a file of this name below /usr/lib, which names the watchdog for its own feeder; ours hides it."""
DROP_IN = "/etc/systemd/system.conf.d/50-amt-watchdog.conf"
REOPEN = "/etc/systemd/system/amt-watchdog-reopen@.service"
UNIT = "/etc/systemd/system/amt-watchdog.service"
DAEMON = "/etc/amt-watchdog.conf"
LAST = {"systemd": (DROP_IN, REOPEN), "watchdog": (REOPEN,), "none": ()}
"""Written when all else is in place, and systemd is told at once. A daemon-reload with a new drop-in would open
/dev/watchdog0, since systemd takes up WatchdogDevice only when it starts; with some watchdogs that is for good."""
PATHS = (MODULES, RULES, DROP_IN, REOPEN, UNIT, DAEMON)

NAMED = 'ACTION!="remove", SUBSYSTEM=="watchdog", ATTR{{identity}}=="{0}", SYMLINK+="{1}", TAG+="systemd"{2}\n'
LIFTED = 'ACTION=="add", SUBSYSTEM=="mei", ATTR{{uuid}}=="{0}", RUN+="/sbin/modprobe --ignore-install {1}"\n'
"""A blacklist binds udev and modules-load.d, and not modprobe when it is given the name of the module."""
AGAIN_WANTED = ', ENV{SYSTEMD_WANTS}+="amt-watchdog-reopen@%k.service"'
EXTRAS = {"systemd": AGAIN_WANTED, "watchdog": AGAIN_WANTED, "none": ', SYMLINK+="iamt_watchdog"'}
SYSTEMD = """[Manager]
RuntimeWatchdogSec={timeout}s
WatchdogDevice={device}
"""
AGAIN = """[Unit]
Description=Have %i fed, the OS-health watchdog of AMT that has just appeared
Documentation=https://github.com/outofband/outofband.amt
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecCondition=/bin/grep -qx inactive /sys/class/watchdog/%i/state
ExecStart=/bin/systemctl {again}
"""
AGAIN_OF = {"systemd": "daemon-reexec", "watchdog": "restart amt-watchdog.service"}
"""systemd does not notice that what it has open is gone. The unit of the daemon stops with the device, and while it
does, a mere wish to start it again would be refused: a restart is not."""
SERVICE = """[Unit]
Description=Feed the OS-health watchdog of AMT
Documentation=https://github.com/outofband/outofband.amt
BindsTo=dev-{name}.device
After=dev-{name}.device

[Service]
ExecStart=/usr/sbin/watchdog --foreground --force --config-file {config}
Restart=on-failure
"""
CONFIG = """watchdog-device = {device}
watchdog-timeout = {timeout}
watchdog-refresh-ignore-errors = yes
interval = {interval}
realtime = yes
priority = 1
test-directory = /etc/amt-watchdog.d
"""


def wanted(feeder: str, timeout: int, interval: int, lift: bool) -> dict[str, str | None]:
    """Text of each file by its path, None for one that must not be there."""
    rules = NAMED.format(IDENTITY, NAME, EXTRAS[feeder]) + (LIFTED.format(WATCHDOG, DRIVER) if lift else "")
    texts = {MODULES: DRIVER + "\n", RULES: rules}
    values: dict[str, Any] = {
        "device": DEVICE,
        "name": NAME,
        "config": DAEMON,
        "timeout": timeout,
        "interval": interval,
    }
    if feeder == "systemd":
        texts.update({DROP_IN: SYSTEMD.format(**values)})
    if feeder == "watchdog":
        texts.update({UNIT: SERVICE.format(**values), DAEMON: CONFIG.format(**values)})
    if feeder in AGAIN_OF:
        texts[REOPEN] = AGAIN.format(again=AGAIN_OF[feeder])
    return {path: HEADER + texts[path] if path in texts else None for path in PATHS}


def nothing() -> dict[str, str | None]:
    return dict.fromkeys(PATHS)
