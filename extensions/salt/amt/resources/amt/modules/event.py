# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Events from the states of a device, sent by the managing minion.
"""

import salt.utils.event


def fire_master(data, tag, preload=None):
    """
    Fire an event on the master.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' event.fire_master '{seen: true}' amt/seen
    """
    opts = {**__opts__, "id": __opts__.get("managing_minion", __opts__["id"])}  # states have the name of the device
    with salt.utils.event.get_event("minion", opts=opts, listen=False) as bus:
        return bus.fire_event({"data": data, "tag": tag, "events": None, "pretag": None}, "fire_master")
