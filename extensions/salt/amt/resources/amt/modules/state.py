# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
States of a device: compiled and carried out by the managing minion, with the device's name, grains and modules.

Only what belongs to the resource type can be reached: a state that would work on the managing minion is refused, by
:py:mod:`saltext.amt.device_states`.
"""

import contextlib
from collections.abc import Mapping

import salt.fileclient
import salt.utils.state
from salt.defaults import exitcodes
from salt.exceptions import SaltInvocationError
from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's
from salt.utils.dictupdate import merge
from saltext.amt.ahead import Ahead
from saltext.amt.device_states import DeviceHighState
from saltext.amt.devices import BY_COMMAND_LINE, RESOURCE_TYPE, SILENCE, find_device

__func_alias__ = {"apply_": "apply"}

#: Orchestration always says these. Salt's guard against a second run is not in the way of devices.
IDLE = ("queue", "concurrent")
#: Of pillar `amt`, what says where devices are and how to log in.
PLACES = ("defaults", "devices")


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
    with _high_state(test, pillar, saltenv, others) as high_state, _active(high_state):
        return _judged(high_state.call_highstate())


def sls(mods, test=None, pillar=None, saltenv=None, **others):
    """
    These states, by the names of their files.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.sls baseline,quarantine test=True
    """
    _refuse(others)
    with _high_state(test, pillar, saltenv, others) as high_state:
        high, errors = _rendered(high_state, mods)
        return _judged(errors or high_state.state.call_high(high))


def sls_id(id_, mods, test=None, pillar=None, saltenv=None, **others):
    """
    Of these states the one with this ID.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.sls_id no-telnet baseline test=True
    """
    _refuse(others)
    with _high_state(test, pillar, saltenv, others) as high_state:
        low, errors = _low(high_state, mods)
        chosen = [chunk for chunk in low if chunk["__id__"] == id_]
        if not errors and not chosen:
            raise SaltInvocationError("no state in {0} has the ID {1}".format(mods, id_))
        return _judged(errors or high_state.state.call_chunks(chosen))


def show_sls(mods, test=None, pillar=None, saltenv=None, **others):
    """
    What these files render to, for this device. Nothing is carried out.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.show_sls baseline
    """
    _refuse(others)
    with _high_state(test, pillar, saltenv, others) as high_state:
        high, errors = _rendered(high_state, mods)
        return _compiled(errors or high, errors)


def show_low_sls(mods, test=None, pillar=None, saltenv=None, **others):
    """
    As :py:func:`show_sls`, in the order in which they would be carried out.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.show_low_sls baseline
    """
    _refuse(others)
    with _high_state(test, pillar, saltenv, others) as high_state:
        low, errors = _low(high_state, mods)
        return _compiled(errors or low, errors)


def show_highstate(pillar=None, **others):
    """
    What ``top.sls`` has for the device, rendered. Nothing is carried out.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.show_highstate
    """
    _refuse(others)
    with _high_state(None, pillar, None, others) as high_state, _active(high_state):
        found = high_state.compile_highstate()
        return _compiled(found, isinstance(found, list))


def show_lowstate(pillar=None, **others):
    """
    As :py:func:`show_highstate`, in the order in which they would be carried out.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.show_lowstate
    """
    _refuse(others)
    with _high_state(None, pillar, None, others) as high_state, _active(high_state):
        found = high_state.compile_low_chunks()
        return _compiled(found, any(not isinstance(chunk, Mapping) for chunk in found))


def show_top(**others):
    """
    The states that ``top.sls`` has for the device.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' state.show_top
    """
    _refuse(others)
    with _high_state(None, None, None, others) as high_state:
        top = high_state.get_top()
        errors = high_state.verify_tops(top)
        return _compiled(errors or high_state.top_matches(top), errors)


def single(fun, name, test=None, pillar=None, **kwargs):
    """
    One state.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.powered name=morning power=on test=True
    """
    kind, _, function = fun.partition(".")
    low = {"state": kind, "fun": function, "__id__": name, "name": name, **_said(kwargs)}
    with _high_state(test, pillar, None, kwargs, by_command_line=True) as high_state:
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


def _refuse_pillar(given):
    """Whoever may call a state on one device must not reach another by it, nor a program by ``proxy_command``."""
    if not isinstance(given, (Mapping, type(None))):
        raise SaltInvocationError("pillar has to be a mapping")
    about = (given or {}).get("amt")
    if isinstance(about, Mapping) and set(about) & set(PLACES):
        way_out = "where devices are and how to log in is for the pillar of the managing minion, not for a command line"
        raise SaltInvocationError(
            "pillar amt:{0}: {1}".format(" and amt:".join(sorted(set(about) & set(PLACES))), way_out)
        )


@contextlib.contextmanager
def _active(high_state):
    """For renderers, which ask Salt for the high state at work."""
    high_state.push_active()
    try:
        yield
    finally:
        high_state.pop_active()


def _rendered(high_state, mods):
    """The states of these files, and what is wrong with them."""
    names = mods.split(",") if isinstance(mods, str) else list(mods)
    with _active(high_state):
        return high_state.render_highstate({high_state.opts["saltenv"] or "base": names})


def _low(high_state, mods):
    """The same in order, with what they extend, include and require of each other."""
    high, errors = _rendered(high_state, mods)
    if errors:
        return [], errors
    high, errors = high_state.state.reconcile_extend(high)
    errors += high_state.state.verify_high(high)
    high, wrong = high_state.state.requisite_in(high)
    if errors or wrong:
        return [], errors + wrong
    return high_state.state.compile_high_data(high_state.state.apply_exclude(high))


@contextlib.contextmanager
def _high_state(test, pillar, saltenv, others, by_command_line=False):
    """With the pillar of the managing minion. Salt would compile one for the name of the device over `pillar`."""
    _refuse_pillar(pillar)
    opts = _plain(salt.utils.state.get_sls_opts(__opts__, saltenv=saltenv))
    opts["id"] = __resource__["id"]
    opts["managing_minion"] = __opts__["id"]
    opts["test"] = bool(__opts__.get("test")) if test is None else bool(test)
    opts["autoload_dynamic_modules"] = False
    opts[SILENCE] = _silence(others)
    opts[BY_COMMAND_LINE] = by_command_line
    opts["grains"] = {**__opts__["grains"], **__resource_funcs__["amt.grains"]()}
    opts["pillar"] = _merged(__opts__["pillar"], pillar or {})
    with (
        salt.fileclient.get_file_client(__opts__) as client,
        DeviceHighState(opts, others.get("__pub_jid"), client) as high_state,
    ):
        yield high_state


def _plain(opts):
    """Salt 3008 wraps the lists and mappings of options at every copy, and one job goes through many devices: without
    this, each of them would cost more than the one before.
    """
    return {key: _unwrapped(opts[key]) for key in opts}


def _unwrapped(value):
    for kind in (dict, list):
        if isinstance(value, kind):
            return kind(value)
    return value


def _silence(others):
    """Of a job that Salt carries out for one device after another: whether this one says anything."""
    if "__pub_resource_target" in others:
        return None
    targets = others.get("__pub_resource_targets") or []
    if sum(each.get("type") == RESOURCE_TYPE for each in targets) < 2:
        return None
    jid, ahead = __context__.get("amt_ahead") or (None, None)
    if ahead is None or jid != others.get("__pub_jid"):
        opts = dict(__opts__)
        ahead = Ahead(lambda name: find_device(opts, opts["pillar"], name))
        __context__["amt_ahead"] = (others.get("__pub_jid"), ahead)
    return _in_turn(ahead, __resource__["id"], targets)


def _in_turn(ahead, name, targets):
    """The list is the one that Salt goes through: what stands behind this device in it is put in a better order."""
    ours = [at for at, each in enumerate(targets) if each.get("type") == RESOURCE_TYPE]
    named = {str(targets[at]["id"]): targets[at] for at in ours}
    turn = list(named).index(name) if name in named else len(named)
    behind = list(named)[turn + 1 :]
    silence = ahead.silence(name, behind)
    for at, each in zip(ours[turn + 1 :], ahead.in_order(behind)):
        targets[at] = named[each]
    return silence


def _merged(pillar, given):
    """As Salt has it for its own states."""
    strategy = __opts__.get("pillar_source_merging_strategy", "smart")
    renderer, merge_lists = __opts__.get("renderer", "yaml"), __opts__.get("pillar_merge_lists", False)
    return merge(pillar, given, strategy, renderer, merge_lists) if given else pillar


def _compiled(shown, errors):
    """What was asked to be shown, with the exit status that ``salt`` has for it."""
    __context__["retcode"] = exitcodes.EX_STATE_COMPILER_ERROR if errors else exitcodes.EX_OK
    return shown


def _judged(returned):
    """The return, with the exit status that ``salt`` shows for it."""
    if isinstance(returned, list):
        __context__["retcode"] = exitcodes.EX_STATE_COMPILER_ERROR
    else:
        failed = any(isinstance(each, dict) and each.get("result") is False for each in returned.values())
        __context__["retcode"] = exitcodes.EX_STATE_FAILURE if failed else exitcodes.EX_OK
    return returned
