# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_time
author: The outofband.amt contributors (!UNKNOWN)
short_description: The clock of Intel AMT firmware
description:
  - Sets the firmware's clock from that of the controller where the two differ by more than a tolerance, and tells by how much they did.
  - TLS with client certificates, Kerberos, alarms and the times in the logs depend on that clock, which nobody else sets. Firmware refuses to
    switch on Kerberos or mutual TLS before its clock has been set.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - As long as the clock does not drift beyond O(tolerance) in between.
options:
  synchronized:
    description:
      - With V(true) the clock is set, from that of the controller, unless somebody has set it before and it is within O(tolerance) of it. A clock
        that follows the BIOS is set at least once, since that of a BIOS often has the local time.
      - V(false) leaves the clock alone. RV(drift) tells what it shows.
    type: bool
    default: true
  tolerance:
    description:
      - Seconds by which the clock may be wrong without being set. Each setting wears the firmware's flash, which has a limit.
      - What the way to the device may have cost is allowed for. A clock is only set when it certainly is wrong by more.
    type: int
    default: 10
  local_sync:
    description:
      - Whether the machine's own system, through Intel's local manageability service (LMS), may set the clock too. Firmware allows it until somebody
        forbids it. When not set, it stays as it is.
    type: bool
notes:
  - The clock of the controller must be right, as by NTP. One before 2004 is refused.
seealso:
  - module: outofband.amt.amt_info
"""

EXAMPLES = r"""
- name: The clock is right, and nobody on the machine changes it
  outofband.amt.amt_time:
    local_sync: false

- name: How wrong is it
  outofband.amt.amt_time:
    synchronized: false
  register: clock

- name: No more than five minutes
  ansible.builtin.assert:
    that: clock.drift | abs <= 300
    fail_msg: "{{ clock.drift }} seconds ahead"
"""

RETURN = r"""
synchronized:
  description: Whether the clock has been set by somebody and is within O(tolerance), or in check mode would be.
  returned: success
  type: bool
  sample: true
local_sync:
  description: Whether the machine's own system may set the clock. Null where this firmware does not tell.
  returned: success
  type: bool
  sample: false
drift:
  description: Seconds by which the clock was ahead of the controller's when the task began. Negative when it was behind.
  returned: success
  type: int
  sample: -37
source:
  description:
    - Where the clock had its time from when the task began. V(bios), or V(configured) once somebody has set it. Null where this firmware does not
      tell.
  returned: success
  type: str
  sample: bios
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
  sample: AccessDenied
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: give the user the realm network time (12), or check that the control mode allows it
details:
  description: Values that belong to the error, such as C(code) and C(name) of a method that was refused.
  returned: failure
  type: dict
  sample: {code: 38, name: FLASH_WRITE_LIMIT_EXCEEDED}
"""
