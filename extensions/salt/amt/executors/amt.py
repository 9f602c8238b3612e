# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
What is meant for devices does not run on their minion
======================================================

Salt 3008.3 runs states on the managing minion too where resources are targeted by list, by grain or by more than ``T@``
alone (``-L pc-01``, ``-G manufacturer:LENOVO``, ``-C 'T@amt and G@...'``), and shows nobody what came of it; and any
function where a minion is meant by nothing but its devices (``-C 'T@amt or web-01' cmd.run ...``). The resource type
``amt`` puts this executor before those of the minion's settings. It lets pass what is meant for the minion itself. So
does the proxy module: a proxy of a device refuses what would act on the machine that it runs on.
"""

import logging

import salt.loader
from salt.exceptions import CommandExecutionError
from saltext.amt.devices import any_resource
from saltext.amt.on_proxy import refusal

log = logging.getLogger(__name__)

__virtualname__ = "amt"

ASIDE = "not carried out on {0}: the target means devices of it, and not the minion itself"


#: Matchers to which Salt tells a delimiter.
DELIMITED = ("grain", "grain_pcre", "pillar")


def __virtual__():
    return __virtualname__


def execute(opts, data, func, args, kwargs):
    """
    None, for the next executor, unless the minion is asked to do what only its devices were meant for, or a proxy what
    would act on the machine that it runs on.
    """
    refused = refusal(opts, str(data.get("fun")), [args, kwargs])
    if refused:
        raise CommandExecutionError(refused)
    if any_resource() or not _means_devices(opts, data) or _is_meant(opts, data):
        return None
    said = ASIDE.format(opts["id"])
    log.warning("%s of job %s: %s", data.get("fun"), data.get("jid"), said)
    return {} if str(data.get("fun")).startswith("state.") else said


def _means_devices(opts, data):
    """Where a job has several functions, Salt does not say for which of its devices, and runs them on the minion."""
    several = isinstance(data.get("fun"), (list, tuple)) and "tgt" in data
    return bool(data.get("resource_targets")) or (several and bool(opts.get("resources")))


def _is_meant(opts, data):
    """By the matcher that the minion asks itself, if it had no devices."""
    alone = {**opts, "resources": {}}
    kind = data.get("tgt_type", "glob")
    match = salt.loader.matchers(alone)["{0}_match.match".format(kind)]
    delimiter = {"delimiter": data["delimiter"]} if kind in DELIMITED and data.get("delimiter") else {}
    return bool(match(data.get("tgt", ""), opts=alone, **delimiter))
