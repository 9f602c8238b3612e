# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the simulator against every module, as cases that can be run and observed.

A case is real HTTP or TLS between the core and one simulated device of its own. Waiting is skipped: what the core's
clock sleeps, the device's clock jumps. Both begin with the same time of day.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine, open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import Resource, converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation_info import IsolationInfo
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from simulator.faults import CONNECT, TABLE
from simulator.journal import Entry
from simulator.simulation import DeviceHandle, RunningSimulation
from tests.capabilities import CAPABILITIES
from tests.in_process import Direct
from tests.interop.own_requests import defaults

DEADLINE = 120.0
"""Seconds for a whole task, skipped ones included."""

TIMEOUT, WAITED_OUT = 20.0, 3.0
"""Seconds for a connection or an answer; the shorter for faults that consist in letting us wait."""

SILENT = ("unplugged", "hung", "trickle")


@dataclass(frozen=True, eq=False)
class Operation:
    """`write` matches the request that changes something, as a script of the simulator; empty where nothing does.

    `effects` is what a sound run writes: class and method (or verb) -> how often.
    """

    name: str
    resource: Resource
    given: dict[str, Any]
    write: dict[str, str] = field(default_factory=dict)
    effects: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    log_ins: int = 1

    @property
    def wanted(self) -> dict[str, Any]:
        return defaults(self.resource, **self.given)


POWER = {"CIM_PowerManagementService RequestPowerStateChange": 1}
BOOT = {
    "CIM_BootConfigSetting ChangeBootOrder": 2,
    "AMT_BootSettingData put": 1,
    "CIM_BootService SetBootConfigRole": 1,
}
FILTERS = {"AMT_Hdr8021Filter create": 2, "AMT_IPHeadersFilter create": 4}
POLICY = {"AMT_SystemDefensePolicy create": 1, "AMT_NetworkPortSystemDefensePolicy create": 1}
SETTINGS = "AMT_GeneralSettings"
ALLOWED = ["dhcp", {"to": "10.0.5.20, https"}]
MAIL = {"name": "mail", "direction": "out", "action": "pass", "protocol": "tcp", "destination_ports": "25"}
OFFICE = {"name": "office", "ports": ["wired"], "filters": [{**MAIL, "ip_version": 4}]}
RENAME = {"class_name": SETTINGS, "action": "put", "properties": {"HostName": "renamed"}, "omit": ["DigestRealm"]}
CLEAR = {
    "class_name": "CIM_BootConfigSetting",
    "action": "invoke",
    "method": "ChangeBootOrder",
    "selectors": {"InstanceID": "Intel(r) AMT: Boot Configuration 0"},
}
CREATE, PUT, INVOKE = ({"verb": verb} for verb in ("create", "put", "invoke"))
OPERATIONS = (
    Operation("amt_info", Inventory(), {"gather_subset": ["system", "network", "power"]}),
    Operation("amt_power", Power(), {"state": "off", "graceful": "never"}, INVOKE, POWER),
    Operation("amt_boot", Boot(), {"target": "pxe"}, PUT, BOOT),
    Operation("amt_isolation_info", IsolationInfo(), {}),
    Operation(
        "amt_isolation", Isolation(), {"state": "isolated", "allow": ALLOWED, "ip": [4]}, CREATE, {**FILTERS, **POLICY}
    ),
    Operation(
        "amt_defense_policies",
        DefensePolicies(),
        {"policies": [OFFICE]},
        CREATE,
        {"AMT_IPHeadersFilter create": 1, **POLICY},
    ),
    Operation("amt_wsman get", Raw(), {"class_name": SETTINGS}),
    Operation("amt_wsman put", Raw(), RENAME, PUT, {SETTINGS + " put": 1}),
    Operation("amt_wsman invoke", Raw(), CLEAR, INVOKE, {"CIM_BootConfigSetting ChangeBootOrder": 1}),
)
OTHERS = tuple(
    Operation(name, each.resource(), dict(each.first), dict(each.write), each.effects, each.settings, each.log_ins)
    for name, each in CAPABILITIES.items()
)
"""They share how they read with those above, so a fault strikes when they write. No columns of the page."""

#: How a script says when a fault strikes.
MOMENTS: dict[str, Callable[[Operation], Optional[dict[str, Any]]]] = {
    "first": lambda _operation: {"times": 1},
    "write": lambda operation: {**operation.write, "times": 1} if operation.write else None,
    "always": lambda _operation: {},
}

#: Settings with which a fault is the same and takes less time.
SHORTER = {"delay": {"seconds": 0.2}, "endless_answer": {"bytes": 20 << 20}, "endless_headers": {"bytes": 1 << 20}}

#: Moments between two requests, so that it does not hang on the machine's speed what the core has noticed by the next.
PAUSES = {"restart_after": lambda _exchange: time.sleep(0.25)}


@dataclass(frozen=True)
class Case:
    fault: str
    operation: Operation
    moment: str

    @property
    def name(self) -> str:
        return "{0}, {1}, {2}".format(self.fault, self.operation.name, self.moment)

    @property
    def script(self) -> dict[str, Any]:
        return {**(MOMENTS[self.moment](self.operation) or {}), **SHORTER.get(self.fault, {})}


