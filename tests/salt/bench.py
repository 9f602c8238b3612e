# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many devices cost one minion with resources, one deltaproxy, one salt-proxy and the runner of the master.

`nox -s salt-bench`, with names of parts to limit it: resources, deltaproxy, runner, proxy, hung, registration; `--sizes
10,50` for others than 50 and 250. `hung` is 50 resources of which 5 hang, beside the same 50 when none does. Memory is
the proportional share (PSS) of all processes of the daemon, so that shared pages count once.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import salt.cache
import salt.client
import salt.config
import salt.loader
import salt.loader.context
import salt.version
import yaml
from salt.exceptions import SaltClientError

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

import conftest  # noqa: E402, F401  that of the root: the checkout as a collection
from simulator.pytest_plugin import free_ports  # noqa: E402  the root comes first
from tests.bench.figures import PLAIN, SCRATCH, Figure, simulated  # noqa: E402
from tests.salt.conftest import minion_opts  # noqa: E402

PATIENCE = 1800
#: Processes of a minion at a time. Without a limit, Salt 3008.3 loses answers where hundreds return at the same moment.
AT_ONCE = 20
WORK = {"it is on": {"amt.powered": [{"power": "on"}, {"wait": False}]}}
GENERAL = [{"class_name": "AMT_GeneralSettings"}, {"properties": {"PingResponseEnabled": True}}]
PINGING = {"it answers pings": {"amt.properties_set": GENERAL}}


def address(number: int) -> str:
    return "127.1.{0}.{1}".format(*divmod(number + 1, 256))


def devices(size: int) -> dict[str, dict[str, str]]:
    return {f"pc-{number:04}": {"host": address(number)} for number in range(size)}


DEFAULTS = {"tls": False, "port": PLAIN, "password": "P@ssw0rd"}


@dataclass
class Place:
    """A master and what belongs to it, in a folder of its own. Everything that was started ends with it."""

    root: Path
    started: list[psutil.Popen] = field(default_factory=list)

    def begin(self, described: dict[str, Any], **settings: Any) -> None:
        ports = free_ports("127.0.0.1")
        common = {"interface": "127.0.0.1", "open_mode": True, "timeout": PATIENCE, "gather_job_timeout": 30}
        tree = {name: {"base": [str(self.root / name)]} for name in ("file_roots", "pillar_roots")}
        common.update(tree, publish_port=ports.plain, ret_port=ports.tls, worker_threads=4, log_level="error")
        self.configure("master", {**common, "amt": {"defaults": DEFAULTS, "devices": described}, **settings})
        self.write("file_roots/work.sls", {**WORK, **PINGING})
        self.ret_port = ports.tls
        self.start("salt_master", "master")
        until((self.root / "master/var/run/salt/master/publish_pull.ipc").exists)

    def configure(self, name: str, settings: dict[str, Any]) -> None:
        (self.root / name).mkdir(exist_ok=True)
        self.write(f"{name}/{name.split('-')[0]}", {"root_dir": str(self.root / name), "user": "root", **settings})

    def write(self, name: str, values: Any) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(yaml.safe_dump(values, sort_keys=False))

    def start(self, program: str, name: str, *words: str) -> psutil.Popen:
        code = f"from salt.scripts import {program}; {program}()"
        log = (self.root / f"{name}.log").open("wb")
        process = psutil.Popen(
            [sys.executable, "-c", code, "-c", str(self.root / name), *words], stdout=log, stderr=log, cwd=self.root
        )
        self.started.append(process)
        return process

    def minion(self, name: str, program: str = "salt_minion", **settings: Any) -> psutil.Popen:
        kind = "proxy" if program == "salt_proxy" else "minion"
        place = f"{kind}-{name}"
        common = {"master": "127.0.0.1", "master_port": self.ret_port, "id": name, "log_level": "error"}
        self.configure(place, {**common, "request_channel_timeout": 300, "auth_timeout": 120, **settings})
        words = ["--proxyid", name] if kind == "proxy" else []
        return self.start(program, place, "--disable-keepalive", *words)

    def client(self) -> salt.client.LocalClient:
        return salt.client.LocalClient(str(self.root / "master" / "master"))

    def end(self) -> None:
        for process in self.started:
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in [*process.children(recursive=True), process]:
                    each.terminate()
        psutil.wait_procs(self.started, timeout=20)
        for process in self.started:
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in [*process.children(recursive=True), process]:
                    each.kill()


@contextlib.contextmanager
def place_for(size: int) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="salt-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder))
        with simulated(size, generation=15, tls="false", power="'off'"):
            try:
                place.begin(devices(size))
                yield place
            finally:
                place.end()


def memory(process: psutil.Process) -> float:
    """MiB of a daemon with all that it has started."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            total += each.memory_full_info().pss
    return total / 2**20


def processor(process: psutil.Process) -> float:
    """Seconds of CPU that a daemon has used, with what it started and what of that has ended."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


