# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Proxy minion ``amt``: one device, as a minion of its own
========================================================

.. code-block:: yaml

    proxy:
      proxytype: amt
      host: pc-01.example.net
      username: admin
      password: ...
      ca_file: /etc/salt/pki/amt-ca.pem

The keys are those of a device under pillar ``amt:devices``; ``amt:defaults`` is under them. For many devices in one
process there is deltaproxy: ``metaproxy: deltaproxy`` in the settings of the controlling proxy, and in its pillar
``proxy: {proxytype: deltaproxy, ids: [pc-01, pc-02]}``. Leave ``multiprocessing`` at its default there: in threads,
Salt compiles the states of one device with the options of another, and states of this extension then refuse to run.
"""

from salt.exceptions import CommandExecutionError
from salt.loader.dunder import (  # of the loader at work: a deltaproxy has one for each device
    __opts__,
    __pillar__,
    loader_context,
)
from saltext.amt import facts
from saltext.amt.carry_out import reported_as
from saltext.amt.devices import BY_PILLAR, find_device
from saltext.amt.on_proxy import modules_of_the_machine, states_of_the_machine, unload, with_ours

_functions = loader_context.named_context("__salt__", default=None)

__proxyenabled__ = ["amt"]
__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def init(opts):
    """
    Pillar is judged; nothing is sent: the proxy starts whether its device is there or not. What would act on the
    machine that the proxy runs on is kept from running in the device's place.
    """
    with reported_as(CommandExecutionError, []):
        find_device(opts, opts.get("pillar") or {})
    __context__["amt_proxy"] = True
    opts[BY_PILLAR] = bool((opts.get("pillar") or {}).get("proxy"))
    opts["disable_states"] = sorted({*(opts.get("disable_states") or ()), *states_of_the_machine()})
    opts["disable_modules"] = sorted({*(opts.get("disable_modules") or ()), *modules_of_the_machine()})
    unload(_functions.value(), opts["disable_modules"])
    opts["module_executors"] = with_ours(opts.get("module_executors"))


def module_executors():
    """
    What Salt has a job carried out by, see :py:mod:`saltext.amt.executors.amt`.
    """
    return with_ours(__opts__.get("module_executors"))


def initialized():
    """
    Whether :py:func:`init` was called.
    """
    return __context__.get("amt_proxy", False)


def ping():
    """
    Whether the firmware answers and lets us in. The log says why it does not.
    """
    with reported_as(CommandExecutionError, []):
        found = _place()
    return facts.pings(found)


def grains():
    """
    What was last read from the device. The network is not asked: ``amt.refresh_grains`` does that.
    """
    with reported_as(CommandExecutionError, []):
        return facts.known(facts.reader(__opts__), _place())


def name():
    """
    Whose proxy this is, whatever options Salt hands to the states of a job.
    """
    return str(__opts__["id"])


def shutdown(opts):
    """
    There is nothing to close.
    """
    __context__.pop("amt_proxy", None)


def _place():
    return find_device(__opts__, _pillar())


def _pillar():
    """What it says now: Salt 3008 keeps it in the options that its loaders share, 3006 hands it to this one anew."""
    opts = __opts__.value()
    return opts["pillar"] if hasattr(opts, "mutate_key") else __pillar__.value()
