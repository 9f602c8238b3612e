# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: record
author: The outofband.amt contributors (!UNKNOWN)
short_description: Add a line to a file of the controller, for good
description:
  - Adds a line of JSON to a file on the controller, as an audit trail needs it. The file is locked meanwhile, lines that are there are never
    changed, and the task ends when the line is on the disk.
  - Several hosts, and several runs, can write to the same file at the same time.
  - The file belongs to the user that runs Ansible, with mode V(0600) where this module makes it.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes.controller
options:
  path:
    description:
      - The file. A relative path counts from where Ansible was started, and not from the playbook. C(~) and environment variables are
        expanded.
    type: str
    required: true
  entry:
    description:
      - What to put on record. The time is added as C(when), in UTC.
      - Without it nothing is written, and the task fails if something could not be. Do that before what is to be recorded is done.
    type: dict
attributes:
  check_mode:
    description: Can run in C(check_mode), and then fails if the line could not be written.
    support: full
  diff_mode:
    description: Returns what has changed in diff mode.
    support: none
  idempotent:
    description: When run twice with the same options, the second run changes nothing.
    support: none
    details:
      - What happens twice is on record twice.
"""

EXAMPLES = r"""
- name: Make sure that it can be recorded
  outofband.amt.record:
    path: actions.jsonl

- name: Record what was done
  outofband.amt.record:
    path: actions.jsonl
    entry:
      host: "{{ inventory_hostname }}"
      what: switched off
      why: ticket 4711
"""

RETURN = r"""
path:
  description: The absolute path of the file.
  returned: success
  type: str
  sample: /srv/amt/actions.jsonl
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
