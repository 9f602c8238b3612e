# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the network can tell without logging in: open ports, and the answer to an RMCP presence ping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .power.power import ON

if TYPE_CHECKING:
    from .model import Firmware

WSMAN, WSMAN_TLS, REDIRECTION, REDIRECTION_TLS, RFB = 16992, 16993, 16994, 16995, 5900
NIBBLE = 15


def is_reachable(firmware: Firmware) -> bool:
    """Whether AMT is on the network: not before it is set up, nor once its network is disabled, nor without a link
    policy and a power package for sleep while the host is not running."""
    if not firmware.setup.is_set_up or not firmware.general.values["AMTNetworkEnabled"]:
        return False
    return firmware.schemes.answers and (firmware.power.state == ON or firmware.network.reachable_in_sleep)


def is_listening(firmware: Firmware, port: int) -> bool:
    if not is_reachable(firmware):
        return False
    redirects = firmware.redirection.listener_enabled
    return {
        WSMAN: firmware.tls.listens_plain,
        WSMAN_TLS: firmware.tls.listens,
        REDIRECTION: firmware.tls.listens_plain and redirects,
        REDIRECTION_TLS: firmware.tls.listens and redirects,
        RFB: firmware.redirection.kvm_enabled and firmware.redirection.kvm_settings["Is5900PortEnabled"],
    }.get(port, False)


def is_listening_locally(firmware: Firmware, port: int) -> bool:
    """What the host reaches through the engine's own interface; it is there before anything is set up."""
    if firmware.setup.amt != "enabled" or port not in (WSMAN, WSMAN_TLS):
        return False
    return firmware.tls.listens_locally(port == WSMAN_TLS)


def answer_ping(firmware: Firmware) -> Optional[dict[str, Any]]:
    """The open port, version (two numbers that fit a nibble each, or zeros on newer firmware), provisioning state and
    whether both WS-Man ports are open; None when the ping is not answered."""
    if not is_reachable(firmware) or not firmware.general.values["RmcpPingResponseEnabled"]:
        return None
    plain, encrypted = is_listening(firmware, WSMAN), is_listening(firmware, WSMAN_TLS)
    version = firmware.version[:2]
    return {
        "port": WSMAN if plain else WSMAN_TLS,
        "version": version if max(version) <= NIBBLE else (0, 0),
        "state": firmware.setup.state,
        "both_ports": plain and encrypted,
    }
