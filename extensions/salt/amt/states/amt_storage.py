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
from saltext.amt.core.resources.storage.asset_note import AssetNote
from saltext.amt.core.resources.storage.data_store import DataStore
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


def asset_note(
    name, facts=None, signing_key=None, former_keys=None, renew_after=7, max_age=30, capacity=196608, device=None
):
    """
    These facts about the machine are kept in its firmware, compressed and signed, and are read while it is off.

    facts
        A mapping of whatever is to be known of the machine.
    signing_key
        At least 16 characters; whoever has it can verify notes, and write them.
    former_keys
        Keys of before, with which notes are verified until they are written anew.
    renew_after
        Days after which the same facts are written again, so that their age tells that somebody looked.
    max_age
        Days after which a note is called stale.
    capacity
        How many bytes this firmware has room for.

    .. code-block:: yaml

        what-this-machine-is:
          amt.asset_note:
            - facts: {owner: Ann Example, room: B-204, warranty: 2027-03-01}
            - signing_key: {{ pillar['assets_key'] }}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.asset_note name=note facts='{owner: Ann}' signing_key=a-key-of-the-fleet
    """
    return converged(AssetNote(), locals(), state="present")


def no_asset_note(name, device=None):
    """
    No asset note is kept in the firmware.

    .. code-block:: yaml

        handed-back:
          amt.no_asset_note: []

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.no_asset_note name=handed-back
    """
    return converged(AssetNote(), locals(), state="absent")


def data_store(name, enterprises=None, allocations=None, application=None, blocks=None, purge=False, device=None):
    """
    These enterprises, allocations and blocks are in the third-party data store, which AMT 11 and older have.

    enterprises
        Names, at most four.
    allocations
        Each with ``vendor``, ``application`` and ``size`` in bytes, a multiple of 4096; ``state: absent`` takes one
        away.
    application
        Whose blocks these are: ``vendor``, ``name``, ``enterprise``, and a ``uuid`` of your own. ``state: absent``
        removes it with its blocks.
    blocks
        Each with ``name``; ``content``, text; ``hidden``; ``state: absent`` removes one.
    purge
        Whether what is not listed is removed, of each of the lists that are given.

    .. code-block:: yaml

        room-for-the-inventory:
          amt.data_store:
            - enterprises: [Example]
            - allocations: [{vendor: Acme, application: Inventory, size: 16384}]

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.data_store name=store enterprises='[Example]'
    """
    return converged(DataStore(), locals())
