# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules have in common, those that talk to firmware and those that run on a machine, and what they promise."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Runs on the controller, in the worker process of the host. Nothing is sent to or run on the machine itself.
    support: full
  action_group:
    description: Use C(group/outofband.amt.amt) in C(module_defaults) to set options for all modules of this group.
    support: full
    membership:
      - outofband.amt.amt
  async:
    description: Supports C(async).
    support: none
    details:
      - Forks decide how many machines are served at once.
  delegation:
    description: Can be used with C(delegate_to).
    support: partial
    details:
      - A task that is delegated to a host which has no C(amt_host), such as C(localhost), still talks to the firmware of the play's host.
  platform:
    description: What it manages.
    support: full
    platforms: Intel AMT
notes:
  - The host needs the connection P(outofband.amt.wsman#connection), or, when its connection leads to an operating system, the variables
    C(amt_user), C(amt_password) and, unless firmware and system share an address, C(amt_host).
  - A device that cannot be reached, that shows a certificate which is not trusted, or that refuses the log-in is C(unreachable). Everything
    else that goes wrong makes the task C(failed), the loss of a device after a write included, which has C(begun) in RV(details). The return
    values RV(error) and RV(hint) tell more.
  - A refused password is never tried twice, because firmware locks out after a few failures.
  - A write is never sent twice. When its answer was lost, the device is read back. Where that does not show the wanted state, RV(error) is
    V(Indeterminate).
"""

    CONFIG = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode), and returns what it would have changed, without writing anything.
    support: full
  diff_mode:
    description: Returns what has changed, or would change in C(check_mode), in diff mode.
    support: full
"""

    IDEMPOTENT = r"""
options: {}
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode). It only reads.
    support: full
  diff_mode:
    description: Returns what has changed in diff mode.
    support: N/A
    details:
      - It changes nothing.
  idempotent:
    description: When run twice with the same options, the second run changes nothing.
    support: full
"""

    TARGET = r"""
options: {}
attributes:
  platform:
    description: What it runs on.
    support: full
    platforms: linux
requirements:
  - Linux, Python 3.9 or newer on the machine
"""

    CONTROLLER = r"""
options: {}
attributes:
  action:
    description: Runs on the controller. Nothing is sent to or run on a machine.
    support: full
  async:
    description: Supports C(async).
    support: none
  delegation:
    description: Can be used with C(delegate_to).
    support: N/A
    details:
      - It always works on the controller.
  platform:
    description: What it works on.
    support: full
    platforms: controller
"""
