# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is too dear for the suite, and is tried by hand: hundreds of devices and of events, daemons that are killed.

`nox -s salt-trials` with Salt 3008.3 and `nox -s salt-trials-3006`, with names of trials to limit them: killed,
restarted, storm, hung, grown, names; `--size 50` for another number of devices. A trial that ends without a failed
assertion held.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import salt.config
import salt.payload
import salt.utils.event
import salt.version
import yaml
from salt.exceptions import SaltClientError, SaltDeserializationError

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

import conftest  # noqa: E402, F401  that of the root: the checkout as a collection
from simulator.clock import SystemClock  # noqa: E402  the root comes first
from simulator.pytest_plugin import started  # noqa: E402
from tests.salt.bench import AT_ONCE, Place, applied, asked, until  # noqa: E402
from tests.salt.cases import PASSWORD, QUICK  # noqa: E402

HAS_RESOURCES = salt.version.__saltstack_version__.major >= 3008
SITE = ROOT / "extensions" / "salt" / "examples" / "site"
WORK = {
    "it is on": {"amt.powered": [{"power": "on"}, {"wait": False}]},
    "it is alone": {"amt.isolated": [{"allow": ["dhcp", "arp"]}]},
}


@dataclass
class Fleet:
    """A simulated fleet, a master, and how the firmware tells what was done to it."""

    place: Place
    running: Any
    simulated: dict[str, str]

    @property
    def names(self) -> list[str]:
        """As Salt has them; `simulated` has those of the firmware."""
        return list(self.simulated)

    def writes(self, name: str, since: int = 0) -> Counter[str]:
        """Method or verb, with the class -> how often."""
        entries = self.running.journal.writes(device=self.simulated[name], since=since)
        return Counter("{0} {1}".format(entry.cls, entry.method or entry.verb) for entry in entries)

    def touched(self, since: int = 0) -> list[str]:
        found = {entry.device for entry in self.running.journal.writes(since=since)}
        return [name for name, simulated in self.simulated.items() if simulated in found]

    def now(self) -> int:
        entries = self.running.journal.entries()
        return entries[-1].number if entries else 0

    def pillar(self) -> dict[str, Any]:
        defaults = {"tls": False, "port": self.running.ports.plain, "password": PASSWORD, "minion": "site"}
        return {
            "defaults": defaults,
            "devices": {name: {"host": self.running.device(each).address} for name, each in self.simulated.items()},
        }


@contextlib.contextmanager
def fleet_of(size: int, called: Sequence[str] = (), power: str = "off", **settings: Any) -> Iterator[Fleet]:
    names = [f"pc-{number:03}" for number in range(size)]
    common = {"generation": 15, "tls": False, "password": PASSWORD, "durations": QUICK, "power": power}
    with (
        tempfile.TemporaryDirectory(prefix="salt-", dir="/tmp", ignore_cleanup_errors=True) as folder,
        started([{"name": name, **common} for name in names], Path(folder), clock=SystemClock()) as running,
    ):
        place = Place(Path(folder))
        try:
            place.begin({}, **settings)
            place.write("file_roots/work.sls", WORK)
            yield Fleet(place, running, dict(zip(called or names, names)))
        finally:
            place.end()


def by_resources(fleet: Fleet) -> tuple[Callable[[], psutil.Popen], str, tuple[str, ...]]:
    """How its daemon is started, whom to target, and words for states."""
    fleet.place.write("pillar_roots/top.sls", {"base": {"site": ["site"]}})
    fleet.place.write("pillar_roots/site.sls", {"amt": fleet.pillar(), "resources": {"amt": {}}})
    return lambda: fleet.place.minion("site", process_count_max=AT_ONCE), "T@amt", ()


