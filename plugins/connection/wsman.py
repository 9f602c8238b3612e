# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a firmware is and how to log in."""

from __future__ import annotations

DOCUMENTATION = r"""
name: wsman
author: The outofband.amt contributors (!UNKNOWN)
short_description: Talk to Intel AMT firmware over WS-Management
description:
  - Says where the firmware of a host is and how to log in, for the C(amt_*) modules of this collection.
  - Firmware has no shell and no file system, so other modules and fact gathering do not work over this connection.
    Set C(gather_facts) to V(false).
  - A host can have another connection for its operating system. The C(amt_*) modules then use this plugin by themselves,
    and of the variables below only those whose name begins with C(amt_), and C(ansible_host) while C(amt_host) is not set.
  - Of several variables for one option, the last one in the list that is set wins.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.login
options:
  host:
    description:
      - Address or name of the firmware.
      - The certificate is checked against it unless O(fingerprint) is set.
      - It cannot come from the environment, which would give all hosts the same firmware.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: amt_host
  port:
    description:
      - TCP port of the firmware's web server.
      - When V(0), 16993 with TLS and 16992 without.
    type: int
    default: 0
    vars:
      - name: amt_port
    env:
      - name: AMT_PORT
    ini:
      - section: amt
        key: port
  tls:
    description:
      - Whether to use TLS. Without it, everything but the password can be read on the way.
    type: bool
    default: true
    vars:
      - name: amt_tls
    env:
      - name: AMT_TLS
    ini:
      - section: amt
        key: tls
  fingerprint:
    description:
      - SHA-256 of the firmware's own certificate, 64 hexadecimal digits, colons allowed.
      - When set, exactly this certificate is accepted, whoever signed it, whatever its name and date. This is how to trust the
        certificates that firmware makes for itself.
    type: str
    default: ''
    vars:
      - name: amt_fingerprint
    env:
      - name: AMT_FINGERPRINT
    ini:
      - section: amt
        key: fingerprint
  uuid:
    description:
      - UUID of the machine that has to answer, as its operating system prints it (C(dmidecode -s system-uuid), C(amt.system.uuid) of
        M(outofband.amt.amt_info)).
      - When set, it is asked for once on each connection, before anything else. Another machine fails the task with the error
        V(WrongMachine), and nothing is written to it.
      - Addresses move from machine to machine, and without TLS nothing else ties a host to its firmware.
    type: str
    default: ''
    vars:
      - name: amt_uuid
  proxy_command:
    description:
      - Command whose standard input and output are used instead of a TCP connection, such as V(ssh -W %h:%p bastion).
      - V(%h) stands for O(host), V(%p) for O(port), V(%%) for one per cent sign. There is no shell in between.
      - V(ssh -W localhost:16992 host) reaches the firmware from its own operating system, where Intel LMS listens.
    type: str
    default: ''
    vars:
      - name: amt_proxy_command
    env:
      - name: AMT_PROXY_COMMAND
    ini:
      - section: amt
        key: proxy_command
notes:
  - Environment variables and C(ansible.cfg) apply to all hosts of a run.
"""

EXAMPLES = r"""
# fleet.yml: an inventory by hand. The password is in group_vars/amt/vault.yml, as amt_password.
amt:
  hosts:
    pc-01:
      amt_host: 192.0.2.11
    pc-02:
      amt_host: 192.0.2.12
      amt_fingerprint: 3f0a9c1e5b7d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246
    attic:
      amt_host: 192.0.2.13
      amt_legacy_tls: true
  vars:
    ansible_connection: outofband.amt.wsman
    amt_ca_file: /etc/ssl/certs/fleet.pem

---
# A host with an operating system too: modules of others go to ansible_host, amt_* modules to amt_host
workstations:
  hosts:
    ws-01:
      ansible_host: ws-01.example.net
      amt_host: 192.0.2.21

---
# From the machine's own Intel LMS, or through a bastion
branch:
  hosts:
    pc-31:
      amt_host: 192.0.2.31
  vars:
    ansible_connection: outofband.amt.wsman
    amt_proxy_command: ssh -W %h:%p bastion.example.net
"""

from typing import NoReturn

from ansible.errors import AnsibleError
from ansible.plugins.connection import ConnectionBase, ensure_connect

NO_SHELL = (
    "firmware has no shell and no files: over the connection outofband.amt.wsman only the amt_* modules work. "
    "Set gather_facts: false in the play, and give the host another ansible_connection to reach its operating system."
)
NO_WAITING = (
    "wait_for_connection ends by running a module on the host, and firmware runs none. To wait until the firmware answers, "
    "run outofband.amt.amt_info with until, retries and delay; to wait for the operating system, give the host another "
    "ansible_connection."
)


class Connection(ConnectionBase):
    """Carries no commands: its options are what it is for, and `plugin_utils/host_endpoint.py` reads them.

    Ansible loads it anew for every task of a host, in a process of its own. So it imports nothing of the core.
    """

    transport = "outofband.amt.wsman"
    has_pipelining = False

    @property
    def transport_test(self) -> NoReturn:
        """What ansible.builtin.wait_for_connection looks for before it begins to wait, which would be for ever."""
        raise AnsibleError(NO_WAITING)

    def _connect(self) -> Connection:
        self._connected = True
        return self

    @ensure_connect
    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> NoReturn:
        raise AnsibleError(NO_SHELL)

    @ensure_connect
    def put_file(self, in_path: str, out_path: str) -> NoReturn:
        raise AnsibleError(NO_SHELL)

    @ensure_connect
    def fetch_file(self, in_path: str, out_path: str) -> NoReturn:
        raise AnsibleError(NO_SHELL)

    def reset(self) -> None:
        """Nothing to do: no connection outlives a task."""

    def close(self) -> None:
        self._connected = False
