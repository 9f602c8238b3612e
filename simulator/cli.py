# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The command line: `python -m simulator serve fleet.yml`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional, TextIO

from .clock import ManualClock, SystemClock
from .control import ControlServer
from .device import Description
from .faults import MATCHING, TABLE, FaultKind
from .fleet import FleetError, load_fleet, quick_fleet
from .journal import Journal
from .listening import CannotListen
from .mei.faults import MATCHING as MEI_MATCHING
from .mei.faults import TABLE as MEI_TABLE
from .server import Ports
from .simulation import Simulation

COMMANDS = ("serve", "list", "faults")

EPILOG = """examples:
  python -m simulator fleet.yml --journal -
  python -m simulator --devices 24 --port 26992 --tls-port 26993 --rmcp-port 0
  python -m simulator list fleet.yml
  python -m simulator faults"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Simulates Intel AMT devices on loopback addresses: WS-Man over HTTP and TLS, and presence pings.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    add_serve(commands.add_parser("serve", help="serve a fleet until SIGTERM or SIGINT (the default command)"))
    add_fleet(commands.add_parser("list", help="list the devices of a fleet, as JSON lines, without serving it"))
    commands.add_parser("faults", help="list the faults that can be scripted")
    return made


def add_fleet(command: argparse.ArgumentParser) -> None:
    command.add_argument("fleet", nargs="?", type=Path, help="YAML file that describes the devices")
    command.add_argument("--devices", type=int, metavar="N", help="N devices of every generation instead of a file")


def add_serve(command: argparse.ArgumentParser) -> None:
    add_fleet(command)
    command.add_argument("--port", type=int, default=16992, help="plain HTTP port; 0 for none (default %(default)s)")
    command.add_argument("--tls-port", type=int, default=16993, help="HTTPS port; 0 for none (default %(default)s)")
    command.add_argument(
        "--rmcp-port", type=int, default=623, help="UDP port of presence pings; 0 for none (default %(default)s)"
    )
    command.add_argument("--journal", metavar="FILE", help="write a JSON line per request; - for standard output")
    command.add_argument("--state", type=Path, metavar="DIR", help="keep certificates and keys here between runs")
    command.add_argument("--ca-out", type=Path, metavar="FILE", help="copy the authority's certificate here")
    command.add_argument("--ready-file", type=Path, metavar="FILE", help="made once the fleet serves, gone afterwards")
    command.add_argument("--control", metavar="127.0.0.1:PORT", help="serve the JSON control interface there")
    command.add_argument(
        "--clock", choices=("system", "manual"), default="system", help="manual: only control moves it"
    )
    command.add_argument("--mei", type=Path, metavar="DIR", help="a socket NAME.mei per device there, for guests' MEI")
    command.add_argument("--keytab", type=Path, metavar="FILE", help="accept Kerberos tickets for its services")
    command.add_argument(
        "--sockets-each", action="store_true", help="a socket per device, so that a device can refuse connections"
    )


def main(arguments: Optional[list[str]] = None) -> int:
    """Run a command; the exit status is 0, or 2 for what the user has to change."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] not in (*COMMANDS, "-h", "--help"):
        given = ["serve", *given]
    options = parser().parse_args(given)
    try:
        if options.command == "faults":
            return list_faults()
        fleet = chosen_fleet(options)
        if options.command == "list":
            return list_fleet(fleet)
        return asyncio.run(serve(options, fleet))
    except (FleetError, CannotListen) as error:
        print("simulator: {0}".format(error.strerror if isinstance(error, OSError) else error), file=sys.stderr)
        return 2


def chosen_fleet(options: argparse.Namespace) -> list[Description]:
    if (options.fleet is None) == (options.devices is None):
        raise FleetError("give either a fleet file or --devices N")
    return load_fleet(options.fleet) if options.fleet else quick_fleet(options.devices)


def list_faults() -> int:
    print_faults(TABLE)
    print("\nEvery fault also takes {0}. Those of the host's side (MEI):\n".format(", ".join(MATCHING)))
    print_faults(MEI_TABLE)
    print("\nEach of these also takes {0}.".format(", ".join(MEI_MATCHING)))
    return 0


def print_faults(table: tuple[FaultKind, ...]) -> None:
    for kind in table:
        settings = ", ".join("{0}={1}".format(*pair) for pair in kind.parameters.items())
        print("{0:19} {1}{2}".format(kind.name, kind.description, " (" + settings + ")" if settings else ""))


def list_fleet(fleet: list[Description]) -> int:
    for description in fleet:
        print(json.dumps(summary(description)))
    return 0


def summary(description: Description) -> dict[str, Any]:
    """What is no secret."""
    shown = {"name": description.name, "address": description.address, "generation": description.generation}
    shown.update({key: description.settings[key] for key in ("version", "power", "tls") if key in description.settings})
    if description.faults:
        shown["faults"] = [fault["fault"] for fault in description.faults]
    return shown


async def serve(options: argparse.Namespace, fleet: list[Description]) -> int:
    raise_file_limit()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    with opened_journal(options.journal) as stream:
        simulation = built(options, fleet, Journal(stream=stream))
        await simulation.start()
        control = ControlServer(simulation, options.control) if options.control else None
        try:
            if control:
                await control.start()
            announce(options, simulation)
            await done.wait()
        finally:
            if options.ready_file:
                options.ready_file.unlink(missing_ok=True)
            if control:
                await control.stop()
            await simulation.stop()
    return 0


def built(options: argparse.Namespace, fleet: list[Description], journal: Journal) -> Simulation:
    return Simulation(
        fleet,
        clock=ManualClock() if options.clock == "manual" else SystemClock(),
        ports=Ports(options.port, options.tls_port, options.rmcp_port),
        journal=journal,
        state=options.state,
        sockets_each=options.sockets_each,
        keytab=options.keytab,
        mei=options.mei,
    )


def announce(options: argparse.Namespace, simulation: Simulation) -> None:
    if options.ca_out:
        shutil.copyfile(simulation.ca_file, options.ca_out)
    first, last = simulation.devices[0], simulation.devices[-1]
    print(
        "{0} devices from {1} to {2}: HTTP {3}, TLS {4}, presence {5}; CA certificate {6}".format(
            len(simulation.devices),
            first.address,
            last.address,
            *(port or "off" for port in (options.port, options.tls_port, options.rmcp_port)),
            options.ca_out or simulation.ca_file,
        ),
        file=sys.stderr,
        flush=True,
    )
    if options.ready_file:
        options.ready_file.write_text("{0}\n".format(os.getpid()), encoding="ascii")


@contextlib.contextmanager
def opened_journal(name: Optional[str]) -> Iterator[Optional[TextIO]]:
    if name is None or name == "-":
        yield sys.stdout if name else None
        return
    with Path(name).open("a", encoding="utf-8") as stream:
        yield stream


def raise_file_limit() -> None:
    """A connection costs a descriptor; take as many as the system lets this user have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
