# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Levers from outside: a small JSON interface over HTTP, on a loopback address or on a Unix socket.

GET    /                          the fleet: ports, clock, devices with their state
GET    /devices/NAME              one device, with its certificate's fingerprint and its scripted faults
GET    /devices/NAME/instances/CLASS    the instances of a class as the firmware holds them
POST   /devices/NAME/faults       script a fault: {"fault": "busy", "verb": "get", "times": 2}
DELETE /devices/NAME/faults       forget the device's faults
GET    /devices/NAME/mei          the host's side: clients, set-up, watchdog, alerts, scripted faults
POST   /devices/NAME/mei          levers of `mei.levers.pull`: {"restart": 0, "remove": "WD", "answers_reset": true}
POST   /devices/NAME/mei/faults   script a fault of that side: {"fault": "mei_late", "client": "AMTHI", "times": 1}
DELETE /devices/NAME/mei/faults   forget them
GET    /journal?device=NAME&since=NUMBER&access=write&...    entries
DELETE /journal                   forget the entries
POST   /devices/NAME/flow         what System Defense does with a packet (see `flows`): {"to": "192.0.2.1", "port": 80}
POST   /clock                     {"advance": SECONDS}
GET    /faults                    the table of faults
GET    /ca.pem                    the authority's certificate
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Optional
from urllib.parse import parse_qsl, urlsplit

import h11

from .device import Device
from .faults import TABLE, UnknownFault
from .flows import ask
from .frames import NoFlow
from .journal import Entry
from .listening import CannotListen
from .mei import levers
from .simulation import Simulation, UnknownDevice
from .values import Datetime, Epr, Fault, Interval, Nested

BODY_LIMIT = 1 << 16


