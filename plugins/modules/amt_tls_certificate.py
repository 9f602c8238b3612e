# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_tls_certificate
author: The outofband.amt contributors (!UNKNOWN)
short_description: A certificate of your authority for TLS of Intel AMT firmware, and its renewal
description:
  - In one task, the device makes a key and signs a request, a program on the controller makes a certificate of it, the certificate is stored, TLS shows
    it, and the one of before goes with its key. The private key never leaves the device.
  - Does so when TLS shows the certificate that came with the device or none, one of another name or issuer, or one that ends soon. Otherwise it changes
    nothing, so that it can run every day.
  - The new certificate has to be shown on a new connection, and to be let through by the connection's C(ca_file) where there is one, before the old one goes.
    Otherwise all is set back, and what was made is removed.
  - Where TLS is off it is switched on. Plain ports stay open, M(outofband.amt.amt_tls) closes them.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
    details:
      - A program that makes certificates which would be replaced at once, for other names or for too short a time, fails the task before they are stored.
      - What a run has left that was killed, a key or a whole certificate, is used by the next one.
options:
  command:
    description:
      - Program and arguments, run on the controller without a shell. It gets the request (PEM) on its standard input, and gives the certificate on its
        standard output, with those of its issuers if it likes.
      - V({csr}) in an argument stands for a file that has the request, V({chain}) for one where the program writes.
      - It is not run in check mode.
    type: list
    elements: str
    required: true
  subject:
    description:
      - Whom the certificate is for, the most specific part first, such as V(CN=pc-01.example.net,O=Example).
      - When not set, it is the host name and domain that the firmware has, and O(dns_names) the same. Say it where your authority signs whatever it is
        given, as the device has a say in its own name.
    type: str
  dns_names:
    description: Names for the extension subjectAltName. Clients check these, or O(addresses), against the C(amt_host) that they use.
    type: list
    elements: str
  addresses:
    description: IPv4 and IPv6 addresses for that extension.
    type: list
    elements: str
  usages:
    description: What the certificate is asked for.
    type: list
    elements: str
    choices: [server, client]
    default: [server]
  key_size:
    description: Bits of the RSA key. What the device does not offer is refused.
    type: int
    default: 2048
  signature_hash:
    description: Hash of the request's signature. AMT 22 asks for V(sha384).
    type: str
    choices: [sha256, sha384]
    default: sha256
  issuer:
    description: Who has to have issued the certificate, as RV(served) shows it. Another one is replaced, which is how to move to a new authority.
    type: str
  renew_before:
    description: Days before its end at which a certificate is replaced.
    type: int
    default: 30
  store_issuers:
    description:
      - Whether certificates of intermediate authorities that the program gives are stored too, for the device to show them with its own.
      - Firmware keeps them among its trusted roots, so that clients of theirs are trusted when mutual TLS is switched on later.
    type: bool
    default: false
  command_timeout:
    description: Seconds that the program may take.
    type: int
    default: 120
  port:
    description: TCP port of TLS, where it is switched on and the connection uses another port than AMT's own 16992.
    type: int
  wait_timeout:
    description: Seconds to wait for the device to answer after its listeners have started again.
    type: int
    default: 60
seealso:
  - module: outofband.amt.amt_certificates
  - module: outofband.amt.amt_tls
"""

EXAMPLES = r"""
- name: A certificate by openssl, with an authority on the controller
  outofband.amt.amt_tls_certificate:
    command: [openssl, x509, -req, -CA, "{{ fleet_ca }}.pem", -CAkey, "{{ fleet_ca }}.key", -CAcreateserial, -days, "365", -copy_extensions, copy]
    subject: CN={{ inventory_hostname }}.example.net
    dns_names: ["{{ inventory_hostname }}.example.net"]

- name: Whose certificate would be replaced within two months
  outofband.amt.amt_tls_certificate:
    command: [openssl, x509, -req, -CA, "{{ fleet_ca }}.pem", -CAkey, "{{ fleet_ca }}.key", -CAcreateserial, -days, "365", -copy_extensions, copy]
    subject: CN={{ inventory_hostname }}.example.net
    dns_names: ["{{ inventory_hostname }}.example.net"]
    renew_before: 60
  check_mode: true
  register: found
"""

RETURN = r"""
due:
  description: Why the certificate is replaced, from what was found. Empty if it is not.
  returned: success
  type: str
  sample: it ends on 2026-12-24T12:00:00Z
served:
  description: The certificate that TLS shows now, as a member of RV(ignore:store) of M(outofband.amt.amt_certificates). In check mode the one that was found.
  returned: success
  type: dict
chain:
  description: What the program gave, the device's certificate first.
  returned: when it was run
  type: list
  elements: str
reach_by:
  description: What the variables C(amt_tls), C(amt_port) and C(amt_fingerprint) have to be from now on, where the fingerprint is pinned or TLS was off.
  returned: when it has changed
  type: dict
subject:
  description: Whom the certificate is for, or in check mode would be for. So are the next five.
  returned: success
  type: str
dns_names:
  description: Names in it.
  returned: success
  type: list
  elements: str
addresses:
  description: Addresses in it.
  returned: success
  type: list
  elements: str
issuer:
  description: Who has issued it. V(a new one) where that is up to the program.
  returned: success
  type: str
not_after:
  description: When it ends, or, of one that is to be made, a bound.
  returned: success
  type: str
fingerprint:
  description: Its SHA-256. V(a new one) of one that is to be made, see RV(served).
  returned: success
  type: str
enabled:
  description: Whether TLS is on, on the side where this connection is.
  returned: success
  type: bool
request:
  description: What was asked for, with the device's own names where none were given.
  returned: success
  type: dict
tls:
  description: TLS and the store as they were found, as M(outofband.amt.amt_tls) tells them.
  returned: success
  type: dict
key_pairs:
  description: The device's keys as they were found.
  returned: success
  type: list
  elements: dict
limits:
  description: What the device has room for.
  returned: success
  type: dict
now:
  description: The controller's time that validity was judged by, in seconds since 1970.
  returned: success
  type: float
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
error:
  description: The kind of error, for playbooks to test, such as V(NotIssued), V(NotReached), V(InvalidOption) or V(Indeterminate).
  returned: failure
  type: str
  sample: NotIssued
hint:
  description: What to try, such as the end of what the program said. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
details:
  description: Values that belong to the error, such as C(option) of one that cannot be used.
  returned: failure
  type: dict
  sample: {option: command}
"""
