# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_isolation
author: The outofband.amt contributors (!UNKNOWN)
short_description: Cut a machine off the network, except for what is allowed
description:
  - Has the firmware drop everything that the machine's operating system sends and receives, except for an allow list, and gives the network back.
    The firmware stays reachable, because its own traffic does not pass these filters.
  - Rules in people's words become the fewest filters, within what this device can hold. What does not fit is said, with every reason, before anything
    is written.
  - The policy that was in force before stays on the device, and comes back on release. The device itself remembers which it was, so release works
    from any controller. A run that was interrupted anywhere is undone or finished by the next one.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
    details:
      - Host names are looked up in each run. When their addresses have changed, the rules change with them.
options:
  state:
    description: Whether the machine is to be cut off or not.
    type: str
    choices: [isolated, released]
    required: true
  port:
    description: The port that is guarded. O(when=environment) guards both, whichever is named.
    type: str
    choices: [wired, wireless]
    default: wired
  when:
    description:
      - V(always) isolates now. V(environment) isolates a port while it is connected to a network outside the company, as far as the firmware's environment
        detection can tell. V(agent) has a policy ready that the firmware puts in force when an endpoint agent dies, see O(agent).
      - Each of these has a policy of its own, and is released on its own.
    type: str
    choices: [always, environment, agent]
    default: always
  agent:
    description:
      - The agent that must be alive, for O(when=agent). The firmware then expects signs of life from it, isolates the machine when they stop, when the agent
        says that it ends, or when it does not start, and lifts the isolation when it runs.
      - When not given, the policy is made ready, and which watchdogs put it in force is set up apart from this. With O(state=released), the watchdog of the
        agent that is given is removed.
    type: dict
    suboptions:
      id:
        description: The GUID that the agent registers with.
        type: str
        required: true
      description:
        description: What the firmware calls the agent in its events.
        type: str
        default: agent
      startup:
        description: Seconds that the agent has to start, after the operating system has.
        type: int
        default: 300
      timeout:
        description: Seconds between two signs of life, at most.
        type: int
        default: 120
  allow:
    description:
      - What may pass, a list of rules. A rule is a word or has the form C(to) or C(from), a colon, and addresses and services separated by commas.
      - C(to) is about conversations in which the machine is the client, C(from) about those in which it is the server. Both directions of a conversation
        pass.
      - An address is V(10.0.5.20), V(10.0.0.0/8), V(10.0.5.1-10.0.5.9), the same of IPv6, the name of a host, or V(any). Names are looked up on the controller.
      - A service is V(tcp/443), V(udp/4000-4010), V(tcp), V(gre), V(protocol/47), or one of V(dns), V(ntp), V(dhcp), V(icmp), V(ssh), V(http), V(https),
        V(ldap), V(ldaps), V(kerberos) and V(smb). Without a service, everything to or from these addresses passes.
      - A rule may be a service alone (anywhere), a service with addresses such as C(dns) with a colon and a server, or one of V(arp), V(eapol), V(lldp) and
        V(ethertype/0x88cc), which are not IP.
      - The filters keep no state. Whoever is allowed as a server can also reach any port of the machine from that server's port.
    type: list
    elements: raw
    default: []
  ip:
    description:
      - The versions of IP that rules without an address are about, and that host names are looked up for. A filter for IPv6 takes the place of several.
    type: list
    elements: int
    choices: [4, 6]
    default: [4, 6]
  neighbours:
    description:
      - Whether to allow ARP as well, and where a rule is about IPv6, ICMPv6, which that needs to find its neighbours. Filters cannot tell the kinds of
        ICMPv6 apart.
    type: bool
    default: true
  expires:
    description:
      - Minutes after which the firmware lifts the isolation by itself, up to 65535. V(0) is never. Only for O(when=always), and not with
        O(state=released), which does not expire.
      - The policy before does not come back by itself then. It does with O(state=released).
    type: int
    default: 0
  precedence:
    description: The policy with the highest precedence is in force. Policies of other features on the same port must have less.
    type: int
    default: 1000
  count:
    description: Whether to count what is dropped, and what passes by each rule as far as the port has counters left.
    type: bool
    default: true
  event:
    description: Whether the firmware is to report an event when it drops something for the first time.
    type: bool
    default: false
  force:
    description:
      - Isolate even where the allow list lacks something that the firmware itself needs of the operating system's network, which could make the machine
        unreachable to management. This is ARP, DHCP where the firmware shares the system's lease, and 802.1X where the switch asks for it.
    type: bool
    default: false
