# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_storage
author: The outofband.amt contributors (!UNKNOWN)
short_description: Files in the web storage of Intel AMT firmware
description:
  - Keeps files in the memory of the firmware, which serves them at C(/amt-storage/) on its own ports, also while the machine is off. Without O(files)
    it only tells which there are, and what there is room for.
  - A file is written when its content, O(files[].type), O(files[].compression) or O(files[].link) is another one, and not otherwise, since each write
    wears the flash. Contents are compared by digest, so that the same content is the same file however it was compressed.
  - AMT 11.6 and later have it. What is read or written of it needs a log-in with the realm V(storage) or V(administration).
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  files:
    description: The files. Others stay as they are.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the file, 1 to 11 letters, digits, dots, hyphens and underscores.
          - V(index.htm) and V(logon.htm) without O(files[].vendor) and O(files[].app) are shown in the place of the firmware's own pages.
        type: str
        required: true
      vendor:
        description: First part of the place, as long as a name. Firmware keeps C(Intel) for itself.
        type: str
      app:
        description: Second part of the place, as long as a name. The file is then at C(/amt-storage/<vendor>/<app>/<name>).
        type: str
      state:
        description: V(absent) removes this one file, and the folders that it leaves empty. Others go with O(purge).
        type: str
        choices: [present, absent]
        default: present
      src:
        description:
          - Path of the file on the controller, looked for as that of M(ansible.builtin.copy) is.
          - Give either this or O(files[].content). At most 16 MiB before it is compressed.
        type: str
      content:
        description: The content itself, as text, stored in UTF-8.
        type: str
      type:
        description:
          - Media type that a browser is told, such as V(text/html), without parameters.
          - By default the one of the ending of O(files[].name), and V(application/octet-stream) for an ending that is not known.
        type: str
      compression:
        description:
          - V(gzip) stores the file compressed, and has the firmware tell browsers so, which unpack it. What is compressed by gzip already is stored as it is.
          - V(none) stores it as it is.
        type: str
        choices: [gzip, none]
        default: gzip
      link:
        description:
          - Text of the link to the file that the firmware's web interface shows, by default none. At most 32 letters, digits, blanks, dots, commas, hyphens
            and the like. What would have to be escaped in a page or in JSON is refused.
          - Firmware with AMT 16.1.33 and later has no web interface, and offers its files as downloads.
        type: str
  purge:
    description: Whether files that are not listed are removed, whoever put them there. It needs O(files), which may be empty.
    type: bool
    default: false
  capacity:
    description:
      - How many bytes this firmware has room for. It does not tell that itself. The vendor's guide speaks of about 200 kB.
      - More than there is room for is refused before anything is written, with the files and their sizes.
    type: int
    default: 196608
notes:
  - A file of more than 7000 bytes is written in several requests, and there is no way to replace one in a single act. While that goes on, and after a run
    that was cut off, the file is incomplete. The next run sees that by its digest and writes it anew.
  - Whoever can log in to the firmware can read every file. Keep no secrets in it.
seealso:
  - module: outofband.amt.amt_redirection
  - module: outofband.amt.amt_users
"""

EXAMPLES = r"""
- name: Whom to call, on the web interface of every machine
  outofband.amt.amt_storage:
    files:
      - vendor: Example
        app: HelpDesk
        name: contact.htm
        content: "<h1>Call 4711</h1><p>This is {{ inventory_hostname }}.</p>"
        link: Help desk

- name: A console of your own in the place of the firmware's pages, compressed already
  outofband.amt.amt_storage:
    files:
      - name: index.htm
        src: console.htm.gz
        type: text/html

- name: Which files there are, and what there is room for
  outofband.amt.amt_storage:
  register: storage

- name: Nothing is kept any more
  outofband.amt.amt_storage:
    files: []
    purge: true
"""

RETURN = r"""
files:
  description: Every file, after the task or, in check mode, as it would be.
  returned: success
  type: list
  elements: dict
  contains:
    vendor:
      description: First part of the place. Empty at the top.
      type: str
      sample: Example
    app:
      description: Second part of the place. Empty at the top.
      type: str
      sample: HelpDesk
    name:
      description: Name of the file.
      type: str
      sample: contact.htm
    size:
      description: Bytes that it takes, compressed if it is.
      type: int
      sample: 54
    link:
      description: Text of the link on the web interface. Empty where there is none.
      type: str
      sample: Help desk
    type:
      description: Media type that a browser is told. Of files that the task lists.
      type: str
      sample: text/html
    compression:
      description: V(gzip), V(none), or what else browsers are told. Of files that the task lists.
      type: str
      sample: gzip
    sha256:
      description: SHA-256 of the content, uncompressed. Empty where it cannot be unpacked. Of files that the task lists.
      type: str
      sample: 5d41402abc4b2a76b9719d911017c592ae2c0f1f1c4ff6d4bd1c0c8f6a8a5b6e
used:
  description: Bytes that all files take together.
  returned: success
  type: int
  sample: 54
room:
  description: Bytes that are left of O(capacity).
  returned: success
  type: int
  sample: 196554
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
  sample: store less, or remove other files
details:
  description: Values that belong to the error, such as C(files) with their sizes and C(room) where they do not fit.
  returned: failure
  type: dict
  sample: {room: 1024, files: {Example/HelpDesk/contact.htm: 4096}}
"""
