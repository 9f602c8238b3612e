# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: who may log in, and by what
===================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import read
from saltext.amt.core.resources.security.admin import Admin
from saltext.amt.core.resources.security.kerberos import Kerberos
from saltext.amt.core.resources.security.users import Users

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def users(device=None):
    """
    Who may log in besides the administrator, with realms and from where. The state ``amt.users`` takes what it tells.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.users
    """
    return read(Users(), locals(), users=[])


def administrator(device=None):
    """
    The name of the built-in administrator.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.administrator
    """
    return read(Admin(), locals())["username"]


def kerberos(device=None):
    """
    Whether tickets of Active Directory are taken, of which realm, and with which encryption. Keys are not told.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.kerberos
    """
    return read(Kerberos(), locals())
