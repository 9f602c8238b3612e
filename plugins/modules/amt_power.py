# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_power
author: The outofband.amt contributors (!UNKNOWN)
short_description: Power of a machine, through its Intel AMT firmware
description:
  - Switches a machine on or off, puts it to sleep, or restarts it, whatever state its operating system is in.
  - Asks for what the firmware offers in the machine's present state, and waits until the wanted state is seen.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - O(state=on), O(state=off), O(state=sleep), O(state=hibernate) and O(state=standby) are. O(state=reset), O(state=cycle) and O(state=nmi) happen whenever
        they are asked for.
options:
  state:
    description:
      - V(on), V(off), V(sleep), V(hibernate) and V(standby) are states that the machine is brought to unless it is there already. A machine that is
        mechanically off counts as V(off), and any depth of sleep as V(sleep).
      - V(standby) is modern standby, in which power stays on and the system saves it. V(on) wakes a machine from there. It can be asked of
        a running system whose firmware tells about it, from AMT 10 on. Such machines do not offer V(sleep). A machine in standby is also woken
        before it is asked for anything else, and given up to 30 seconds to offer that it shuts down by itself, unless O(graceful=never).
      - V(reset), V(cycle) and V(nmi) are events. V(reset) restarts without removing power, V(cycle) removes power for a moment, V(nmi) sends a
        non-maskable interrupt, with which operating systems write a crash dump.
      - V(sleep) and V(hibernate) are only offered while the operating system runs Intel's local manageability service (LMS).
    type: str
    required: true
    choices: ["on", "off", sleep, hibernate, standby, reset, cycle, nmi]
  graceful:
    description:
      - Whether the operating system is to shut down by itself for O(state=off), O(state=reset) and O(state=cycle). This is only offered while it
        runs LMS.
      - V(prefer) does so where it is offered, and switches immediately where not. V(require) fails where it is not offered. V(never) always
        switches immediately, and unsaved work is lost.
    type: str
    choices: [prefer, require, never]
    default: prefer
  force_after:
    description:
      - Seconds after which a machine that was asked to shut down or to restart by itself, and has not, is switched immediately. When not set, it is
        never forced. They do not count towards the C(deadline) of the connection. O(wait_timeout) then begins anew.
    type: int
  wait:
    description:
      - Whether to wait until the wanted state is seen. It cannot be seen for O(state=nmi), nor where the firmware does not tell the state.
      - A system that was asked to restart by itself is on before and after. It has restarted when a boot has used up an override of M(outofband.amt.amt_boot),
        when the firmware gives another reason for the last boot, or when the machine was off, or its local manageability service gone, and
        is back.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the wanted state. The option C(deadline) of the connection limits the whole task as well, and the error names it when it was
        the deadline that ended the wait.
    type: int
    default: 300
notes:
  - While a KVM, SOL or media session is open, firmware refuses to take power away. The error names the sessions.
  - Firmware that does not tell the state of power, or tells none that is known, cannot be compared. It is asked for the state each time, and
    nothing is waited for.
seealso:
  - module: outofband.amt.amt_boot
  - module: outofband.amt.amt_info
"""

EXAMPLES = r"""
- name: Switch on
  outofband.amt.amt_power:
    state: "on"

- name: Shut down, and switch off what has not done so after two minutes
  outofband.amt.amt_power:
    state: "off"
    force_after: 120
    wait_timeout: 180

- name: Restart, and reset what has not restarted by itself after ten minutes
  outofband.amt.amt_power:
    state: reset
    force_after: 600

- name: Restart, whatever the operating system does
  outofband.amt.amt_power:
    state: reset
    graceful: never
    wait: false
"""

RETURN = r"""
state:
  description:
    - State that the machine is in, or in check mode and with O(wait=false) is going to be in. A machine that was reset or cycled is V(on). In the
      C(before) of a diff, V(unknown) means that the firmware does not tell.
  returned: success
  type: str
  sample: "on"
request:
  description:
    - What was, or in check mode would be, asked of the firmware to get there, such as V(graceful_off). V(full_power) and V(saving) are asked of
      a system with modern standby.
  returned: when the state changes
  type: str
  sample: "on"
event:
  description: What was, or in check mode would be, asked of the firmware, such as V(graceful_reset).
  returned: with O(state=reset), O(state=cycle) and O(state=nmi)
  type: str
  sample: reset
available:
  description:
    - What the firmware offers in the state that the machine is in now. In check mode and with O(wait=false), in the state that it was found in.
      Empty where it does not tell.
  returned: success
  type: list
  elements: str
  sample: [cycle, "off", reset]
os_power_saving:
  description:
    - Whether a running system saves power in modern standby (V(saving)) or not (V(full_power)), as the firmware tells. V(unsupported) and V(unknown)
      are its own words. Null before AMT 10, and for a machine that does not run.
  returned: success
  type: str
  sample: full_power
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
  sample: Unreachable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: this port speaks plain HTTP; use the TLS port (16993), or switch TLS off
details:
  description: Values that belong to the error, such as C(code) and C(name) of a method that was refused.
  returned: failure
  type: dict
  sample: {code: 38, method: CIM_BootService.SetBootConfigRole, name: FLASH_WRITE_LIMIT_EXCEEDED}
"""
