# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_asset_note
author: The outofband.amt contributors (!UNKNOWN)
short_description: Facts about a machine, kept in its Intel AMT firmware
description:
  - Keeps facts that were gathered while the system ran in the firmware's web storage, compressed and signed, and tells them while the machine is off.
    Without O(facts) it only tells what is there.
  - A note is bound to its machine by the UUID that the firmware tells. One that was copied from another machine is told as V(foreign).
  - There are two places for a note. A new one is written beside the present one, read back, and only then is the present one removed. A run that is
    killed leaves a whole note at any moment.
  - AMT 11.6 and later have a web storage. It needs a log-in with the realm V(storage), and one that may read the UUID, such as V(general_info).
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - The same facts are written again after O(renew_after), and when another key than O(signing_key) has signed them.
options:
  facts:
    description: The facts, of any form that JSON has. Keep no secrets in them, since whoever may log in to the firmware can read them.
    type: dict
  state:
    description: V(absent) removes the note.
    type: str
    choices: [present, absent]
    default: present
  signing_key:
    description:
      - The key with which notes are signed and verified, at least 16 characters, needed with O(facts). One key for a fleet, from a vault, is what it
        takes. The method is HMAC with SHA-256.
      - Whoever has the key can write notes too. Whoever has not can neither verify nor write one.
      - Without it, what is read is V(unverified).
    type: str
  former_keys:
    description: Keys of before. Notes that they have signed are verified too, and written anew with O(signing_key) when O(facts) are given.
    type: list
    elements: str
  renew_after:
    description: Days after which the same facts are written again, so that the age of the note tells when somebody has looked last. Each write wears flash.
    type: int
    default: 7
  max_age:
    description: Days after which RV(stale) is true.
    type: int
    default: 30
  capacity:
    description:
      - How many bytes this firmware has room for in its web storage, all files together. A note that does not fit beside the present one is refused before
        anything is written, with its size.
    type: int
    default: 196608
notes:
  - Somebody who may write to the web storage can remove a note, or put an older one of the same machine in its place. The former reads V(absent), the
    latter shows in its age.
seealso:
  - module: outofband.amt.amt_storage
"""

EXAMPLES = r"""
- name: What is known of the machine, while its system runs
  outofband.amt.amt_asset_note:
    facts:
      owner: Ann Example
      room: B-204
      warranty: "2027-03-01"
    signing_key: "{{ vault_assets_key | default('a key for the whole fleet') }}"

- name: The same, while it is off
  outofband.amt.amt_asset_note:
    signing_key: "{{ vault_assets_key | default('a key for the whole fleet') }}"
  register: note

- name: Whose is it
  ansible.builtin.debug:
    msg: "{{ note.facts.owner }}, as of {{ note.taken }}"
  when: note.state == 'verified' and not note.stale

- name: Handed back to the leasing company
  outofband.amt.amt_asset_note:
    state: absent
"""

RETURN = r"""
state:
  description:
    - V(verified) is signed with O(signing_key) or one of O(former_keys), and is of this machine. V(unverified) was not compared with any key.
    - V(unsigned), V(forged) and V(damaged) are what they say, V(foreign) is signed and belongs to another machine. V(absent) is none at all.
  returned: success
  type: str
  sample: verified
facts:
  description: The facts of a note that is V(verified) or V(unverified). Empty for any other.
  returned: success
  type: dict
  sample: {owner: Ann Example, room: B-204}
taken:
  description: When they were written, in UTC, by the clock of the controller. Null without a note that can be read.
  returned: success
  type: str
  sample: "2026-12-01T02:00:00Z"
age:
  description: Seconds since then.
  returned: success
  type: int
  sample: 86400
stale:
  description: Whether that is more than O(max_age).
  returned: success
  type: bool
  sample: false
held:
  description: How the note lay in the firmware before the task.
  returned: success
  type: dict
  contains:
    slots:
      description: SHA-256 of what lies in each of the two places.
      type: dict
      sample: {a: 5d41402abc4b2a76b9719d911017c592ae2c0f1f1c4ff6d4bd1c0c8f6a8a5b6e}
    slot:
      description: Which of the two places the note is in. Empty without one.
      type: str
      sample: a
    serial:
      description: How often a note was written on this machine.
      type: int
      sample: 12
    current:
      description: Whether it is signed with O(signing_key).
      type: bool
      sample: true
    used:
      description: Bytes that all files of the web storage take.
      type: int
      sample: 4096
    uuid:
      description: The machine's UUID, as its operating system prints it.
      type: str
      sample: 4c4c4544-0042-4810-8054-b7c04f4d3258
    now:
      description: The controller's time by which the age was judged, in seconds since 1970.
      type: int
      sample: 1796090400
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(Indeterminate), V(NotReached), V(Unavailable),
      V(AccessDenied), V(Fault) or V(InvalidOption).
  returned: failure
  type: str
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: keep fewer facts
details:
  description: Values that belong to the error, such as C(size) and C(room) of a note that does not fit.
  returned: failure
  type: dict
  sample: {size: 200000, room: 196608}
"""
