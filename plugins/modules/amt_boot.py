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
  - Nothing that another console has set for the next boot survives either of them, such as an erase or a recovery. What this task does not ask for is
    brought to rest. When the firmware does not let go of something that destroys data or protection, the task fails and names it.
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
      - What firmware does not tell, or tells in a form that is none, cannot be compared, and is set each time.
options:
  target:
    description:
      - V(none) takes an override back. V(pxe) starts from the network, V(disk) from the hard drive, V(cd) from the optical drive, V(safe_mode) from
        the hard drive in the operating system's safe mode.
      - V(bios_setup) enters the BIOS setup, V(bios_pause) stops in the BIOS.
      - V(ider_cd) and V(ider_floppy) start from the medium of a redirection session, which another program must hold open.
      - What this firmware does not offer is refused before anything is written.
    type: str
    required: true
    choices: [none, pxe, disk, safe_mode, cd, bios_setup, bios_pause, ider_cd, ider_floppy]
  sol:
    description:
      - Whether the BIOS writes its screen to a serial-over-LAN session, which another program must hold open.
      - It goes with O(target=bios_setup) and the other targets that are no boot source. According to the vendor's guide, firmware does not let it be
        set while a boot source (V(pxe), V(disk), V(safe_mode), V(cd)) is chosen, and which other combinations it takes differs from version to version.
        Here the settings are written before the source, which Intel's own consoles do too. Firmware that still refuses the combination fails
        the task.
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
  wait:
    description:
      - Whether to wait for the restart. A machine that was off is waited for until it is on. A system that was asked to restart by itself is waited for
        until there is a sign of it, as described for O(outofband.amt.amt_power#module:wait).
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait. The option C(deadline) of the connection limits the whole task as well.
    type: int
    default: 300
  force_after:
    description:
      - Seconds after which a system that was asked to restart by itself is restarted immediately, with O(restart=graceful). When not set, it is never
        forced. They do not count towards the C(deadline) of the connection. O(wait_timeout) then begins anew.
    type: int
notes:
  - Where the firmware requires consent of the user at the machine, as always in client control mode, every change of the next boot needs it, whatever
    the target and the options. Without it the task fails with the error V(ConsentRequired), in check mode too, and nothing is changed. Only an
    override that has no settings, such as V(pxe), can be taken back without.
  - Consent is asked for, and given, by M(outofband.amt.amt_consent). A restart by itself needs no consent.
seealso:
  - module: outofband.amt.amt_consent
  - module: outofband.amt.amt_power
  - module: outofband.amt.amt_wsman
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

- name: Take the override back, and whatever else somebody has set for the next boot
  outofband.amt.amt_boot:
    target: none

- name: Start from the network now; a system that has not shut down after five minutes is reset
  outofband.amt.amt_boot:
    target: pxe
    restart: graceful
    force_after: 300
"""

RETURN = r"""
target:
  description:
    - What the machine will start from, or in check mode would. V(none) when there is no override. In the C(before) of a diff, V(other) stands for one
      that none of the words describes, and V(unknown) means that the firmware does not tell.
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
armed:
  description:
    - What stands for the next boot beside the target and the options, under the firmware's own names. Empty after the task. The C(before) of a
      diff tells what was there, such as C(SecureErase). C(CIM_OrderedComponent) is a boot source that is not the target's.
  returned: success
  type: list
  elements: str
  sample: []
latched:
  description: Settings that the firmware keeps at another value than it was given, under its own names. None of them destroys anything.
  returned: when there are any
  type: list
  elements: str
  sample: [ForcedProgressEvents]
consent:
  description:
    - Whether the firmware requires consent for a change of the next boot, and whether it is given now. Null where the firmware does not tell, and
      where nothing has to be changed.
  returned: success
  type: dict
  sample: {required: true, given: true}
capabilities:
  description: The firmware's own statement of what it offers, under its own names. Null where it makes none.
  returned: success
  type: dict
  sample: {BIOSSetup: true, ForcePXEBoot: true, SOL: true}
power:
  description:
    - State of the machine after the restart, as RV(outofband.amt.amt_power#module:state), RV(outofband.amt.amt_power#module:available) and
      RV(outofband.amt.amt_power#module:os_power_saving). In check mode, and what was offered with O(wait=false), is that of before.
  returned: with O(restart=graceful) and O(restart=immediate)
  type: dict
  sample: {state: "on", available: [cycle, "off", reset], os_power_saving: full_power}
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(AuthenticationRefused), V(CertificateRefused), V(Unreachable), V(Busy),
      V(Interrupted), V(Indeterminate), V(DeadlineExceeded), V(NotReached), V(Unavailable), V(ConsentRequired), V(Unsupported), V(AccessDenied),
      V(Refused) or V(InvalidOption).
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
