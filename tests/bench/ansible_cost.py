# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task with nothing to do costs, beside Ansible's own cheapest task on the same hosts.

The two are measured in turn, and the ratio is the median of the pairs': a machine that changes its speed serves both.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import BIN, PLAIN, ROOT, SCRATCH, TLS, Figure, Run, run, simulated

HOSTS, FORKS = 500, 50
ENVIRONMENT = {
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
    "ANSIBLE_HOME": str(SCRATCH / "ansible"),
    "ANSIBLE_CONFIG": str(SCRATCH / "ansible.cfg"),
    "ANSIBLE_FORKS": str(FORKS),
    "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
    "ANSIBLE_DISPLAY_OK_HOSTS": "false",
    "LC_ALL": "C.UTF-8",
}
PLAYBOOK = """\
- hosts: all
  gather_facts: false
  tasks:
    - {0}
"""
TASKS = {"debug": "ansible.builtin.debug: {msg: nothing}", "power": 'outofband.amt.amt_power: {state: "on"}'}


def measure() -> Iterator[Figure]:
    inventory = SCRATCH / "hosts.yml"
    Path(ENVIRONMENT["ANSIBLE_CONFIG"]).write_text("[defaults]\n")
    for name, task in TASKS.items():
        (SCRATCH / (name + ".yml")).write_text(PLAYBOOK.format(task))
    hosts = "".join("    127.1.{0}.{1}:\n".format(*divmod(number, 256)) for number in range(1, HOSTS + 1))
    for scheme, port, times in (("plain HTTP", PLAIN, 3), ("TLS", TLS, 1)):
        tls = port == TLS
        variables = {"ansible_connection": "outofband.amt.wsman", "amt_port": port, "amt_password": "P@ssw0rd"}
        variables.update(amt_tls=str(tls).lower(), amt_ca_file=SCRATCH / "ca.pem" if tls else "''")
        lines = "".join("    {0}: {1}\n".format(*pair) for pair in variables.items())
        inventory.write_text("all:\n  vars:\n{0}  hosts:\n{1}".format(lines, hosts))
        with simulated(HOSTS, generation=15, tls=str(tls).lower()):
            play("power")
            pairs = [(play("power"), play("debug")) for _pair in range(times)]
        setting = "{0}, {1} devices, {2} forks: ".format(scheme, HOSTS, FORKS)
        for index, name in enumerate(("amt_power, nothing to do", "debug")):
            wall = statistics.median(pair[index].wall for pair in pairs)
            yield Figure("{0}, {1}wall per device".format(name, setting), wall * 1000 / HOSTS, "ms")
        ratio = statistics.median(power.wall / debug.wall for power, debug in pairs)
        yield Figure("amt_power, nothing to do, {0}wall / debug's".format(setting), ratio, "x", None if tls else 1.5)


def play(name: str) -> Run:
    command = [str(BIN / "ansible-playbook"), "-i", str(SCRATCH / "hosts.yml"), str(SCRATCH / (name + ".yml"))]
    return run(command, ENVIRONMENT)
