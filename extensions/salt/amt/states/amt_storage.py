# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: what the firmware keeps for others
==========================================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged
from saltext.amt.core.resources.storage.storage import Storage

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def storage(name, files=None, purge=False, capacity=196608, device=None):
    """
    These files are in the web storage of the firmware, which serves them while the machine is off too.

    files
        Each with ``name``, of at most 11 characters; ``vendor`` and ``app``, except for ``index.htm`` and
        ``logon.htm``; either ``content`` or ``src``, a path on the minion; ``type``, a media type; ``compression``,
        gzip or none; ``link``, the text of a link on the web interface. ``state: absent`` removes one.
    purge
        Whether files that are not listed are removed.
    capacity
        How many bytes this firmware has room for.

    .. code-block:: yaml

        whom-to-call:
          amt.storage:
            - files:
              - vendor: Example
                app: HelpDesk
                name: contact.htm
                content: <h1>Call 4711</h1>
                link: Help desk

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.storage name=nothing files='[]' purge=True
    """
    return converged(Storage(), locals())