def by_deltaproxy(fleet: Fleet) -> tuple[Callable[[], psutil.Popen], str, tuple[str, ...]]:
    known = fleet.pillar()
    del known["defaults"]["minion"]
    fleet.place.write("pillar_roots/top.sls", {"base": {each: [each] for each in ("control", *fleet.names)}})
    fleet.place.write("pillar_roots/control.sls", {"proxy": {"proxytype": "deltaproxy", "ids": fleet.names}})
    for name, described in known["devices"].items():
        proxy = {"proxytype": "amt", **described}
        fleet.place.write(f"pillar_roots/{name}.sls", {"amt": {"defaults": known["defaults"]}, "proxy": proxy})
    settings = {"metaproxy": "deltaproxy", "parallel_startup": True}
    return lambda: fleet.place.minion("control", "salt_proxy", **settings), "pc-*", ("concurrent=True",)


def by_minion(fleet: Fleet) -> tuple[Callable[[], psutil.Popen], str, tuple[str, ...]]:
    """One job of one minion, whose states name the devices: all that Salt before 3008 has besides proxies."""
    fleet.place.write("pillar_roots/top.sls", {"base": {"site": ["site"]}})
    fleet.place.write("pillar_roots/site.sls", {"amt": fleet.pillar()})
    each = {
        f"{name}: {state}": {key: [*values, {"device": name}] for key, values in declared.items()}
        for name in fleet.names
        for state, declared in WORK.items()
    }
    fleet.place.write("file_roots/work.sls", each)
    return lambda: fleet.place.minion("site"), "site", ()


WAYS = {"deltaproxy": by_deltaproxy, "minion": by_minion}
if HAS_RESOURCES:
    WAYS = {"resources": by_resources, **WAYS}


