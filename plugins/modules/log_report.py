# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: log_report
author: The outofband.amt contributors (!UNKNOWN)
short_description: What happened in a fleet, where, by day and kind
description:
  - Sums up what M(outofband.amt.amt_event_log) and M(outofband.amt.amt_audit_log) have put into archives, as a page with pictures, a table, a spreadsheet.
  - Run it once for all hosts, with C(run_once), in a play over the hosts themselves, so that C(--limit) does not leave it out.
  - What devices say is harmless in everything that is written.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes.controller
options:
  path:
    description:
      - File on the controller to write. A relative path counts from where Ansible was started. The old file or the new one is there at any moment.
      - Without it, nothing is written.
    type: str
  format:
    description:
      - What to write. By default its ending says it, which is C(.html), C(.json) or C(.csv).
      - V(html) is one page with search and filters that loads nothing. V(csv) has a row for each record that is shown, the newest 20 of each device.
    type: str
    choices: [html, json, csv]
  event_archive:
    description: The archives of event logs, as O(outofband.amt.amt_event_log#module:archive), with C({host}), without spaces, for the name of the host.
    type: str
  audit_archive:
    description: The archives of audit logs, likewise.
    type: str
  outcomes:
    description: Names of the variables under which the tasks that read the logs registered their results. They tell who was not read.
    type: list
    elements: str
    default: [amt_events, amt_acts]
  days:
    description: How far back to look, from 1 to 3650 days, in the newest 5000 lines of each archive.
    type: int
    default: 30
  hosts:
    description: Names of hosts. By default all hosts of the play, those that failed included.
    type: list
    elements: str
  title:
    description: Heading of the page.
    type: str
    default: Intel AMT logs
attributes:
  check_mode:
    description: Can run in C(check_mode), and then fails if the file could not be written.
    support: full
  diff_mode:
    description: Returns what has changed in diff mode.
    support: none
  idempotent:
    description: When run twice with the same options, the second run changes nothing.
    support: partial
    details:
      - A page and JSON tell when they were made.
"""

EXAMPLES = r"""
- name: Show what happened in a week
  outofband.amt.log_report:
    path: logs.html
    event_archive: logs/{host}.event.jsonl
    audit_archive: logs/{host}.audit.jsonl
    days: 7
  run_once: true
"""

RETURN = r"""
table:
  description: A line below a heading for each device with something to look at, or that was not read. Empty where there is none.
  returned: success
  type: list
  elements: str
made:
  description: When.
  returned: success
  type: str
  sample: 2026-03-01 08:15 UTC
days:
  description: How far back was looked.
  returned: success
  type: int
  sample: 30
total:
  description: Number of devices.
  returned: success
  type: int
  sample: 24
answered:
  description: Number of devices whose logs were read now.
  returned: success
  type: int
  sample: 23
records:
  description: Number of records within these days.
  returned: success
  type: int
  sample: 480
new:
  description: Number of records that were not in the archives before.
  returned: success
  type: int
  sample: 31
grave:
  description: Number of records that are critical or fatal.
  returned: success
  type: int
  sample: 2
path:
  description: The absolute path of the file.
  returned: success, with path
  type: str
  sample: /srv/amt/logs.html
error:
  description: The kind of error, for playbooks to test, such as V(InvalidOption).
  returned: failure
  type: str
  sample: InvalidOption
hint:
  description: What to try. Empty when there is nothing to advise.
  returned: failure
  type: str
  sample: ""
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample: {option: path}
"""
