# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Events from the states of a device, sent by the managing minion.
"""

import salt.utils.event
from salt.exceptions import SaltInvocationError
from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's


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


def send(tag, data=None, with_grains=False, with_env=False, with_pillar=False, **more):
    """
    The same, with what Salt's function of that name takes. ``with_grains`` adds those of the device; environment and
    pillar would be the managing minion's and are refused.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' event.send amt/seen '{seen: true}' with_grains=True
    """
    if with_env or with_pillar:
        raise SaltInvocationError("with_env, with_pillar: they are the managing minion's; name in data what is needed")
    told = {**(data or {}), **{name: value for name, value in more.items() if not name.startswith("__")}}
    if with_grains:
        told["grains"] = __salt__["grains.items"]()
    return fire_master({"device": __resource__["id"], **told}, tag)
