# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_redirection
author: The outofband.amt contributors (!UNKNOWN)
short_description: Switches of redirection and of the web interface of Intel AMT firmware
description:
  - Switches the redirection of the serial port (SOL), of drives (IDE-R, since AMT 11 USB-R) and of the screen (KVM) on or off, the ports that they
    come through, and the firmware's web interface. What is not given stays as it is.
  - Tells which sessions are open now, and ends them.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - O(update_rfb_password=always) sets the password each time. O(end_sessions) ends what somebody has opened in between.
options:
  sol:
    description: Whether the serial port may be redirected. The administrator's realm is needed to change it.
    type: bool
  ider:
    description: Whether drives may be redirected. The administrator's realm is needed to change it.
    type: bool
  kvm:
    description:
      - Whether the screen, keyboard and mouse may be redirected. The administrator's realm is needed to change it.
      - What the machine's firmware menu (MEBx) forbids cannot be switched on from the network.
    type: bool
  listener:
    description: Whether the redirection ports, 16994 and with TLS 16995, are open. O(sol), O(ider) and O(kvm) are of no use without them.
    type: bool
  port_5900:
    description:
      - Whether port 5900 is open, where any VNC viewer reaches the screen, by O(rfb_password) alone and without encryption.
      - It is gone from AMT 16.1.33 on, which is told before anything is written.
    type: bool
  rfb_password:
    description:
      - The password of port 5900. Exactly 8 characters with an upper-case and a lower-case letter, a digit and a special character other
        than C(_), and none of C(",:). It cannot be read back.
      - Firmware does not open the port before it has one.
    type: str
  update_rfb_password:
    description: V(on_create) sets O(rfb_password) when this task opens port 5900. V(always) sets it each time, which is always a change.
    type: str
    choices: [on_create, always]
    default: on_create
  session_timeout:
    description: Minutes without use after which a KVM session is closed, from 1 to 255. V(0) is never.
    type: int
  screen:
    description: Which of the machine's screens a KVM session shows, from V(0) to V(3). It may be changed while one is open.
    type: int
  web_ui:
    description: Whether the firmware has pages for browsers. WS-Man, and with it this collection, goes on without.
    type: bool
  end_sessions:
    description:
      - Sessions to end if there are any. Nothing keeps them from being opened again, which the switches do. What a task switches off it
        ends too.
      - Firmware lets only the machine itself end a KVM session. Over the network it is ended by switching KVM off, and on again if it was on.
    type: list
    elements: str
    choices: [sol, ider, kvm]
seealso:
  - module: outofband.amt.amt_power
  - module: outofband.amt.amt_info
"""

EXAMPLES = r"""
- name: Screen and serial port for the help desk, and nothing else
  outofband.amt.amt_redirection:
    sol: true
    ider: false
    kvm: true
    listener: true
    port_5900: false
    session_timeout: 10
    web_ui: false

- name: A plain VNC viewer for the lab
  outofband.amt.amt_redirection:
    kvm: true
    port_5900: true
    rfb_password: "{{ lab_rfb_password | default('Rfb-Pa55') }}"

- name: Who is connected
  outofband.amt.amt_redirection:
  register: redirection

- name: Nobody any more
  outofband.amt.amt_redirection:
    end_sessions: [sol, ider, kvm]
"""

RETURN = r"""
sol:
  description: Whether the serial port may be redirected. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: bool
  sample: true
ider:
  description: Whether drives may be redirected. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: bool
  sample: false
kvm:
  description: Whether the screen may be redirected. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: bool
  sample: true
listener:
  description: Whether the redirection ports are open. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: bool
  sample: true
port_5900:
  description: Whether port 5900 is open. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: bool
  sample: false
session_timeout:
  description: Minutes without use until a KVM session is closed. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: int
  sample: 10
screen:
  description: Which screen a KVM session shows. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: int
  sample: 0
web_ui:
  description: Whether there are pages for browsers. Null where this firmware does not have it, or does not tell this user.
  returned: success
  type: bool
  sample: false
sessions:
  description: Which sessions are open, of V(sol), V(ider) and V(kvm). Those that this user may not see are left out.
  returned: success
  type: list
  elements: str
  sample: [kvm]
kvm_in_mebx:
  description: Whether the machine's firmware menu allows KVM. Null where the firmware does not tell.
  returned: success
  type: bool
  sample: true
version:
  description: Version of AMT, which tells whether there is a port 5900. Null where the task does not ask for it.
  returned: success
  type: str
  sample: 16.1.30
rfb_password:
  description: Present when it was set, or in check mode would be. It is never shown.
  returned: when it is set
  type: str
  sample: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
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
  sample: somebody at the machine has to allow it there
details:
  description: Values that belong to the error, such as C(code) and C(name) of a method that was refused.
  returned: failure
  type: dict
  sample: {option: port_5900}
"""
