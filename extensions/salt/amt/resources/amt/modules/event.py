# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Events from the states of a device, sent by the managing minion.
"""


def fire_master(data, tag, preload=None):
    """
    Fire an event on the master.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' event.fire_master '{seen: true}' amt/seen
    """
    return __minion__["event.fire_master"](data, tag, preload)
