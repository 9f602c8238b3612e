# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host, the network it is on, and between them the filters of a simulated AMT.

    host 192.0.2.10 --tap-- filters of the simulator --tap-- bridge --veth-- dns          192.0.2.53  dnsmasq
         2001:db8::10                                               --veth-- remediation  192.0.2.80  HTTP
                                                                    --veth-- elsewhere    192.0.2.90  HTTP

All addresses are of documentation prefixes and exist in these namespaces alone.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.clock import SystemClock
from simulator.pytest_plugin import fleet, simulator_state
from simulator.simulation import DeviceHandle, RunningSimulation

from .console import Console
from .places import Place, wait_for
from .wire import Wire

__all__ = ["fleet", "simulator_state"]

HOST, DNS, REMEDIATION, ELSEWHERE = 10, 53, 80, 90
HOST_MAC = "00:00:5e:00:53:0a"
PROGRAMS = {
    "ip": "iproute2",
    "ping": "iputils-ping",
    "curl": "curl",
    "dig": "bind9-dnsutils",
    "dnsmasq": "dnsmasq-base",
    "unshare": "util-linux",
    "sysctl": "procps",
}


def v4(number: int) -> str:
    return "192.0.2.{0}".format(number)


def v6(number: int) -> str:
    return "2001:db8::{0}".format(number)


def addresses(number: int) -> list[str]:
    return [v4(number) + "/24", v6(number) + "/64"]


@pytest.fixture(scope="session", autouse=True)
def able() -> None:
    """Skips with the reason where namespaces cannot be had."""
    lacking = sorted({package for program, package in PROGRAMS.items() if not shutil.which(program)})
    if os.geteuid() != 0:
        pytest.skip("network namespaces and tap devices need root")
    if lacking:
        pytest.skip("needs Debian packages: apt-get install " + " ".join(lacking))
    if not Path("/dev/net/tun").exists():
        pytest.skip("there is no /dev/net/tun here")
    made = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip("root may not make network namespaces here: " + made.stderr.strip())


@pytest.fixture(scope="session")
def places(able, tmp_path_factory):
    """The namespaces by name, cabled and with their servers running; the host's tap hangs in the air."""
    made = {name: Place() for name in ("lan", "dns", "remediation", "elsewhere", "host")}
    try:
        furnish(made, tmp_path_factory.mktemp("servers"))
        yield made
    finally:
        for place in made.values():
            place.close()


def furnish(made: dict[str, Place], folder: Path) -> None:
    lan = made["lan"]
    lan.run("ip", "link", "add", "bridge", "type", "bridge")
    lan.run("ip", "link", "set", "bridge", "up")
    for name, number in (("dns", DNS), ("remediation", REMEDIATION), ("elsewhere", ELSEWHERE)):
        peer = str(made[name].holder.pid)
        lan.run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", peer)
        lan.run("ip", "link", "set", name, "master", "bridge", "up")
        made[name].address("eth0", *addresses(number))
        serve(made[name], name, folder)
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver {0}\noptions timeout:3 attempts:5\n".format(v4(DNS)))
    made["host"].run("mount", "--bind", str(resolver), "/etc/resolv.conf")


def serve(place: Place, name: str, folder: Path) -> None:
    if name == "dns":
        names = [
            "--address=/{0}.example/{1}".format(server, address(number))
            for server, number in (("remediation", REMEDIATION), ("elsewhere", ELSEWHERE))
            for address in (v4, v6)
        ]
        place.start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                    "--user=root", "--pid-file=", "--port=53", *names)  # fmt: skip
        wait_for(lambda: place.succeeds("dig", "+time=1", "+tries=1", "@127.0.0.1", "remediation.example"), "dnsmasq")
        return
    page = folder / name
    page.mkdir()
    place.serve_page("this is " + name, page)


@dataclass
class Scene:
    """`console` manages the device, `wire` saw the frames.

    `fetches` and `pings` are for what is not to be: they wait only so long. For what is to be: `gets` and `reaches`.
    """

    host: Place
    elsewhere: Place
    console: Console
    running: RunningSimulation
    device: DeviceHandle
    clock: SystemClock
    wire: Wire

    def fetches(self, url: str, *options: str, seconds: int = 4) -> str:
        """What curl gets on the host, or nothing."""
        command = ("curl", "--silent", "--max-time", str(seconds), *options, url)
        return (self.host.answer(*command) or "").strip()

    def gets(self, url: str, *options: str) -> str:
        return self.fetches(url, *options, seconds=60)

    def pings(self, address: str, place: Place | None = None) -> bool:
        return (place or self.host).succeeds("ping", "-n", "-c", "1", "-W", "2", address)

    def reaches(self, address: str) -> bool:
        """By one of many pings."""
        return self.host.succeeds("ping", "-n", "-c", "1", "-w", "60", address)

    def resolves(self, name: str, kind: str, server: str) -> list[str]:
        command = ("dig", "+short", "+time=10", "+tries=3", "@" + server, name, kind)
        return (self.host.answer(*command) or "").split()


@pytest.fixture
def scene(places, fleet):
    """A host behind a simulated AMT that filters nothing yet."""
    clock = SystemClock()
    running = fleet([{"name": "pc", "generation": 12, "tls": False}], clock=clock)
    device = running.device("pc")
    own = {ipaddress.ip_address(address(HOST)).packed for address in (v4, v6)}
    device.call(lambda firmware: firmware.defense.ports[0].own_addresses.update(own))
    host, lan = places["host"], places["lan"]
    ends = host.tap("eth0"), lan.tap("cable")
    lan.run("ip", "link", "set", "cable", "master", "bridge", "up")
    host.run("ip", "link", "set", "eth0", "address", HOST_MAC)
    host.address("eth0", *addresses(HOST))
    wire = Wire(*ends, lambda way, frame: device.call(lambda firmware: firmware.filter_packet(0, way, frame)).passes)
    url = "http://{0}:{1}/wsman".format(device.address, running.ports.plain)
    try:
        yield Scene(host, places["elsewhere"], Console(url, device.password), running, device, clock, wire)
    finally:
        wire.stop()
