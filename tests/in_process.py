# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core on a simulated firmware without a network in between: request documents in, answer documents out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any, Optional

from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import AuthenticationRefused
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpRequest
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from simulator import stored_files
from simulator.certificates import Authority
from simulator.clock import ManualClock
from simulator.device import Description, Device, Surroundings
from simulator.digest import secret
from simulator.firmware.model import Firmware
from simulator.soap_request import parse_request
from simulator.values import Fault

METHODS = rb"(Admin)?(Get|Enumerate|Pull)[A-Za-z]*|ReadBlock|(Un)?[Rr]egisterApplication|AMTAuthenticate"
READS = re.compile(rb"\AGET |/(" + METHODS + rb")</")
"""The actions that only tell, in a request document: verbs, and the methods that are named so. A file is got.
Somebody who is registered is so already: a session of his leaves nothing behind."""


def is_read(body: bytes) -> bool:
    return READS.search(body) is not None


class SharedClock(ManualClock):
    """Waiting moves the firmware's time and nothing else."""

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def wall(self) -> float:
        return self.now()


class Direct:
    """A transport; `sent` holds every request document, `answered` every answer. Who has the password is let in."""

    def __init__(self, device: Device) -> None:
        self.firmware = device.firmware
        self.service = device.powered.service
        self.endpoint = Endpoint("pc", username=self.firmware.caller, password=self.firmware.settings.password)
        self.is_moved = False
        self.sent: list[bytes] = []
        self.answered: list[bytes] = []

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> HttpReply:
        self.sent.append(body)
        self._log_in()
        try:
            answer = self.service.answer(parse_request(body))
        except Fault as fault:
            answer = self.service.refusal(fault, "0")
        self.answered.append(answer.body)
        return HttpReply(answer.status, {}, answer.body)

    def send(self, request: HttpRequest, only_on: int = 0, slow: bool = False) -> HttpReply:
        """A file, of which the first line of the request is kept before its body."""
        self.sent.append("{0.method} {0.target}\r\n\r\n".format(request).encode() + request.body)
        self._log_in()
        told = stored_files.answer(self.firmware, request.method, request.target, {}, request.body)
        self.answered.append(told.body)
        return HttpReply(told.status, {name.lower(): value for name, value in told.headers}, told.body)

    def _log_in(self) -> None:
        """As over the network: a wrong password proves that nothing was carried out."""
        user, known = self.endpoint.username, self.firmware.secret_of(self.endpoint.username)
        right = secret(user, self.firmware.digest_realm, self.endpoint.password)
        if self.endpoint.auth == "digest" and self.firmware.users.accounts and known != right:
            raise AuthenticationRefused("pc: the credentials of user {0!r} were refused".format(user))
        if self.is_moved:
            self.firmware.caller = user

    def close(self) -> None:
        """Nothing is open."""

    def moved(self, changes: Mapping[str, Any]) -> Direct:
        other = copy(self)
        other.endpoint = self.endpoint.moved(**changes)
        other.is_moved = True
        return other


class Before:
    """A transport before another one. Wherever the connection goes on, this stays before it."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> HttpReply:
        return self.real.post(body, only_on, slow)

    def send(self, request: HttpRequest, only_on: int = 0, slow: bool = False) -> HttpReply:
        return self.real.send(request, only_on, slow)

    def close(self) -> None:
        self.real.close()

    @property
    def endpoint(self) -> Endpoint:
        return self.real.endpoint

    def moved(self, changes: Mapping[str, Any]) -> Before:
        other = copy(self)
        other.real = self.real.moved(changes)
        return other


def machine(generation: str = "16", says: str = "", **settings: Any) -> Machine:
    """A machine whose `client.transport` is a Direct. `says`: in the place of every text that the device has."""
    clock = SharedClock()
    device = Device(Description("pc", "127.1.0.1", generation, settings, says=says), clock, Firmware)
    return Machine(Client(Direct(device), clock), clock, Deadline(clock, 3600))


def host(generation: str = "16", certificates: Optional[Path] = None, **settings: Any) -> Device:
    """A device seen from its own machine: `device.mei(device.clock)` is the driver's node. Time passes by waiting.

    With a folder for `certificates` it has TLS too.
    """
    surroundings = Surroundings()
    if certificates is not None:
        authority = Authority(certificates)
        surroundings = Surroundings(certificate=authority.certificate, files=authority.files)
    return Device(Description("pc", "127.1.0.1", generation, settings), SharedClock(), Firmware, surroundings)
