# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_kerberos
author: The outofband.amt contributors (!UNKNOWN)
short_description: Log-ins to Intel AMT firmware by Kerberos tickets
description:
  - Lets users of Active Directory log in by tickets. Which of them, and to do what, M(outofband.amt.amt_users) says by their SIDs.
  - Active Directory has an object for the device, with service principals and a password. This module brings realm and key of that object to the
    firmware. It does nothing in Active Directory.
  - Firmware tells no key. O(key_version), which it keeps and does not use, stands for it. When the password of the object changes, give the new one with
    the new number.
  - Set the clock first (M(outofband.amt.amt_time)). Tickets live by it.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(update_password=always), the key is written each time.
options:
  enabled:
    description: Whether tickets are taken. It stays as it is when not given, as does everything else.
    type: bool
  realm:
    description: Realm of the domain, which with Active Directory is the domain's name in capital letters.
    type: str
  key_version:
    description: Number of the key, C(msDS-KeyVersionNumber) of the object or any other that grows. Another one than the firmware has means another key.
    type: int
  encryption:
    description: What tickets may be encrypted with. Keep it in line with C(msDS-SupportedEncryptionTypes) of the object.
    type: list
    elements: str
    choices: [rc4, aes128, aes256]
  clock_tolerance:
    description: Minutes by which clocks may differ, 1 to 5. 5 when nobody says.
    type: int
  spns:
    description:
      - Service principals of the object, at most 4, such as V(HTTP/pc-01.example.com:16992). The port says what it is for, 16992 and 16993 for the web
        service, 16994 and 16995 for redirection.
      - According to the vendor's guide AMT takes and ignores them, so they go along with other changes and are no reason to write by themselves.
    type: list
    elements: str
  password:
    description: Password of the object in Active Directory, with O(salt). The firmware makes its keys from it. It is kept in the firmware.
    type: str
  salt:
    description:
      - Salt of the object's keys, such as V(EXAMPLE.COMhostpc-01.example.com). C(KRB5_TRACE=/dev/stderr kinit pc-01$) shows it as C(salt) of the
        encryption types that the domain offers.
    type: str
  iterations:
    description: Iteration count of the object's keys.
    type: int
    default: 4096
  master_key:
    description: Key of RC4 in 32 hexadecimal digits, as a keytab has it, in place of O(password). Only for O(encryption=[rc4]).
    type: str
  update_password:
    description:
      - V(on_create) writes the key when Kerberos is switched on, and when O(realm), O(encryption) or O(key_version) changes. V(always) writes it each time,
        and reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
notes:
  - It needs a log-in with the realm V(administration).
  - A task that is logged in by a ticket neither switches Kerberos off nor changes the key. It would shut itself out.
  - Encryption by AES needs AMT 8 or later. RV(supported) tells what the firmware offers, and other encryption is refused before anything is written.
seealso:
  - module: outofband.amt.amt_users
  - module: outofband.amt.amt_time
"""

EXAMPLES = r"""
- name: The clock first
  outofband.amt.amt_time:

- name: Tickets of the domain
  outofband.amt.amt_kerberos:
    enabled: true
    realm: EXAMPLE.COM
    key_version: 2
    encryption: [aes128, aes256]
    spns:
      - "HTTP/{{ inventory_hostname }}.example.com:16992"
      - "HTTP/{{ inventory_hostname }}.example.com:16993"
    password: "{{ vault_ad_objects[inventory_hostname] }}"
    salt: "EXAMPLE.COMhost{{ inventory_hostname }}.example.com"

- name: Domain administrators may do everything
  outofband.amt.amt_users:
    users:
      - sid: S-1-5-21-1004336348-1177238915-682003330-512
        realms: [administration]

- name: No tickets any more
  outofband.amt.amt_kerberos:
    enabled: false
"""

RETURN = r"""
enabled:
  description: Whether tickets are taken, or in check mode would be. The other settings, but no key, are returned under the names of their options too.
  returned: success
  type: bool
  sample: true
realm:
  description: The realm, null where there is none.
  returned: success
  type: str
  sample: EXAMPLE.COM
key_version:
  description: Number of the key, null where there is none.
  returned: success
  type: int
  sample: 2
encryption:
  description: What tickets may be encrypted with. Null where the firmware does not tell.
  returned: success
  type: list
  elements: str
  sample: [aes128, aes256]
clock_tolerance:
  description: Minutes by which clocks may differ.
  returned: success
  type: int
  sample: 5
spns:
  description: Service principals, null where the firmware does not tell any, as most do.
  returned: success
  type: list
  elements: str
password:
  description: Never shown. Present when it is written, as RV(master_key) is.
  returned: when a password goes along
  type: str
  sample: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
master_key:
  description: Never shown.
  returned: when a key of RC4 goes along
  type: str
  sample: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
supported:
  description: What this firmware offers for O(encryption).
  returned: success
  type: list
  elements: str
  sample: [rc4, aes128, aes256]
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
      V(Interrupted), V(Indeterminate), V(DeadlineExceeded), V(NotReached), V(Unavailable), V(Unsupported), V(AccessDenied), V(Fault)
      or V(InvalidOption).
  returned: failure
  type: str
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: supported tells what it offers
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample:
    option: salt
"""
