# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on the machine whose AMT is provisioned, one step at a time."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mei_activation_step
author: The outofband.amt contributors (!UNKNOWN)
short_description: The part of mei_activation that runs on the machine
description:
  - Carries out one step for M(outofband.amt.mei_activation), which calls it as often as it needs. It is not meant to be used by itself.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes.target
attributes:
  check_mode:
    description: Can run in C(check_mode).
    support: partial
    details:
      - Only steps that read are asked for then.
  diff_mode:
    description: Returns what has changed in diff mode.
    support: none
options:
  request:
    description:
      - The step, the options of people, and what was prepared for the step, as JSON.
    type: str
    required: true
seealso:
  - module: outofband.amt.mei_activation
"""

EXAMPLES = r"""
- name: Use this instead
  outofband.amt.mei_activation:
    state: client
    escrow:
      vault_file: passwords.yml
  become: true
"""

RETURN = r"""
answer:
  description: What the step brought.
  returned: success
  type: dict
error:
  description: Kind of the error.
  returned: failed
  type: str
hint:
  description: What to try.
  returned: failed
  type: str
details:
  description: Particulars of the error.
  returned: failed
  type: dict
"""

import json

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_steps import carry_out


def main() -> None:
    spec = {"request": {"type": "str", "required": True, "no_log": True}}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    request = json.loads(module.params["request"])
    try:
        answer = carry_out(request["step"], request["wanted"], request["given"])
    except AmtError as error:
        module.fail_json(msg=str(error), hint=error.hint, error=type(error).__name__, details=error.details)
    module.exit_json(changed=answer.pop("changed", False), answer=answer)


if __name__ == "__main__":
    main()
