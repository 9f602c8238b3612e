# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The action plugin of the same name does it, and mei_activation_step on the machine."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mei_activation
author: The outofband.amt contributors (!UNKNOWN)
short_description: Provision Intel AMT on the Linux machine itself, and take it back
description:
  - Brings the AMT of a machine into client or admin control mode, or back, through the kernel's MEI driver. No network of AMT is needed.
  - Part of it runs on the controller. The password of AMT is recorded there, in a place of your choice, before the firmware is told of it. The
    machine sees what HTTP digest makes of the password, never the password itself, and never the private key of the provisioning certificate.
  - It can be stopped at any moment and run again. It reads what is there, uses the password on record, and does what is missing.
version_added: 0.1.0
requirements:
  - The Python library cryptography, 42 or later, on the controller, for C(admin) only
extends_documentation_fragment:
  - outofband.amt.attributes.config
  - outofband.amt.attributes.target
attributes:
  check_mode:
    description: Can run in C(check_mode), and returns what it would have changed, without writing anything.
    support: full
    details:
      - The chain of certificates is judged in check mode too. No program of O(escrow) is run.
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(update_mebx=always), the MEBx password is set each time.
options:
  state:
    description:
      - V(client) is client control mode, which needs nothing but root on the machine. Some functions then ask the user at the machine for consent.
      - V(admin) is admin control mode, which needs O(certificate). A device in client control mode is upgraded.
      - V(absent) takes AMT's whole configuration away. In admin control mode, this needs the password of AMT.
      - A device in admin control mode is never brought to client control mode. Use V(absent) first.
    type: str
    choices: [client, admin, absent]
    required: true
  password:
    description:
      - The password of AMT's user C(admin), 8 to 32 characters of ASCII with a lower-case and an upper-case letter, a digit and a special
        character other than V(_), which AMT counts as alphanumeric.
      - Left out, the password on record is used, and where none is on record, one of 24 characters is made.
      - An existing password is not changed to this one. It is what a device gets when it is activated.
      - If the device has it already and nothing is on record, it is recorded once it was seen to log in.
    type: str
  escrow:
    description:
      - Where the password is recorded before the firmware is told of it. Required for V(client) and V(admin) unless O(password) is given.
    type: dict
    suboptions:
      vault_file:
        description:
          - A file of Ansible Vault on the controller. It is made when it is not there, and replaced as a whole.
          - A relative path starts from the folder that C(ansible-playbook) was started in.
          - It gets the password as C(amt_passwords[record_as]), ready for use as C(vars_files). Its other content is kept, but for comments.
        type: path
      vault_id:
        description:
          - The vault ID whose secret encrypts the file. Left out, the one that it has been encrypted with, and for a new file the run's first one.
        type: str
      command:
        description:
          - A program on the controller and its arguments. It takes the password on its standard input.
          - It must replace what is recorded. There is no shell in between.
        type: list
        elements: str
      recall:
        description:
          - A program that prints the recorded password, and nothing when there is none. Required with O(escrow.command).
        type: list
        elements: str
      nothing:
        description:
          - Codes with which O(escrow.recall) ends when nothing is recorded. Any other code but 0 stops the task.
        type: list
        elements: int
        default: []
  record_as:
    description:
      - The name under which O(escrow.vault_file) has the password. By default the name of the host in the inventory.
    type: str
  certificate:
    description:
      - The provisioning certificate with its chain, for V(admin). It is judged against the device before anything is sent to it.
    type: dict
    suboptions:
      file:
        description:
          - PKCS#12 or PEM file on the controller with the leaf, its issuers up to the root, in any order, and the private key.
        type: path
        required: true
      passphrase:
        description:
          - Opens O(certificate.file), or the key in it.
        type: str
      key_file:
        description:
          - PEM file with the private key, when O(certificate.file) is a PEM file without it.
        type: path
  dns_suffix:
    description:
      - The DNS suffix that the device compares the certificate with. Left out, the one that it has, or that DHCP gives it.
    type: str
  over_tls:
    description:
      - Whether to activate over TLS, as AMT 14 and later can and AMT 19 and later must. For V(admin) only, and not for an upgrade from V(client).
      - TLS ends on the controller. Each message is a run of this module.
    type: str
    choices: [auto, always, never]
    default: auto
  mebx_password:
    description:
      - The password of the MEBx, set together with admin control mode. The firmware takes it only as it is, so it does come to the machine,
        in memory and among the arguments of the module, unless the activation is done over TLS. Without pipelining, Ansible writes these
        arguments to a file there for the time of the task.
    type: str
  update_mebx:
    description:
      - V(on_activation) sets O(mebx_password) together with admin control mode. With O(escrow.vault_file), which remembers what was set, also
        once for each value that was not.
      - V(always) sets it in each run.
    type: str
    choices: [on_activation, always]
    default: on_activation
  wait_timeout:
    description:
      - Seconds in which the device must be seen in the new mode.
    type: int
    default: 120
seealso:
  - module: outofband.amt.mei_info
notes:
  - Only root may open the device. Use C(become).
  - Through Intel's LMS where it listens on this machine, or else directly. Nothing else may hold the engine's client LME then.
  - Each run of M(outofband.amt.mei_activation_step) has a deadline of twice O(wait_timeout) and four minutes.
"""

EXAMPLES = r"""
- name: Client control mode, with a new password in a vault file
  outofband.amt.mei_activation:
    state: client
    escrow:
      vault_file: "{{ inventory_dir }}/group_vars/all/amt_passwords.yml"
  become: true

- name: Admin control mode, with the password in the store of pass
  outofband.amt.mei_activation:
    state: admin
    certificate:
      file: ~/provisioning.pfx
      passphrase: "{{ provisioning_passphrase }}"
    escrow:
      command: [pass, insert, --multiline, --force, "amt/{{ inventory_hostname }}"]
      recall: [pass, show, "amt/{{ inventory_hostname }}"]
      nothing: [1]
  become: true

- name: Take it back
  outofband.amt.mei_activation:
    state: absent
    escrow:
      vault_file: "{{ inventory_dir }}/group_vars/all/amt_passwords.yml"
  become: true
"""

RETURN = r"""
state:
  description: V(client), V(admin) or V(absent), after the run; in check mode, after a real one.
  returned: success
  type: str
  sample: client
control_mode:
  description: The control mode C(before) and C(after), V(none), V(client) or V(admin).
  returned: success
  type: dict
  sample: {after: client, before: none}
steps:
  description: What had to be done, in order.
  returned: success
  type: list
  elements: str
  sample: [setup]
version:
  description: Version of AMT.
  returned: success
  type: str
  sample: 16.1.25
password_in:
  description: Where the password is.
  returned: when a password was recorded, or found on record
  type: str
  sample: vault file /etc/ansible/group_vars/all/amt_passwords.yml, amt_passwords.pc-01
password_proven:
  description: Whether the recorded or given password was seen to log in. Null when there is none to try.
  returned: when the state is client or admin, not in check mode
  type: bool
fingerprint:
  description: SHA-256 of the certificate that AMT shows in TLS, as it is seen from the machine itself. Empty where AMT speaks no TLS.
  returned: when a password was tried
  type: str
error:
  description: Kind of the error, for use in C(failed_when) and C(rescue).
  returned: failed
  type: str
  sample: ChainRefused
hint:
  description: What to try. It is also part of C(msg).
  returned: failed
  type: str
details:
  description: Particulars of the error, such as its C(cause).
  returned: failed
  type: dict
  sample: {cause: unknown_root}
"""
