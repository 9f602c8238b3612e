# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
States of a device: compiled and carried out by the managing minion, with the device's name, grains and modules.

Only what belongs to the resource type can be reached: a state that would work on the managing minion is refused.
"""

import contextlib
from collections.abc import Mapping

import salt.fileclient
import salt.state
import salt.utils.state
from salt.defaults import exitcodes
from salt.exceptions import SaltInvocationError
from salt.utils.dictupdate import merge

__func_alias__ = {"apply_": "apply"}

#: Orchestration always says these. Salt's guard against a second run is not in the way of devices.
IDLE = ("queue", "concurrent")


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
    with _high_state(test, pillar, saltenv, others) as high_state:
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
    with _high_state(test, pillar, saltenv, others) as high_state:
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
    low = {"state": kind, "fun": function, "__id__": name, "name": name, **_said(kwargs)}
    with _high_state(test, pillar, None, kwargs) as high_state:
        errors = high_state.state.verify_data(low)
        key = "{0}_|-{1}_|-{1}_|-{2}".format(kind, name, function)
        return _judged(errors or {key: high_state.state.call(low)})


def _said(arguments):
    """Without what Salt says of itself."""
    return {name: value for name, value in arguments.items() if not name.startswith("__") and name not in IDLE}


def _refuse(others):
    unknown = sorted(_said(others))
    if unknown:
        raise SaltInvocationError("states of a device take test, pillar and saltenv, and not " + ", ".join(unknown))


@contextlib.contextmanager
def _high_state(test, pillar, saltenv, others):
    """With the pillar of the managing minion. Salt would compile one for the name of the device over `pillar`."""
    if not isinstance(pillar, (Mapping, type(None))):
        raise SaltInvocationError("pillar has to be a mapping")
    opts = salt.utils.state.get_sls_opts(__opts__, saltenv=saltenv)
    opts["id"] = __resource__["id"]
    opts["managing_minion"] = __opts__["id"]
    opts["test"] = bool(__opts__.get("test")) if test is None else bool(test)
    opts["autoload_dynamic_modules"] = False
    opts["grains"] = {**__opts__["grains"], **__resource_funcs__["amt.grains"]()}
    opts["pillar"] = _merged(__opts__["pillar"], pillar or {})
    with (
        salt.fileclient.get_file_client(__opts__) as client,
        salt.state.HighState(
            opts, jid=others.get("__pub_jid"), initial_pillar=opts["pillar"], file_client=client
        ) as high_state,
    ):
        yield high_state


def _merged(pillar, given):
    """As Salt has it for its own states."""
    strategy = __opts__.get("pillar_source_merging_strategy", "smart")
    renderer, merge_lists = __opts__.get("renderer", "yaml"), __opts__.get("pillar_merge_lists", False)
    return merge(pillar, given, strategy, renderer, merge_lists) if given else pillar


def _judged(returned):
    """The return, with the exit status that ``salt`` shows for it."""
    if isinstance(returned, list):
        __context__["retcode"] = exitcodes.EX_STATE_COMPILER_ERROR
    else:
        failed = any(isinstance(each, dict) and each.get("result") is False for each in returned.values())
        __context__["retcode"] = exitcodes.EX_STATE_FAILURE if failed else exitcodes.EX_OK
    return returned
