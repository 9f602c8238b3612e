# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
``test.ping`` of a device, and what Salt's states need of ``test``.
"""

import time

import salt.version


def ping():
    """
    Whether the firmware answers and lets us in. The minion's log says why it does not; ``amt.power`` says it at once.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' test.ping
    """
    return __resource_funcs__["amt.ping"]()


def version():
    """
    The version of Salt on the managing minion. That of the firmware is the grain ``amt_version``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' test.version
    """
    return salt.version.__version__


def echo(text):
    """
    What it is given.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' test.echo here
    """
    return text


def sleep(length):
    """
    Wait, between the tries of a state with ``retry``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' test.sleep 5
    """
    time.sleep(int(length))
    return True
