# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One log-in to each of many devices, to read facts: a refused one is noted and never tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils import report
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AmtError,
    AuthenticationRefused,
    CertificateRefused,
    Unreachable,
)
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine, open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Exchange
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

Observe = Callable[[Exchange], None]

OUTCOMES: dict[type[AmtError], str] = {
    AuthenticationRefused: "refused",
    CertificateRefused: "untrusted",
    Unreachable: "unreachable",
}


SILENT = "It answered the ping, and nothing came on its connections."
NO_TLS = "It offers no TLS, and tls is required. Switch TLS on there, or set tls: preferred to log in without."


def open_endpoint(endpoint: Endpoint, observe: Observe | None = None) -> Machine:
    """The firmware at an endpoint, by the authentication that the endpoint names; nothing is sent yet."""
    if endpoint.auth == "kerberos":
        from .kerberos import open_kerberos_machine

        return open_kerberos_machine(endpoint, observe=observe)
    return open_machine(endpoint, observe=observe)


@dataclass(frozen=True)
class Login:
    """`template` holds everything but the address. `fingerprints` are by address or by name. `read` makes facts.

    `looked`: every device was connected to before, so that what is not in its `amt_ports` is known not to answer.
    """

    template: Endpoint
    read: Callable[[Machine], dict[str, Any]]
    fingerprints: Mapping[str, str]
    forks: int
    looked: bool = False

    def __post_init__(self) -> None:
        self.template.check_credentials()

    def endpoint(self, device: Mapping[str, Any]) -> Endpoint:
        pin = self.fingerprints.get(device["amt_host"]) or self.fingerprints.get(device["amt_name"]) or ""
        return replace(
            self.template,
            host=device["amt_name"] or device["amt_host"],
            port=device["amt_port"],
            tls=device["amt_tls"],
            fingerprint=pin,
        )

    def attempt(self, device: Mapping[str, Any]) -> dict[str, Any]:
        """Variables to add: `amt_login` ok, refused, untrusted, unreachable or failed; `amt`, or `amt_login_error`."""
        if self.looked and not device["amt_ports"]:
            return {"amt_login": "unreachable", "amt_login_error": SILENT}
        if self.looked and device["amt_tls"] and device["amt_port"] not in device["amt_ports"]:
            return {"amt_login": "untrusted", "amt_login_error": NO_TLS}
        try:
            with open_endpoint(self.endpoint(device)) as machine:
                return {"amt_login": "ok", "amt": self.read(machine)}
        except AmtError as error:
            word = next((word for kind, word in OUTCOMES.items() if isinstance(error, kind)), "failed")
            return {"amt_login": word, "amt_login_error": report.failure(error)["msg"]}

    def to_all(self, devices: list[dict[str, Any]]) -> None:
        """Lay what each log-in brought into the device's own variables."""
        with ThreadPoolExecutor(max(self.forks, 1)) as pool:
            for device, learnt in zip(devices, pool.map(self.attempt, devices)):
                device.update(learnt)
