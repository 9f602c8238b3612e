# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
What minions put in the mine, asked for by the managing minion.
"""

import salt.channel.client
from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's


def get(tgt, fun, tgt_type="glob"):
    """
    Data of minions, as Salt's own function of that name. A device puts nothing there.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' mine.get 'site-*' network.ip_addrs
    """
    opts = {**__opts__, "id": __opts__.get("managing_minion", __opts__["id"])}  # states have the name of the device
    asked = {"cmd": "_mine_get", "id": opts["id"], "tgt": tgt, "fun": fun, "tgt_type": tgt_type}
    with salt.channel.client.ReqChannel.factory(opts) as channel:
        return channel.send(asked)
