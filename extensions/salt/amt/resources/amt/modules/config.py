# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Settings of the managing minion, which Salt's states and state files ask for.
"""

from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's
from salt.utils.data import traverse_dict_and_list

#: Of settings, what has its own way out.
ASIDE = ("pillar", "grains")


def option(value, default=""):
    """
    A setting of the minion, or of pillar.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' config.option state_aggregate
    """
    return __opts__[value] if value in __opts__ and value not in ASIDE else __salt__["pillar.get"](value, default)


def get(key, default="", delimiter=":"):
    """
    The first that is found of a setting of the minion, a grain of the device and a value of the minion's pillar.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' config.get amt:remediation
    """
    settings = {name: value for name, value in __opts__.items() if name not in ASIDE}
    for values in (settings, __salt__["grains.items"]()):
        found = traverse_dict_and_list(values, key, None, delimiter)
        if found is not None:
            return found
    return __salt__["pillar.get"](key, default, delimiter=delimiter)
