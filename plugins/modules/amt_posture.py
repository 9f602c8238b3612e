# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_posture
author: The outofband.amt contributors (!UNKNOWN)
short_description: The posture that Intel AMT firmware signs for access control
description:
  - Firmware can sign a statement about its own state, about how the machine has booted, and about agents that it watches. Networks that judge whom
    they let in take it from a machine whose system cannot speak for itself. This module sets who signs it, how, and whether there is one.
  - The feature is old. Cisco's NAC is not supported from AMT 9 on, and from CSME 18 on nothing of it is left.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - O(reset) is done each time that it is asked for.
options:
  enabled:
    description: Whether the firmware makes postures. It has to have a O(signer) for that. When not set, it stays as it is.
    type: bool
  vendors:
    description: For whose access control. V(nac) is Cisco's, V(nap) Microsoft's.
    type: str
    choices: [nac, nap, both]
  hash_algorithm:
    description: By what a posture is hashed before it is signed.
    type: str
    choices: [sha1, sha256, sha384]
  signer:
    description:
      - The certificate that signs, by its SHA-256 or its id, as M(outofband.amt.amt_certificates) returns them. Its key has to be in the device's
        store. As long as it is used here it cannot be removed.
    type: str
  reset:
    description: Counters to start anew, of boots from each kind of device, and of agents that came and went. Audited by the firmware.
    type: list
    elements: str
    choices: [boot, agent_presence]
    default: []
notes:
  - Postures themselves are handed out to the machine's own system. RV(posture_hash) tells from outside whether one has changed.
seealso:
  - module: outofband.amt.amt_certificates
  - module: outofband.amt.amt_8021x
  - module: outofband.amt.amt_attestation
"""

EXAMPLES = r"""
- name: Postures are signed by the device's own certificate
  outofband.amt.amt_posture:
    enabled: true
    vendors: nap
    hash_algorithm: sha256
    signer: "{{ own_fingerprint }}"

- name: Start counting boots anew after the inspection
  outofband.amt.amt_posture:
    reset: [boot]

- name: Nobody asks for postures here
  outofband.amt.amt_posture:
    enabled: false
"""

RETURN = r"""
enabled:
  description: Whether the firmware makes postures, or in check mode would.
  returned: success
  type: bool
  sample: true
vendors:
  description: For whose access control. A number is one that no word is known for.
  returned: success
  type: raw
  sample: nap
hash_algorithm:
  description: By what they are hashed. A number is one that no word is known for.
  returned: success
  type: raw
  sample: sha256
signer:
  description: SHA-256 of the certificate that signs. Null where there is none.
  returned: success
  type: str
  sample: 5e6b7c0a9d8e1f203142536475869708192a3b4c5d6e7f8091a2b3c4d5e6f708
posture_hash:
  description:
    - A hash over the posture as it was when the task began, its time aside. Another one than last time means that something has changed. Null
      while there is none.
  returned: success
  type: str
  sample: 0fbe3b7f6d6c26a9a2f2f6e0a5e0f6a8c4a3f0f1b2c3d4e5f60718293a4b5c6d
reset:
  description: The counters that were started anew, or in check mode would be.
  returned: when it was asked for
  type: list
  elements: str
  sample: [boot]
certificates:
  description: What the device's store has, by id, where a signer is named or there is one. C(fingerprint), and whether it is a C(root).
  returned: success
  type: dict
  sample: {}
nac:
  description: Whether this firmware still has Cisco's. Null where that was not asked for.
  returned: success
  type: bool
  sample: false
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(Indeterminate), V(NotReached), V(Unavailable),
      V(AccessDenied), V(Refused) or V(InvalidOption).
  returned: failure
  type: str
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: "CSME 18 gave it up: leave it out for this device"
details:
  description: Values that belong to the error, such as C(lacks), what this firmware does not have.
  returned: failure
  type: dict
  sample: {lacks: endpoint access control}
"""
