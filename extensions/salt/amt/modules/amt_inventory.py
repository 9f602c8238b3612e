# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: which devices there are, and what they say
==================================================================

Every function ``amt.*`` takes ``device``, the name of a device under pillar ``amt:devices``. It can be left out where
the job is for a device already: a resource (``T@amt:<name>``, Salt 3008) or a proxy minion. There, another name is
refused.

.. code-block:: yaml

    amt:
      defaults: {minion: site-minion, username: admin, password: ..., ca_file: /etc/salt/pki/amt-ca.pem}
      devices:
        pc-01: {host: pc-01.example.net}
        pc-02: {host: 192.0.2.17, fingerprint: '3F:...'}
"""

from salt.exceptions import CommandExecutionError
from salt.loader.dunder import __opts__, __pillar__
from saltext.amt import facts
from saltext.amt.answers import named, read
from saltext.amt.carry_out import reported_as
from saltext.amt.certificate import load_certificate
from saltext.amt.core.resources.inventory.audit_log import AuditLog
from saltext.amt.core.resources.inventory.event_log import EventLog
from saltext.amt.core.resources.inventory.inventory import Inventory
from saltext.amt.devices import names, target

__virtualname__ = "amt"
__func_alias__ = {"list_": "list"}


def __virtual__():
    return __virtualname__


def list_():
    """
    The names of the devices that pillar describes; of a resource or a proxy its own.

    CLI Example:

    .. code-block:: bash

        salt site-minion amt.list
    """
    with reported_as(CommandExecutionError, []):
        meant = target(__opts__, __pillar__)
        return [meant] if meant else names(__pillar__)


def ping(why=False, device=None):
    """
    Whether the firmware answers and lets us in: one request with log-in. The minion's log says why it does not; with
    ``why=True`` the answer does: ``{result: False, comment: ...}``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.ping
        salt site-minion amt.ping why=True device=pc-01
    """
    found = named(device)
    silence = facts.silence(found)
    return {"result": not silence, "comment": silence} if why else not silence


def inventory(subsets=("min",), strict=False, device=None):
    """
    What the firmware tells about itself and the machine. ``subsets``: a list of system, firmware, network, power, boot,
    bios, board, processors, memory, storage, batteries, fans, sensors, power_supplies; or all, min, hardware; or any of
    them with ! before, to leave it out. ``unread`` lists what could not be read, and why; ``strict`` fails then.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.inventory
        salt site-minion amt.inventory subsets=memory,storage device=pc-01
    """
    return read(Inventory(load_certificate), {"device": device, "gather_subset": subsets, "strict": strict})


def refresh_grains(device=None):
    """
    Read from the device what its grains say, and keep it: grains of a resource never ask the network.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.refresh_grains
    """
    found = named(device)
    with reported_as(CommandExecutionError, [found.endpoint.password]):
        return facts.refresh(__opts__, found)


def event_log(since=None, until=None, severity=None, kinds=None, limit=100, skip=0, time_zone=None, device=None):
    """
    What the firmware has noted, from the newest on. ``since`` and ``until``: an age as 12h or 7d, or a moment;
    ``severity``: at least unspecified, monitor, information, ok, warning, critical or fatal; ``kinds``: a list such as
    login_failures, firmware_error, case_intrusion. ``limit`` records, after ``skip`` of the newest.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.event_log since=24h severity=warning
        salt site-minion amt.event_log kinds=login_failures,watchdog device=pc-01
    """
    return read(EventLog(), locals())


def audit_log(
    since=None, until=None, applications=None, events=None, by=None, limit=100, skip=0, time_zone=None, device=None
):
    """
    Who did what to the firmware, from where, from the newest on. ``since`` and ``until``: an age as 12h or 7d, or a
    moment; ``applications``: a list such as security_admin, remote_control; ``events``: names such as
    security_admin.login_failed; ``by``: a user, by name or SID. ``limit`` records, after ``skip`` of the newest.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.audit_log since=7d events=security_admin.login_failed
        salt site-minion amt.audit_log by=mallory device=pc-01
    """
    return read(AuditLog(), locals())
