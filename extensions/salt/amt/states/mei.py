# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The management engine in the minion's own machine: desired state
================================================================

For minions on PCs that have an engine. ``changes`` has old and new of what differs; with ``test=True`` nothing is
written, and result and changes are those that the run would have. What is missing on the machine is a result of False
with a sentence that starts with the kind, such as ``Disabled``, ``NotRequired`` or ``NoEngine``, and says what to do.
"""

from saltext.amt.carry_out import sentence, verdict
from saltext.amt.core.errors import AmtError
from saltext.amt.core.resources.lms import Lms
from saltext.amt.core.resources.os_watchdog import OsWatchdog
from saltext.amt.here import THIS, carry_out_here

__virtualname__ = "mei"


def __virtual__():
    return __virtualname__


def watchdog_fed(name, feeder="systemd", timeout=120, interval=None, lift_blacklist=False, displace_lms=False):
    """
    The OS-health watchdog of AMT is driven, and fed by one program and no other.

    feeder
        systemd, watchdog (the daemon of that name), or none: the driver is there for somebody else to feed.
    timeout
        Seconds without a heartbeat after which AMT takes the operating system for dead: 120 to 65535.
    interval
        Seconds between heartbeats of the watchdog daemon.
    lift_blacklist
        Load the driver although a file under modprobe.d forbids it.
    displace_lms
        Take the watchdog from Intel's LMS, which goes on without it.

    .. code-block:: yaml

        amt-watches-the-system:
          mei.watchdog_fed:
            - timeout: 180

    CLI Example:

    .. code-block:: bash

        salt 'pc-*' state.single mei.watchdog_fed name=os-health test=True
    """
    wanted = {
        "feeder": feeder,
        "timeout": timeout,
        "interval": interval,
        "lift_blacklist": lift_blacklist,
        "displace_lms": displace_lms,
    }
    return _converged(name, OsWatchdog(), {"state": "present", **wanted})


def watchdog_unfed(name):
    """
    Nothing of ``mei.watchdog_fed`` is left: its files are gone, and what it had feeding does not feed.

    CLI Example:

    .. code-block:: bash

        salt 'pc-*' state.single mei.watchdog_unfed name=os-health
    """
    return _converged(name, OsWatchdog(), {"state": "absent"})


def lms_running(name, log_level=None, wait_timeout=60):
    """
    Intel's LMS, which has to be installed, runs, starts with the machine, and AMT answers through it.

    log_level
        trace, debug, warning, error or critical; as it is when left out.
    wait_timeout
        Seconds that AMT may take to answer.

    .. code-block:: yaml

        lms:
          pkg.installed: []
          mei.lms_running:
            - require:
              - pkg: lms

    CLI Example:

    .. code-block:: bash

        salt 'pc-*' state.single mei.lms_running name=lms
    """
    return _converged(name, Lms(), {"state": "present", "log_level": log_level, "wait_timeout": wait_timeout})


def lms_dead(name):
    """
    Intel's LMS does not run, and does not start with the machine.

    CLI Example:

    .. code-block:: bash

        salt 'pc-*' state.single mei.lms_dead name=lms
    """
    return _converged(name, Lms(), {"state": "absent"})


def _converged(name, resource, wanted):
    try:
        outcome = carry_out_here(resource, wanted, dry_run=__opts__["test"])
    except AmtError as error:
        return {"name": name, "result": False, "comment": sentence(error), "changes": {}}
    return {"name": name, **verdict(THIS, outcome, __opts__["test"])}
