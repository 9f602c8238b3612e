# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on the machine whose watchdog it sets up."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mei_watchdog
author: The outofband.amt contributors (!UNKNOWN)
short_description: The OS-health watchdog of Intel AMT on a Linux machine
description:
  - Runs on the machine itself. It has the kernel send heartbeats to the firmware, now and after every start. When they stop, because the system
    hangs or has crashed, AMT tells so to whoever subscribed to its events, or restarts the machine.
  - It loads the driver C(mei_wdt), gives the watchdog the name C(/dev/amt_watchdog) whatever its number, and decides who feeds it.
  - What the firmware does when heartbeats stop is set over WS-Man, by the role P(outofband.amt.os_watchdog#role).
version_added: 0.1.0
requirements:
  - systemd, unless O(feeder=none)
  - the package C(watchdog) for O(feeder=watchdog)
extends_documentation_fragment:
  - outofband.amt.attributes.config
  - outofband.amt.attributes.idempotent
  - outofband.amt.attributes.target
options:
  state:
    description:
      - V(present) sets it up. V(absent) takes away what this module wrote, and who feeds through it. It does not unload the driver.
    type: str
    choices: [present, absent]
    default: present
  feeder:
    description:
      - Who sends the heartbeats. There is never more than one. Another process that has the watchdog open, and other configuration that would feed
        it, is an error that names it.
      - With V(systemd), systemd does so every half O(timeout). A system that hangs so that systemd no longer runs is noticed.
      - With V(watchdog), the watchdog daemon does so in a unit of its own, C(amt-watchdog.service), beside the one that the package brings. For systems
        where systemd already feeds another watchdog. Test scripts in C(/etc/amt-watchdog.d) are run by it; with SELinux, give them the type
        that those in C(/etc/watchdog.d) have, C(watchdog_unconfined_exec_t).
      - V(none) leaves it to others. Intel's LMS then finds the watchdog under the name that it looks for.
    type: str
    choices: [systemd, watchdog, none]
    default: systemd
  timeout:
    description: Seconds without a heartbeat after which the firmware considers the system dead, 120 to 65535.
    type: int
    default: 120
  interval:
    description: Seconds between heartbeats, up to half O(timeout). Only for O(feeder=watchdog), which by default takes a quarter of O(timeout).
    type: int
  lift_blacklist:
    description:
      - Whether to load the driver although it is blacklisted, as some distributions do. The files that forbid it are left as they are. A rule for udev
        loads the driver by its name as soon as the engine shows the watchdog.
      - A C(module_blacklist) on the kernel's command line cannot be lifted.
    type: bool
    default: false
  displace_lms:
    description:
      - Whether to take the watchdog from Intel's LMS, which feeds it by itself on a provisioned machine. It is restarted once, and no longer finds the
        watchdog under the name that it looks for.
    type: bool
    default: false
notes:
  - Only root may do this. Use C(become).
  - The driver takes no timeout below 120 seconds.
  - Before somebody is told to feed the watchdog, a process of its own sends one heartbeat. With a firmware that does not answer, the driver blocks whoever
    sends one, and systemd could not be freed again.
  - When the machine sleeps, or the engine is reset, the watchdog goes away and comes back as a new one. A rule for udev then has systemd open it again, or
    starts the daemon.
  - A firmware that is not provisioned usually requires no heartbeats. The driver makes no watchdog then, and the task fails with the error V(NotRequired).
seealso:
  - module: outofband.amt.mei_info
"""

EXAMPLES = r"""
- name: Have systemd feed the OS-health watchdog
  outofband.amt.mei_watchdog:
  become: true

- name: Have the daemon feed it, because systemd feeds the one of the mainboard
  outofband.amt.mei_watchdog:
    feeder: watchdog
    timeout: 300
    interval: 60
  become: true

- name: Take it away
  outofband.amt.mei_watchdog:
    state: absent
  become: true
"""

RETURN = r"""
driver:
  description: V(loaded) or V(absent).
  returned: success
  type: str
feeder:
  description: Who feeds it. V(systemd), V(watchdog) for our unit of the daemon, V(lms), V(another) or V(none).
  returned: success
  type: str
timeout:
  description: Seconds, while somebody feeds it.
  returned: success
  type: int
files:
  description: Text of each file of ours by its path, null for one that is not there.
  returned: success
  type: dict
watchdog:
  description: C(node), C(identity), C(state) and C(timeout) of the watchdog as the kernel tells, null when there is none. C(ours) is true.
  returned: success
  type: dict
  sample: {identity: iamt_wdt, node: /dev/watchdog1, ours: true, state: active, timeout: 120}
other_watchdogs:
  description: Watchdogs of the machine that are not AMT's.
  returned: success
  type: list
  elements: str
  sample: ["/dev/watchdog0 (iTCO_wdt)"]
holder:
  description: C(pid), C(command) and systemd C(unit) of the process that had the watchdog open, null for none.
  returned: success
  type: dict
systemd_settings:
  description: What other files than ours set of systemd's C(RuntimeWatchdogSec) and C(WatchdogDevice), each as value and file.
  returned: success
  type: dict
  sample: {}
unseen:
  description: Sentences that say what this user could not see, and what of the result that leaves open. Each is a warning too. Empty as root.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description:
    - Kind of the failure, for playbooks to test. Why there is no watchdog is V(NoEngine), V(OtherWatchdogOnly), V(NotLoaded), V(NoDevice), V(EngineAway),
      V(Disabled), V(NotRequired), V(NoDriver), V(Blacklisted), V(NotBound), V(FirmwareSilent) or V(NotSeen).
    - Why it cannot be fed as wanted is V(FedByAnother), V(SystemdFeedsAnother), V(DaemonFeedsIt), V(HeldByAnother), V(ProgramMissing), V(NoSystemd),
      V(ForeignFile), V(NotWritten), V(CommandFailed) or V(NotReached).
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
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.os_watchdog import OsWatchdog


def main() -> None:
    run_as_module(OsWatchdog(), AnsibleModule)


if __name__ == "__main__":
    main()
