# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Grains of the management engine in the minion's own machine
===========================================================

``mei`` is there where the machine has an engine: whether AMT is present and enabled, its provisioning state and
control mode, versions, UUID and host name. Read when Salt reads grains, and at ``saltutil.refresh_grains``. An engine
that is busy is not waited for; ``mei.info`` of the execution module waits, and tells why something is missing.
"""

import functools

from saltext.amt.core.mei.device import Client
from saltext.amt.core.resources.host.mei_facts import MeiFacts

__virtualname__ = "mei"

#: Seconds that an answer may take before the minion goes on without it.
PATIENCE = 2.0
AMT = ("enabled", "provisioning_state", "control_mode", "version", "build", "sku", "uuid")


def __virtual__():
    return __virtualname__


def engine():
    """{"mei": {...}}, or nothing on a machine without an engine. Null is what could not be read."""
    found = MeiFacts(open_client=functools.partial(Client, tries=1), seconds=PATIENCE).read()
    if not found["present"]:
        return {}
    amt, running = found["amt"], found["engine"] or {}
    return {
        "mei": {
            "driver": found["driver"]["loaded"],
            "engine_version": running.get("version"),
            "watchdog": bool(found["watchdog"]),
            "amt": amt["present"],
            **{name: amt.get(name) for name in AMT},
            "fqdn": (amt.get("fqdn") or {}).get("name"),
        }
    }