def ready(fleet: Fleet, target: str) -> None:
    """Some of all answer. Who was away does not hear what was asked meanwhile, so it is asked again and again."""
    some = fleet.names[:: -(-len(fleet.names) // 5)]
    names = ["site"] if target == "site" else some
    asked_for = {"site": "site", "T@amt": " or ".join("T@amt:" + name for name in some)}

    def answer() -> bool:
        with contextlib.suppress(SaltClientError):
            wanted = asked_for.get(target, "L@" + ",".join(some))
            answers = fleet.place.client().cmd(wanted, "test.ping", tgt_type="compound", timeout=20)
            return bool(answers == dict.fromkeys(names, True))
        return False

    until(answer)


def family(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def killed(size: int) -> None:
    """`kill -9` of everything in the middle of a job; then another run, and another."""
    for way, prepared in WAYS.items():
        with fleet_of(size if way != "deltaproxy" else max(4, size // 12)) as fleet:
            interrupted(fleet, way, *prepared(fleet), signal.SIGKILL)


def restarted(size: int) -> None:
    """The daemon's first process is ended as `systemctl restart` does (KillMode=process), and started again."""
    for way, prepared in WAYS.items():
        with fleet_of(size if way != "deltaproxy" else max(4, size // 12)) as fleet:
            interrupted(fleet, way, *prepared(fleet), signal.SIGTERM)


def interrupted(
    fleet: Fleet, way: str, start: Callable[[], psutil.Popen], target: str, words: tuple[str, ...], how: signal.Signals
) -> None:
    process = start()
    ready(fleet, target)
    client, since = fleet.place.client(), fleet.now()
    jid = client.cmd_async(target, "state.apply", ["work", *words], tgt_type="compound")
    middle = len(fleet.names) // 3
    until(lambda: len(fleet.touched(since)) >= middle)
    for each in family(process) if how is signal.SIGKILL else [process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.send_signal(how)
    at_the_end = fleet.touched(since)
    process.wait(60)
    print(f"{way}: {how.name} when {len(at_the_end)} were touched", flush=True)
    start()
    ready(fleet, target)
    settled(fleet)
    told = reported(fleet, client, jid)
    first = {name: fleet.writes(name, since) for name in fleet.names}
    done = applied_everywhere(asked(client, target, "state.apply", "work", *words), fleet.names)
    whole = {name: fleet.writes(name, since) for name in fleet.names}
    usual = Counter(frozenset(each.items()) for each in whole.values()).most_common(1)[0][0]
    finished = [name for name in fleet.names if frozenset(first[name].items()) == usual]
    halves = [name for name in fleet.names if first[name] and name not in finished]
    changed = [name for name in fleet.names if done[name]]
    print(
        f"{way}, {len(fleet.names)} devices, {how.name} with {len(at_the_end)} touched: {len(finished)} done,"
        f" {len(halves)} begun, {len(told)} answers told; the second run changed {len(changed)}"
    )
    assert set(told) <= set(finished), "success was told without the state"
    assert set(changed) == set(fleet.names) - set(finished)
    odd = [name for name in fleet.names if frozenset(whole[name].items()) != usual and name not in halves]
    assert not odd, odd
    now = fleet.now()
    again = applied_everywhere(asked(client, target, "state.apply", "work", *words), fleet.names)
    assert not any(again.values()) and not fleet.touched(now)
    for name in halves:
        print(f"  {name}, in whose middle it ended: {dict(first[name])}, then {dict(whole[name] - first[name])}")


def settled(fleet: Fleet, seconds: float = 15.0) -> None:
    """What the daemon left running has ended: nothing was written for so long."""
    last, since = len(fleet.running.journal.writes()), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.5)
        if len(fleet.running.journal.writes()) != last:
            last, since = len(fleet.running.journal.writes()), time.monotonic()


def reported(fleet: Fleet, client: Any, jid: str) -> list[str]:
    """Devices of which somebody was told that all of it is so."""
    answers = {name: each["ret"] for name, each in client.get_cache_returns(jid).items()}
    if "site" in answers:
        answers = per_device(answers["site"], fleet.names)
    return [name for name, answer in answers.items() if applied(answer)]


def per_device(answer: Any, names: list[str]) -> dict[str, Any]:
    assert isinstance(answer, dict), answer
    return {name: {key: each for key, each in answer.items() if f"_|-{name}: " in key} for name in names}


def applied_everywhere(answers: dict[str, Any], names: list[str]) -> dict[str, bool]:
    """Name -> whether anything was changed."""
    if "site" in answers:
        answers = per_device(answers["site"], names)
    wrong = {name: answers.get(name) for name in names if not answers.get(name) or not applied(answers[name])}
    assert not wrong, f"{len(wrong)} of {len(names)}, such as {next(iter(wrong.items()))}"
    return {name: any(each["changes"] for each in answers[name].values()) for name in names}


POWER = "CIM_PowerManagementService RequestPowerStateChange"
BOUND = "AMT_NetworkPortSystemDefensePolicy create"
MADE = ("AMT_SystemDefensePolicy", "AMT_IPHeadersFilter", "AMT_Hdr8021Filter")
EVENTS = 10
"""Of each device; hundreds in all."""


def storm(size: int) -> None:
    """The example's reactor and schedule: ten events for every device at once, while the schedule switches them off.

    Of two that begin at the same moment, the later one takes back what it has made: one is left, bound once.
    """
    count = min(size, 30)
    for sls, served in (("quarantine", HAS_RESOURCES), ("quarantine_by_runner", True)):
        if served:
            reactor = [{"site/quarantine": [str(SITE / "reactor" / f"{sls}.sls")]}]
            one = {} if sls == "quarantine" else {"reactor_worker_threads": 1}
            with fleet_of(count, power="on", reactor=reactor, **one) as fleet:
                stormed(fleet, sls)


def stormed(fleet: Fleet, sls: str) -> None:
    place = fleet.place
    shown = yaml.safe_load((SITE / "pillar" / "devices.sls").read_text())["amt"]
    clock = yaml.safe_load((SITE / "pillar" / "schedule.sls").read_text())["schedule"]["evening"]
    clock = yaml.safe_load((SITE / "pillar" / "schedule.sls").read_text())["schedule"]["evening"]
    every = {"evening": {**{key: value for key, value in clock.items() if key != "cron"}, "seconds": 10}}
    place.write("pillar_roots/top.sls", {"base": {"site": ["site"]}})
    amt = {**fleet.pillar(), "remediation": shown["remediation"]}
    resources = {"resources": {"amt": {}}} if HAS_RESOURCES else {}
    place.write("pillar_roots/site.sls", {"amt": amt, "schedule": every, **resources})
    for each in (SITE / "states").glob("*.sls"):
        shutil.copy(each, place.root / "file_roots")
    place.minion("site", process_count_max=AT_ONCE)
    ready(fleet, "site")
    opts = salt.config.client_config(str(place.root / "master" / "master"))
    began = time.monotonic()
    with salt.utils.event.get_master_event(opts, opts["sock_dir"], listen=False) as bus:
        for number in range(EVENTS):
            for name in (*fleet.names, "*", f"no-such-{number}", "pc-000' or G@os:*"):
                bus.fire_event({"id": "site", "data": {"device": name}}, "site/quarantine")
    sent = time.monotonic() - began
    of_a_job = "amt.isolate" if "runner" in sls else "quarantine"
    until(lambda: sum(answered(place, of_a_job).values()) >= EVENTS * len(fleet.names))
    took = time.monotonic() - began
    settled(fleet)
    client = place.client()
    found = {
        name: asked(client, "site", "amt.isolation_info", "device=" + name)["site"]["wired"]["state"]
        for name in fleet.names
    }
    writes = Counter(frozenset(fleet.writes(name).items()) for name in fleet.names)
    print(f"{sls}: {EVENTS * (len(fleet.names) + 3)} events sent in {sent:.1f} s, all answered after {took:.0f} s")
    print(f"  answers: {answered(place, of_a_job)}; of the schedule: {answered(place, 'evening')}")
    for each, often in writes.most_common():
        print(f"  {often} devices were told {dict(each)}")
    assert Counter(found.values()) == {"isolated": len(fleet.names)}, Counter(found.values())
    alone = fleet.writes(min(fleet.names, key=lambda name: sum(fleet.writes(name).values())))
    made_by_one = [alone[each + " create"] for each in MADE]
    assert not answered(place, of_a_job, tell=True)[False] and not answered(place, "evening", tell=True)[False]
    assert not answered(place, of_a_job, tell=True)[False] and not answered(place, "evening", tell=True)[False]
    for name in fleet.names:
        told = fleet.writes(name)
        once = [told[POWER], told[BOUND], *(told[each + " create"] - told[each + " delete"] for each in MADE)]
        assert once == [1, 1, *made_by_one], (name, told)


def answered(place: Place, what: str, tell: bool = False) -> Counter[bool | None]:
    """Answers in the job cache to jobs in whose arguments or function a word is -> whether they tell of success.

    None: the event named nobody, and the runner refuses that.
    """
    found: Counter[bool | None] = Counter()
    for job in (place.root / "master/var/cache/salt/master/jobs").glob("*/*/.load.p"):
        with contextlib.suppress(OSError, ValueError, SaltDeserializationError):
            load = salt.payload.loads(job.read_bytes())
            if what in str(load.get("fun")) + str(load.get("arg")):
                for answer in job.parent.glob("*/return.p"):
                    kept = salt.payload.loads(answer.read_bytes())
                    found[succeeded(kept)] += 1
                    print(kept) if tell and succeeded(kept) is False else None
    return found


def succeeded(kept: Any) -> bool | None:
    answer = kept.get("return", kept)
    if isinstance(answer, dict) and "return" in answer:
        answer = answer["return"]
    if isinstance(answer, dict) and "result" in answer:
        return bool(answer["result"])
    if isinstance(answer, dict) and "counts" in answer:
        return not answer["counts"].get("failed")
    if isinstance(answer, dict) and "error" in answer:
        return None
    return applied(answer)


def hung(size: int) -> None:
    """One of a deltaproxy takes connections and says nothing: how long the others take beside when none does."""
    with fleet_of(max(4, size // 30)) as fleet:
        start, target, words = by_deltaproxy(fleet)
        start()
        ready(fleet, target)
        asked(fleet.place.client(), target, "state.apply", "work", *words)
        healthy = fleet.names[1:]
        took = [until_answered(fleet, target, words, fleet.names)]
        fleet.running.device(fleet.simulated[fleet.names[0]]).fail("delay", seconds=300.0)
        took.append(until_answered(fleet, target, words, healthy))
        print(f"deltaproxy: all {len(fleet.names)} in {took[0]:.0f} s, and in {took[1]:.0f} s the others")
        (answer,) = asked(fleet.place.client(), fleet.names[0], "amt.ping", "why=True").values()
        print(f"  of the one that hangs: {answer}")
        assert answer["result"] is False


def until_answered(fleet: Fleet, target: str, words: tuple[str, ...], names: list[str]) -> float:
    """Seconds until these have told that all is so."""
    client, began = fleet.place.client(), time.monotonic()
    jid = client.cmd_async(target, "state.apply", ["work", *words], tgt_type="compound")
    until(lambda: set(names) <= set(reported(fleet, client, jid)))
    return time.monotonic() - began


def grown(size: int) -> None:
    """Pillar gives a deltaproxy one device more: not by a refresh, but when it starts again. The others stay."""
    with fleet_of(3) as fleet:
        start, _target, _words = by_deltaproxy(fleet)
        client, (*before, added) = fleet.place.client(), fleet.names
        fleet.place.write("pillar_roots/control.sls", {"proxy": {"proxytype": "deltaproxy", "ids": before}})
        process = start()
        listed = "L@" + ",".join(fleet.names)

        def pinged() -> Any:
            with contextlib.suppress(SaltClientError):
                return client.cmd(listed, "test.ping", tgt_type="compound", timeout=15)

        until(lambda: pinged() == dict.fromkeys(before, True))
        fleet.place.write("pillar_roots/control.sls", {"proxy": {"proxytype": "deltaproxy", "ids": fleet.names}})
        client.cmd("control", "saltutil.refresh_pillar", kwarg={"wait": True}, timeout=60)
        time.sleep(10)
        print(f"deltaproxy, after a refresh of its pillar: {pinged()}")
        process.terminate()
        process.wait(60)
        start()
        until(lambda: pinged() == dict.fromkeys(fleet.names, True))
        print(f"deltaproxy, started again: {added} is there")


CALLED = ("büro-01", "機器7", "Käse.example", "ñandú_3", "pc-é")


def names(size: int) -> None:
    """Devices with names that are not ASCII: targeted alone, by their names and together; told of by their names."""
    for way, prepared in WAYS.items():
        with fleet_of(len(CALLED), CALLED) as fleet:
            start, target, words = prepared(fleet)
            target = "L@" + ",".join(CALLED) if way == "deltaproxy" else target
            start()
            ready(fleet, target)
            client = fleet.place.client()
            assert all(applied_everywhere(asked(client, target, "state.apply", "work", *words), fleet.names).values())
            assert not any(
                applied_everywhere(asked(client, target, "state.apply", "work", *words), fleet.names).values()
            )
            for name in CALLED:
                alone = {"resources": "T@amt:" + name, "deltaproxy": "L@" + name, "minion": "site"}[way]
                ((who, answer),) = asked(client, alone, "amt.power", *(["device=" + name] * (way == "minion"))).items()
                assert (who, answer["state"]) == ("site" if way == "minion" else name, "on"), answer
                if way != "minion":
                    assert asked(client, alone, "grains.get", "id") == {name: name}
            print(f"{way}: {', '.join(CALLED)}")


TRIALS: dict[str, Callable[[int], None]] = {
    "killed": killed,
    "restarted": restarted,
    "storm": storm,
    "hung": hung,
    "grown": grown,
    "names": names,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -s salt-trials --", description=__doc__)
    parser.add_argument("trials", nargs="*", help="one of " + ", ".join(TRIALS))
    parser.add_argument("--size", type=int, default=250, help="how many devices")
    parser.add_argument("--ways", default="", help="for the first two: " + ", ".join(WAYS))
    given = parser.parse_args()
    for way in [way for way in WAYS if given.ways and way not in given.ways.split(",")]:
        del WAYS[way]
    print("Salt {0}, Python {1}.{2}".format(salt.version.__version__, *sys.version_info[:2]))
    for trial in given.trials or TRIALS:
        TRIALS[trial](given.size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
