# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_admin
author: The outofband.amt contributors (!UNKNOWN)
short_description: Name and password of Intel AMT's administrator
description:
  - Sets the log-in of the built-in administrator, the account that nothing can remove or disable.
  - Before the firmware is told of a password that is made here, the password is on record together with the one before, and was read back. Afterwards a
    log-in of its own proves the new one, and only then the one before is forgotten. Wherever a run is killed, the next one finds what the device has.
  - The task goes on as the new administrator. Later tasks use what the inventory says, which with O(escrow.vault_file) can be that very record.
  - A log-in that the device refuses is not the end. What is on record, and the one that is wanted, are tried as well, three in all, because firmware slows
    down guessing.
  - Firmware tells no password, but it lets in by the right one, so the wanted one is compared and written only where it is another.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(rotate=true) each run makes a new password, unless it finishes one that was cut off.
options:
  username:
    description:
      - Name of the administrator, 1 to 16 printable ASCII characters without blanks, and no colon, comma, angle bracket, ampersand or quotation mark.
      - When not given, it stays. With another name the inventory needs another C(amt_user).
    type: str
  password:
    description:
      - The password, when you keep it yourself. 8 to 32 printable ASCII characters without blanks, with a lower-case letter, an upper-case
        letter, a digit and a special character, V(_) not being one. No quotation mark, comma or colon; with O(escrow.vault_file) no beginning of a
        template either.
      - Only a digest of it is sent, which is good for this name on this device.
    type: str
  rotate:
    description: Whether to make a new password for this device. It needs O(escrow), and excludes O(password).
    type: bool
    default: false
  escrow:
    description:
      - Where the password is kept. Give O(escrow.vault_file), or O(escrow.command) with O(escrow.recall).
      - Without O(rotate) and O(password), the one that the device has is recorded there.
    type: dict
    suboptions:
      vault_file:
        description:
          - File of Ansible Vault on the controller. It holds C(amt_passwords), a mapping from hosts to passwords, and C(amt_activation), where the
            passwords of before are while one is being changed. It is made when it is not there, other variables in it are kept, comments are not.
          - Several hosts, and several runs, can use one file at once.
        type: path
      vault_id:
        description: Vault ID to encrypt the file with. That of the file when not given.
        type: str
      command:
        description:
          - A program and its arguments. It takes the password on its standard input, in the place of what it has, as C(pass insert -m -f) does.
          - While a password is being changed it gets two lines, the new one first. When all is well there is one. Whether it keeps two is tried before with the
            one that the device has, twice.
        type: list
        elements: str
      recall:
        description: A program and its arguments that prints what O(escrow.command) was given last. It is not run in check mode.
        type: list
        elements: str
      nothing:
        description: Exit codes of O(escrow.recall) that mean that nothing is recorded yet. Without output it means that too.
        type: list
        elements: int
        default: []
  record_as:
    description: Name of the device in O(escrow.vault_file). C(inventory_hostname) when not given.
    type: str
notes:
  - The operating system's own account C($$OsAdmin) and MEBx have passwords of their own, which stay.
  - Firmware may refuse a log-in for a moment after it was set. It is tried once more after 15 seconds, unless the one before is still good.
  - When the device lets in neither by the new nor by the former log-in, the task fails, and both are still on record.
seealso:
  - module: outofband.amt.amt_users
  - module: outofband.amt.mei_activation
"""

EXAMPLES = r"""
# group_vars/amt/main.yml: amt_password: "{{ amt_passwords[inventory_hostname] | default(vault_first_password) }}"
# group_vars/amt/passwords.yml is the vault file.

- name: A new password for each device, on record before the device is told
  outofband.amt.amt_admin:
    rotate: true
    escrow:
      vault_file: "{{ inventory_dir }}/group_vars/amt/passwords.yml"

- name: The same, kept by pass
  outofband.amt.amt_admin:
    rotate: true
    escrow:
      command: [pass, insert, -m, -f, "amt/{{ inventory_hostname }}"]
      recall: [pass, show, "amt/{{ inventory_hostname }}"]
      nothing: [1]

- name: A password that I keep myself, and another name
  outofband.amt.amt_admin:
    username: fleetadmin
    password: "{{ vault_new_password }}"
"""

RETURN = r"""
username:
  description: Name of the administrator as it is now, or in check mode would be.
  returned: success
  type: str
  sample: admin
password:
  description: Never shown. Null where none is asked for.
  returned: success
  type: str
  sample: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
login:
  description: The digest user that the task was logged in as when it began. Null with Kerberos.
  returned: success
  type: str
  sample: admin
password_in:
  description: Where the password is.
  returned: with O(escrow), and when a task fails after the device may have been told
  type: str
  sample: vault file /etc/ansible/group_vars/amt/passwords.yml, amt_passwords.pc-01
note:
  description: Present when an answer was lost on the way and a log-in showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(AuthenticationRefused), V(CertificateRefused), V(Unreachable), V(Busy),
      V(Interrupted), V(Indeterminate), V(DeadlineExceeded), V(NotReached), V(Unavailable), V(AccessDenied), V(Refused), V(EscrowFailed),
      V(EscrowChanged) or V(InvalidOption).
  returned: failure
  type: str
  sample: EscrowFailed
hint:
  description: What to try, and what the firmware was told by then. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: the firmware was not told of any password
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample:
    option: password
"""
