# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_isolation_info
author: The outofband.amt contributors (!UNKNOWN)
short_description: Read what System Defense does on the ports of a machine
description:
  - Reads which policies are bound to each port, by which feature, which is active and since when, and the counters of its filters.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.info
options:
  snapshot:
    description:
      - Whether the firmware is asked to bring its counters up to date before they are read. Nothing is reset. The firmware raises the event
        of a filter once, and again only after this.
      - In check mode it is not asked, and the counters are those of the last time.
    type: bool
    default: true
  strict:
    description:
      - Whether the task fails where a part cannot be read. RV(unread) is in the details of the error then.
      - Otherwise what cannot be read is null or left out, RV(unread) says what that is and why, and the task fails only where nothing at all
        could be read.
    type: bool
    default: false
seealso:
  - module: outofband.amt.amt_isolation
"""

EXAMPLES = r"""
- name: Look at the ports
  outofband.amt.amt_isolation_info:
  register: defense

- name: Show what tried to get out
  ansible.builtin.debug:
    msg: "{{ defense.ports.wired.counters | selectattr('matched') }}"
"""

RETURN = r"""
ports:
  description: What was found on the ports C(wired) and C(wireless).
  returned: success
  type: dict
  contains:
    wired:
      description: The wired port. V(wireless) has the same.
      returned: success
      type: dict
      contains:
        state:
          description: V(isolated) when a policy of M(outofband.amt.amt_isolation) is bound and has not expired, or V(released). Null where policies or
            what they are bound to cannot be read.
          returned: success
          type: str
          sample: isolated
        active:
          description: Name of the policy in force, or null.
          returned: success
          type: str
          sample: ob-iso0.none
        since:
          description: When it came into force, by the firmware's clock. Null where the firmware has no counters for it.
          returned: success
          type: str
          sample: "2026-03-01T08:15:00Z"
        bound:
          description:
            - Every policy bound to the port. C(by) is V(system_defense), V(environment), V(agent) or V(default). C(policy) is its name,
              C(made_by) the module that made it or null for something else. C(enabled), C(active), C(precedence), C(expires) (minutes, 0 is
              never), C(rules) as text, and C(before), the policy that release brings back.
          returned: success
          type: list
          elements: dict
        counters:
          description:
            - One for each filter of the active policy that the firmware counts. C(filter) is its name, C(rule) its text, C(matched) whether
              it has matched, C(reset) when it was set back. C(count) is the firmware's C(ReadCount), which its schema describes as a number
              of reads and the vendor's own viewer shows as a number of matches.
          returned: success
          type: list
          elements: dict
unread:
  description:
    - What could not be read, one entry for each class or property. What a firmware does not have is not among them.
    - C(part) is the part of the answer that goes without it, C(class) and C(property) the firmware's own names (C(property) is null where the
      whole class is meant), C(realm) the realm that a user needs, where that is what is missing, C(error) the kind of error, C(reason) what
      happened, C(hint) what to try, and C(count) how often it was met.
  returned: success
  type: list
  elements: dict
  sample:
    - class: AMT_ActiveFilterStatistics
      count: 1
      error: AccessDenied
      hint: give the user the realm system defense (11), or check that the control mode allows it
      part: counters
      property: null
      realm: system_defense
      reason: "AMT_ActiveFilterStatistics: the firmware refused the request: AccessDenied"
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
