# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_defense_policies
author: The outofband.amt contributors (!UNKNOWN)
short_description: System Defense policies and their filters
description:
  - Keeps the policies on a device as they are listed. A policy is a set of filters and a default for each direction.
  - There is no order among filters. A packet that a filter with the action V(drop) matches is dropped, also where another lets it pass. One that no filter
    matches meets the default of its direction.
  - Firmware cannot change a policy, so a changed one is made anew beside the former, takes its place, and the former goes.
  - Only what this collection made is touched, unless O(foreign) is set. It is known by the first three characters of its name, C(ob-) or C(ob+).
    Policies of M(outofband.amt.amt_isolation) are not shown and not touched.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  policies:
    description: The policies. What is not given of a policy stays as it is, or is the default for a new one.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Up to 13 letters, digits, C(_), C(.), C(-) and spaces. The device has 16, and the first 3 are the collection's mark.
        type: str
        required: true
      filters:
        description: Its filters, all of them. When not given, those that it has stay.
        type: list
        elements: dict
        suboptions:
          name:
            description: As that of a policy. Names of filters are those of the whole device.
            type: str
            required: true
          direction:
            description: Seen from the machine.
            type: str
            choices: [out, in]
            required: true
          action:
            description: V(limit) lets up to O(policies[].filters[].rate) packets a second pass.
            type: str
            choices: [pass, drop, limit]
            required: true
          rate:
            description: Packets a second, for the action V(limit). The firmware is not exact, and lets some more pass.
            type: int
          count:
            description: Whether to count what it matches. A limit counts in any case.
            type: bool
            default: false
          event:
            description: Whether to raise an event at the first match.
            type: bool
            default: false
          ethertype:
            description: Makes it a filter on Ethernet headers. A number such as V(0x88cc), or V(ip), V(arp), V(ipv6), V(eapol) or V(lldp).
            type: str
          source_mac:
            description: An address, or address and mask separated by a slash. Only with an ethertype, as the next three.
            type: str
          destination_mac:
            description: As O(policies[].filters[].source_mac).
            type: str
          vlan:
            description: VLAN number, 0 to 4095.
            type: int
          priority:
            description: VLAN priority, 0 to 7.
            type: int
          ip_version:
            description:
              - When not given, that of the addresses, or else both. The vendor's guide calls it mandatory and its schema does not, so firmware may refuse
                a filter without it.
            type: int
            choices: [4, 6]
          source:
            description: An address, V(10.0.0.0/8), V(10.0.0.1-10.0.0.9), or address and mask separated by a slash.
            type: str
          destination:
            description: As O(policies[].filters[].source).
            type: str
          protocol:
            description: A number, or V(icmp), V(igmp), V(tcp), V(udp), V(gre), V(esp), V(ah), V(icmpv6) or V(sctp).
            type: str
          source_ports:
            description: A port or a range such as V(8000-8100), with the protocol V(tcp) or V(udp). A range is possible at one end only.
            type: str
          destination_ports:
            description: As O(policies[].filters[].source_ports).
            type: str
          dscp:
            description: DSCP values, one of which the packet must have.
            type: list
            elements: int
          flow_label:
            description: IPv6 flow label.
            type: int
          tcp_flags_on:
            description: TCP flags that must be set, as the firmware's own numbers. Which number is which flag is not published.
            type: list
            elements: int
          tcp_flags_off:
            description: TCP flags that must not be set, as the firmware's own numbers.
            type: list
            elements: int
      transmit:
        description: What happens to packets that the machine sends and that no filter matches.
        type: dict
        suboptions:
          action:
            description: Let them pass, or drop them.
            type: str
            choices: [pass, drop]
            default: pass
          count:
            description: Whether to count them.
            type: bool
            default: false
          event:
            description: Whether to raise an event at the first one.
            type: bool
            default: false
      receive:
        description: What happens to packets that the machine receives and that no filter matches.
        type: dict
        suboptions:
          action:
            description: Let them pass, or drop them.
            type: str
            choices: [pass, drop]
            default: pass
          count:
            description: Whether to count them.
            type: bool
            default: false
          event:
            description: Whether to raise an event at the first one.
            type: bool
            default: false
      precedence:
        description: The policy with the highest precedence among those enabled on a port is in force. 0 for a new policy.
        type: int
      anti_spoofing:
        description:
          - The firmware's own number. V(0) is none. What others mean is not published, beyond that packets with a source address which is not the machine's
            own are not sent.
        type: int
      timeout:
        description: Minutes after which a policy that is in force ends, V(0) is never. It can be changed without making the policy anew.
        type: int
      ports:
        description:
          - The ports that the policy is bound to. An empty list unbinds it. When not given, it stays as it is.
          - A port that is isolated counts as that of the policy which comes back on release. Another can take it only after that.
        type: list
        elements: str
        choices: [wired, wireless]
  purge:
    description: Whether policies that are not listed are removed, which unbinds them.
    type: bool
    default: false
  foreign:
    description:
      - Whether policies that something else made may be touched. Their ports may be taken, and with O(purge) they are removed with their filters.
    type: bool
    default: false
notes:
  - A run that is killed in the moment between unbinding a policy and binding its successor leaves the port without either. The next run binds it when the
    task names O(policies[].ports).
seealso:
  - module: outofband.amt.amt_isolation
  - module: outofband.amt.amt_isolation_info
"""

EXAMPLES = r"""
- name: Slow down scans and worms, and stop mail that does not go through the server
  outofband.amt.amt_defense_policies:
    policies:
      - name: office
        precedence: 10
        ports: [wired]
        filters:
          - {name: no mail, direction: out, action: drop, count: true, ip_version: 4, protocol: tcp, destination_ports: "25"}
          - {name: few pings, direction: out, action: limit, rate: 20, ip_version: 4, protocol: icmp}

- name: Keep no other policy of this collection
  outofband.amt.amt_defense_policies:
    policies:
      - name: office
    purge: true
"""

RETURN = r"""
policies:
  description: The policies of this collection as they are now, or in check mode would be. C(ports) are those that they are bound to.
  returned: success
  type: list
  elements: dict
foreign:
  description: Names of policies that something else made.
  returned: success
  type: list
  elements: str
  sample: []
leftovers:
  description: Names of filters and policies of this collection that nothing needs, and that this run removes.
  returned: success
  type: list
  elements: str
  sample: []
misfits:
  description: Always empty, because the task fails when anything does not fit.
  returned: success
  type: list
  elements: str
  sample: []
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
