# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The execution module ``amt`` for the device that a job is for, see :py:mod:`saltext.amt.modules.amt`.
"""

from salt.utils.functools import namespaced_function
from saltext.amt.modules import amt as _for_minions

__virtualname__ = "amt"
__func_alias__ = _for_minions.__func_alias__


def __virtual__():
    return __virtualname__


for _name, _function in list(vars(_for_minions).items()):
    if callable(_function) and getattr(_function, "__module__", "") == _for_minions.__name__ and _name != "__virtual__":
        globals()[_name] = namespaced_function(_function, globals())
        globals()[_name].__doc__ = _function.__doc__
