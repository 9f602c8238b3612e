# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: who may log in, by what, and what is switched on
=======================================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import act, read
from saltext.amt.core.resources.security.time import Time

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def time(tolerance=10, device=None):
    """
    By how many seconds the firmware's clock is ahead (``drift``), where it has its time from, and who may set it.
    ``synchronized``: somebody has set it, and it is within ``tolerance`` seconds.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.time
    """
    return read(Time(), locals(), synchronized=False)


def synchronize_time(tolerance=10, device=None):
    """
    Set the firmware's clock from that of the minion, where it is wrong by more than ``tolerance`` seconds.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.synchronize_time
    """
    return act(Time(), locals())
