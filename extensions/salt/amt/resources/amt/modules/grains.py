# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Grains of a device, as last read from it.
"""

from salt.utils.data import traverse_dict_and_list


def items():
    """
    All of them.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' grains.items
    """
    return __resource_funcs__["amt.grains"]()


def get(key, default="", delimiter=":"):
    """
    One of them, or ``default``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.get amt_version
    """
    return traverse_dict_and_list(items(), key, default, delimiter)


def refresh():
    """
    Read them from the device now.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.refresh
    """
    return __resource_funcs__["amt.grains_refresh"]()
