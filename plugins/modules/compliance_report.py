# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compliance_report
author: The outofband.amt contributors (!UNKNOWN)
short_description: Which devices differ from their document, in what, since when and why it matters
description:
  - Sums up what M(outofband.amt.amt_profile) found on many hosts, with C(state=compared), where a part that cannot be read costs itself alone, in
    check mode or in earnest. Register its results as C(amt_compliance).
  - Run it once for all hosts, with C(run_once), in a play over the hosts themselves, so that C(--limit) does not leave it out.
  - With an earlier report it tells since when a device deviates, and what was last known of devices that could not be read.
version_added: 0.1.0
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
      - V(html) is one page with search, filters and order that loads nothing. V(csv) has a row for each deviation and each part that could not be
        read. V(json) has everything, and is
        what O(earlier) reads.
    type: str
    choices: [html, json, csv]
  outcome:
    description: Name of the variable under which the task of M(outofband.amt.amt_profile) registered its results.
    type: str
    default: amt_compliance
  lines:
    description:
      - The lines that the document was made of, for the reason beside each deviation. The role P(outofband.amt.hardening#role) has them as
        C(hardening_lines).
    type: list
    elements: dict
    suboptions:
      name:
        description: What the line is called.
        type: str
        required: true
      why:
        description: Its reason.
        type: str
      profile:
        description: What it asks for, as O(outofband.amt.amt_profile#module:profile).
        type: dict
  earlier:
    description:
      - File with an earlier report as JSON, which may be the one that is written anew. When there is none yet, as on the first night, it counts as
        none.
      - Devices in it that are not asked now, as another part of the fleet is, stay in what is written as JSON, under C(others).
    type: str
  hosts:
    description: Names of hosts. By default all hosts of the play, those that failed included.
    type: list
    elements: str
  title:
    description: Heading of the page.
    type: str
    default: Intel AMT compliance
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
- name: Look at every device, and change nothing
  outofband.amt.amt_profile:
    profile: "{{ lookup('ansible.builtin.file', 'office.yml') | outofband.amt.from_document }}"
    skip_unsupported: true
    state: compared
  register: amt_compliance
  ignore_errors: true
  ignore_unreachable: true

- name: Keep what was found
  outofband.amt.compliance_report:
    path: compliance.json
    earlier: compliance.json
  run_once: true
"""

RETURN = r"""
table:
  description: A line for each deviation and each device, or part of one, that could not be read, below a heading. Empty where there is none.
  returned: success
  type: list
  elements: str
made:
  description: When.
  returned: success
  type: str
  sample: 2026-03-01 08:15 UTC
total:
  description: Number of hosts.
  returned: success
  type: int
  sample: 24
answered:
  description: Number of devices that answered, be it in part.
  returned: success
  type: int
  sample: 23
compliant:
  description: Number of devices that are as they should be.
  returned: success
  type: int
  sample: 20
deviating:
  description: Number of devices that deviate.
  returned: success
  type: int
  sample: 2
unread:
  description: Number of devices of which that is not known, as they, or a part that the document asks for, could not be read.
  returned: success
  type: int
  sample: 2
path:
  description: The absolute path of the file.
  returned: success, with path
  type: str
  sample: /srv/amt/compliance.html
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
  sample: {option: earlier}
"""
