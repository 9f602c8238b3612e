# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_certificates
author: The outofband.amt contributors (!UNKNOWN)
short_description: Certificates, trusted roots, keys and revocation lists of Intel AMT firmware
description:
  - Brings certificates and trusted roots into the firmware's store, and takes others away. Has the firmware make a key, and sign a request for a
    certificate with it. The private part of such a key never leaves the device.
  - A list that is not given stays as it is. Without options it only reads.
  - Which certificate TLS shows is said by M(outofband.amt.amt_tls).
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
    details:
      - A key that no certificate is for is used for O(request) again, so that requests pile up no keys.
options:
  roots:
    description:
      - Certificates of authorities that the device trusts, as PEM text, one or several in each entry. From AMT 11.8 on those of intermediate
        authorities too.
      - How many the device holds, and how long they may be, is read from it; what does not fit is refused before anything is written.
      - Firmware takes no root while mutual TLS is on.
    type: list
    elements: str
  certificates:
    description: The device's own certificates. Each is for a key that the device has, or that is given with it.
    type: list
    elements: dict
    suboptions:
      certificate:
        description: The certificate as PEM text, alone.
        type: str
        required: true
      private_key:
        description:
          - Its key as PEM text, of RSA and not encrypted, for one that was made elsewhere. It is sent only where the device does not have it yet.
          - Best keep it in a vault, or use O(request) instead.
        type: str
  revoked:
    description:
      - Client certificates that are not let in although an authority that is trusted has issued them. Firmware looks at these while mutual TLS is on.
      - It holds four lists, and as many serial numbers together as it tells (RV(limits), usually 64).
    type: list
    elements: dict
    suboptions:
      url:
        description: Where the list is from. It names the list, and is not fetched.
        type: str
        required: true
      serials:
        description: Serial numbers in hexadecimal digits, colons allowed, as C(openssl x509 -serial) prints them.
        type: list
        elements: str
        required: true
  request:
    description:
      - Have the device sign a request for a certificate (PKCS#10), which is returned as RV(csr). It makes a key for that unless it has one that no
        certificate is for.
      - An authority makes a certificate of the request, and O(certificates) of a later task brings it in. To do all of that in one task, and to
        have TLS show it, use M(outofband.amt.amt_tls_certificate).
    type: dict
    suboptions:
      subject:
        description:
          - Whom the certificate is for, the most specific part first, such as V(CN=pc-01.example.net,O=Example).
          - When not set, it is the host name and domain that the firmware has, and O(request.dns_names) the same.
        type: str
      dns_names:
        description: Names for the extension subjectAltName.
        type: list
        elements: str
      addresses:
        description: IPv4 and IPv6 addresses for that extension.
        type: list
        elements: str
      usages:
        description: What the certificate is asked for, V(server) to be shown by TLS, V(client) for 802.1X and remote access.
        type: list
        elements: str
        choices: [server, client]
        default: [server]
      key_size:
        description: Bits of the RSA key. What the device does not offer (RV(limits)) is refused.
        type: int
        default: 2048
      signature_hash:
        description: Hash of the request's signature. AMT 22 asks for V(sha384).
        type: str
        choices: [sha256, sha384]
        default: sha256
  purge:
    description:
      - Whether what is not listed is removed, of each list that is given. With O(certificates), keys that are then of no certificate go too, unless there
        is a O(request).
      - What is in use stays, whatever is listed, by TLS, 802.1X, Wi-Fi or remote access. So does every root while mutual TLS is on, and the certificate
        that came with the device.
    type: bool
    default: false
seealso:
  - module: outofband.amt.amt_tls
  - module: outofband.amt.amt_tls_certificate
"""

EXAMPLES = r"""
- name: What certificates are there, what they are for, and when they end
  outofband.amt.amt_certificates:
  register: found

- name: Trust our authority, and nobody else
  outofband.amt.amt_certificates:
    roots: ["{{ fleet_root }}"]  # PEM text, such as of lookup('ansible.builtin.file', 'fleet-root.pem')
    purge: true

- name: Have the device make a key and a request
  outofband.amt.amt_certificates:
    request:
      subject: CN={{ inventory_hostname }}.example.net,O=Example
      dns_names: ["{{ inventory_hostname }}.example.net"]
  register: asked

- name: Have the authority sign it, on the controller; community.crypto.x509_certificate_pipe does the same
  ansible.builtin.command:
    argv: [openssl, x509, -req, -CA, "{{ fleet_ca }}.pem", -CAkey, "{{ fleet_ca }}.key", -CAcreateserial, -copy_extensions, copy]
    stdin: "{{ asked.csr }}"
  delegate_to: localhost
  register: signed

- name: Bring the certificate in
  outofband.amt.amt_certificates:
    certificates:
      - certificate: "{{ signed.stdout }}"

- name: Lock two consoles out whose keys were lost
  outofband.amt.amt_certificates:
    revoked:
      - url: http://pki.example.net/fleet.crl
        serials: ["3A:07:C1", "5F2210"]
"""

RETURN = r"""
roots:
  description: Trusted roots, or in check mode what they would be. Given back to the module, this and the next two change nothing.
  returned: success
  type: list
  elements: str
certificates:
  description: The device's own certificates, each as RV(ignore:certificate). The built-in one is not among them.
  returned: success
  type: list
  elements: dict
revoked:
  description: Revocation lists, each with RV(ignore:url) and RV(ignore:serials).
  returned: success
  type: list
  elements: dict
public_keys:
  description: Public parts of the device's keys.
  returned: success
  type: list
  elements: str
csr:
  description: The request, signed by the device, as PEM text. Null where none was asked for, and in check mode while there is no key for it.
  returned: success
  type: str
request:
  description: What O(request) came to, with the device's own names where none were given. Null without it.
  returned: success
  type: dict
store:
  description: Each certificate as it was found, roots and the built-in one included.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The firmware's name of it. Another one may get it later.
      type: str
    certificate:
      description: PEM text.
      type: str
    fingerprint:
      description: SHA-256, as O(outofband.amt.wsman#connection:fingerprint) takes it.
      type: str
    subject:
      description: Whom it is for.
      type: str
    issuer:
      description: Who signed it.
      type: str
    serial:
      description: Serial number in hexadecimal digits.
      type: str
    not_before:
      description: Begin, UTC.
      type: str
    not_after:
      description: End, UTC.
      type: str
    dns_names:
      description: Names in it.
      type: list
      elements: str
    addresses:
      description: Addresses in it.
      type: list
      elements: str
    root:
      description: Whether it is a trusted root.
      type: bool
    built_in:
      description: Whether it came with the device and stays.
      type: bool
    key:
      description: The device's key that it is for, null for none that the device shows.
      type: str
    used_by:
      description: Who uses it, such as V(tls), V(8021x), V(wifi) or V(remote_access).
      type: list
      elements: str
key_pairs:
  description: Each key as it was found, with RV(ignore:id), RV(ignore:bits), RV(ignore:public_key) and the fingerprints of its RV(ignore:certificates).
  returned: success
  type: list
  elements: dict
limits:
  description: What the device has room for. Null for what it does not tell.
  returned: success
  type: dict
  sample: {roots: 4, root_size: 4100, certificate_size: 4100, names: 4, name_length: 253, serials: 64, key_sizes: [1024, 1536, 2048]}
mutual:
  description: Whether mutual TLS is on, for the network or for the host itself.
  returned: success
  type: bool
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
error:
  description: The kind of error, for playbooks to test, such as V(InvalidOption), V(AccessDenied), V(Refused) or V(Indeterminate).
  returned: failure
  type: str
  sample: InvalidOption
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
details:
  description: Values that belong to the error, such as C(option) of one that cannot be used.
  returned: failure
  type: dict
  sample: {option: roots}
"""
