# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
States of a device: compiled and carried out by the managing minion, with the device's name, grains and modules.

Only what belongs to the resource type can be reached: a state that would work on the managing minion is refused.
"""

import contextlib

import salt.fileclient
import salt.state
import salt.utils.state
from salt.defaults import exitcodes
from salt.exceptions import SaltInvocationError

__func_alias__ = {"apply_": "apply"}


def apply_(mods=None, **kwargs):
    """
    The states ``mods``, or those that ``top.sls`` has for the name of the device.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' state.apply test=True
        salt -C 'T@amt:pc-01' state.apply quarantine
    """
    return sls(mods, **kwargs) if mods else highstate(**kwargs)


def highstate(test=None, pillar=None, saltenv=None, **others):
    """
    What ``top.sls`` has for the name of the device.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' state.highstate test=True
    """
    _refuse(others)
    with _high_state(test, pillar, saltenv) as high_state:
        high_state.push_active()
        try:
            return _judged(high_state.call_highstate())
        finally:
            high_state.pop_active()


def sls(mods, test=None, pillar=None, saltenv=None, **others):
    """
    These states, by the names of their files.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.sls baseline,quarantine test=True
    """
    names = mods.split(",") if isinstance(mods, str) else list(mods)
    _refuse(others)
    with _high_state(test, pillar, saltenv) as high_state:
        high_state.push_active()
        try:
            high, errors = high_state.render_highstate({high_state.opts["saltenv"] or "base": names})
            return _judged(errors or high_state.state.call_high(high))
        finally:
            high_state.pop_active()


def single(fun, name, test=None, pillar=None, **kwargs):
    """
    One state.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.powered name=morning power=on test=True
    """
    kind, _, function = fun.partition(".")
    arguments = {key: value for key, value in kwargs.items() if not key.startswith("__")}
    low = {"state": kind, "fun": function, "__id__": name, "name": name, **arguments}
    with _high_state(test, pillar, None) as high_state:
        errors = high_state.state.verify_data(low)
        key = "{0}_|-{1}_|-{1}_|-{2}".format(kind, name, function)
        return _judged(errors or {key: high_state.state.call(low)})


def _refuse(others):
    unknown = sorted(name for name in others if not name.startswith("__"))
    if unknown:
        raise SaltInvocationError("states of a device take test, pillar and saltenv, and not " + ", ".join(unknown))


@contextlib.contextmanager
def _high_state(test, pillar, saltenv):
    opts = salt.utils.state.get_sls_opts(__opts__, saltenv=saltenv)
    opts["id"] = __resource__["id"]
    opts["test"] = bool(__opts__.get("test")) if test is None else bool(test)
    opts["autoload_dynamic_modules"] = False
    opts["grains"] = {**__opts__["grains"], **__resource_funcs__["amt.grains"]()}
    known = {**__opts__["pillar"], **(pillar or {})}
    opts["pillar"] = known
    with (
        salt.fileclient.get_file_client(__opts__) as client,
        salt.state.HighState(opts, pillar, initial_pillar=known, file_client=client) as high_state,
    ):
        yield high_state


def _judged(returned):
    """The return, with the exit status that ``salt`` shows for it."""
    if isinstance(returned, list):
        __context__["retcode"] = exitcodes.EX_STATE_COMPILER_ERROR
    else:
        failed = any(isinstance(each, dict) and each.get("result") is False for each in returned.values())
        __context__["retcode"] = exitcodes.EX_STATE_FAILURE if failed else exitcodes.EX_OK
    return returned