notes:
  - A connection that goes through the operating system, such as one over SSH, is cut like every other.
  - The order in which the firmware wants it done leaves a moment without any policy, between the one before and the one that isolates. A run
    that is killed in this moment leaves the port without either, until the task is run again.
seealso:
  - module: outofband.amt.amt_isolation_info
  - module: outofband.amt.amt_defense_policies
  - plugin: outofband.amt.defense_verdict
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Cut a machine off, but for its address and the server that repairs it
  outofband.amt.amt_isolation:
    state: isolated
    allow:
      - dhcp
      - dns: 10.0.5.53
      - to: 10.0.5.20, tcp/443, tcp/8530
    ip: [4]

- name: Cut it off for two hours at most
  outofband.amt.amt_isolation:
    state: isolated
    allow: [dhcp, dns, ntp]
    expires: 120

- name: Give the network back, and the policy that was in force before
  outofband.amt.amt_isolation:
    state: released

- name: Isolate when the endpoint agent dies
  outofband.amt.amt_isolation:
    state: isolated
    when: agent
    agent: {id: 12345678-9abc-def0-1234-56789abcdef0, description: endpoint agent}
    allow: [dhcp, "to: 10.0.5.20, https"]

- name: Isolate whenever the machine is outside the company's network
  outofband.amt.amt_isolation:
    state: isolated
    when: environment
    allow: [dhcp, dns, "to any, https"]
"""

RETURN = r"""
state:
  description:
    - V(isolated) or V(released); in the diff also V(expired), when the isolation was lifted by its expiry, and V(interrupted), when a run was killed.
  returned: success
  type: str
  sample: isolated
port:
  description: The port that was asked for.
  returned: success
  type: str
  sample: wired
when:
  description: What was asked for with O(when).
  returned: success
  type: str
  sample: always
rules:
  description: The rules in force, as they are on the device, with what happens to everything else.
  returned: success
  type: list
  elements: str
  sample:
    - in pass ether arp
    - in pass ipv4 tcp from 10.0.5.20 port 443
    - out pass ether arp
    - out pass ipv4 tcp to 10.0.5.20 port 443
    - out drop everything else count
    - in drop everything else count
precedence:
  description: That of the policy which isolates. Null when released.
  returned: success
  type: int
  sample: 1000
expires:
  description: Minutes after which the isolation ends by itself, counted by the firmware. 0 is never, null when released.
  returned: success
  type: int
  sample: 120
before:
  description: Name of the policy that release brings back. Null when there was none, and before there is an isolation.
  returned: success
  type: str
  sample: office
agent:
  description: The watchdog of O(agent), with what its C(actions) do. Null where none was given.
  returned: success
  type: dict
  sample: {id: 12345678-9abc-def0-1234-56789abcdef0, description: endpoint agent, startup: 300, timeout: 120, actions: [activate, deactivate]}
leftovers:
  description: Names of filters and policies of this collection that nothing needs, and that this run removes.
  returned: success
  type: list
  elements: str
  sample: []
resolved:
  description: The addresses of each host name of O(allow).
  returned: success
  type: dict
  sample: {repair.example.com: [10.0.5.20]}
asked:
  description: >-
    What O(allow) comes to on this device, C(rules). And, when O(force) overrides them, C(risks). C(misfits) and C(rivals) are empty, because with any of
    them the task fails. Null for O(state=released).
  returned: success
  type: dict
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(AuthenticationRefused), V(CertificateRefused), V(Unreachable), V(Busy),
      V(Interrupted), V(Indeterminate), V(DeadlineExceeded), V(NotReached), V(Unavailable), V(Unsupported), V(AccessDenied), V(Refused)
      or V(InvalidOption).
  returned: failure
  type: str
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: allow less, or set count or ip to fewer
details:
  description: Values that belong to the error, such as C(reasons), every reason why something does not fit or is refused.
  returned: failure
  type: dict
  sample:
    reasons:
      - >-
        direction out needs 93 filters and the wired port has 32 (IPv4_MaxTxFilters): 92 for IPv4 and Ethernet, 0 for IPv6 at 4 each,
        1 for the default
"""
