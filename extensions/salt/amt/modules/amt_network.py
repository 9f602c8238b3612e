# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: names and interfaces
============================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out. What these functions
show are the arguments of the states of the same domain.
"""

from saltext.amt.answers import read
from saltext.amt.core.resources.network.general import General
from saltext.amt.core.resources.network.ieee8021x import Ieee8021x
from saltext.amt.core.resources.network.name import Name
from saltext.amt.core.resources.network.remote_access import RemoteAccess
from saltext.amt.core.resources.network.wired import Wired
from saltext.amt.core.resources.network.wireless import Wireless

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def name(device=None):
    """
    Host name, domain, dynamic DNS, ping.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.name
    """
    return read(Name(), locals())


def wired(device=None):
    """
    The wired interface: addresses, VLAN, the states in which the firmware stays on the network, IPv6.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.wired
    """
    return read(Wired(), locals())


def wireless(device=None):
    """
    The wireless interface: profiles without their secrets, radio, synchronization, who has the link.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.wireless
    """
    return read(Wireless(), locals())


def remote_access(device=None):
    """
    Which management presence servers the device calls, what makes it call, its proxies, what counts as home, and
    whether a ``tunnel`` is open.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.remote_access
    """
    return read(RemoteAccess(), locals())


def ieee8021x(device=None):
    """
    802.1X of the wired interface, without its secrets.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.ieee8021x
    """
    return read(Ieee8021x(), locals())


def general(device=None):
    """
    How often the firmware tells of itself, what it prefers and answers to.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.general
    """
    return read(General(), locals())
