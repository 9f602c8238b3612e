# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Why there is no management engine to talk to, or no AMT in it, as errors with a way out."""

from __future__ import annotations

from pathlib import Path

from ..errors import AmtError, Unavailable
from . import sysfs
from .device import EngineAway, NoDevice

REMAINING = "install the package with the remaining modules of the kernel, if there is one"


class NoEngine(Unavailable):
    """No management engine is to be seen on the PCI bus."""


class NotLoaded(Unavailable):
    """The engine is there and its driver is not."""


class Disabled(Unavailable):
    """The engine works and AMT is off."""


def not_shown(root: Path, sentence: str) -> AmtError:
    """Why a device that is there shows no client of AMT's. `sentence` for AMT that is off."""
    state = (sysfs.device(root) or {}).get("state")
    if state in (None, sysfs.READY):
        return disabled(sentence)
    hint = "look for mei_me in the kernel log; if it stays so, shut the machine down and unplug it"
    return EngineAway("the driver has no engine that is ready: its state is {0}".format(state), hint)


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
    if not sysfs.in_kernel(root, sysfs.DRIVER):
        return NotLoaded("this kernel has no module {0}".format(sysfs.DRIVER), REMAINING)
    blacklists = sysfs.blacklists(root)
    if blacklists:
        hint = "take mei and mei_me out of it, then: modprobe mei_me"
        return NotLoaded("the driver mei_me is not loaded: {0} forbids it".format(", ".join(blacklists)), hint)
    return NotLoaded("the driver mei_me is not loaded", "modprobe mei_me")
