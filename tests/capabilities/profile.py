# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several capabilities as one document."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile

from tests.capabilities.capability import Capability

MAIL = {"name": "no mail", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}


def document(name: str, ping: bool) -> dict[str, Any]:
    members = [{"name": name, "ports": ["wired"], "filters": [{**MAIL, "ip_version": 4}]}]
    return {
        "name": {"hostname": name, "shared_fqdn": False, "ping": ping},
        "defense_policies": {"policies": members, "purge": True},
    }


def seen(firmware: Any) -> Any:
    """The policies that are there, without the mark of their turn, the ports that they are bound to, and the name."""
    ports = firmware.defense.ports.items()
    bound = {binding.policy.handle: number for number, port in ports for binding in port.bindings.values()}
    policies = firmware.defense.policies.values()
    return firmware.general.values, sorted((policy.name[3:], bound.get(policy.handle, -1)) for policy in policies)


CAPABILITIES: tuple[Capability, ...] = (
    Capability(
        "amt_profile",
        DeviceProfile,
        {"office": {"profile": document("office", False)}, "lab": {"profile": document("lab", True)}},
        look=seen,
        write={"verb": "put"},
        effects={
            "AMT_GeneralSettings put": 1,
            "AMT_IPHeadersFilter create": 1,
            "AMT_SystemDefensePolicy create": 1,
            "AMT_NetworkPortSystemDefensePolicy create": 1,
        },
    ),
)
