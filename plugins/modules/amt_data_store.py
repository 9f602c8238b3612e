# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_data_store
author: The outofband.amt contributors (!UNKNOWN)
short_description: The third-party data store of Intel AMT firmware up to AMT 11
description:
  - Keeps the enterprises that may have applications in the store, what is set aside for applications, and blocks of data of one of them. What is not
    given stays as it is, and is told.
  - Firmware from AMT 12 on has no such store, which is said with V(Unavailable) and C(lacks) in RV(details). M(outofband.amt.amt_storage) is what came after.
  - It needs a log-in with the realm V(storage_admin), and for O(blocks) V(storage) too.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  enterprises:
    description: Names of enterprises, of at most 64 characters. Firmware has room for 4.
    type: list
    elements: str
  allocations:
    description: What is set aside for applications (partners). Others share an area of their own.
    type: list
    elements: dict
    suboptions:
      vendor:
        description: Vendor of the application, of at most 64 characters.
        type: str
        required: true
      application:
        description: Its name, of at most 64 characters.
        type: str
        required: true
      size:
        description: Bytes that are set aside, a multiple of 4096. It may shrink to what is in use, and no further.
        type: int
      state:
        description: V(absent) takes this one away, which firmware refuses while the application is registered.
        type: str
        choices: [present, absent]
        default: present
  application:
    description: Who O(blocks) belong to. It is registered when it gets its first block.
    type: dict
    suboptions:
      vendor:
        description: Vendor.
        type: str
        required: true
      name:
        description: Name.
        type: str
        required: true
      enterprise:
        description: The enterprise, which has to be on the device.
        type: str
        required: true
      uuid:
        description: A UUID of your own for this program, always the same one. The firmware tells instances of an application apart by it.
        type: str
        required: true
      state:
        description: V(absent) removes the application, its blocks included.
        type: str
        choices: [present, absent]
        default: present
  blocks:
    description: Blocks of O(application), by name.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name, of at most 32 characters. Of several blocks with one name the first counts, and a writing run removes the others.
        type: str
        required: true
      content:
        description:
          - Content, as text, stored in UTF-8 and filled up with zeros to a multiple of 4096 bytes. Without it the block is told as it is.
          - Only what differs is written, under a lock. A block that gets another size is made anew.
        type: str
      hidden:
        description: Whether other applications do not see that there is such a block. V(false) for a new one.
        type: bool
      state:
        description: V(absent) removes this one block.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description: Whether what is not listed is removed, of each of the lists that are given.
    type: bool
    default: false
notes:
  - A program that registers with the same names while a task is at work takes its session away. The task then begins again, up to six times.
  - Groups of permissions on blocks are left to M(outofband.amt.amt_wsman).
  - No firmware that has the store was at hand. What it answers is taken from an older public copy of Intel's schema and from the vendor's guide.
seealso:
  - module: outofband.amt.amt_storage
"""

EXAMPLES = r"""
- name: 16 kB for the inventory program, and what it is to find there
  outofband.amt.amt_data_store:
    enterprises: [Example]
    allocations:
      - vendor: Acme
        application: Inventory
        size: 16384
    application:
      vendor: Acme
      name: Inventory
      enterprise: Example
      uuid: 4c4c4544-0042-4810-8054-b7c04f4d3258
    blocks:
      - name: facts
        content: "owner: Ann Example"

- name: Who keeps what in the store
  outofband.amt.amt_data_store:
  register: store

- name: The program is retired
  outofband.amt.amt_data_store:
    application:
      vendor: Acme
      name: Inventory
      enterprise: Example
      uuid: 4c4c4544-0042-4810-8054-b7c04f4d3258
      state: absent
    allocations:
      - vendor: Acme
        application: Inventory
        state: absent
"""

RETURN = r"""
enterprises:
  description: Names of the enterprises.
  returned: success
  type: list
  elements: str
  sample: [Example]
allocations:
  description: What is set aside, by C(vendor), C(application) and C(size) in bytes.
  returned: success
  type: list
  elements: dict
  sample: [{vendor: Acme, application: Inventory, size: 16384}]
blocks:
  description:
    - Blocks of O(application) by C(name), with C(size) in bytes and C(hidden). Those that the task lists also have C(sha256) of all of their bytes, and
      C(content) as text without the zeros at its end.
    - Empty where the task does not ask for blocks, or the application is not registered.
  returned: success
  type: list
  elements: dict
  sample: [{name: facts, size: 4096, hidden: false, content: "owner: Ann Example"}]
applications:
  description: All applications that were registered before the task, by C(vendor), C(name), C(enterprise), C(uuid) and C(size) of their blocks.
  returned: success
  type: list
  elements: dict
  sample: [{vendor: Acme, name: Inventory, enterprise: Example, uuid: 4c4c4544004248108054b7c04f4d3258, size: 4096}]
total:
  description: Bytes of the whole store.
  returned: success
  type: int
  sample: 196608
allocated:
  description: Bytes that blocks took before the task.
  returned: success
  type: int
  sample: 4096
room:
  description: Bytes that can be set aside for applications, those that are included.
  returned: success
  type: int
  sample: 147456
writes_left:
  description: Writes until the firmware spares its flash, where the task lists blocks. Null otherwise.
  returned: success
  type: int
  sample: 1000
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
  sample: set less aside
details:
  description: Values that belong to the error, such as C(lacks) where this firmware has no store.
  returned: failure
  type: dict
  sample: {lacks: third-party data store}
"""
