# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_audit_log
author: The outofband.amt contributors (!UNKNOWN)
short_description: Audit log of Intel AMT
description:
  - Reads who did what to the management engine, and from where. Log-ins that failed, users, certificates, power, boot, sessions of redirection, policies.
  - Keeps it in an archive on the controller, to which each run adds what is new, and clears it after that.
  - Exports it with a signature of the firmware, which M(outofband.amt.audit_proof) judges without the device.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - What happened in between is added to the archive. Without anything new its file stays as it is.
      - An export is made anew by each run, and noted in the log.
options:
  archive:
    description:
      - File on the controller to which records are added that it does not have yet, one line of JSON each, the oldest first. It is made if it is not
        there. Two records that are alike to the last octet are told apart by their place.
      - A relative path counts from where Ansible was started. Its last folder is made if it is not there.
      - C({host}), without spaces, stands for the name of the host. Each device and each log need a file of their own; that of another one is refused.
      - Every record is written, whatever else is asked for. With it, RV(records) has those that are new.
    type: str
  clear:
    description:
      - Clear the log, after everything in it is in the archive. It has to be confirmed with O(confirm). The log is locked meanwhile, so that nothing is
        lost; what is critical is refused for that moment.
      - That it was cleared is the first record of the new log. From AMT 12 on the last five super-critical records stay. A log that holds nothing else
        is left alone.
    type: bool
    default: false
  confirm:
    description: That the log is meant to be cleared.
    type: bool
    default: false
  unarchived:
    description: Clear the log although no archive is named. Its records are lost.
    type: bool
    default: false
  since:
    description:
      - Tell what happened since then. An age, as V(12h) or V(7d), of V(s), V(m), V(h), V(d), V(w); or a moment of ISO 8601, which without an offset is
        one of O(time_zone).
      - Times are those of the firmware's clock. See M(outofband.amt.amt_time).
    type: str
  until:
    description: Tell what happened until then, in the same words.
    type: str
  applications:
    description: Tell what is of these parts of the firmware.
    type: list
    elements: str
    choices: [security_admin, remote_control, redirection, firmware_update, audit_log, network_time, network, storage, event_manager, system_defense,
      agent_presence, wireless, endpoint_access_control, kvm, consent, bios_management, screen_blanking, watchdog]
  events:
    description: Tell these events, by name, as V(security_admin.login_failed). RV(counts) has names. One without a name is V(network.9).
    type: list
    elements: str
  by:
    description: Tell what this user has done, by name or SID; V(local) is the machine itself.
    type: str
  export:
    description:
      - File on the controller to which the whole log is written with the firmware's signature. C({host}), without spaces, stands for the name of the host.
        It takes a key, which O(outofband.amt.amt_audit#module:signing_key) sets. The log is locked meanwhile.
    type: str
  signature_hash:
    description: Hash of that signature.
    type: str
    choices: [sha1, sha256, sha384]
    default: sha256
  limit:
    description: How many records to tell, from the newest on. V(0) is none, up to 10000.
    type: int
    default: 100
  skip:
    description: How many of the newest to leave out, for a page after the first.
    type: int
    default: 0
  time_zone:
    description: In whose time to tell. V(UTC), or a name as V(Europe/Berlin). By default that of the controller. The archive is in UTC.
    type: str
notes:
  - A user needs the realm C(audit_log) or C(general_info) to read. The rest is for the auditor, which is a user with C(audit_log), or the administrator
    as long as there is none.
  - An answer has ten records. It is read from its end, so that what is new costs one exchange for every ten, and the first archive most.
seealso:
  - module: outofband.amt.amt_audit
  - module: outofband.amt.audit_proof
  - module: outofband.amt.amt_event_log
"""

EXAMPLES = r"""
- name: See who failed to log in
  outofband.amt.amt_audit_log:
    since: 7d
    events: [security_admin.login_failed]
  register: acts

- name: Keep who did what
  outofband.amt.amt_audit_log:
    archive: logs/{host}.audit.jsonl
    limit: 0

- name: Export with a signature, keep everything, and begin anew, as the auditor
  outofband.amt.amt_audit_log:
    export: logs/{host}.audit.json
    archive: logs/{host}.audit.jsonl
    clear: true
    confirm: true
  vars:
    amt_user: auditor
    amt_password: "{{ auditor_password | default('Aud1tor!pass') }}"
"""

RETURN = r"""
cleared:
  description: Whether the log holds nothing but that it was cleared, and what cannot be cleared.
  returned: success
  type: bool
  sample: false
archived:
  description: How many lines the archive has after the task, or in check mode would have. Null without O(archive).
  returned: success
  type: int
  sample: 1204
exported:
  description: Whether a signed copy was written, or in check mode would be.
  returned: success
  type: bool
  sample: false
new:
  description: How many records were not in the archive. Null without O(archive).
  returned: success
  type: int
  sample: 12
count:
  description: How many records the log had when the task began.
  returned: success
  type: int
  sample: 161
percent_free:
  description: How much room it had.
  returned: success
  type: int
  sample: 92
enabled:
  description: Whether anything but super-critical acts is recorded.
  returned: success
  type: bool
  sample: true
locked:
  description: Whether somebody had it locked.
  returned: success
  type: bool
  sample: false
matching:
  description: How many records fit of those that were looked at. Without O(archive) the rest is not looked at once RV(records) is full.
  returned: success
  type: int
  sample: 4
counts:
  description: How many of these there are of each event.
  returned: success
  type: dict
  sample: {security_admin.login_failed: 4}
records:
  description: Those that fit, from the newest on.
  returned: success
  type: list
  elements: dict
  sample:
    - time: "2026-03-01T08:15:00+01:00"
      application: security_admin
      event: security_admin.tls_changed
      text: TLS was changed
      by: admin
      login: digest
      address: 192.0.2.10
      details: {network: mutual, local: "off"}
      data: "0200"
  contains:
    time:
      description: When, by the firmware's clock.
      type: str
    application:
      description: The part of the firmware.
      type: str
    event:
      description: What it was, by the name that O(events) takes.
      type: str
    text:
      description: A sentence.
      type: str
    by:
      description: The user, by name or SID; else what V(login) says.
      type: str
    login:
      description: How he was known. V(digest), V(kerberos), V(local) or V(kvm_port).
      type: str
    address:
      description: From where. Null where there is none.
      type: str
    details:
      description: Values that belong to the sentence, old and new where the firmware tells both.
      type: dict
    data:
      description: Those values as the firmware has them, in hexadecimal.
      type: str
bad:
  description: Records that cannot be read, up to 100, each with C(reason) and C(raw), its octets in base64. They are in the archive too.
  returned: success
  type: list
  elements: dict
  sample: []
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(AccessDenied), V(Unavailable) or V(InvalidOption).
  returned: failure
  type: str
  sample: AccessDenied
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: give the user the realm audit log (20), or check that the control mode allows it
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample: {class: AMT_AuditLog, realm: audit_log}
"""
