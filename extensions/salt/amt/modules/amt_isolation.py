# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: System Defense
======================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import act, read
from saltext.amt.core.resources.isolation.defense_policies import DefensePolicies
from saltext.amt.core.resources.isolation.isolation import Isolation
from saltext.amt.core.resources.isolation.isolation_info import IsolationInfo

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def isolate(allow=(), port="wired", device=None, **settings):
    """
    Cut the machine off its network except for what ``allow`` lets through. ``settings`` are those of the state
    ``amt.isolated``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.isolate allow='[dhcp, dns, "to: 192.0.2.10, tcp/443"]'
    """
    return act(Isolation(), locals(), state="isolated")


def release(port="wired", when="always", agent=None, device=None):
    """
    Give back what was there before the isolation.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.release
    """
    return act(Isolation(), locals(), state="released")


def isolation_info(snapshot=True, strict=False, device=None):
    """
    What System Defense does on each port, since when, and what its filters counted. ``snapshot`` has the firmware bring
    its counters up to date first. ``unread`` lists what could not be read, with the reason; ``strict`` fails then.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.isolation_info
    """
    return read(IsolationInfo(), locals())


def defense_policies(policies, purge=False, foreign=False, device=None):
    """
    Have these System Defense policies on the device, as the state ``amt.defense_policies`` does.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.defense_policies policies='[{name: quiet, transmit: {action: drop}}]'
    """
    return act(DefensePolicies(), locals())
