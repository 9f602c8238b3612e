# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
What can be asked of a device, and what can be had of it by states.
"""

import inspect

import saltext.amt.states
from saltext.amt.answers import written_in

__func_alias__ = {"argspec_": "argspec"}


def doc(*names):
    """
    The documentation of functions; all that a device has, if none is named.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' sys.doc amt.power_on
    """
    return {name: inspect.getdoc(__salt__[name]) for name in list_functions(*names)}


def list_functions(*names):
    """
    The functions that a device has, of modules or beginnings of names.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' sys.list_functions amt
    """
    wanted = [name.rstrip("*") for name in names]
    found = sorted(name for name in __salt__)
    return [name for name in found if not wanted or any(name == each or _below(name, each) for each in wanted)]


def list_modules():
    """
    The modules of these functions.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' sys.list_modules
    """
    return sorted({name.partition(".")[0] for name in __salt__})


def argspec_(*names):
    """
    The arguments of functions.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' sys.argspec amt.power_off
    """
    return {name: str(inspect.signature(__salt__[name])) for name in list_functions(*names)}


def state_doc(*names):
    """
    The documentation of the states ``amt.*``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' sys.state_doc amt.powered
    """
    return {name: inspect.getdoc(each) for name, each in _functions().items() if _chosen(name, names)}


def list_state_functions(*names):
    """
    The names of these states.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' sys.list_state_functions
    """
    return [name for name in _functions() if _chosen(name, names)]


def _functions():
    return {"amt." + name: each for name, each in sorted(written_in(saltext.amt.states))}


def _chosen(name, names):
    return not names or any(name == each or _below(name, each.rstrip("*")) for each in names)


def _below(name, beginning):
    return name.startswith(beginning if beginning.endswith(".") else beginning + ".")
