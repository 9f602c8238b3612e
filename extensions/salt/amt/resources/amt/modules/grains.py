# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Grains of a device, as last read from it.
"""

from salt.utils.data import filter_by as _filter_by
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


def item(*keys, default=""):
    """
    Those that are named.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.item amt_version uuid
    """
    return {key: get(key, default) for key in keys}


def ls():
    """
    Their names.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' grains.ls
    """
    return sorted(items())


def has_value(key):
    """
    Whether there is one of that name which is not empty.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.has_value amt_version
    """
    return bool(get(key))


def equals(key, value):
    """
    Whether it has that value.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.equals manufacturer LENOVO
    """
    return str(value) == str(get(key))


def filter_by(lookup_dict, grain="manufacturer", merge=None, default="default", base=None):
    """
    That part of a mapping which is for the grain's value, as Salt's own function of that name.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.filter_by '{LENOVO: {rack: 1}, default: {rack: 2}}'
    """
    return _filter_by(lookup_dict, grain, items(), merge, default, base)


def refresh():
    """
    Read them from the device now.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' grains.refresh
    """
    return __resource_funcs__["amt.grains_refresh"]()
