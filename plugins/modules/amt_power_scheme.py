# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_power_scheme
author: The outofband.amt contributors (!UNKNOWN)
short_description: In which states of the machine Intel AMT firmware answers
description:
  - Chooses one of the power packages that the machine's manufacturer has left in the firmware. A package says in which states of the machine the
    management engine is on, and in which it sleeps and is woken by traffic.
  - Switching on, alarms and remote access work only in states that the package covers, and only while the machine has power from the mains.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  while_asleep:
    description:
      - Whether the firmware answers while the machine sleeps (S3). V(never), V(always), or V(woken), which means that it sleeps too, once nobody
        has asked it anything for O(idle_timeout), and is woken by what is sent to it.
      - What wakes it may be lost, so that the first attempt to reach it fails or takes its time.
    type: str
    choices: [never, woken, always]
  while_off:
    description: The same while the machine is off or hibernates (S4, S5).
    type: str
    choices: [never, woken, always]
  after_power_loss:
    description:
      - Whether the firmware starts by itself once power from the mains is back. Only some packages of AMT 3 to 5 say that it does not, so that not
        all machines of a site draw their power in one moment.
    type: bool
  package:
    description: The package by its description, as RV(available) has it, for one that the other options have no words for.
    type: str
  idle_timeout:
    description:
      - Minutes for which the firmware stays awake after the machine has gone to sleep or was switched off, and after the last request. At least 3
        are advised for peers that run Linux, whose ARP takes its time. Never less than two pass.
      - Where the package says V(always) or V(never) it has no effect.
    type: int
notes:
  - AMT 6 and later has two packages, one with V(never) and one with V(woken) for both states. Activation switches to the second one.
  - Which ports are kept on the network for it is another setting, O(outofband.amt.amt_wired#module:link_policy) of the wired and
    O(outofband.amt.amt_wireless#module:link_policy) of the wireless one. Both have to cover a state.
  - A package that would leave the firmware silent in the state in which the machine is at that moment is refused, as nobody could take it back.
seealso:
  - module: outofband.amt.amt_wired
  - module: outofband.amt.amt_alarms
  - module: outofband.amt.amt_general
"""

EXAMPLES = r"""
- name: Reachable while it is off
  outofband.amt.amt_power_scheme:
    while_asleep: woken
    while_off: woken
    idle_timeout: 60

- name: What would it cost
  outofband.amt.amt_power_scheme:
    while_off: never
  check_mode: true
  register: scheme
"""

RETURN = r"""
package:
  description: The firmware's own description of the package in force, or in check mode of the one that would be. Null where it does not tell.
  returned: success
  type: str
  sample: "Desktop: ON in S0, ME Wake in S3, S4-5"
while_asleep:
  description: Whether it answers while the machine sleeps. Null for a description that says nothing of it.
  returned: success
  type: str
  sample: woken
while_off:
  description: Whether it answers while the machine is off or hibernates. Null for a description that says nothing of it.
  returned: success
  type: str
  sample: woken
after_power_loss:
  description: Whether it starts by itself once power is back.
  returned: success
  type: bool
  sample: true
idle_timeout:
  description: Minutes for which it stays awake. Null where the firmware does not show it to this user.
  returned: success
  type: int
  sample: 60
available:
  description: The packages of this machine in the same words, each with C(key), by which the firmware knows it.
  returned: success
  type: list
  elements: dict
  sample:
    - package: "Desktop: ON in S0"
      while_asleep: never
      while_off: never
      after_power_loss: true
      key: {InstanceID: SCHEME 0, SchemeGUID: "djmXEQtWUEOIcJgS85G1YA=="}
key:
  description: By which the firmware knows the package that was in force when the task began.
  returned: success
  type: dict
  sample: {InstanceID: SCHEME 1, SchemeGUID: "MIAN7gnAeEOvKHhootu+Og=="}
costs:
  description: What another package comes with, in sentences.
  returned: when the package changes
  type: list
  elements: str
  sample:
    - "it does not answer while the machine is off: no switching on, no alarm, no remote access until somebody starts the machine by hand"
power:
  description: The state of the machine when the package was to change.
  returned: when the package changes
  type: str
  sample: "on"
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(Indeterminate), V(NotReached), V(Unavailable),
      V(AccessDenied), V(Refused) or V(InvalidOption).
  returned: failure
  type: str
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: switch it on first (amt_power), or choose a package that answers then
details:
  description: Values that belong to the error, such as C(power) of a machine that the package would make silent.
  returned: failure
  type: dict
  sample: {power: "off"}
"""
