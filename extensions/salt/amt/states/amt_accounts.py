# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: who may log in, and by what
===================================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged
from saltext.amt.core.resources.security.admin import Admin
from saltext.amt.core.resources.security.kerberos import Kerberos
from saltext.amt.core.resources.security.users import Users

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def users(name, users, update_password="on_create", purge=False, device=None):  # noqa: S107 - a word
    """
    These users may log in, besides the administrator, to do what their realms allow.

    users
        A list of users, as the module ``amt_users`` of the Ansible collection has them: ``name`` and ``password``, or
        ``sid`` of a user or group of Active Directory; ``realms``, ``access``, ``enabled``; ``state: absent``.
    update_password
        on_create, or always, which is a change each time.
    purge
        Remove those that are not listed. Whoever this state itself is logged in as stays.

    .. code-block:: yaml

        accounts:
          amt.users:
            - users:
                - name: helpdesk
                  password: {{ pillar['helpdesk_password'] }}
                  realms: [general_info, hardware_asset, remote_control]
                - sid: S-1-5-21-1004336348-1177238915-682003330-512
                  realms: [administration]
            - purge: True

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.users name=left users='[{name: jdoe, state: absent}]'
    """
    return converged(Users(), locals())


def administrator(name, username=None, password=None, device=None):
    """
    The built-in administrator has this name and this password. It is compared by a log-in, and written where it is
    another. Pillar has to follow: until then, the state finds by itself that the device has the new one already.

    username
        Name of the administrator; as it is when not given.
    password
        8 to 32 printable ASCII characters of all four kinds.

    .. code-block:: yaml

        administrator:
          amt.administrator:
            - password: {{ pillar['new_amt_password'] }}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.administrator name=named username=fleetadmin
    """
    return converged(Admin(), locals())


def kerberos(
    name,
    enabled=None,
    realm=None,
    key_version=None,
    encryption=None,
    clock_tolerance=None,
    spns=None,
    password=None,
    salt=None,
    iterations=4096,
    master_key=None,
    update_password="on_create",  # noqa: S107 - a word
    device=None,
):
    """
    Users of Active Directory are let in by Kerberos tickets. Which of them, the state ``amt.users`` says.

    enabled
        Whether tickets are taken at all.
    realm
        The domain in capital letters.
    key_version
        Stands for the key, which firmware does not tell: another number, and the key is written.
    encryption
        A list of rc4, aes128, aes256.
    clock_tolerance
        1 to 5 minutes.
    spns
        Service principals with their ports. AMT keeps them and does not use them.
    password, salt, iterations
        Of the device's object in Active Directory.
    master_key
        32 hexadecimal digits, in place of a password, for rc4.
    update_password
        on_create: with key_version, realm, encryption, or when it is enabled; always: each time.

    .. code-block:: yaml

        tickets:
          amt.kerberos:
            - enabled: True
            - realm: EXAMPLE.COM
            - key_version: 2
            - encryption: [aes128, aes256]
            - password: {{ pillar['ad_object_password'] }}
            - salt: EXAMPLE.COMhostpc-01.example.com

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.kerberos name=off enabled=False
    """
    return converged(Kerberos(), locals())
