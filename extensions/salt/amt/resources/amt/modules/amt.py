# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The functions ``amt.*`` for the device that a job is for: all that :py:mod:`saltext.amt.modules` has of them.
"""

import functools
import types

import saltext.amt.modules
from saltext.amt.answers import written_in

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def _of_this_file(function):
    """Salt takes from a file what was made in it. Each function keeps the names that its own file has."""
    twin = types.FunctionType(function.__code__, function.__globals__, argdefs=function.__defaults__)
    functools.update_wrapper(twin, function)
    twin.__kwdefaults__, twin.__module__ = function.__kwdefaults__, __name__
    return twin


for _name, _function in written_in(saltext.amt.modules):
    globals()[_name] = _of_this_file(_function)
