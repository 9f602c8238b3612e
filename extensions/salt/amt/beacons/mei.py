# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Beacon: the OS-health watchdog and the provisioning of AMT, as the host sees them
=================================================================================

An event for every change: the watchdog appeared, vanished, was armed, stopped or given another timeout; AMT was
provisioned, unprovisioned or moved to another control mode, enabled or disabled. The first look gives no event, unless
``emitatstartup`` is set. An engine that is busy is looked at again the next time.

.. code-block:: yaml

    beacons:
      mei:
        - interval: 60
        - watch:
          - watchdog
          - provisioning
        - emitatstartup: false

Events have the tags ``salt/beacon/<minion>/mei/watchdog`` and ``salt/beacon/<minion>/mei/provisioning``, and the data
``old`` and ``new``.
"""

import functools
import logging
from pathlib import Path

import salt.utils.beacons
from saltext.amt import seen
from saltext.amt.core.errors import AmtError, Busy, DeadlineExceeded, Interrupted
from saltext.amt.core.mei import amthi
from saltext.amt.core.mei.device import Client, EngineAway
from saltext.amt.core.mei.guids import AMTHI
from saltext.amt.core.watchdog import devices

log = logging.getLogger(__name__)

__virtualname__ = "mei"

PASSING = (Busy, DeadlineExceeded, EngineAway, Interrupted)
PATIENCE = 2.0
ROOT = Path("/")

open_client = functools.partial(Client, AMTHI, tries=1, seconds=PATIENCE)


def __virtual__():
    return __virtualname__


def validate(config):
    """Whether the configuration can be used, and a sentence."""
    if not isinstance(config, list):
        return False, "Configuration for the mei beacon must be a list."
    watch = salt.utils.beacons.list_to_dict(config).get("watch", list(WATCHED))
    unknown = sorted(set(watch) - set(WATCHED)) if isinstance(watch, list) else [watch]
    if unknown:
        said = "The mei beacon cannot watch {0}: give a list of {1}."
        return False, said.format(", ".join(map(str, unknown)), " and ".join(WATCHED))
    return True, "Valid beacon configuration"


def beacon(config):
    """The changes since the last look, as a list of events."""
    settings = salt.utils.beacons.list_to_dict(config)
    events = []
    for name in settings.get("watch", WATCHED):
        try:
            found = WATCHED[name]()
        except PASSING as error:
            log.debug("mei beacon: %s cannot be read now: %s", name, error)
            continue
        known = name in seen.LAST
        if found != seen.LAST.get(name) and (known or settings.get("emitatstartup", False)):
            events.append({"tag": name, "old": seen.LAST.get(name), "new": found})
        seen.LAST[name] = found
    return events


def _watchdog():
    """Node, state and timeout; None when there is none."""
    found = devices.own(ROOT)
    return {name: found[name] for name in ("node", "state", "timeout")} if found else None


def _provisioning():
    """State and control mode, or why there are none."""
    try:
        with open_client() as client:
            return {
                name: amthi.read_response(name, client.ask(amthi.request(name)))
                for name in ("provisioning_state", "control_mode")
            }
    except PASSING:
        raise
    except AmtError as error:
        return {"error": type(error).__name__, "reason": str(error)}


WATCHED = {"watchdog": _watchdog, "provisioning": _provisioning}