def cases() -> Iterator[Case]:
    """A fault at connecting cannot choose the request, so it strikes at first or always."""
    for kind in TABLE:
        for operation in OPERATIONS:
            for moment, script in MOMENTS.items():
                if script(operation) is not None and not (kind.stage == CONNECT and moment == "write"):
                    yield Case(kind.name, operation, moment)
        yield from (Case(kind.name, operation, "write") for operation in OTHERS if kind.stage != CONNECT)


class SkippingClock:
    """Real seconds and skipped ones; the device's clock skips the same."""

    def __init__(self, skip: Callable[[float], None]) -> None:
        self.skip = skip
        self.skipped = 0.0

    def now(self) -> float:
        return time.monotonic() + self.skipped

    def wall(self) -> float:
        return time.time() + self.skipped

    def sleep(self, seconds: float) -> None:
        self.skipped += seconds
        self.skip(seconds)


#: Which of the two it is hangs on the moment at which the device goes away, not on the core.
EITHER = dict.fromkeys(
    (("restart_after", "Interrupted"), ("restart_after", "Unreachable")), "Interrupted or Unreachable"
)


IN_PART = "not everything could be read"


@dataclass
class Observed:
    """What a case came to. `struck`: the fault had its occasion. `error` is what the core raised, None for a result;
    `crash` is anything else it raised. `reached`: whether the device is as wanted, None where that cannot be said."""

    case: Case
    struck: bool
    error: Optional[AmtError]
    crash: Optional[BaseException]
    note: str
    seconds: float
    entries: list[Entry]
    reached: Optional[bool]

    @property
    def writes(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.access == "write" and entry.took_effect]

    @property
    def done(self) -> Counter[str]:
        return Counter("{0} {1}".format(entry.cls, entry.method or entry.verb) for entry in self.writes)

    @property
    def refused_logins(self) -> int:
        return sum(entry.login == "refused" for entry in self.entries)

    @property
    def word(self) -> str:
        """What a user sees, in a word or two; nothing where the fault had no occasion to strike."""
        if not self.struck:
            return ""
        if self.error is not None:
            return EITHER.get((self.case.fault, type(self.error).__name__), type(self.error).__name__)
        return "ok, in part" if self.note == IN_PART else "ok, read back" if self.note else "ok"


def observe(case: Case, running: RunningSimulation, handle: DeviceHandle) -> Observed:
    device = running.simulation.device(handle.name)
    clock = SkippingClock(lambda seconds: running.call(lambda: jump(device, seconds)))
    running.call(lambda: jump(device, clock.wall() - device.clock.now()))
    script = handle.fail(case.fault, **case.script)
    error: Optional[AmtError] = None
    crash: Optional[BaseException] = None
    note, started = "", clock.now()
    try:
        with open_machine(endpoint(case, running, handle), clock, observe=PAUSES.get(case.fault)) as machine:
            outcome = converge(case.operation.resource, machine, case.operation.wanted)
            note = outcome.note or IN_PART * bool(outcome.facts.get("unread"))
    except AmtError as raised:
        error = raised
    except Exception as raised:  # noqa: BLE001 - the test shows it
        crash = raised
    seconds = clock.now() - started
    handle.heal()
    entries = running.journal.entries(device=handle.name)
    struck = script.struck > 0 or case.moment == "always"
    return Observed(case, struck, error, crash, note, seconds, entries, reached(case, running, device, clock))


def jump(device: Any, seconds: float) -> None:
    device.clock.jumped += seconds


def endpoint(case: Case, running: RunningSimulation, handle: DeviceHandle) -> Endpoint:
    tls = case.fault == "tls_broken"
    seconds = WAITED_OUT if case.fault in SILENT else TIMEOUT
    return Endpoint(
        handle.address,
        running.ports.tls if tls else running.ports.plain,
        password=handle.password,
        tls=tls,
        ca_file=str(running.ca_file) if tls else "",
        connect_timeout=seconds,
        read_timeout=seconds,
        deadline=DEADLINE,
    )


def reached(case: Case, running: RunningSimulation, device: Any, clock: SkippingClock) -> Optional[bool]:
    """Whether the device is as wanted, asked behind the network's back; None where nothing was wanted of it."""
    resource, wanted = case.operation.resource, case.operation.wanted
    if not case.operation.write or wanted.get("action") == "invoke":
        return None

    def ask() -> bool:
        clock.skipped += 600.0
        jump(device, 600.0)
        machine = Machine(Client(Direct(device), clock), clock, Deadline(clock, 3600.0))
        present = resource.read(machine, wanted)
        return resource.plan(present, wanted) == present

    return running.call(ask)


def observe_all(chosen: list[Case], running: RunningSimulation) -> list[Observed]:
    """A device for each case, all at once: most of them wait."""
    with ThreadPoolExecutor(len(chosen)) as pool:
        return list(pool.map(lambda case, handle: observe(case, running, handle), chosen, running.devices))
