# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: what a machine remembers
================================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged, name_of
from saltext.amt.core.resources.inventory.audit_log import AuditLog
from saltext.amt.core.resources.inventory.event_log import EventLog

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def audit_log(
    name,
    since=None,
    until=None,
    limit=100,
    skip=0,
    time_zone=None,
    archive=None,
    clear=False,
    confirm=False,
    unarchived=False,
    applications=None,
    events=None,
    by=None,
    export=None,
    signature_hash="sha256",
    device=None,
):
    """
    The audit log is in an archive, is exported with a signature, or is cleared.

    archive
        File of the minion to which records are added that it does not have yet: an absolute path, in which ``{host}``
        stands for the name of the device.
    export, signature_hash
        File of the minion to which the whole log is written with the firmware's signature, by sha1, sha256 or sha384.
        Each run writes it anew.
    clear, confirm
        Clear it, after all of it is in the archive; and that this is meant.
    unarchived
        Clear it although no archive is named.
    since, until, applications, events, by, limit, skip, time_zone
        As ``amt.audit_log`` of the execution module; for a state they matter little.

    .. code-block:: yaml

        who-did-what:
          amt.audit_log:
            - archive: /srv/amt/logs/{host}.audit.jsonl

    CLI Example:

    .. code-block:: bash

        salt site-minion state.single amt.audit_log name=kept device=pc-01 archive=/srv/amt/logs/{host}.audit.jsonl
    """
    return converged(AuditLog(host=name_of(device)), locals())


def event_log(
    name,
    frozen=None,
    since=None,
    until=None,
    limit=100,
    skip=0,
    time_zone=None,
    archive=None,
    clear=False,
    confirm=False,
    unarchived=False,
    severity=None,
    kinds=None,
    device=None,
):
    """
    The event log is frozen or thawed, is in an archive, or is cleared. What is not given stays as it is.

    frozen
        Whether nothing is added to it.
    archive
        File of the minion to which records are added that it does not have yet: an absolute path, in which ``{host}``
        stands for the name of the device.
    clear, confirm
        Clear it, after all of it is in the archive; and that this is meant.
    unarchived
        Clear it although no archive is named.
    since, until, severity, kinds, limit, skip, time_zone
        As ``amt.event_log`` of the execution module; for a state they matter little.

    .. code-block:: yaml

        what-it-remembers:
          amt.event_log:
            - archive: /srv/amt/logs/{host}.event.jsonl

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.event_log name=evidence frozen=True
    """
    return converged(EventLog(host=name_of(device)), locals())
