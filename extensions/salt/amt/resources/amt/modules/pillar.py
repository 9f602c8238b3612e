# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The pillar of the managing minion, which state files of a device ask for.
"""

import salt.modules.pillar
from salt.utils.functools import namespaced_function

__load__ = ["get"]

get = namespaced_function(salt.modules.pillar.get, globals())
get.__doc__ = """
    A value of the managing minion's pillar, as Salt's own function of that name.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' pillar.get amt:remediation
    """
