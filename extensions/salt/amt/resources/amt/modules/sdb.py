# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Secrets of the managing minion, for the state files of a device.
"""

import salt.utils.sdb
from salt.exceptions import SaltInvocationError
from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's
from saltext.amt.devices import is_of_a_file


def get(uri, strict=False):
    """
    The value at an ``sdb://`` address, by a profile of the managing minion. In state files only: whoever may ask a
    device is not told the secrets of its minion.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.apply quarantine      # with {{ salt['sdb.get']('sdb://vault/agent') }} in it
    """
    if not is_of_a_file(__opts__):
        raise SaltInvocationError("a device has sdb.get in state files; on a command line ask the managing minion")
    return salt.utils.sdb.sdb_get(uri, __opts__, __utils__, strict)
