# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: the configuration as one document
=========================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import read
from saltext.amt.core.resources.profile import DeviceProfile

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def profile(parts=None, device=None):
    """
    The device as a document for the state of the same name: by part, its settings. ``parts``: only these. Passwords
    and keys cannot be read. What could not be read at all is told as ``unread``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.profile
        salt -C 'T@amt:pc-01' amt.profile parts='[name]'
    """
    return read(DeviceProfile(), locals(), state="exported")
