# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: the configuration as one document
=========================================================

The state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of each setting that differs. With ``test=True`` nothing is written, which finds drift.
"""

from saltext.amt.answers import converged
from saltext.amt.carry_out import changed_settings
from saltext.amt.core.resources.profile import DeviceProfile

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def profile(name, profile=None, parts=None, skip_unsupported=False, device=None):
    """
    The device is as this document says.

    profile
        A mapping from a capability to its options, in the words of the states of this module.
    parts
        Only these parts of the document.
    skip_unsupported
        Leave out what this firmware lacks, so that one document serves several generations.

    .. code-block:: yaml

        office:
          amt.profile:
            - profile:
                name:
                  domain: example.com
                  ping: false
                defense_policies:
                  policies: []
                  purge: true

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.profile name=office profile='{name: {ping: false}}' test=True
    """
    return converged(DeviceProfile(), locals(), changed_settings)
