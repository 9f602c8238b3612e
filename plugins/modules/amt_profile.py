# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_profile
author: The outofband.amt contributors (!UNKNOWN)
short_description: The configuration of a device as one document, through its Intel AMT firmware
description:
  - Brings many settings of a device to what one document says. A document is a mapping from a capability to the options of its own module, so
    that whatever a task can ask of one of those modules can stand here, and the other way round.
  - Everything is read first, each class of the firmware once, and planned; what cannot be is refused before anything is written, all of it in
    one message. Then each part that differs is applied and proved as by its own module, in an order in which what can cut the connection comes
    last. Where a part changes how the device is reached, the run goes on over a new connection.
  - A run that fails or is killed leaves parts that are done and parts that are not begun; the next run finishes.
  - Or, with O(state=exported), returns the document of a device.
  - To find drift, run it in C(check_mode) and look at RV(deviations). To look at a fleet in which a device may hide something, take O(state=compared).
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - As far as each part does. Passwords and keys that cannot be read back are written when their own option asks for it.
options:
  profile:
    description:
      - The document. A part that is left out is neither read nor written, and an option that is left out of a part means what it means in
        that part's own module.
    type: dict
    suboptions:
      time:
        description: The options of M(outofband.amt.amt_time).
        type: dict
      name:
        description: The options of M(outofband.amt.amt_name).
        type: dict
      general:
        description: The options of M(outofband.amt.amt_general).
        type: dict
      power_scheme:
        description: The options of M(outofband.amt.amt_power_scheme).
        type: dict
      alarms:
        description: The options of M(outofband.amt.amt_alarms).
        type: dict
      certificates:
        description: The options of M(outofband.amt.amt_certificates).
        type: dict
      defense_policies:
        description: The options of M(outofband.amt.amt_defense_policies).
        type: dict
      consent:
        description: The options of M(outofband.amt.amt_consent).
        type: dict
      redirection:
        description: The options of M(outofband.amt.amt_redirection).
        type: dict
      tls:
        description: The options of M(outofband.amt.amt_tls).
        type: dict
      8021x:
        description: The options of M(outofband.amt.amt_8021x).
        type: dict
      wireless:
        description: The options of M(outofband.amt.amt_wireless).
        type: dict
      wired:
        description: The options of M(outofband.amt.amt_wired).
        type: dict
      remote_access:
        description: The options of M(outofband.amt.amt_remote_access).
        type: dict
      kerberos:
        description: The options of M(outofband.amt.amt_kerberos).
        type: dict
      audit:
        description: The options of M(outofband.amt.amt_audit), but for its lock.
        type: dict
      users:
        description: The options of M(outofband.amt.amt_users).
        type: dict
      admin:
        description: The options of M(outofband.amt.amt_admin).
        type: dict
  state:
    description:
      - V(present) makes the device as the document says.
      - V(compared) changes nothing, in check mode or not, and returns RV(deviations). A part that cannot be read, or that this device cannot be as wanted,
        is named in RV(unread), and the others are judged all the same; where V(present) would refuse the whole document.
      - V(exported) changes nothing and returns the device as a document. Fed back, it changes nothing. Passwords and keys cannot be read and
        are not in it. Sets come with C(purge), because what is listed is all that there is.
    type: str
    choices: [present, compared, exported]
    default: present
  parts:
    description: Only these parts of the document, or of the export. By default all of them.
    type: list
    elements: str
    choices:
      - time
      - name
      - general
      - power_scheme
      - alarms
      - certificates
      - defense_policies
      - consent
      - redirection
      - tls
      - 8021x
      - wireless
      - wired
      - remote_access
      - kerberos
      - audit
      - users
      - admin
  skip_unsupported:
    description:
      - Whether a part or an option that this firmware lacks is left out and named in RV(unsupported), so that one document can serve several
        generations. Otherwise the task fails before anything is written.
    type: bool
    default: false
  rpc_file:
    description:
      - YAML file on the controller with a profile of rpc-go, as RPS and Console export it, decrypted. What it says becomes a document, over which
        O(profile) lies. What cannot be carried over is named in RV(left_behind).
    type: str
"""

EXAMPLES = r"""
- name: Move from rpc-go, in check mode first, and look at left_behind
  outofband.amt.amt_profile:
    rpc_file: exported-profile.yaml
    skip_unsupported: true

- name: Bring a device to its document
  outofband.amt.amt_profile:
    profile: "{{ lookup('ansible.builtin.file', 'office.yml') | outofband.amt.from_document }}"

- name: See what deviates, and write nothing
  outofband.amt.amt_profile:
    profile:
      name:
        domain: example.com
        ping: false
      defense_policies:
        policies:
          - name: no mail
            ports: [wired]
            filters:
              - {name: smtp, direction: out, action: drop, protocol: tcp, destination_ports: "25"}
    state: compared
  register: amt_drift

- name: Read the document of a device
  outofband.amt.amt_profile:
    state: exported
  register: amt_document
"""

RETURN = r"""
profile:
  description:
    - By part, how it is after the task, or in check mode would be. With O(state=compared), how it is. With O(state=exported), the document.
  returned: success
  type: dict
  sample: {defense_policies: {policies: [], purge: true}}
deviations:
  description:
    - Where the device differed from the document when it was read, a row for each setting with C(part), C(setting), C(found) and C(wanted).
      Passwords and keys are hidden.
  returned: success, with O(state=present) or O(state=compared)
  type: list
  elements: dict
  sample:
    - {part: defense_policies, setting: "policies[office].ports", found: [], wanted: [wired]}
unsupported:
  description: What this firmware lacks and was left out, as rows of C(part), C(option), which is null for the whole part, and C(reason).
  returned: success
  type: list
  elements: dict
  sample: []
left_behind:
  description: What of O(rpc_file) was not carried over, as rows of C(setting) and C(why).
  returned: success, with O(rpc_file)
  type: list
  elements: dict
  sample:
    - {setting: amtSpecific.controlMode, why: "it is for activation: mei_activation sets a device up"}
reached:
  description:
    - The part of the document that has moved the device, when it was not found where the host says and was found where that part had put it.
  returned: when that is so
  type: str
  sample: tls
applied:
  description: The parts that were changed, in the order in which that was done.
  returned: when something was changed
  type: list
  elements: str
  sample: [defense_policies]
learnt:
  description: By part, what its own module returns beside the settings.
  returned: when something was changed that tells something
  type: dict
unread:
  description: Parts that could not be read, or cannot be as wanted, and why, as in M(outofband.amt.amt_info).
  returned: success, with O(state=compared) or O(state=exported)
  type: list
  elements: dict
  sample: []
note:
  description: Present when there is something to say about how it came to be so.
  returned: when there is something to note
  type: str
  sample: somebody else has brought the device to this state meanwhile
error:
  description:
    - The kind of error, for playbooks to test. V(PartsRefused) when several parts cannot be as wanted; otherwise that of the part's module.
  returned: failure
  type: str
  sample: PartsRefused
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: leave the option out for this device
details:
  description:
    - Values that belong to the error. C(part) is where it happened; C(applied) and C(left) are the parts that were done before and those that
      were not begun. With V(PartsRefused), C(parts) has a row for each.
  returned: failure
  type: dict
  sample: {part: tls, applied: [name, time], left: [wired]}
"""
