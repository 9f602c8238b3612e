# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on the machine that is to tell of its engine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mei_fact_script
author: The outofband.amt contributors (!UNKNOWN)
short_description: Facts of the management engine and Intel AMT as custom facts of a Linux machine
description:
  - Puts one file on the machine, a program for C(facts.d). Whenever facts are gathered, with or without this collection, C(ansible_local.amt) then
    tells what M(outofband.amt.mei_info) would.
  - The program consists of this collection's own files and needs nothing else on the machine. Run this module again after an update of the collection.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes.config
  - outofband.amt.attributes.idempotent
  - outofband.amt.attributes.target
options:
  state:
    description: Whether the program is there.
    type: str
    choices: [present, absent]
    default: present
  path:
    description: Where it is. Its name without C(.fact) becomes the name of the facts.
    type: path
    default: /etc/ansible/facts.d/amt.fact
  answer_timeout:
    description: Seconds that one answer of the management engine may take. A client of the engine that is busy is tried twice.
    type: float
    default: 3.0
notes:
  - The program asks the engine only when it is run by root. Otherwise C(ansible_local.amt.missing) says so.
  - The Python that runs this module also runs the program.
seealso:
  - module: outofband.amt.mei_info
"""

EXAMPLES = r"""
- name: Have the machine tell of its AMT whenever facts are gathered
  outofband.amt.mei_fact_script:
  become: true

- name: Gather them
  ansible.builtin.setup:
    gather_subset: [local]
  become: true

- name: Use them
  ansible.builtin.group_by:
    key: amt_{{ ansible_facts.ansible_local.amt.amt.control_mode | default('none') }}
"""

RETURN = r"""
path:
  description: Where the program is.
  returned: success
  type: str
sha256:
  description: Digest of the program. Null when there is none.
  returned: success
  type: str
executable:
  description: Whether everybody may run it and nobody but its owner change it.
  returned: success
  type: bool
error:
  description: Kind of the failure, for playbooks to test, V(ForeignFile), V(NotRead), V(NotWritten) or V(InvalidOption).
  returned: failure
  type: str
hint:
  description: What to do about it.
  returned: failure
  type: str
details:
  description: Further values of the failure.
  returned: failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.outofband.amt.plugins.module_utils.report import run_as_module
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.fact_script import FactScript


def main() -> None:
    run_as_module(FactScript(), AnsibleModule)


if __name__ == "__main__":
    main()
