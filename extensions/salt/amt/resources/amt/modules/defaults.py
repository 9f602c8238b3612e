# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
What state files reckon with, as Salt's own functions of these names: nothing is asked and nothing is done.
"""

import salt.modules.defaults
from salt.utils.functools import namespaced_function

__load__ = ["deepcopy", "merge", "update"]

for _name in __load__:
    _function = getattr(salt.modules.defaults, _name)
    globals()[_name] = namespaced_function(_function, globals())
    globals()[_name].__doc__ = _function.__doc__
