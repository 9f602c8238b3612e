# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_audit
author: The outofband.amt contributors (!UNKNOWN)
short_description: What Intel AMT audits
description:
  - Sets which acts are recorded in the audit log, and which of them are critical, so that they are refused where they cannot be recorded.
  - Switches the log on and off, locks it, and sets the key by which the firmware signs it.
  - M(outofband.amt.amt_audit_log) reads, archives, exports and clears the log itself.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - A key is written each time with O(update_signing_key=always). A lock ends by itself, and is then made anew.
options:
  enabled:
    description: Whether acts are recorded. From AMT 12 on super-critical ones are in any case.
    type: bool
  events:
    description: Which acts. Those that are not listed stay as they are, unless O(purge) says otherwise. The last row about an act counts.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - An act, as V(security_admin.user_added), or a part of the firmware as a whole, as V(remote_control), as far as firmware lets that be changed.
          - The parts are V(security_admin), V(remote_control), V(redirection), V(firmware_update), V(audit_log), V(network_time), V(network),
            V(storage), V(event_manager), V(system_defense), V(agent_presence), V(wireless), V(endpoint_access_control), V(kvm), V(consent),
            V(bios_management), V(screen_blanking), V(watchdog). RV(events) has the acts. One without a name is V(network.9).
        type: str
        required: true
      audited:
        description: Whether it is recorded.
        type: bool
        default: true
      critical:
        description: Whether it is refused while the log is locked or full. By default as it is.
        type: bool
  purge:
    description:
      - Record nothing but what O(events) list, and what firmware records in any case. That is, that the log was cleared or repaired, and from AMT 12 on
        super-critical acts, which are the beginning and end of set-up and its undoing, settings of the next boot, and the beginning of a session of
        redirection.
    type: bool
    default: false
  signing_key:
    description: Key of RSA, 2048 bits, in PEM and not encrypted, by which the firmware signs an export. It cannot be read back.
    type: str
  signing_certificates:
    description: Its certificates in PEM, that of the key first, then those of its issuers. Up to five, of 4100 octets in all.
    type: list
    elements: str
  update_signing_key:
    description: V(on_create) sets the key where there is none, V(always) each time.
    type: str
    choices: [on_create, always]
    default: on_create
  lock:
    description:
      - V(locked) has nothing recorded until V(unlocked), or until O(lock_seconds) are over; critical acts are refused meanwhile. V(unprovisioning) lets
        an administrator take back the set-up while there is an auditor, which up to AMT 11 needs it.
      - M(outofband.amt.amt_audit_log) locks by itself where it exports or clears.
    type: str
    choices: [locked, unprovisioning, unlocked]
  lock_seconds:
    description: When the lock ends by itself, from 1 to 300.
    type: int
    default: 300
  lock_handle:
    description: What RV(lock_handle) told, to unlock before that, or to lock again.
    type: int
notes:
  - All of this is for the auditor, which is a user with the realm C(audit_log), or the administrator as long as there is none. Log in as that user with
    the variables C(amt_user) and C(amt_password) of the task.
  - What becomes of a full log, RV(storage_policy), cannot be changed over WS-Management.
seealso:
  - module: outofband.amt.amt_audit_log
  - module: outofband.amt.amt_users
"""

EXAMPLES = r"""
- name: Record power and users, and refuse changes of users that could not be recorded, as the auditor
  outofband.amt.amt_audit:
    enabled: true
    events:
      - {name: remote_control}
      - {name: security_admin.user_added, critical: true}
      - {name: security_admin.user_changed, critical: true}
      - {name: wireless, audited: false}
  vars:
    amt_user: auditor
    amt_password: "{{ auditor_password | default('Aud1tor!pass') }}"

- name: Set the key for signatures, as the auditor
  outofband.amt.amt_audit:
    signing_key: "{{ lookup('ansible.builtin.file', 'audit.key') }}"
    signing_certificates: ["{{ lookup('ansible.builtin.file', 'audit.pem') }}"]
  vars:
    amt_user: auditor
    amt_password: "{{ auditor_password | default('Aud1tor!pass') }}"
"""

RETURN = r"""
enabled:
  description: Whether acts are recorded after the task, or in check mode would be.
  returned: success
  type: bool
  sample: true
events:
  description: What is audited, in the words of O(events).
  returned: success
  type: list
  elements: dict
  sample: [{name: remote_control.power_down, audited: true, critical: false}]
lock:
  description: V(locked) or V(unlocked).
  returned: success
  type: str
  sample: unlocked
lock_handle:
  description: By which the lock that was just made can be ended.
  returned: when it was locked
  type: int
  sample: 7
has_key:
  description: Whether there is a key for signatures.
  returned: success
  type: bool
  sample: false
signing_key:
  description: Present when it was given to the firmware, or in check mode would be. It is never shown.
  returned: when it is given
  type: str
  sample: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
storage_policy:
  description: What becomes of a full log. V(overwrite), V(overwrite_aged) for records older than RV(keep_days), or V(keep).
  returned: success
  type: raw
  sample: overwrite
keep_days:
  description: Days for which V(overwrite_aged) keeps a record. Null where that is not so.
  returned: success
  type: int
  sample: 30
percent_free:
  description: How much room there was.
  returned: success
  type: int
  sample: 92
almost_full:
  description: Whether what is not critical was no longer recorded.
  returned: success
  type: bool
  sample: false
full:
  description: Whether nothing was recorded any more, and critical acts were refused.
  returned: success
  type: bool
  sample: false
count:
  description: How many records the log had.
  returned: success
  type: int
  sample: 161
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
  sample: give the user the realm audit log (20), or check that the control mode allows it
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample: {option: lock}
"""
