# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One device's management engine: which clients it has, who is connected, and what happens to it."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any, Callable, Optional, Protocol

from . import hbm
from .amthi import Amthi
from .client import FirmwareClient, Handled, Host, Session
from .faults import BEFORE, CONNECT, MeiScript, MeiScripts
from .hotham import Hotham
from .lme import Lme
from .mkhi import FixedMkhi, Mkhi
from .watchdog import Watchdog

if TYPE_CHECKING:
    from ..device import Device

ADDRESSES: dict[int, type[FirmwareClient]] = {
    7: FixedMkhi,
    31: Mkhi,
    32: Amthi,
    33: Watchdog,
    34: Lme,
    35: Hotham,
}
NEED_AMT = (Amthi, Lme)
RESET_NONE, RESET_ENGINE = 0, 1


class ConnectionRefused(Exception):
    """`status` is that of the bus: see `hbm`."""

    def __init__(self, status: int) -> None:
        super().__init__("status {0}".format(status))
        self.status = status


class Attached(Protocol):
    """A host that hears of what happens to the engine as a whole."""

    def engine_reset(self) -> None: ...

    def engine_ready(self) -> None: ...

    def client_added(self, address: int) -> None: ...

    def client_notifies(self, client: FirmwareClient) -> None: ...


class Engine:
    """`hosts` are told of resets. `answers_reset`: whether it comes up again when the host resets the link; `is_ready`
    whether it is there at all (see `set_ready`).

    `removed` are clients, by name, that are not there although the firmware would have them.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.firmware: Any = device.firmware
        self.faults = MeiScripts()
        self.hosts: list[Attached] = []
        self.answers_reset = True
        self.is_ready = True
        self.last_reset = RESET_NONE
        self.removed: set[str] = set()
        self.everything = {address: kind(self) for address, kind in ADDRESSES.items()}
        self._numbers = itertools.count(1)

    @property
    def clients(self) -> dict[int, FirmwareClient]:
        """Those that enumerate now, by address."""
        self.firmware.settle()
        return {address: client for address, client in self.everything.items() if self._present(client)}

    def _present(self, client: FirmwareClient) -> bool:
        if client.name in self.removed:
            return False
        amt = self.firmware.setup.amt
        if isinstance(client, Watchdog):
            return amt != "disabled" and self.firmware.os_watchdog.present
        return amt == "enabled" or not isinstance(client, NEED_AMT)

    def client(self, name: str) -> FirmwareClient:
        """By the name that the journal uses. Raises LookupError."""
        for client in self.everything.values():
            if client.name == name:
                return client
        raise LookupError("there is no client {0!r}".format(name))

    def connect(self, address: int, host: Host) -> Session:
        """A session of `host` with the client at an address, who then tells the client. Raises ConnectionRefused."""
        client = self.clients.get(address)
        if client is None or client.fixed_address:
            raise ConnectionRefused(hbm.NOT_FOUND)
        script = self.faults.strike(CONNECT, client.name)
        if script or client.full:
            self.record(client, "Connect", hbm.OUT_OF_RESOURCES, script)
            raise ConnectionRefused(hbm.OUT_OF_RESOURCES)
        return self.make_session(client, host)

    def make_session(self, client: FirmwareClient, host: Host) -> Session:
        session = Session(client, host, next(self._numbers))
        client.sessions.append(session)
        return session

    def receive(self, session: Session, message: bytes) -> None:
        """A whole message of the host: let scripted faults have their way, and answer."""
        client = session.client
        self.firmware.settle()
        command = client.command_of(message)
        script = self.faults.strike(BEFORE, client.name, command) if command else None
        if script and script.kind.stage == BEFORE:
            self.record(client, command, script.parameters.get("status", 1), script, session)
            self._instead(session, message, script)
            return
        handled = client.handle(session, message)
        if command:
            self.record(client, command, handled.status, script, session)
        self._answer(session, handled, script)

    def _instead(self, session: Session, message: bytes, script: MeiScript) -> None:
        if script.fault == "mei_reset_before":
            self.reset()
        elif script.fault == "mei_drop_before":
            session.drop()
        elif script.fault == "mei_refuse" and (refusal := session.client.refusal(message, script["status"])):
            session.send(refusal)

    def _answer(self, session: Session, handled: Handled, script: Optional[MeiScript]) -> None:
        if script is None:
            self._send(session, handled)
        elif script.fault == "mei_reset_after":
            self.reset()
        elif script.fault == "mei_late":
            asyncio.get_running_loop().call_later(script["seconds"], self._send, session, handled)

    def _send(self, session: Session, handled: Handled) -> None:
        for answer in handled.answers:
            session.send(answer)

    def record(
        self,
        client: FirmwareClient,
        command: str,
        status: int,
        script: Optional[MeiScript] = None,
        session: Optional[Session] = None,
    ) -> None:
        self.device.surroundings.journal.add(
            at=self.device.clock.now(),
            device=self.device.name,
            address=self.device.address,
            port=0,
            connection=session.number if session else 0,
            verb="mei",
            cls=client.name,
            method=command,
            status=status,
            fault=script.fault if script else "",
            took_effect=status == 0 and (script is None or bool(script.kind.executed)),
        )

    def reset(self) -> None:
        """The engine restarts: every connection is over, and what was only in its memory is gone."""
        self.last_reset = RESET_ENGINE
        self.tell_hosts(lambda host: host.engine_reset())
        self.forget_hosts()
        self.firmware.engine_restarted()

    def set_ready(self, ready: bool) -> None:
        """Take the whole engine away from its hosts, or give it back."""
        if ready == self.is_ready:
            return
        self.is_ready = ready
        if ready:
            self.tell_hosts(lambda host: host.engine_ready())
        else:
            self.reset()

    def forget_hosts(self) -> None:
        for client in self.everything.values():
            for session in list(client.sessions):
                session.drop()

    def remove_client(self, name: str) -> None:
        """Take a client off the bus; whoever holds it loses it."""
        client = self.client(name)
        self.removed.add(name)
        self.disconnect(client.name)

    def add_client(self, name: str) -> None:
        """Put a client back, which hosts hear of at once."""
        client = self.client(name)
        self.removed.discard(name)
        self.tell_hosts(lambda host: host.client_added(self.address_of(client)))

    def address_of(self, client: FirmwareClient) -> int:
        return next(address for address, other in self.everything.items() if other is client)

    def disconnect(self, name: str) -> None:
        """End a client's connections from the firmware's side."""
        for session in list(self.client(name).sessions):
            session.drop()

    def notify(self, name: str) -> None:
        """An event of a client for the hosts that asked for it."""
        client = self.client(name)
        self.tell_hosts(lambda host: host.client_notifies(client))

    def tell_hosts(self, tell: Callable[[Attached], None]) -> None:
        for host in list(self.hosts):
            tell(host)
