# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: what the firmware keeps for others
==========================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import read
from saltext.amt.core.resources.storage.storage import Storage

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def storage(device=None):
    """
    Which files there are in the web storage, and what there is room for.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.storage
    """
    return read(Storage(), locals())
