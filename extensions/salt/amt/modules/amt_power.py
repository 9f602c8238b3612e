# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: power, and what the machine starts from
==============================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import act, read
from saltext.amt.core.resources.inventory.inventory import Inventory
from saltext.amt.core.resources.power.alarms import Alarms
from saltext.amt.core.resources.power.boot import Boot
from saltext.amt.core.resources.power.power import Power
from saltext.amt.core.resources.power.power_scheme import PowerScheme

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def power(device=None):
    """
    The state of power, and what the machine can be asked for now.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.power
    """
    found = read(Inventory(), locals(), gather_subset=["power"])
    return {**found.pop("power"), **found}


def power_on(wait=True, wait_timeout=300, device=None):
    """
    Switch on. What is on stays as it is. ``wait``, ``wait_timeout``: whether to wait until it is so, and for how long.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_on
    """
    return act(Power(), locals(), state="on")


def power_off(graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    Switch off. ``graceful``: prefer, require or never ask the operating system; ``force_after``: seconds until
    patience ends. ``wait``, ``wait_timeout``: whether to wait until it is so, and how many seconds.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_off
        salt -C 'T@amt:pc-01' amt.power_off graceful=require force_after=120
    """
    return act(Power(), locals(), state="off")


def power_reset(graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    Restart, whatever the state was. As :py:func:`power_off`.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_reset graceful=never
    """
    return act(Power(), locals(), state="reset")


def power_cycle(graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    Take power away and give it back. As :py:func:`power_off`.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_cycle
    """
    return act(Power(), locals(), state="cycle")


def power_sleep(wait=True, wait_timeout=300, device=None):
    """
    Put to sleep (S3).

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_sleep
    """
    return act(Power(), locals(), state="sleep")


def power_hibernate(wait=True, wait_timeout=300, device=None):
    """
    Hibernate (S4).

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_hibernate
    """
    return act(Power(), locals(), state="hibernate")


def power_standby(wait=True, wait_timeout=300, device=None):
    """
    Modern standby: power stays on, and the system saves it. ``power_on`` wakes a machine from there.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_standby
    """
    return act(Power(), locals(), state="standby")


def power_nmi(device=None):
    """
    Send a non-maskable interrupt, so that the operating system writes a dump.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_nmi
    """
    return act(Power(), locals(), state="nmi")


def boot_once(target, restart="never", device=None, **settings):
    """
    Start from somewhere else next time, once. ``target``: pxe, disk, safe_mode, cd, bios_setup,
    bios_pause, ider_cd, ider_floppy, or none to take it back. ``restart``: never, graceful, immediate. ``settings``
    are those of the state ``amt.booted_once``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.boot_once pxe restart=immediate
    """
    return act(Boot(), locals())


def power_scheme(device=None):
    """
    In which states of the machine the firmware answers, which packages it has, and how long it stays awake.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.power_scheme
    """
    return read(PowerScheme(), locals())


def alarms(time_zone="UTC", device=None):
    """
    When the firmware switches the machine on, as clocks show it in a zone: UTC, local, an offset or a name.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.alarms time_zone=Europe/Berlin
    """
    return read(Alarms(), locals(), alarms=[])
