# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Why there is no management engine to talk to, or no AMT in it, as errors with a way out."""

from __future__ import annotations

from pathlib import Path

from ..errors import AmtError, Unavailable
from . import sysfs
from .device import NoDevice


class NoEngine(Unavailable):
    """No management engine is to be seen on the PCI bus."""


class NotLoaded(Unavailable):
    """The engine is there and its driver is not."""


class Disabled(Unavailable):
    """The engine works and AMT is off."""


def disabled(sentence: str = "AMT is disabled in the firmware, or not part of it") -> AmtError:
    return Disabled(sentence, "enable AMT in the BIOS or in the MEBx, and start the machine again")


def no_device(root: Path) -> AmtError:
    """Why the class mei has no device. `root` is / but in tests."""
    if sysfs.pci_device(root) is None:
        hint = "the machine has none, the BIOS hides it, or this is a virtual machine"
        return NoEngine("there is no management engine on the PCI bus", hint)
    if sysfs.module_loaded(root):
        hint = "look for mei_me in the kernel log: the engine may not have started"
        return NoDevice("the driver mei_me is loaded and made no device", hint)
    blacklists = sysfs.blacklists(root)
    if blacklists:
        hint = "take mei_me out of it, then: modprobe mei_me"
        return NotLoaded("the driver mei_me is not loaded: {0} forbids it".format(", ".join(blacklists)), hint)
    return NotLoaded("the driver mei_me is not loaded", "modprobe mei_me")
