# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_boot
author: The outofband.amt contributors (!UNKNOWN)
short_description: What a machine starts from next time, through its Intel AMT firmware
description:
  - Sets what the machine starts from at its next boot, once. The boot after that is as the BIOS is set.
  - Takes back an override that has not been used yet, with O(target=none).
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(restart=never), as long as the machine does not boot in between, which uses up the override. With another O(restart), the machine
        restarts each time.
      - Firmware that does not tell its boot order cannot be compared, and is set each time.
options:
  target:
    description:
      - V(none) takes an override back. V(pxe) starts from the network, V(disk) from the hard drive, V(cd) from the optical drive, V(safe_mode) from
        the hard drive in the operating system's safe mode, V(diagnostics) from the manufacturer's diagnostic partition.
      - V(bios_setup) enters the BIOS setup, V(bios_pause) stops in the BIOS.
      - V(ider_cd) and V(ider_floppy) start from the medium of a redirection session, which another program must hold open.
      - What this firmware does not offer is refused before anything is written.
    type: str
    required: true
    choices: [none, pxe, disk, safe_mode, cd, diagnostics, bios_setup, bios_pause, ider_cd, ider_floppy]
  sol:
    description: Whether the BIOS writes its screen to a serial-over-LAN session, which another program must hold open.
    type: bool
    default: false
  lock_keyboard:
    description: Whether the keyboard is locked during that boot.
    type: bool
    default: false
  lock_power_button:
    description: Whether the power button is locked during that boot.
    type: bool
    default: false
  lock_reset_button:
    description: Whether the reset button is locked during that boot.
    type: bool
    default: false
  lock_sleep_button:
    description: Whether the sleep button is locked during that boot.
    type: bool
    default: false
  bypass_password:
    description: Whether the BIOS does not ask for the user's password at that boot.
    type: bool
    default: false
  progress_events:
    description: Whether the BIOS reports its progress as firmware events at that boot.
    type: bool
    default: false
  reset_bios:
    description: Whether the BIOS returns its settings to the manufacturer's defaults at that boot.
    type: bool
    default: false
  secure_boot:
    description: Whether secure boot is enforced at that boot.
    type: bool
    default: false
  verbosity:
    description: How much the BIOS shows on the screen at that boot. V(blank) shows nothing at all.
    type: str
    choices: [default, quiet, verbose, blank]
    default: default
  media_index:
    description:
      - Which drive to start from with O(target=disk), O(target=safe_mode) and O(target=cd). V(0) is the default one, V(1) the first, V(2) the second.
    type: int
    default: 0
  restart:
    description:
      - V(never) leaves the machine as it is. The others make the boot happen now. A machine that is off is switched on.
      - V(graceful) lets the operating system shut down by itself where it runs Intel's local manageability service (LMS). V(immediate) does not.
    type: str
    choices: [never, graceful, immediate]
    default: never
notes:
  - In client control mode, the user at the machine must consent to redirection, and firmware refuses V(ider_cd), V(ider_floppy) and
    O(sol) without it.
seealso:
  - module: outofband.amt.amt_power
"""

EXAMPLES = r"""
- name: Start from the network, once, now
  outofband.amt.amt_boot:
    target: pxe
    restart: immediate

- name: Enter the BIOS setup at the next boot, with its screen on serial-over-LAN
  outofband.amt.amt_boot:
    target: bios_setup
    sol: true

- name: Take the override back
  outofband.amt.amt_boot:
    target: none
"""

RETURN = r"""
target:
  description:
    - What the machine will start from, or in check mode would. V(none) when there is no override. V(other) in the C(before) of a diff stands for one
      that none of the words describes.
  returned: success
  type: str
  sample: pxe
restart:
  description: What was, or in check mode would be, asked of the power service. V(on) for a machine that was off.
  returned: with O(restart=graceful) and O(restart=immediate)
  type: str
  sample: reset
settings:
  description:
    - The other options are returned under their own names, with the values in force. A value is null where this firmware does not have the setting.
  returned: success
  type: dict
capabilities:
  description: The firmware's own statement of what it offers, under its own names. Null where it makes none.
  returned: success
  type: dict
  sample: {BIOSSetup: true, ForcePXEBoot: true, SOL: true}
power:
  description: State of the machine before, as O(ignore:state) and O(ignore:available) of M(outofband.amt.amt_power).
  returned: with O(restart=graceful) and O(restart=immediate)
  type: dict
  sample: {state: "off", available: ["on"]}
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
