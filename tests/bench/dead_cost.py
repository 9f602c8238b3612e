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


def measure() -> Iterator[Figure]:
    """Each pair in turn: the same number of hosts, all of them healthy, and a tenth of them dead or hung."""
    with simulated(HOSTS, sockets_each=True, generation=15, tls="false"), silent(DEAD):
        pairs = [(discover(range(HOSTS)), discover(range(DEAD, HOSTS), range(DEAD))) for _pair in range(PAIRS)]
    name = "discover, {0} hosts, {1} forks: ".format(HOSTS, FORKS)
    yield Figure(name + "wall, all healthy", statistics.median(healthy.wall for healthy, _dead in pairs), "s")
    yield Figure(name + "wall, a tenth dead or hung", statistics.median(dead.wall for _healthy, dead in pairs), "s")
    ratio = statistics.median(dead.wall / healthy.wall for healthy, dead in pairs)
    yield Figure(name + "wall with a tenth dead or hung / without", ratio, "x", 1.5)


def discover(healthy: range, dead: range = range(0)) -> Run:
    """The dead come first, where they hold up the most."""
    (SCRATCH / "ansible.cfg").write_text("[defaults]\n")
    addresses = [place(2, number) for number in dead] + [place(1, number) for number in healthy]
    variables = {"ansible_connection": "outofband.amt.wsman", "amt_port": PLAIN, "amt_tls": "false"}
    lines = "".join("    {0}: {1}\n".format(*pair) for pair in (*variables.items(), ("amt_password", "P@ssw0rd")))
    hosts = "".join("    {0}:\n".format(address) for address in addresses)
    (SCRATCH / "fleet_hosts.yml").write_text("amt:\n  vars:\n{0}  hosts:\n{1}".format(lines, hosts))
    command = [str(BIN / "ansible-playbook"), "-i", str(SCRATCH / "fleet_hosts.yml"), "outofband.amt.discover"]
    return run(command, ENVIRONMENT)


def place(network: int, number: int) -> str:
    return "127.{0}.{1}.{2}".format(network, *divmod(number + 1, 256))


CHALLENGE = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="Digest:00000000000000000000000000000000", '
    b'nonce="0123456789abcdef", stale="false", qop="auth"\r\nContent-Length: 0\r\n\r\n'
)


@contextlib.contextmanager
def silent(count: int) -> Iterator[None]:
    """A third of them off: with a full queue nothing comes back at all. A third hung: the kernel takes connections, and
    nobody says a word. A third of them ask for a log-in, and then say nothing more."""
    with contextlib.ExitStack() as open_things:
        for number in range(count):
            listener = open_things.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((place(2, number), PLAIN))
            listener.listen(16 if number % 3 else 0)
            if number % 3 == 2:
                threading.Thread(target=challenge, args=(listener,), daemon=True).start()
            for _filler in range(0 if number % 3 else 3):
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
