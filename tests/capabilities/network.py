# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and interfaces."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.network.name import Name

from tests.capabilities.capability import Capability

SETTINGS = "AMT_GeneralSettings"


def names(firmware: Any) -> Any:
    """Who tells the name server is one choice, whatever the other switch says."""
    found = firmware.general.values
    own = found["DDNSUpdateEnabled"]
    return {**found, "DDNSUpdateByDHCPServerEnabled": None if own else found["DDNSUpdateByDHCPServerEnabled"]}


OWN = {"domain": "amt.example.net", "shared_fqdn": False, "ddns_ttl": 60, "ping": True}


CAPABILITIES: tuple[Capability, ...] = (
    Capability(
        "amt_name",
        Name,
        {
            "of its own": {**OWN, "hostname": "desk-7", "ddns": "firmware", "ddns_interval": 20},
            "otherwise": {**OWN, "hostname": "desk-8", "ddns": "dhcp_server", "ddns_interval": 0},
            "silent": {**OWN, "hostname": "desk-7", "ddns": "none", "ddns_interval": 0, "ping": False},
        },
        look=names,
        write={"verb": "put"},
        effects={SETTINGS + " put": 1},
    ),
)
