# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Salt's own loaders, and a simulated fleet described in pillar."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Callable

import pytest
import salt.config
import salt.loader
import salt.loader.context
from saltfactories.plugins.event_listener import EventListener

from simulator.clock import SystemClock
from simulator.pytest_plugin import fleet, simulator_state  # noqa: F401  fixtures
from tests.salt.cases import PASSWORD, QUICK
from tests.salt.daemons import HAS_RESOURCES, ask, devices, master_daemon, minion_daemon, runner  # noqa: F401  fixtures


@pytest.fixture(scope="session")
def salt_factories_config() -> Iterator[dict[str, Any]]:
    """Daemons listen on the loopback interface. Their folder has a short name, for it holds sockets: 107 characters."""
    with tempfile.TemporaryDirectory(prefix="salt-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield {"root_dir": Path(folder), "log_server_host": "127.0.0.1", "start_timeout": 240}


@pytest.fixture(scope="session")
def event_listener() -> Iterator[EventListener]:
    """The one of salt-factories, on the loopback interface. It forgets no event before the last test has ended."""
    listener = EventListener(timeout=7200)
    listener.host = "127.0.0.1"
    listener.address = f"tcp://127.0.0.1:{listener.port}"
    with listener:
        yield listener


@dataclass
class Site:
    """A fleet that runs, and the pillar that a minion would have for it."""

    running: Any
    pillar: dict[str, Any]

    def writes(self, device: str) -> int:
        return len(self.running.journal.writes(device=device))

    def requests(self) -> int:
        return len(self.running.journal.entries())


@pytest.fixture
def site(fleet: Any) -> Callable[..., Site]:  # noqa: F811
    """`site("pc-01", "pc-02", power="off")`; `each` has more of every one."""

    def start(*names: str, each: Sequence[dict[str, Any]] = (), **settings: Any) -> Site:
        common = {"generation": 12, "tls": False, "password": PASSWORD, "durations": QUICK, **settings}
        entries = [{"name": name, **common, **more} for name, more in zip_longest(names, each, fillvalue={})]
        running = fleet(entries, clock=SystemClock())
        described = {name: {"host": running.device(name).address} for name in names}
        defaults = {"tls": False, "port": running.ports.plain, "password": PASSWORD, "connect_timeout": 20}
        return Site(running, {"amt": {"defaults": defaults, "devices": described}, "resources": {"amt": {}}})

    return start


@dataclass
class Minion:
    opts: dict[str, Any]
    functions: Any
    states: Any


@pytest.fixture
def minion(tmp_path: Path) -> Callable[..., Minion]:
    """What a minion loads, by Salt's loader from what is installed."""

    def load(pillar: dict[str, Any], **opts: Any) -> Minion:
        merged = {**minion_opts(tmp_path), "pillar": managed_by("site", pillar), **opts}
        functions = salt.loader.minion_mods(merged, utils=salt.loader.utils(merged))
        serializers = salt.loader.serializers(merged)
        return Minion(merged, functions, salt.loader.states(merged, functions, {}, serializers))

    return load


def minion_opts(place: Path) -> dict[str, Any]:
    opts = salt.config.DEFAULT_MINION_OPTS.copy()
    opts.update(
        {
            "id": "site",
            "root_dir": str(place),
            "cachedir": str(place / "cache"),
            "extension_modules": str(place / "extmods"),
            "file_client": "local",
            "file_roots": {"base": [str(place / "states")]},
            "pillar_roots": {"base": [str(place / "pillar")]},
            "grains": {"id": "site"},
            "test": False,
            "__role": "minion",
        }
    )
    return opts


def managed_by(minion: str, pillar: dict[str, Any]) -> dict[str, Any]:
    """A pillar that says so of devices of which it says nothing else."""
    amt = pillar.get("amt") or {}
    return {**pillar, "amt": {**amt, "defaults": {"minion": minion, **amt.get("defaults", {})}}}


@dataclass
class AsResource:
    """The loaders of one device, as a minion with resources has them."""

    name: str
    connection: Any
    functions: Any

    def call(self, function: str, *arguments: Any, **settings: Any) -> Any:
        return self._within(self.functions[function], *arguments, **settings)

    def ask(self, function: str) -> Any:
        return self._within(self.connection[f"amt.{function}"])

    def _within(self, function: Any, *arguments: Any, **settings: Any) -> Any:
        token = salt.loader.context.resource_ctxvar.set({"type": "amt", "id": self.name})
        try:
            return function(*arguments, **settings)
        finally:
            salt.loader.context.resource_ctxvar.reset(token)


@pytest.fixture
def resource(tmp_path: Path) -> Callable[..., AsResource]:
    """`resource(pillar, "pc-01")`."""
    if not HAS_RESOURCES:
        pytest.skip("Salt has resources from 3008 on")

    def load(pillar: dict[str, Any], name: str, **opts: Any) -> AsResource:
        pillar = managed_by("site", pillar)
        merged = {**minion_opts(tmp_path), "pillar": pillar, "resources": {"amt": [name]}, **opts}
        connection = salt.loader.resource(merged, functions=salt.loader.minion_mods(merged), utils={}, context={})
        connection["amt.init"](merged)
        functions = salt.loader.resource_modules(merged, "amt", resource_funcs=connection, context={})
        return AsResource(name, connection, functions)

    return load
