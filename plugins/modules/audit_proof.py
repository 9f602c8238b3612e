# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_proof
author: The outofband.amt contributors (!UNKNOWN)
short_description: What a signed export of an audit log of Intel AMT proves
description:
  - Judges, without the device, what M(outofband.amt.amt_audit_log) has exported. Whether the signature is of the key of its certificate and of these
    records, whether that certificate leads to a root that you trust, and where acts may be missing that no signature misses.
  - No public source says which octets firmware signs. It is taken that they are those of all records, one after the other. A signature of the right key
    over anything else is told as that, and counts as no proof.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes.controller
options:
  path:
    description: The file that was exported. A relative path counts from where Ansible was started.
    type: str
    required: true
  roots:
    description: Certificates in PEM, of the authorities that you trust, or of the device's key itself. Without any, nothing is proven.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Can run in C(check_mode).
    support: full
  diff_mode:
    description: Returns what has changed in diff mode.
    support: none
  idempotent:
    description: When run twice with the same options, the second run changes nothing.
    support: full
seealso:
  - module: outofband.amt.amt_audit_log
  - module: outofband.amt.amt_audit
"""

EXAMPLES = r"""
- name: Judge an export
  outofband.amt.audit_proof:
    path: logs/pc-01.audit.json
    roots: ["{{ lookup('ansible.builtin.file', 'root.pem') }}"]
  register: proof
  failed_when: not proof.proven
"""

RETURN = r"""
proven:
  description: Whether all that is judged is as it should be.
  returned: success
  type: bool
  sample: true
problems:
  description: What is not, a sentence each.
  returned: success
  type: list
  elements: str
  sample: []
signature:
  description: V(valid) for these records, V(of something else) of the same key, or V(invalid).
  returned: success
  type: str
  sample: valid
chain:
  description: V(trusted), V(untrusted), or V(not judged) without O(roots). Certificates are judged at the time at which it was signed.
  returned: success
  type: str
  sample: trusted
signer:
  description: Whose certificate it is.
  returned: success
  type: str
  sample: CN=pc-01.example.net
fingerprint:
  description: SHA-256 of that certificate.
  returned: success
  type: str
  sample: 5f3c9a
host:
  description: The host that it was exported from, as the inventory calls it.
  returned: success
  type: str
  sample: pc-01
count:
  description: How many records it has.
  returned: success
  type: int
  sample: 161
interruptions:
  description: Where acts may be missing, each with C(time) and C(text).
  returned: success
  type: list
  elements: dict
  sample: [{time: "2026-03-01T07:15:00+00:00", text: what was before was cleared}]
hash:
  description: The hash of the signature.
  returned: success
  type: str
  sample: sha256
begins:
  description: When the first record is from, as the firmware says.
  returned: success
  type: str
  sample: "2026-01-01T00:00:00Z"
ends:
  description: When the last one is from.
  returned: success
  type: str
  sample: "2026-03-01T07:15:00Z"
made:
  description: When it was signed, by the firmware's clock.
  returned: success
  type: str
  sample: "2026-03-01T08:00:00Z"
uuid:
  description: The UUID of the machine, as the firmware says.
  returned: success
  type: str
  sample: 12345678123456781234567812345678
fqdn:
  description: Its name, as the firmware says.
  returned: success
  type: str
  sample: pc-01.example.net
error:
  description: The kind of error, for playbooks to test, such as V(InvalidOption).
  returned: failure
  type: str
  sample: InvalidOption
hint:
  description: What to try. Empty when there is nothing to advise.
  returned: failure
  type: str
  sample: ""
details:
  description: Values that belong to the error.
  returned: failure
  type: dict
  sample: {option: path}
"""
