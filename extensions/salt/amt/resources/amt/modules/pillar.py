# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The pillar of the managing minion, which state files of a device ask for. A command line is shown it masked, by Salt.
"""

import salt.modules.pillar
from salt.utils.functools import namespaced_function

__load__ = ["get", "item", "items", "keys", "ls"]

get = namespaced_function(salt.modules.pillar.get, globals())
get.__doc__ = """
    A value of the managing minion's pillar, as Salt's own function of that name.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' pillar.get amt:remediation
    """


def items():
    """
    All of it, as the minion has it: ``saltutil.refresh_pillar`` of the minion has it made anew.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' pillar.items
    """
    return {key: get(key) for key in __pillar__}


def item(*keys, default=""):
    """
    The values that are named.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' pillar.item amt:remediation
    """
    return {key: get(key, default) for key in keys}


def ls():
    """
    The names at the top.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' pillar.ls
    """
    return sorted(__pillar__)


def keys(key, delimiter=":"):
    """
    The names below a value.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' pillar.keys amt:devices
    """
    found = salt.utils.data.traverse_dict_and_list(dict(__pillar__), key, {}, delimiter)
    return sorted(map(str, found)) if isinstance(found, dict) else []
