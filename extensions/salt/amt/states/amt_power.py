# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: power, and what the machine starts from
==============================================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged, refused
from saltext.amt.arguments import YAML_WORDS
from saltext.amt.carry_out import sentence
from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.resources.power.alarms import Alarms
from saltext.amt.core.resources.power.boot import Boot
from saltext.amt.core.resources.power.power import STATES, Power
from saltext.amt.core.resources.power.power_scheme import PowerScheme

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def powered(name, power="on", graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    The machine is on, off, asleep, in hibernation or in modern standby.

    power
        on, off, sleep, hibernate or standby. A restart is no state: see ``amt.power_reset`` of the execution module.
    graceful
        prefer, require or never ask the operating system.
    force_after
        Seconds until an operating system that does not shut down loses power.
    wait, wait_timeout
        Whether to wait until it is so, and how many seconds.

    .. code-block:: yaml

        office-pcs-are-on:
          amt.powered:
            - power: 'on'

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.powered name=evening power=off test=True
    """
    given = locals()
    state = YAML_WORDS[power] if isinstance(given.pop("power"), bool) else power
    if state not in STATES:
        refusal = InvalidOption("power", power, "a state is one of " + ", ".join(STATES))
        return refused(name, sentence(refusal))
    return converged(Power(), given, state=state)


def booted_once(
    name,
    target,
    sol=False,
    lock_keyboard=False,
    lock_power_button=False,
    lock_reset_button=False,
    lock_sleep_button=False,
    bypass_password=False,
    progress_events=False,
    reset_bios=False,
    secure_boot=False,
    verbosity="default",
    media_index=0,
    restart="never",
    wait=True,
    wait_timeout=300,
    force_after=None,
    device=None,
):
    """
    The next boot, and only that, is from somewhere else. Once the machine has booted, the same state asks for it again:
    require it from something that happens once, or leave ``restart`` to somebody else.

    target
        pxe, disk, safe_mode, cd, bios_setup, bios_pause, ider_cd, ider_floppy; none takes it back.
    restart
        never, graceful or immediate: make that boot happen now.
    wait, wait_timeout
        Whether to wait until the machine has restarted, and how many seconds.
    force_after
        Seconds until a system that was asked to restart, and has not, is reset.
    verbosity
        What the BIOS shows: default, quiet, verbose or blank.
    media_index
        Which drive: 0 the default, 1 the first, 2 the second.

    sol
        Send the console to the network (serial over LAN).
    lock_keyboard, lock_power_button, lock_reset_button, lock_sleep_button
        What somebody at the machine cannot use during that boot.
    bypass_password
        The BIOS does not ask for the user's password.
    progress_events
        The BIOS tells how far it is, as events of the firmware.
    reset_bios
        The BIOS returns to the manufacturer's settings.
    secure_boot
        Secure boot is enforced.

    Whatever somebody else has set for the next boot, an erase for example, is taken back. Where the firmware requires
    consent of the user at the machine, every change needs it.

    .. code-block:: yaml

        install-from-the-network:
          amt.booted_once:
            - target: pxe

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.booted_once name=install target=pxe
    """
    return converged(Boot(), locals())


def power_scheme(
    name,
    while_asleep=None,
    while_off=None,
    after_power_loss=None,
    package=None,
    idle_timeout=None,
    device=None,
):
    """
    The firmware answers in these states of the machine.

    while_asleep, while_off
        never, always, or woken by what is sent to it, which may be lost.
    after_power_loss
        Whether it starts by itself once power from the mains is back.
    package
        By its description, in the place of the words above.
    idle_timeout
        Minutes after the last request, or after the machine went to sleep, until it sleeps itself.

    .. code-block:: yaml

        reachable-while-off:
          amt.power_scheme:
            - while_asleep: woken
            - while_off: woken

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.power_scheme name=reachable while_off=woken test=True
    """
    return converged(PowerScheme(), locals())


def alarms(name, alarms, time_zone="UTC", tolerance=60, when_passed="refuse", purge=False, device=None):
    """
    The firmware switches the machine on at these times, with nobody's help.

    alarms
        A list. Each has ``name``, ``at`` (``2026-12-24 06:30``, ``'06:30'``, ``monday 06:30``, or with an offset of its
        own), ``every`` (``1 day``, ``12 hours``; left out for once), ``delete_on_completion``, and ``state``: absent to
        remove it.
    time_zone
        Of times without an offset: UTC, local, an offset or a name such as Europe/Berlin.
    tolerance
        Seconds by which the firmware's clock may be wrong; beyond that nothing is set.
    when_passed
        refuse or skip what would ring once and whose time is over.
    purge
        Whether alarms that are not listed are removed.

    .. code-block:: yaml

        patch-night:
          amt.alarms:
            - time_zone: Europe/Berlin
            - alarms:
              - {name: patches, at: '02:00', every: 1 day}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.alarms name=none alarms='[]' purge=True test=True
    """
    return converged(Alarms(), locals())
