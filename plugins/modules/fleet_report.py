# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_report
author: The outofband.amt contributors (!UNKNOWN)
short_description: Sum up what many machines answered, as a table, a page, a spreadsheet or an inventory
description:
  - Sums up what M(outofband.amt.amt_info) found on many hosts. Register its results as C(amt_answer), and those of
    M(outofband.amt.amt_isolation_info), if any, as C(amt_isolation).
  - Or, with O(outcome), how any task ended on many hosts, so that nobody is forgotten who was away.
  - Run it once for all hosts, with C(run_once), in a play over the hosts themselves, so that C(--limit) does not leave it out.
  - What devices say is harmless in everything that is written. Texts in an inventory are no templates, cells of a spreadsheet are no
    formulas, and the page runs nothing but its own script.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes.controller
options:
  path:
    description:
      - File on the controller to write. A relative path counts from where Ansible was started, and not from the playbook. C(~) and environment
        variables are expanded. The old file or the new one is there at any moment.
      - Without it, nothing is written.
    type: str
  format:
    description:
      - What to write. By default its ending says it, which is C(.html), C(.json), C(.csv), or C(.yml) for V(inventory).
      - V(html) is one page with search, filters and order that loads nothing. V(json) and V(csv) have the same rows.
      - V(inventory) has the devices that answered, with their groups, and every variable that says how to reach and to trust them, but no
        passwords. Devices of an earlier one at this place that did not answer now, or were not asked, stay in it as they were, as do variables
        that somebody added. To start anew, remove the file. A file that was not written so is refused, and left as it is.
    type: str
    choices: [html, json, csv, inventory]
  hosts:
    description: Names of hosts. By default all hosts of the play, those that failed included.
    type: list
    elements: str
  title:
    description: Heading of the page.
    type: str
    default: Intel AMT fleet
  record:
    description: File that the role P(outofband.amt.isolate#role) kept with C(isolate_record). It tells who was cut off by whom and why.
    type: str
  outcome:
    description: Name of the variable under which a task registered its results. With it, nothing is written, and RV(problems) is about that task.
    type: str
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
- name: Write a spreadsheet of the fleet
  outofband.amt.fleet_report:
    path: fleet.csv
  run_once: true

- name: See who was not reached
  outofband.amt.fleet_report:
    outcome: amt_answer
  register: summary
  run_once: true
"""

RETURN = r"""
table:
  description: A line for each device below a heading.
  returned: success, without outcome
  type: list
  elements: str
problems:
  description: A line below a heading for each host that was not reached, or failed, and why. Empty where there is none.
  returned: success
  type: list
  elements: str
total:
  description: Number of hosts.
  returned: success
  type: int
  sample: 24
answered:
  description: Number of hosts that answered; with O(outcome), on which the task was done.
  returned: success
  type: int
  sample: 21
changes:
  description: Number of hosts that the task changed.
  returned: success, with outcome
  type: int
  sample: 7
"on":
  description: Number of machines that are switched on.
  returned: success, without outcome
  type: int
  sample: 12
attention:
  description: Number of devices that somebody should look at.
  returned: success, without outcome
  type: int
  sample: 4
made:
  description: When.
  returned: success, without outcome
  type: str
  sample: 2026-03-01 08:15 UTC
kept:
  description: Names of devices that stay in an inventory from before, and did not answer now.
  returned: success, with an inventory
  type: list
  elements: str
  sample: [pc-07]
path:
  description: The absolute path of the file.
  returned: success, with path
  type: str
  sample: /srv/amt/fleet.html
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