class Peak(threading.Thread):
    """The most that a daemon has while something is done, and the CPU time that it takes."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.most = 0.0
        self.before = self.after = processor(process)
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(1):
            with contextlib.suppress(psutil.NoSuchProcess):
                self.after = max(self.after, processor(self.process))
                self.most = max(self.most, memory(self.process))

    def __enter__(self) -> Peak:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop.set()
        self.join()


@dataclass(frozen=True)
class Cost:
    """Seconds until all answer, MiB at rest; seconds, seconds of CPU and MiB of a state.apply over all."""

    ready: float
    rest: float
    apply: float
    cpu: float
    peak: float


def cost(place: Place, process: psutil.Process, names: set[str], target: str, *words: str) -> Cost:
    began = time.monotonic()
    client = place.client()
    until(lambda: asked(client, target, "test.ping") == dict.fromkeys(names, True))
    ready = time.monotonic() - began
    time.sleep(5)
    rest = memory(process)
    with Peak(process) as peak:
        began = time.monotonic()
        answers = asked(client, target, "state.apply", "work", *words)
        apply = time.monotonic() - began
    wrong = {name: answers.get(name) for name in names if not applied(answers.get(name))}
    assert not wrong, f"{len(wrong)} of {len(names)}, such as {next(iter(wrong.items()))}"
    return Cost(ready, rest, apply, peak.after - peak.before, peak.most)


def applied(answer: Any) -> bool:
    return isinstance(answer, dict) and all(each["result"] is True for each in answer.values())


def asked(client: Any, target: str, function: str, *words: str) -> dict[str, Any]:
    """What answered; nothing while the master is not there yet."""
    try:
        return dict(client.cmd(target, function, list(words), tgt_type="compound", timeout=PATIENCE))
    except SaltClientError:
        return {}


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.5)


def resources(size: int) -> Cost:
    with place_for(size) as place:
        return cost(place, site_of(place, devices(size)), set(devices(size)), "T@amt")


def site_of(place: Place, described: dict[str, Any]) -> psutil.Popen:
    place.write("pillar_roots/top.sls", {"base": {"site": ["site"]}})
    place.write("pillar_roots/site.sls", site_pillar(described))
    return place.minion("site", process_count_max=AT_ONCE)


def site_pillar(described: dict[str, Any]) -> dict[str, Any]:
    return {"amt": {"defaults": {"minion": "site", **DEFAULTS}, "devices": described}, "resources": {"amt": {}}}


def hung(size: int = 50, rounds: int = 3) -> Iterator[Figure]:
    """A tenth takes connections and says nothing. Seconds of state.apply over all, with them and without in turn."""
    names = list(devices(size))
    with place_for(size) as place, socket.create_server(("127.0.0.1", 0), backlog=4096) as silent:
        site_of(place, devices(size))
        client = place.client()
        until(lambda: asked(client, "T@amt", "test.ping") == dict.fromkeys(names, True))
        asked(client, "T@amt", "state.apply", "work")
        for where, silenced in (("here and there", names[5::10]), ("the first of all", names[: size // 10])):
            host, port = silent.getsockname()
            there = devices(size) | {name: {"host": host, "port": port} for name in silenced}
            took: dict[bool, list[float]] = {False: [], True: []}
            for hanging in [False, True] * rounds:
                place.write("pillar_roots/site.sls", site_pillar(there if hanging else devices(size)))
                asked(client, "site", "saltutil.refresh_pillar", "wait=True")
                began = time.monotonic()
                answers = asked(client, "T@amt", "state.apply", "work")
                took[hanging].append(time.monotonic() - began)
                failed = sorted(name for name in names if not applied(answers.get(name)))
                assert failed == (sorted(silenced) if hanging else []), failed
            healthy, ill = statistics.median(took[False]), statistics.median(took[True])
            yield Figure(f"minion with {size} resources: state.apply over all", healthy, "s")
            yield Figure(f"of which {len(silenced)} hang, {where}", ill / healthy, "x", 1.5)


def deltaproxy(size: int) -> Cost:
    with place_for(size) as place:
        known = {"amt": {"defaults": DEFAULTS}}
        top = {"control": ["control"], **{name: [name] for name in devices(size)}}
        place.write("pillar_roots/top.sls", {"base": top})
        place.write("pillar_roots/control.sls", {"proxy": {"proxytype": "deltaproxy", "ids": list(devices(size))}})
        for name, described in devices(size).items():
            place.write(f"pillar_roots/{name}.sls", {**known, "proxy": {"proxytype": "amt", **described}})
        process = place.minion("control", "salt_proxy", metaproxy="deltaproxy", parallel_startup=True)
        return cost(place, process, set(devices(size)), "pc-*", "concurrent=True")


def proxy() -> Iterator[Figure]:
    with place_for(1) as place:
        ((name, described),) = devices(1).items()
        place.write("pillar_roots/top.sls", {"base": {name: ["only"]}})
        place.write(
            "pillar_roots/only.sls", {"amt": {"defaults": DEFAULTS}, "proxy": {"proxytype": "amt", **described}}
        )
        each = cost(place, place.minion(name, "salt_proxy"), {name}, name)
    yield Figure("salt-proxy for one device: start until it answers", each.ready, "s")
    yield Figure("salt-proxy for one device: memory at rest", each.rest, "MiB")


def runner(size: int) -> Cost:
    """`apply` is a whole salt-run that switches every device on, `ready` one that only looks."""
    with place_for(size) as place:
        times = []
        for test in ("True", "False"):
            began = time.monotonic()
            process = place.start(
                "salt_run", "master", "--out=quiet", "amt.power", "*", "on", f"test={test}", "wait=False"
            )
            with Peak(process) as peak:
                process.wait(PATIENCE)
            assert process.returncode == 0, (place.root / "master.log").read_text(errors="replace")[-2000:]
            times.append(time.monotonic() - began)
    return Cost(times[0], 0.0, times[1], peak.after, peak.most)


PARTS: dict[str, tuple[Callable[[int], Cost], str]] = {
    "resources": (resources, "minion with {0} resources"),
    "deltaproxy": (deltaproxy, "deltaproxy with {0} devices"),
    "runner": (runner, "runner over {0} devices"),
}


def registration() -> Iterator[Figure]:
    """What Salt does in the loop of its events at start and after refresh_pillar, in this process: CPU per device."""
    for size in (50, 500, 5000):
        with tempfile.TemporaryDirectory(prefix="salt-", dir="/tmp") as folder:
            names, pillar = list(devices(size)), site_pillar(devices(size))
            opts = {**minion_opts(Path(folder)), "pillar": pillar, "resources": {"amt": names}}
            connection = salt.loader.resource(opts, functions=salt.loader.minion_mods(opts), utils={}, context={})
            connection["amt.init"](opts)
            cache = salt.cache.factory(opts)
            for name in names:
                cache.store("amt/grains", name, {"manufacturer": "LENOVO", "amt_version": "12.0.1"})
            began = time.process_time()
            assert connection["amt.discover"](opts) == names
            for name in names:
                token = salt.loader.context.resource_ctxvar.set({"type": "amt", "id": name})
                assert connection["amt.grains"]()["manufacturer"] == "LENOVO"
                salt.loader.context.resource_ctxvar.reset(token)
            each = (time.process_time() - began) / size * 1000
            yield Figure(f"registration of {size:,} resources: CPU per device", each, "ms", 1.0)


#: Parts that have a size of their own.
ALONE: dict[str, Callable[[], Iterator[Figure]]] = {"proxy": proxy, "hung": hung, "registration": registration}


def measure(part: str, sizes: list[int]) -> Iterator[Figure]:
    run, words = PARTS[part]
    found = {size: run(size) for size in sizes}
    for size, each in found.items():
        name = words.format(format(size, ","))
        yield Figure(f"{name}: {'looking only' if part == 'runner' else 'start until all answer'}", each.ready, "s")
        if part != "runner":
            yield Figure(f"{name}: memory at rest, per device", each.rest / size, "MiB")
        yield Figure(f"{name}: {'switched on' if part == 'runner' else 'state.apply over all'}", each.apply, "s")
        yield Figure(f"{name}: CPU for that, per device", each.cpu / size, "s")
        yield Figure(f"{name}: memory while it runs", each.peak, "MiB")
    for small, large in zip(sizes, sizes[1:]):
        name = words.format(f"{large:,} beside {small:,}")
        for what in ("ready", "apply", "cpu", "peak"):
            yield Figure(
                f"{name}: {what}", getattr(found[large], what) / getattr(found[small], what), "x", large / small
            )


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s salt-bench --", description=__doc__)
    parser.add_argument("parts", nargs="*", help="one of " + ", ".join([*PARTS, *ALONE]))
    parser.add_argument("--sizes", default="", help="numbers of devices, with commas between")
    given = parser.parse_args()
    usual = {"resources": [50, 250], "deltaproxy": [10, 50], "runner": [400, 2000]}
    SCRATCH.mkdir(parents=True, exist_ok=True)
    print("Salt {0}, Python {1}.{2}".format(salt.version.__version__, *sys.version_info[:2]))
    for part in given.parts or [*PARTS, *ALONE]:
        sizes = [int(size) for size in given.sizes.split(",") if size] or usual.get(part, [])
        for figure in ALONE[part]() if part in ALONE else measure(part, sizes):
            print(figure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
