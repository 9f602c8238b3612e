# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_attestation
author: The outofband.amt contributors (!UNKNOWN)
short_description: Whether Intel AMT firmware proves that it is genuine
description:
  - Asks the firmware to sign a number that nobody has seen before, with a key that Intel has certified for its very chip, and judges what comes
    back, claim by claim. Nothing is written.
  - A name, an address and a password tell nothing of what answers them. A signature does. The firmware is Intel's, on a certain chip, not
    revoked, and at the other end of this very TLS connection.
  - Nothing is proven of the operating system, of BIOS or settings of the firmware, or of who may log in.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.info
options:
  roots:
    description:
      - Certificates of the authorities that are trusted, in PEM, or in base64 of DER as the filter P(ansible.builtin.b64encode#filter) makes it.
        Nothing is trusted that is not given here.
      - Intel publishes the root of its on-die certificate authority at U(https://tsci.intel.com/content/OnDieCA/certs/).
    type: list
    elements: str
    required: true
  revocation_lists:
    description:
      - Lists of revoked certificates, in PEM or in base64 of DER. Intel publishes them at U(https://tsci.intel.com/content/OnDieCA/crls/). They
        have a date until which they hold, so they are to be fetched anew.
      - A certificate that one of them lists fails the task whatever is required.
    type: list
    elements: str
    default: []
  require:
    description:
      - The claims without which the task fails. All others are told in RV(proven) and RV(not_proven).
      - V(chain), the certificates lead to one of O(roots). Each is in date and entitled to issue the one before it.
      - V(amt), the certificate that signs is that of AMT and of no other application of the chip.
      - V(signature), its key has signed our number together with name, UUID, versions and realm of the firmware, so that it is here now.
      - V(connection), the certificate that TLS shows on this connection is in what is signed, so that nobody is in between.
      - V(revocation), for every certificate there is a list that holds now, and none is on it.
      - V(identity), the UUID that is signed is that of the hardware inventory.
    type: list
    elements: str
    choices: [chain, amt, signature, connection, revocation, identity]
    default: [chain, amt, signature]
  hardware_id:
    description:
      - The chip that it has to be, as RV(hardware_id) of an earlier run told it. Another one fails the task.
      - It stays the same through updates and through being set up again, and is another one when the board is replaced.
    type: str
  nonce_size:
    description: Bytes of the number that is asked with, from 16 to 64. For firmware that wants another size than the usual one.
    type: int
    default: 20
notes:
  - From AMT 15 on, by Intel's guide. Older firmware has no such certificates.
  - In which form texts and numbers go into the signature is not published. The forms that Intel's schema leaves open are tried, and RV(form) tells
    which one fits. It has been tested with a simulator and not with hardware.
seealso:
  - module: outofband.amt.amt_tls_certificate
  - module: outofband.amt.amt_info
"""

EXAMPLES = r"""
- name: What it proves
  outofband.amt.amt_attestation:
    roots: ["{{ lookup('ansible.builtin.file', 'OnDie_CA_RootCA.pem') }}"]
    require: []
  register: attested

- name: It is genuine, not revoked, and the machine that it says; over TLS add connection
  outofband.amt.amt_attestation:
    roots: ["{{ lookup('ansible.builtin.file', 'OnDie_CA_RootCA.pem') }}"]
    revocation_lists: ["{{ lookup('ansible.builtin.file', 'ODCA_lists.pem') }}"]
    require: [chain, amt, signature, revocation, identity]

- name: It still is the same chip
  outofband.amt.amt_attestation:
    roots: ["{{ lookup('ansible.builtin.file', 'OnDie_CA_RootCA.pem') }}"]
    hardware_id: "{{ attested.hardware_id }}"
"""

RETURN = r"""
proven:
  description: The claims that are proven.
  returned: success
  type: list
  elements: str
  sample: [chain, amt, signature, connection, identity]
not_proven:
  description: The claims that are not, each with the reason.
  returned: success
  type: list
  elements: dict
  sample: [{claim: revocation, reason: "no list says anything of CN=AMT RCFG"}]
revoked:
  description: Subjects of certificates that are revoked.
  returned: success
  type: list
  elements: str
  sample: []
hardware_id:
  description:
    - SHA-256 of the certificate that is of this chip for good. Its first 40 digits are the hardware number of the platform's unique identity
      (UPID). Null where the chain is not proven or has no such certificate.
  returned: success
  type: str
  sample: 0fbe3b7f6d6c26a9a2f2f6e0a5e0f6a8c4a3f0f1b2c3d4e5f60718293a4b5c6d
uuid:
  description: UUID of the machine as it was signed, in the form that operating systems print.
  returned: success
  type: str
  sample: 4c4c4544-0051-3010-8056-b4c04f4d3333
fqdn:
  description: Name of the firmware as it was signed. Null where it has none.
  returned: success
  type: str
  sample: pc-01.example.net
firmware_version:
  description: Version of the firmware as it was signed.
  returned: success
  type: str
  sample: 16.1.30
svn:
  description: Its security version. Intel raises it with each update that mends a weakness.
  returned: success
  type: int
  sample: 1
form:
  description: In which form the signature fits. Null where it fits in none.
  returned: success
  type: str
  sample: each text ends with a zero, little-endian, mechanism in 4 bytes
certificates:
  description: What the firmware showed, the one that signs first.
  returned: success
  type: list
  elements: dict
  sample:
    - subject: CN=AMT RCFG
      issuer: CN=ODCA 2 CSME PTL SOC SVN 01 AMT CA
      fingerprint: 5e6b7c0a9d8e1f203142536475869708192a3b4c5d6e7f8091a2b3c4d5e6f708
      expires: "2049-12-31T23:59:59Z"
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unproven), V(WrongMachine), V(Unreachable), V(AuthenticationRefused), V(Unavailable),
      V(AccessDenied), V(Refused) or V(InvalidOption).
  returned: failure
  type: str
  sample: Unproven
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: ""
details:
  description: Values that belong to the error. Of V(Unproven) all that would have been returned.
  returned: failure
  type: dict
  sample: {proven: [chain, amt], not_proven: [{claim: signature, reason: it is not over what was asked and told}]}
"""
