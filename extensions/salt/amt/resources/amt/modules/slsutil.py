# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
What state files reckon with, as Salt's own functions of these names: nothing is asked and nothing is done.
"""

import salt.modules.slsutil
from salt.utils.functools import namespaced_function

__load__ = ["banner", "boolstr", "merge", "merge_all", "update"]

for _name in __load__:
    _function = getattr(salt.modules.slsutil, _name)
    globals()[_name] = namespaced_function(_function, globals())
    globals()[_name].__doc__ = _function.__doc__
