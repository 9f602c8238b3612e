# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What machines that are off or hung add to a fleet, with the time-outs that come by default."""

from __future__ import annotations

import contextlib
import socket
import statistics
import threading
from collections.abc import Iterator

from tests.bench.ansible_cost import ENVIRONMENT, FORKS
from tests.bench.figures import BIN, PLAIN, SCRATCH, Figure, Run, run, simulated

HOSTS = 300
DEAD = HOSTS // 10
PAIRS = 2
DISCOVER = "outofband.amt.discover"
FEW, FEW_DEAD, FEW_FORKS = 40, 4, 5
ONE_TASK = """\
- hosts: amt
  gather_facts: false
  ignore_unreachable: true
  tasks:
    - outofband.amt.amt_power: {state: "on"}
"""


def measure() -> Iterator[Figure]:
    """Each pair in turn: the same number of hosts, all of them healthy, and a tenth of them dead or hung."""
    with simulated(HOSTS, sockets_each=True, generation=15, tls="false"), silent(DEAD):
        pairs = [
            (play(DISCOVER, range(HOSTS)), play(DISCOVER, range(DEAD, HOSTS), range(DEAD))) for _pair in range(PAIRS)
        ]
    name = "discover, {0} hosts, {1} forks: ".format(HOSTS, FORKS)
    yield Figure(name + "wall, all healthy", statistics.median(healthy.wall for healthy, _dead in pairs), "s")
    yield Figure(name + "wall, a tenth dead or hung", statistics.median(dead.wall for _healthy, dead in pairs), "s")
    ratio = statistics.median(dead.wall / healthy.wall for healthy, dead in pairs)
    yield Figure(name + "wall with a tenth dead or hung / without", ratio, "x", 1.5)
    yield from few_forks()


def few_forks() -> Iterator[Figure]:
    """With the forks that Ansible has by default, hosts that take connections and say nothing. Each is given
    `amt_connect_timeout`, whatever the others take: the less there is to do with those, the higher is the ratio."""
    book = SCRATCH / "one_task.yml"
    book.write_text(ONE_TASK)
    with simulated(FEW, sockets_each=True, generation=15, tls="false"), silent(FEW_DEAD, kinds=(HUNG,)):
        for name, playbook in (("discover", DISCOVER), ("amt_power", str(book))):
            pairs = [
                (
                    play(playbook, range(FEW), forks=FEW_FORKS),
                    play(playbook, range(FEW_DEAD, FEW), range(FEW_DEAD), FEW_FORKS),
                )
                for _pair in range(PAIRS)
            ]
            setting = "{0}, {1} hosts, {2} forks: ".format(name, FEW, FEW_FORKS)
            more = statistics.median(hung.wall - healthy.wall for healthy, hung in pairs)
            ratio = statistics.median(hung.wall / healthy.wall for healthy, hung in pairs)
            yield Figure(setting + "wall that four hung ones add", more, "s")
            yield Figure(setting + "wall with four hung ones / without", ratio, "x", 1.5)


def play(playbook: str, healthy: range, dead: range = range(0), forks: int = FORKS) -> Run:
    """The dead come first, where they hold up the most."""
    (SCRATCH / "ansible.cfg").write_text("[defaults]\n")
    addresses = [place(2, number) for number in dead] + [place(1, number) for number in healthy]
    variables = {"ansible_connection": "outofband.amt.wsman", "amt_port": PLAIN, "amt_tls": "false"}
    lines = "".join("    {0}: {1}\n".format(*pair) for pair in (*variables.items(), ("amt_password", "P@ssw0rd")))
    hosts = "".join("    {0}:\n".format(address) for address in addresses)
    (SCRATCH / "fleet_hosts.yml").write_text("amt:\n  vars:\n{0}  hosts:\n{1}".format(lines, hosts))
    command = [str(BIN / "ansible-playbook"), "-i", str(SCRATCH / "fleet_hosts.yml"), playbook]
    return run(command, {**ENVIRONMENT, "ANSIBLE_FORKS": str(forks)})


def place(network: int, number: int) -> str:
    return "127.{0}.{1}.{2}".format(network, *divmod(number + 1, 256))


CHALLENGE = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="Digest:00000000000000000000000000000000", '
    b'nonce="0123456789abcdef", stale="false", qop="auth"\r\nContent-Length: 0\r\n\r\n'
)


OFF, HUNG, ASKS = range(3)


@contextlib.contextmanager
def silent(count: int, kinds: tuple[int, ...] = (OFF, HUNG, ASKS)) -> Iterator[None]:
    """Of each kind as many. OFF: with a full queue nothing comes back at all. HUNG: the kernel takes connections, and
    nobody says a word. ASKS: for a log-in, and then nothing more."""
    with contextlib.ExitStack() as open_things:
        for number in range(count):
            kind = kinds[number % len(kinds)]
            listener = open_things.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((place(2, number), PLAIN))
            listener.listen(0 if kind == OFF else 16)
            if kind == ASKS:
                threading.Thread(target=challenge, args=(listener,), daemon=True).start()
            for _filler in range(3 if kind == OFF else 0):
                filler = open_things.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
        yield


def challenge(listener: socket.socket) -> None:
    """Every connection is kept, and hears from us once."""
    kept = []
    with contextlib.suppress(OSError):
        while True:
            kept.append(listener.accept()[0])
            kept[-1].recv(65536)
            kept[-1].sendall(CHALLENGE)
