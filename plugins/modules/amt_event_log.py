# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_event_log
author: The outofband.amt contributors (!UNKNOWN)
short_description: Event log of Intel AMT
description:
  - Reads what the machine's firmware and its management engine have noted, whether its operating system runs or not. Failed log-ins, errors and progress of
    the BIOS, an opened case, a watchdog, sessions of redirection, packets that a defense policy met.
  - Keeps it in an archive on the controller, to which each run adds what is new.
  - Freezes, thaws and clears the log.
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
options:
  frozen:
    description: Whether the log is frozen, so that nothing is added to it. What happens then is noted nowhere.
    type: bool
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
      - Clear the log, after everything in it is in the archive. It has to be confirmed with O(confirm). Records that arrive in the moment between are
        lost, which nothing can prevent.
      - A log that is frozen cannot be cleared, unless O(frozen) thaws it.
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
  severity:
    description: Tell what is at least as grave.
    type: str
    choices: [unspecified, monitor, information, ok, warning, critical, fatal]
  kinds:
    description: Tell what is of these kinds.
    type: list
    elements: str
    choices: [agent, audit_log, battery, boot_initiated, button, case_intrusion, chipset, cooling, critical_interrupt, current, drive, erase, fan,
      filter_match, firmware_error, firmware_progress, firmware_started, hardware_asset, logging, login_failures, memory, network, network_adapter,
      no_boot_media, os_boot, os_stop, other, power_supply, power_unit, processor, recovery, redirection, request, security_policy, slot, temperature,
      voltage, watchdog]
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
  - A user needs the realm C(event_log_reader) or C(event_manager) to read, and C(event_manager) for the rest; or C(administration).
seealso:
  - module: outofband.amt.amt_audit_log
  - module: outofband.amt.amt_time
"""

EXAMPLES = r"""
- name: See what was grave since yesterday
  outofband.amt.amt_event_log:
    since: 24h
    severity: warning
  register: events

- name: Keep what the firmware noted
  outofband.amt.amt_event_log:
    archive: logs/{host}.event.jsonl
    limit: 0

- name: Keep what the firmware noted, and begin anew
  outofband.amt.amt_event_log:
    archive: logs/{host}.event.jsonl
    clear: true
    confirm: true

- name: Nothing shall be overwritten until somebody has looked
  outofband.amt.amt_event_log:
    frozen: true
"""

RETURN = r"""
frozen:
  description: Whether the log is frozen after the task, or in check mode would be.
  returned: success
  type: bool
  sample: false
count:
  description: How many records the log has after the task, or in check mode would have. Slots that nothing was written to do not count.
  returned: success
  type: int
  sample: 390
capacity:
  description: How many it has room for. The oldest give way to new ones.
  returned: success
  type: int
  sample: 390
empty_slots:
  description: How many slots the firmware returned that nothing was written to, as some firmware does.
  returned: success
  type: int
  sample: 0
archived:
  description: How many lines the archive has after the task, or in check mode would have. Null without O(archive).
  returned: success
  type: int
  sample: 1204
new:
  description: How many records were not in the archive. Null without O(archive).
  returned: success
  type: int
  sample: 12
matching:
  description: How many records fit what was asked for, told or not.
  returned: success
  type: int
  sample: 4
counts:
  description: How many of these there are of each kind.
  returned: success
  type: dict
  sample: {login_failures: 3, case_intrusion: 1}
records:
  description: Those that fit, from the newest on.
  returned: success
  type: list
  elements: dict
  sample:
    - time: "2026-03-01T08:15:00+01:00"
      severity: critical
      kind: login_failures
      source: management engine
      entity: management engine
      instance: 97
      text: log-in failed 10 times; somebody may be guessing
      details: {count: 10}
      sensor: 6
      event_type: 111
      offset: 5
      data: aa0a000000000000
  contains:
    time:
      description: When, by the firmware's clock.
      type: str
    severity:
      description: How grave.
      type: str
    kind:
      description: What kind of thing happened, in the words of O(kinds).
      type: str
    source:
      description: Who tells.
      type: str
    entity:
      description: The part that it is about.
      type: str
    instance:
      description: Which of several.
      type: int
    text:
      description: A sentence.
      type: str
    details:
      description: Values that belong to the sentence.
      type: dict
    sensor:
      description: Sensor type, as a number.
      type: int
    event_type:
      description: Event type, as a number.
      type: int
    offset:
      description: Event offset, as a number.
      type: int
    data:
      description: The eight octets of event data, in hexadecimal.
      type: str
bad:
  description: Records that cannot be read, each with C(reason) and C(raw), its octets in base64. They are in the archive too.
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
  sample: give the user the realm event log reader (19), or check that the control mode allows it
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample: {class: AMT_MessageLog, realm: event_log_reader}
"""