class Refusal(Exception):
    """The request cannot be done; `status` is HTTP's."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class ControlServer:
    """`where` is 127.x.x.x:PORT or unix:PATH."""

    def __init__(self, simulation: Simulation, where: str) -> None:
        self.simulation = simulation
        self.where = where
        self._server: Optional[asyncio.AbstractServer] = None

    async def start(self) -> None:
        if self.where.startswith("unix:"):
            self._server = await asyncio.start_unix_server(self._serve, self.where[5:])
            return
        host, _colon, port = self.where.rpartition(":")
        if not host.startswith("127.") or not port.isdigit():
            raise CannotListen(0, "control: {0!r} is neither 127.x.x.x:PORT nor unix:PATH".format(self.where))
        try:
            self._server = await asyncio.start_server(self._serve, host, int(port))
        except OSError as error:
            raise CannotListen(0, "control: {0} cannot be had: {1}".format(self.where, error.strerror)) from error

    async def stop(self) -> None:
        """Take no more; who is being answered is not waited for."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        try:
            head, body = await asyncio.wait_for(read_request(http, reader), 30)
            status, octets = self._respond(head.method.decode("ascii"), head.target.decode("ascii"), body)
            headers = {"Content-Type": "application/json", "Content-Length": str(len(octets)), "Connection": "close"}
            writer.write(http.send(h11.Response(status_code=status, headers=list(headers.items()))))
            writer.write(http.send(h11.Data(data=octets)) + http.send(h11.EndOfMessage()))
            await writer.drain()
        except (h11.ProtocolError, ConnectionError, asyncio.TimeoutError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _respond(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        try:
            url = urlsplit(target)
            result = self._do(method, [part for part in url.path.split("/") if part], dict(parse_qsl(url.query)), body)
        except Refusal as refusal:
            return refusal.status, json.dumps({"error": str(refusal)}).encode("utf-8")
        if isinstance(result, bytes):
            return 200, result
        return 200, (json.dumps(result) + "\n").encode("utf-8")

    def _do(self, method: str, path: list[str], query: dict[str, str], body: bytes) -> Any:
        if (method, path) == ("GET", []):
            return self._overview()
        if (method, path) == ("GET", ["faults"]):
            return [asdict(kind) for kind in TABLE]
        if (method, path) == ("GET", ["ca.pem"]):
            return self.simulation.ca_file.read_bytes()
        if path == ["journal"]:
            return self._journal(method, query)
        if (method, path) == ("POST", ["clock"]):
            return self._advance(parsed(body))
        if len(path) >= 2 and path[0] == "devices":
            return self._device(method, path[1], path[2:], body)
        raise Refusal(404, "there is nothing at /{0} for {1}".format("/".join(path), method))

    def _overview(self) -> dict[str, Any]:
        return {
            "ports": asdict(self.simulation.ports),
            "clock": self.simulation.clock.now(),
            "devices": [described(device) for device in self.simulation.devices],
        }

    def _journal(self, method: str, query: dict[str, str]) -> Any:
        if method == "DELETE":
            self.simulation.journal.clear()
            return {}
        since = query.pop("since", "0")
        if not since.isdigit():
            raise Refusal(400, "since is {0!r}; give the number of an entry".format(since))
        wanted = {("cls" if name == "class" else name): value for name, value in query.items()}
        for name in wanted:
            if name not in Entry.__dataclass_fields__ and name != "access":
                raise Refusal(400, "an entry has no {0!r}".format(name))
        entries = self.simulation.journal.entries(int(since))
        return [entry.shown() for entry in entries if all(said(getattr(entry, key)) == wanted[key] for key in wanted)]

    def _advance(self, wanted: dict[str, Any]) -> dict[str, float]:
        seconds = wanted.get("advance")
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            raise Refusal(400, 'say {"advance": SECONDS}')
        self.simulation.clock.advance(seconds)
        return {"clock": self.simulation.clock.now()}

    def _device(self, method: str, name: str, rest: list[str], body: bytes) -> Any:
        try:
            device = self.simulation.device(name)
            if (method, rest) == ("GET", []):
                return {**described(device), "fingerprint": self.simulation.authority.fingerprint(device.description)}
            if method == "GET" and len(rest) == 2 and rest[0] == "instances":
                return [shown(instance) for instance in device.firmware.present(rest[1])]
            if (method, rest) == ("POST", ["faults"]):
                return self.simulation.add_fault(name, **parsed(body)).shown()
            if (method, rest) == ("DELETE", ["faults"]):
                self.simulation.clear_faults(name)
                return {}
            if rest[:1] == ["mei"]:
                return self._engine(device, method, rest[1:], body)
            if (method, rest) == ("POST", ["flow"]):
                return ask(device.firmware, parsed(body))
        except (UnknownDevice, Fault) as error:
            raise Refusal(404, str(error)) from error
        except (UnknownFault, NoFlow, levers.NoLever, TypeError) as error:
            raise Refusal(400, str(error)) from error
        raise Refusal(404, "a device has no {0} for {1}".format("/".join(rest), method))

    def _engine(self, device: Device, method: str, rest: list[str], body: bytes) -> Any:
        if (method, rest) == ("GET", []):
            return levers.shown(device)
        if (method, rest) == ("POST", []):
            return levers.pull(device, parsed(body))
        if (method, rest) == ("POST", ["faults"]):
            return device.engine.faults.add(**parsed(body)).shown()
        if (method, rest) == ("DELETE", ["faults"]):
            device.engine.faults.clear()
            return {}
        raise Refusal(404, "the host's side has no {0} for {1}".format("/".join(rest), method))


def described(device: Device) -> dict[str, Any]:
    """State, without secrets. Version and power are only told of a device that has been spoken to."""
    facts: dict[str, Any] = {
        "name": device.name,
        "address": device.address,
        "generation": device.description.generation,
    }
    facts["faults"] = [script.shown() for script in device.scripts.scripts]
    if device.touched:
        facts["version"] = ".".join(str(part) for part in device.firmware.version)
        facts["power"] = device.firmware.get("CIM_AssociatedPowerManagementService", {})["PowerState"]
    return facts


def said(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (bool, int, float)) else str(value)


def shown(value: Any) -> Any:
    """A value of the firmware as JSON has it: references and embedded instances are objects."""
    if isinstance(value, tuple):
        return {"class": value[0], **shown(value[1])}
    if isinstance(value, Mapping):
        return {name: shown(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shown(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (Datetime, Interval)):
        return value.text
    if isinstance(value, Epr):
        return {"class": value.resource, "selectors": shown(value.selectors)}
    if isinstance(value, Nested):
        return {"class": value.namespace_class, **shown(dict(value.fields))}
    return value


def parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refusal(400, "the body is not JSON: {0}".format(error)) from error
    if not isinstance(found, dict):
        raise Refusal(400, "the body is no JSON object")
    return found


async def read_request(http: h11.Connection, reader: asyncio.StreamReader) -> tuple[h11.Request, bytes]:
    head, body = None, b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > BODY_LIMIT:
                raise h11.RemoteProtocolError("too long", error_status_hint=413)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return head, body
        else:
            raise h11.RemoteProtocolError("no request")
