# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: names and interfaces
============================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence. What is not
given stays as it is.
"""

from saltext.amt.answers import converged
from saltext.amt.core.resources.network.name import Name

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def named(
    name,
    hostname=None,
    domain=None,
    shared_fqdn=None,
    ddns=None,
    ddns_interval=None,
    ddns_ttl=None,
    ping=None,
    rmcp_ping=None,
    device=None,
):
    """
    The firmware has this name on the network.

    hostname, domain
        Another name than the operating system's needs ``shared_fqdn: false``.
    shared_fqdn
        Have the name of the operating system, which Intel's local service keeps up to date.
    ddns
        Who tells the name server: firmware, dhcp_server or none.
    ddns_interval
        Minutes until the firmware does so again, at least 20; 0 for no repetition.
    ddns_ttl
        Seconds for which others may keep the address.
    ping, rmcp_ping
        Answer ICMP echo requests; and RMCP pings, by which consoles find it.

    .. code-block:: yaml

        firmware-has-a-name-of-its-own:
          amt.named:
            - hostname: pc-01-amt
            - domain: oob.example.net
            - shared_fqdn: false
            - ddns: firmware

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.named name=quiet ping=False rmcp_ping=False
    """
    return converged(Name(), locals())
