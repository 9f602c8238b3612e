# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Settings of the managing minion, which Salt's states ask for.
"""


def option(value, default=""):
    """
    A setting of the minion, or of pillar.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' config.option state_aggregate
    """
    for settings in (__opts__, __opts__.get("pillar") or {}):
        if value in settings:
            return settings[value]
    return default
