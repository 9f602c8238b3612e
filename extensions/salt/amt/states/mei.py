# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The management engine in the minion's own machine: desired state
================================================================

For minions on PCs that have an engine. ``changes`` has old and new of what differs; with ``test=True`` nothing is
written, and result and changes are those that the run would have. What is missing on the machine is a result of False
with a sentence that starts with the kind, such as ``Disabled``, ``NotRequired`` or ``NoEngine``, and says what to do.
"""

from saltext.amt.activation import OPTIONS, changes, prepare
from saltext.amt.carry_out import secrets_of, sentence, verdict, without
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.core.resources.host.lms import Lms
from saltext.amt.core.resources.host.os_watchdog import OsWatchdog
from saltext.amt.here import ELSEWHERE, THIS, carry_out_here, is_elsewhere

__virtualname__ = "mei"


def __virtual__():
    return (False, ELSEWHERE) if is_elsewhere(__opts__) else __virtualname__


def activated(
    name,
    mode="client",
    password=None,
    escrow=None,
    certificate=None,
    dns_suffix=None,
    over_tls="auto",
    mebx_password=None,
    update_mebx="on_activation",
    wait_timeout=120,
):
    """
    AMT is provisioned, in client or admin control mode. The password of AMT is recorded, and read back from there,
    before the firmware is told of it; a run that was stopped at any moment can be run again.

    mode
        client, or admin. A device in client control mode is upgraded; one in admin control mode is never brought back.
    password
        Of AMT's user admin. Left out, the one on record is used, or one is made. On a command line Salt records it.
    escrow
        Where the password is recorded. Either ``sdb``, an address such as ``sdb://vault/amt/pc-01``, or ``command``,
        which takes it on its standard input, and ``recall``, which prints it, and prints nothing or ends with one of
        the codes ``nothing`` when there is none.
    certificate
        For admin: ``file`` on the minion (PKCS#12 or PEM, leaf, issuers and root), its ``passphrase``, ``key_file``.
        The private key is on the minion then. Where that will not do, activate from Ansible: there it stays on the
        controller.
    dns_suffix
        What the device compares the certificate with; left out, the one that it has, or that DHCP gives it.
    over_tls
        auto, always or never: AMT 14 and later can, 19 and later must be brought to admin control mode over TLS.
    mebx_password, update_mebx
        Set with admin control mode (on_activation), or in each run (always).
    wait_timeout
        Seconds in which the device must be seen in its new mode.

    .. code-block:: yaml

        amt-is-in-client-control-mode:
          mei.activated:
            - mode: client
            - escrow: {sdb: 'sdb://vault/amt/{{ grains.id }}'}

    CLI Example:

    .. code-block:: bash

        salt 'pc-01' state.single mei.activated name=amt escrow='{sdb: "sdb://vault/amt/pc-01"}' test=True
    """
    wanted = {
        "state": mode,
        "password": password,
        "escrow": escrow,
        "certificate": certificate,
        "dns_suffix": dns_suffix,
        "over_tls": over_tls,
        "mebx_password": mebx_password,
        "update_mebx": update_mebx,
        "wait_timeout": wait_timeout,
    }
    if mode == "absent":
        return _failed(name, InvalidOption("mode", mode, "client or admin; mei.deactivated takes AMT back"), [])
    return _activation(name, wanted)


def deactivated(name, password=None, escrow=None, wait_timeout=120):
    """
    AMT is not provisioned: all of its configuration is taken away.

    password, escrow
        The password, or where it is recorded, as in ``mei.activated``. Admin control mode is left with it only.
    wait_timeout
        Seconds in which the device must be seen without a mode.

    CLI Example:

    .. code-block:: bash

        salt 'pc-01' state.single mei.deactivated name=amt escrow='{sdb: "sdb://vault/amt/pc-01"}'
    """
    wanted = {"state": "absent", "password": password, "escrow": escrow, "wait_timeout": wait_timeout}
    return _activation(name, wanted)


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
        return _failed(name, error, [])
    return {"name": name, **verdict(THIS, outcome, __opts__["test"])}


def _activation(name, wanted):
    secrets, test = secrets_of(OPTIONS, wanted), __opts__["test"]
    try:
        run = prepare(wanted, __salt__, test)
    except AmtError as error:
        return _failed(name, error, secrets)
    try:
        done = run.carry_out()
    except AmtError as error:
        return _failed(name, error, [*secrets, *run.secret])
    said = "as it should be" if not done["changed"] else "to be changed" if test else "changed"
    place = "; the password is on record: {0}".format(done["password_in"]) if done.get("password_in") else ""
    result = None if done["changed"] and test else True
    comment = without([*secrets, *run.secret], "AMT of {0} is {1}{2}".format(THIS, said, place))
    return {"name": name, "result": result, "comment": comment, "changes": changes(done)}


def _failed(name, error, secrets):
    return {"name": name, "result": False, "comment": without(secrets, sentence(error)), "changes": {}}
