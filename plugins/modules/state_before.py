# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: state_before
author: The outofband.amt contributors (!UNKNOWN)
short_description: Remember the power state that a machine has to be brought back to
description:
  - Remembers on the controller in which power state a machine was before it is woken, until it is back in it, so that the next run can bring
    it back where this one is killed halfway.
  - The file holds only machines that are not back yet. It is replaced as a whole, under a lock (a hidden, empty file beside it).
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes.controller
options:
  path:
    description:
      - The file. A relative path counts from where Ansible was started, and not from the playbook. C(~) and environment variables are
        expanded.
      - With nothing but this, the task fails if the file could not be written.
    type: str
    required: true
  name:
    description:
      - What the machine is called in the file, by default the name of the host.
    type: str
  state:
    description:
      - The power state that the machine is in now. One that is not V(on) is remembered. For one that is V(on) the task returns what an earlier
        run has remembered and left, if that run is gone, on this controller, and if it is not too long ago.
    type: str
  hours:
    description:
      - For how long what an earlier run has left is honoured. Later it is forgotten, as somebody may have come to work with the machine.
        V(0) is never.
    type: float
    default: 6
  back:
    description:
      - The machine is back in its state. It is forgotten, unless another run that is at work has remembered it since.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in C(check_mode), and then remembers nothing and forgets nothing.
    support: full
  diff_mode:
    description: Returns what has changed in diff mode.
    support: none
  idempotent:
    description: When run twice with the same options, the second run changes nothing.
    support: full
"""

EXAMPLES = r"""
- name: Read the state
  outofband.amt.amt_info:
    gather_subset: [power]
  register: now

- name: Remember it
  outofband.amt.state_before:
    path: ~/nightly.json
    state: "{{ now.amt.power.state }}"
  register: before

- name: Wake it, work, and bring it back
  outofband.amt.amt_power:
    state: "{{ before.state }}"

- name: It is back
  outofband.amt.state_before:
    path: ~/nightly.json
    back: true
"""

RETURN = r"""
path:
  description: The absolute path of the file.
  returned: success
  type: str
  sample: /srv/amt/nightly.json
state:
  description: The power state to bring the machine back to.
  returned: with O(state)
  type: str
  sample: "off"
since:
  description: Since when that is remembered, in UTC.
  returned: with O(state)
  type: str
  sample: "2026-03-01T01:00:00Z"
earlier:
  description: Whether it is what an earlier run has left.
  returned: with O(state)
  type: bool
  sample: false
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
