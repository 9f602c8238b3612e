# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_wsman
author: The outofband.amt contributors (!UNKNOWN)
short_description: Any class and method of Intel AMT firmware
description:
  - Reads, changes, creates and deletes instances of any class, and calls any method, under the firmware's own names.
  - This is the way out where no other module covers a need. It knows no types and no rules, and leaves the judgement of values to the firmware.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - O(action=get), O(action=enumerate), O(action=put), and O(action=invoke) with O(changes=false) are. O(action=create), O(action=delete) and
        O(action=invoke) happen whenever they are asked for.
options:
  action:
    description:
      - V(get) reads one instance, V(enumerate) all of a class.
      - V(put) reads an instance, compares it with O(properties), and writes it back whole where they differ. What somebody else has set in it is
        written back too, such as an erase that another console armed in C(AMT_BootSettingData); M(outofband.amt.amt_boot) takes that back.
      - V(create), V(delete) and V(invoke) always count as a change and are not sent in check mode. See O(changes) for methods that only tell.
    type: str
    choices: [get, enumerate, put, create, delete, invoke]
    default: get
  class_name:
    description: Name of the class, such as V(AMT_GeneralSettings). It begins with C(AMT_), C(CIM_) or C(IPS_).
    type: str
    required: true
  selectors:
    description: The keys that name one instance. Not needed where the class has only one.
    type: dict
    default: {}
  properties:
    description:
      - What to change with O(action=put), or the new instance with O(action=create).
      - A list repeats the element. Bytes are base64 text.
      - "A reference to an instance is C({class: NAME, selectors: {KEY: VALUE}}), an embedded instance C({class: NAME, properties: {NAME: VALUE}}),
        a time C({datetime: TEXT}) or C({interval: TEXT}) in ISO 8601."
      - Values are returned and shown in diffs. Set C(no_log) on a task that sends a secret.
    type: dict
    default: {}
  omit:
    description: Properties that are read-only and that this class does not take back, to be left out of what O(action=put) writes.
    type: list
    elements: str
    default: []
  method:
    description: Name of the method, with O(action=invoke).
    type: str
  arguments:
    description: Arguments of the method, in the form of O(properties), in the order in which the firmware's schema lists them.
    type: dict
    default: {}
  changes:
    description:
      - Whether the method changes something. Set it to V(false) for one that only tells. It then counts as no change, is sent in check mode too,
        and is repeated when the firmware is busy.
    type: bool
    default: true
seealso:
  - module: outofband.amt.amt_info
"""

EXAMPLES = r"""
- name: Read the general settings
  outofband.amt.amt_wsman:
    class_name: AMT_GeneralSettings
  register: general

- name: List the firmware's components
  outofband.amt.amt_wsman:
    action: enumerate
    class_name: CIM_SoftwareIdentity

- name: Let the firmware answer presence pings
  outofband.amt.amt_wsman:
    action: put
    class_name: AMT_GeneralSettings
    properties:
      RmcpPingResponseEnabled: true

- name: Switch on, by hand
  outofband.amt.amt_wsman:
    action: invoke
    class_name: CIM_PowerManagementService
    method: RequestPowerStateChange
    arguments:
      PowerState: 2
      ManagedElement:
        class: CIM_ComputerSystem
        selectors:
          CreationClassName: CIM_ComputerSystem
          Name: ManagedSystem
"""

RETURN = r"""
result:
  description:
    - With O(action=get) and O(action=put), the properties that were read. With O(action=enumerate), a list of these. With O(action=create), the
      reference of the new instance. With O(action=invoke), what the method returned, C(ReturnValue) included.
    - Values are text, as they came, or in the forms of O(properties).
  returned: success
  type: raw
  sample: {HostName: desk-14, InstanceID: "Intel(r) AMT: General Settings"}
properties:
  description: What was, or in check mode would be, changed.
  returned: with O(action=put), when something changes
  type: dict
  sample: {RmcpPingResponseEnabled: true}
create:
  description: Name of the class in which an instance was, or in check mode would be, created.
  returned: with O(action=create)
  type: str
  sample: CIM_PowerManagementService
delete:
  description: Name of the class of which an instance was, or in check mode would be, deleted.
  returned: with O(action=delete)
  type: str
  sample: CIM_PowerManagementService
invoke:
  description: Name of the class whose method was, or in check mode would be, called.
  returned: with O(action=invoke), unless O(changes=false)
  type: str
  sample: CIM_PowerManagementService
method:
  description: Name of the method that was, or in check mode would be, called.
  returned: with O(action=invoke), unless O(changes=false)
  type: str
  sample: RequestPowerStateChange
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
