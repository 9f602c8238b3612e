# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: what the firmware keeps for others
==========================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import read
from saltext.amt.core.resources.storage.asset_note import AssetNote
from saltext.amt.core.resources.storage.data_store import DataStore
from saltext.amt.core.resources.storage.storage import Storage

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def storage(device=None):
    """
    Which files there are in the web storage, and what there is room for.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.storage
    """
    return read(Storage(), locals())


def asset_note(signing_key=None, former_keys=None, max_age=30, device=None):
    """
    The facts that the firmware keeps of its machine: whether they are verified, and how old they are.

    signing_key, former_keys
        The key with which notes are signed, and those of before. Without any nothing is verified.
    max_age
        Days after which a note is called stale.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.asset_note signing_key=a-key-of-the-fleet
    """
    return read(AssetNote(), locals())


def data_store(application=None, blocks=None, device=None):
    """
    Enterprises, allocations and applications of the third-party data store, which AMT 11 and older have.

    application, blocks
        Whose blocks are told: ``vendor``, ``name``, ``enterprise``, ``uuid``; and which of them with their content,
        each with ``name``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.data_store
    """
    return read(DataStore(), locals())
