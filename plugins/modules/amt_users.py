# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_users
author: The outofband.amt contributors (!UNKNOWN)
short_description: Who may log in to Intel AMT firmware, and to do what
description:
  - Keeps the digest and Kerberos users of a device as they are listed. With C(users=[]) it only tells who there is.
  - The administrator is none of them. Nothing here changes or removes that account.
  - The user that the very task is logged in as is never purged, is changed last, and does not lose what would be needed to take a mistake back. Who asks
    for that gets an error before anything is written.
  - Accounts that the firmware has made for itself, whose names begin with C($$), are shown. They cannot be removed, and only O(users[].enabled) of them
    can be changed.
  - A firmware never tells a password, nor what it keeps of one. Whether it is the one of the task cannot be known, so O(update_password) decides.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(update_password=always), the passwords that are given are written each time.
options:
  users:
    description: The users. What is not given of one stays as it is.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of a digest user, 1 to 16 printable ASCII characters without blanks, and no colon, comma, angle bracket, ampersand or quotation mark.
          - Give either this or O(users[].sid). A user with another name is another user, because the firmware's form of the password has the name in it.
        type: str
      sid:
        description:
          - SID of a user or group of Active Directory who logs in by Kerberos, such as V(S-1-5-21-1004336348-1177238915-682003330-1105).
          - C(whoami /user) and C(Get-ADGroup) show it. The device must have its Kerberos settings.
        type: str
      state:
        description: V(absent) removes this one user. Others go with O(purge).
        type: str
        choices: [present, absent]
        default: present
      password:
        description:
          - Password of a digest user, needed for a new one. 8 to 32 printable ASCII characters without blanks, with a lower-case letter, an upper-case
            letter, a digit and a special character, V(_) not being one. No quotation mark, comma or colon.
          - Only a digest of it is sent, which is good for this name on this device.
        type: str
      realms:
        description:
          - What the user may do, needed for a new one. V(redirection), V(administration), V(hardware_asset), V(remote_control), V(storage), V(event_manager),
            V(storage_admin), V(agent_presence_local), V(agent_presence_remote), V(system_defense), V(network_time), V(general_info),
            V(firmware_update), V(embedded_it), V(local_user_notification), V(endpoint_access_control), V(endpoint_access_control_admin),
            V(event_log_reader), V(audit_log), V(user_access_control) and V(local_system). A number stands for one without a word.
          - V(administration) is all of them, except V(audit_log) once another user has that one.
          - Order does not matter. They are told in the order of the firmware's numbers.
        type: list
        elements: str
      access:
        description: From where the user may log in. V(local) is the machine's own operating system. V(any) for a new user.
        type: str
        choices: [local, network, any]
      enabled:
        description: Whether the user may log in at all. V(true) for a new user.
        type: bool
  update_password:
    description:
      - V(on_create) sets a password when the user is made, and never again. V(always) sets the passwords that are given each time, and reports a change.
      - When the task is logged in as a user whose password it changes, it goes on with the new one. Later tasks have the one of the inventory.
    type: str
    choices: [on_create, always]
    default: on_create
  purge:
    description:
      - Whether users that are not listed are removed, whoever made them.
      - A task that is logged in by Kerberos cannot tell which SID let it in. It refuses to purge SIDs.
    type: bool
    default: false
notes:
  - Firmware has room for 7 digest users and 32 Kerberos users. More are refused before anything is written, with V(InvalidOption).
  - It needs a log-in with the realm V(user_access_control) or V(administration).
  - Users are written one after the other. When one is refused, those before it stay as written, and the next run goes on from there.
  - When the answer to a password alone is lost, nobody can tell whether it was taken. The task fails with V(Indeterminate).
seealso:
  - module: outofband.amt.amt_info
"""

EXAMPLES = r"""
- name: An account for the help desk, which looks and switches on and off
  outofband.amt.amt_users:
    users:
      - name: helpdesk
        password: "{{ vault_helpdesk_password }}"
        realms: [general_info, hardware_asset, remote_control]
        access: network

- name: Domain administrators and the help desk, and nobody else
  outofband.amt.amt_users:
    users:
      - sid: S-1-5-21-1004336348-1177238915-682003330-512
        realms: [administration]
      - name: helpdesk
        password: "{{ vault_helpdesk_password }}"
        realms: [general_info, hardware_asset, remote_control]
    purge: true

- name: Another password, once
  outofband.amt.amt_users:
    users:
      - name: helpdesk
        password: "{{ vault_helpdesk_password }}"
    update_password: always

- name: Somebody has left
  outofband.amt.amt_users:
    users:
      - name: jdoe
        state: absent

- name: Who is there?
  outofband.amt.amt_users:
    users: []
  register: accounts
"""

RETURN = r"""
users:
  description:
    - All users besides the administrator as they are now, or in check mode would be, in the words of the options. Given to O(users) they change nothing.
    - C(password) stands, hidden, where one was set.
  returned: success
  type: list
  elements: dict
  sample:
    - name: helpdesk
      realms: [hardware_asset, remote_control, general_info]
      access: network
      enabled: true
administrator:
  description: Name of the built-in administrator.
  returned: success
  type: str
  sample: admin
login:
  description: The digest user that the task is logged in as. Null with Kerberos.
  returned: success
  type: str
  sample: admin
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(AuthenticationRefused), V(CertificateRefused), V(Unreachable), V(Busy),
      V(Interrupted), V(Indeterminate), V(DeadlineExceeded), V(NotReached), V(Unavailable), V(Unsupported), V(AccessDenied), V(Refused)
      or V(InvalidOption).
  returned: failure
  type: str
  sample: InvalidOption
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: give the user the realm user access control (21), or check that the control mode allows it
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample:
    option: realms
"""
