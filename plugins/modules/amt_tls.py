# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_tls
author: The outofband.amt contributors (!UNKNOWN)
short_description: TLS of Intel AMT firmware, for the network and for the machine itself
description:
  - Switches TLS on or off, says which certificate it shows, and who has to show one of his own.
  - What is not given stays as it is. Without options it only reads.
  - The change is seen from a new connection, which has to show exactly the certificate that was chosen, before plain ports are closed. Where that
    fails, or where the connection's C(ca_file) does not let the new certificate through, all is set back as it was, and the task fails.
  - From then on the task, and a profile that it is part of, goes on over the new connection. RV(reach_by) says what to set in the inventory for later ones.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - A run that was killed between writing and committing may leave settings that the device shows and does not act on before the next commit.
options:
  certificate:
    description:
      - Which of the device's certificates is shown, by its SHA-256 or as PEM text. It has to be in the store, with its key.
      - When not set, TLS goes on with the one that it has; where it has none, with the only one that is there.
    type: str
  remote:
    description: The network's side.
    type: dict
    suboptions:
      enabled:
        description: Whether the ports with TLS are open. AMT 16.1 and later have nothing else for the network.
        type: bool
      mutual:
        description:
          - Whether clients have to show a certificate of an authority that the device trusts. It has to be for TLS clients and for AMT
            (2.16.840.1.113741.1.2.1), and the device's clock decides whether it is valid.
          - It is refused, before anything is written, where the C(client_certificate) of this connection would be shut out. It may be missing, of another
            authority or name, not for this, not valid by the device's clock, or revoked.
        type: bool
      plain_ports:
        description: Whether the ports without TLS stay open beside the others. AMT 16.1 and later have none for the network, 19 and later none at all.
        type: bool
      trusted_names:
        description:
          - With O(remote.mutual), the common names that are let in, or the ends of them by whole labels, such as V(example.net). Any where there are none.
        type: list
        elements: str
  local:
    description: The side of the machine itself, which Intel's local manageability service (LMS) uses.
    type: dict
    suboptions:
      enabled:
        description: Whether the ports with TLS are open. AMT 16.1 and later have nothing else for the network.
        type: bool
      mutual:
        description:
          - Whether clients have to show a certificate of an authority that the device trusts. It has to be for TLS clients and for AMT
            (2.16.840.1.113741.1.2.2), and the device's clock decides whether it is valid.
          - What is said of O(remote.mutual) holds where this connection leads through the machine's own port.
        type: bool
      plain_ports:
        description: Whether the ports without TLS stay open beside the others. AMT 16.1 and later have none for the network, 19 and later none at all.
        type: bool
      trusted_names:
        description:
          - With O(local.mutual), the common names that are let in, or the ends of them by whole labels, such as V(example.net). Any where there are none.
        type: list
        elements: str
  port:
    description:
      - TCP port at which the device is found once TLS is switched on or off, where the connection uses another one than AMT's own 16992 and 16993.
    type: int
  wait_timeout:
    description: Seconds to wait for the device to answer after its listeners have started again.
    type: int
    default: 60
notes:
  - Roots can only be added while mutual TLS is off, with M(outofband.amt.amt_certificates). Set the clock first, with M(outofband.amt.amt_time).
  - On AMT 16.1 and later there is no plain port to fall back to. What shuts everybody out there is undone from the machine itself.
seealso:
  - module: outofband.amt.amt_certificates
  - module: outofband.amt.amt_time
"""

EXAMPLES = r"""
- name: TLS on both sides with the certificate that the device has, and plain ports until everything uses it
  outofband.amt.amt_tls:
    remote: {enabled: true, plain_ports: true}
    local: {enabled: true, plain_ports: true}
  register: tls

- name: Show this certificate
  outofband.amt.amt_tls:
    certificate: "{{ signed.stdout }}"  # PEM text, or the SHA-256 of one that the device has

- name: Once clients have to show a certificate, only consoles of our domain are let in
  outofband.amt.amt_tls:
    remote: {trusted_names: [consoles.example.net]}
"""

RETURN = r"""
certificate:
  description: SHA-256 of the certificate that TLS shows, or in check mode would show. Null while TLS has none.
  returned: success
  type: str
remote:
  description: The network's side. Given back to the module, it changes nothing.
  returned: success
  type: dict
  sample: {enabled: true, mutual: false, plain_ports: false, trusted_names: []}
local:
  description: The machine's own side, likewise.
  returned: success
  type: dict
reach_by:
  description: What the variables C(amt_tls), C(amt_port) and C(amt_fingerprint) have to be from now on.
  returned: when it has changed
  type: dict
  sample: {tls: true, port: 16993, fingerprint: 3f0a9c1e5b7d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246}
plain_ports_offered:
  description: Whether each side has plain ports at all.
  returned: success
  type: dict
  sample: {remote: false, local: true}
store:
  description: The device's certificates, as M(outofband.amt.amt_certificates) tells them.
  returned: success
  type: list
  elements: dict
key_pairs:
  description: The device's keys, likewise.
  returned: success
  type: list
  elements: dict
limits:
  description: What the device has room for, likewise.
  returned: success
  type: dict
side:
  description: The side that this connection is on, V(remote) or V(local).
  returned: success
  type: str
client:
  description: What was held against this connection's own certificate, where mutual TLS was asked for. Null otherwise.
  returned: success
  type: dict
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
error:
  description: The kind of error, for playbooks to test, such as V(InvalidOption), V(NotReached) or V(Indeterminate).
  returned: failure
  type: str
  sample: NotReached
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
details:
  description: Values that belong to the error, such as C(option) of one that cannot be used.
  returned: failure
  type: dict
  sample: {option: remote.mutual}
"""
