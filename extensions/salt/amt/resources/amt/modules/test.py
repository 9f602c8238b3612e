# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
``test.ping`` of a device, and what Salt's states need of ``test``.
"""

import time


def ping():
    """
    Whether the firmware answers and lets us in.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' test.ping
    """
    return __resource_funcs__["amt.ping"]()


def sleep(length):
    """
    Wait, between the tries of a state with ``retry``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' test.sleep 5
    """
    time.sleep(int(length))
    return True
