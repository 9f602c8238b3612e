# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: System Defense
======================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged
from saltext.amt.core.resources.isolation.defense_policies import DefensePolicies
from saltext.amt.core.resources.isolation.isolation import Isolation

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def isolated(
    name,
    allow=None,
    port="wired",
    when="always",
    agent=None,
    ip=(4, 6),
    neighbours=True,
    expires=0,
    precedence=1000,
    count=True,
    event=False,
    force=False,
    device=None,
):
    """
    The machine reaches nothing on its network but what ``allow`` lists, and nothing reaches it. The firmware itself
    stays reachable.

    allow
        Words (dhcp, dns, arp, ...), or rules such as ``to: 192.0.2.10, tcp/443``.
    when
        always; or environment, only outside of the home network; or agent, when a watched agent dies.
    agent
        For ``when: agent``: its ``id``, a GUID, and ``description``, ``startup``, ``timeout`` (seconds).
    port
        wired or wireless.
    ip
        The versions of IP that rules without one are for, 4 and 6.
    neighbours
        Allow ARP as well, and for rules about IPv6 the ICMPv6 that it needs.
    expires
        Minutes until it ends by itself, 0 for never.
    precedence
        The policy with the highest one on a port is in force.
    count
        Count what is dropped, and what passes by each rule.
    event
        The firmware reports when it drops something for the first time.
    force
        Isolate even where the machine would lose its manageability.

    .. code-block:: yaml

        quarantine:
          amt.isolated:
            - allow: [dhcp, dns, 'to: 192.0.2.10, tcp/443']

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.isolated name=quarantine allow='[dhcp, dns]'
    """
    return converged(Isolation(), locals(), state="isolated")


def released(name, port="wired", when="always", agent=None, device=None):
    """
    The machine is not isolated; what was bound before is bound again.

    port, when
        Which isolation, as in ``amt.isolated``.
    agent
        The one whose watchdog is removed with it, as there.

    .. code-block:: yaml

        back-to-work:
          amt.released: []

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.released name=back-to-work
    """
    return converged(Isolation(), locals(), state="released")


def defense_policies(name, policies, purge=False, foreign=False, device=None):
    """
    System Defense has these policies, with these filters, on these ports.

    policies
        A list of policies, as the module ``amt_defense_policies`` of the Ansible collection has them.
    purge
        Remove other policies that were made by this state.
    foreign
        Purge those that were made by something else too.

    .. code-block:: yaml

        no-telnet:
          amt.defense_policies:
            - policies:
                - name: no telnet
                  ports: [wired]
                  filters:
                    - {name: t23, direction: out, action: drop, ip_version: 4, protocol: tcp, destination_ports: '23'}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.defense_policies name=none policies='[]' purge=True
    """
    return converged(DefensePolicies(), locals())
