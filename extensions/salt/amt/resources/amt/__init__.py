# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Resource type ``amt``: one minion per site manages all its devices (Salt 3008)
============================================================================

.. code-block:: yaml

    resources:
      amt: {}                          # every device of amt:devices; or resource_ids: [pc-01, pc-02]
    amt:
      defaults: {minion: site-minion, username: admin, password: ...}
      devices:
        pc-01: {host: pc-01.example.net}

Then ``salt -C 'T@amt:pc-01' amt.power``, ``salt -C 'T@amt' state.apply``. Addresses and credentials are looked up in
pillar at every job, so nothing of a device is kept in memory, and one that went away is there again as soon as it
answers.
"""

import logging
from collections.abc import Mapping

import salt.utils.resources
from salt.exceptions import CommandExecutionError
from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's
from saltext.amt import facts
from saltext.amt.carry_out import reported_as, sentence
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.devices import RESOURCE_TYPE, current_resource, few, find_device, names
from saltext.amt.on_proxy import with_ours

log = logging.getLogger(__name__)

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def init(opts):
    """
    Nothing is opened and nothing is sent: a site's minion starts whether its devices are there or not. What is meant
    for devices is kept from running on the minion, by :py:mod:`saltext.amt.executors.amt`.
    """
    __context__["amt_resource"] = True
    opts["module_executors"] = with_ours(opts.get("module_executors"))


def initialized():
    """
    Whether :py:func:`init` was called.
    """
    return __context__.get("amt_resource", False)


def discover(opts):
    """
    The devices that pillar gives this minion: ``resources:amt:resource_ids``, or all of ``amt:devices``, without those
    whose ``minion`` is another. Of a pillar that will not do the log tells, and the devices stay those of before.
    """
    settings = salt.utils.resources.pillar_resources_tree(opts).get(RESOURCE_TYPE) or {}
    pillar, minion = opts.get("pillar") or {}, str(opts.get("id", ""))
    try:
        chosen = settings.get("resource_ids") if isinstance(settings, Mapping) else settings
        known = names(pillar)
        return _own(known if chosen is None else _listed(chosen), names(pillar, minion), known, minion)
    except AmtError as error:
        log.error("the devices stay as they were: %s", sentence(error))
        return list((opts.get("resources") or {}).get(RESOURCE_TYPE) or [])


def _own(chosen, own, known, minion):
    """Without those that another minion manages. What pillar does not describe is a device whose jobs say so."""
    elsewhere = {*known} - {*own}
    others = [name for name in chosen if name in elsewhere]
    if others:
        log.warning("pillar has other minions than %s for %s: they are not managed here", minion, few(others))
    return [name for name in chosen if name not in elsewhere]


def _listed(chosen):
    if isinstance(chosen, str) or not isinstance(chosen, (list, tuple, Mapping)):
        raise InvalidOption("resources:amt:resource_ids", chosen, "give a list of names")
    return [str(name) for name in chosen]


def grains():
    """
    What was last read from the device. Salt asks before every job, so the network is not asked, and a mistake in pillar
    is for the job to tell: of an error in here Salt would say nothing, and nothing of the device either.
    """
    try:
        return facts.known(_kept(), find_device(__opts__, __opts__["pillar"], to_name_it=True))
    except AmtError as error:
        log.error("no grains of %s: %s", current_resource(), sentence(error))
        return {"id": current_resource()}


def _kept():
    """One reader for all devices: to register them Salt asks for the grains of each, in the loop of its events."""
    if "amt_kept" not in __context__:
        __context__["amt_kept"] = facts.reader(__opts__)
    return __context__["amt_kept"]


def grains_refresh():
    """
    The same, read from the device now.
    """
    with reported_as(CommandExecutionError, []):
        found = find_device(__opts__, __opts__["pillar"])
    with reported_as(CommandExecutionError, [found.endpoint.password]):
        return facts.refresh(__opts__, found)


def ping():
    """
    Whether the firmware answers and lets us in.
    """
    with reported_as(CommandExecutionError, []):
        found = find_device(__opts__, __opts__["pillar"])
    return facts.pings(found)


def shutdown(opts):
    """
    There is nothing to close.
    """
    __context__.pop("amt_resource", None)
