# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on the machine whose LMS it manages."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mei_lms
author: The outofband.amt contributors (!UNKNOWN)
short_description: Intel's Local Manageability Service on a Linux machine
description:
  - Runs on the machine itself. It has Intel's LMS run, start with the machine, and carry AMT to ports 16992 and 16993 of the machine's own, where
    programs of the machine then reach AMT. AMT needs it to shut the system down gracefully.
  - It installs nothing. The role P(outofband.amt.lms#role) does, from a package, a repository or a file.
version_added: 0.1.0
requirements:
  - systemd
  - Intel's LMS (C(github.com/intel/lms)) with its unit C(lms.service)
extends_documentation_fragment:
  - outofband.amt.attributes.config
  - outofband.amt.attributes.idempotent
  - outofband.amt.attributes.target
options:
  state:
    description:
      - With V(present) it runs, starts with the machine, and AMT answers through it. One that runs while AMT does not answer is restarted, and so is
        one that an update has replaced since it was started.
      - With V(absent) it does not run, and does not start with the machine. A program that asks for it by D-Bus can still start it.
    type: str
    choices: [present, absent]
    default: present
  log_level:
    description: From which severity on it writes to the system's log. It is left as it is when not set.
    type: str
    choices: [trace, debug, warning, error, critical]
  wait_timeout:
    description: Seconds that AMT may take to answer through an LMS that was started.
    type: int
    default: 60
notes:
  - Only root may do this. Use C(become).
  - The engine's client LME takes one connection. Another process that has it, or that listens on a port of AMT's, is an error that names it.
  - Nothing is logged in to. That AMT answers is seen by the name that it gives itself, which is not verified.
seealso:
  - module: outofband.amt.mei_info
  - module: outofband.amt.mei_watchdog
"""

EXAMPLES = r"""
- name: Have LMS run and carry AMT
  outofband.amt.mei_lms:
  become: true

- name: Have it tell more
  outofband.amt.mei_lms:
    log_level: debug
  become: true
"""

RETURN = r"""
running:
  description: Whether it runs.
  returned: success
  type: bool
outdated:
  description: Whether an update has replaced the program since it was started.
  returned: success
  type: bool
enabled:
  description: Whether it starts with the machine.
  returned: success
  type: bool
healthy:
  description: Whether AMT answers through it.
  returned: success
  type: bool
log_level:
  description: Severity from which on it logs. Null when that was never set.
  returned: success
  type: str
version:
  description: Version, as it says itself or as its package does. Null when neither can tell.
  returned: success
  type: str
  sample: 2506.0.0.0
banner:
  description: How AMT names itself. Null when it does not answer.
  returned: success
  type: str
  sample: Intel(R) Active Management Technology 16.1.25.1424
lme:
  description: Who has the engine's client LME, as RV(outofband.amt.mei_info#module:mei.lme).
  returned: success
  type: dict
error:
  description:
    - Kind of the failure, for playbooks to test, such as V(NotInstalled), V(Masked), V(NoEngine), V(NotLoaded), V(NoDevice), V(EngineAway), V(Disabled),
      V(LmeTaken), V(PortTaken), V(NotHealthy), V(NoSystemd), V(NotWritten) or V(CommandFailed).
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
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.lms import Lms


def main() -> None:
    run_as_module(Lms(), AnsibleModule)


if __name__ == "__main__":
    main()
