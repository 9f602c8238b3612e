# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP proxies through which the device reaches its management presence servers, from AMT 12 on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...values import Instance
from ..domain import Domain, delete, instances, method, put, service
from ..selection import reference_to
from .tunnels import DUPLICATE, INVALID_PARAMETER, MAX_LIMIT_REACHED, MOST_PROXIES, form_of

SERVICE, PROXY = "IPS_HTTPProxyService", "IPS_HTTPProxyAccessPoint"
SINCE = 12
COMPLETED = 0
BY_CONSOLE = 0


@dataclass
class Proxy:
    number: int
    info: str
    form: int
    port: int
    suffix: str
    priority: int


class Proxies(Domain):
    """`sync`: the host's own proxies are brought here by its local service."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.proxies: dict[int, Proxy] = {}
        self.sync = True
        self.turn = 0

    @instances(SERVICE, since=SINCE)
    def services(self) -> list[Instance]:
        return [{**service(SERVICE, "Intel(r) ME HTTP Proxy Service"), "SyncEnabled": self.sync}]

    @put(SERVICE, since=SINCE)
    def put_service(self, _present: Instance, wanted: dict[str, Any]) -> None:
        self.sync = wanted.get("SyncEnabled", self.sync)

    @instances(PROXY, since=SINCE)
    def shown_proxies(self) -> list[Instance]:
        return [self.shown(proxy) for _number, proxy in sorted(self.proxies.items())]

    @staticmethod
    def shown(proxy: Proxy) -> Instance:
        name = "Intel(r) ME:HTTP Proxy Access Point"
        return {
            **service(PROXY, "{0} {1}".format(name, proxy.number), name),
            "AccessInfo": proxy.info,
            "InfoFormat": proxy.form,
            "NetworkDnsSuffix": proxy.suffix,
            "Port": proxy.port,
            "Priority": proxy.priority,
            "Type": BY_CONSOLE,
        }

    @method(SERVICE, "AddProxyAccessPoint", since=SINCE, writes=True)
    def add(self, _present: Instance, AccessInfo: str, InfoFormat: int, Port: int, NetworkDnsSuffix: str) -> Any:
        if len(self.proxies) >= MOST_PROXIES:
            return MAX_LIMIT_REACHED
        if InfoFormat != form_of(AccessInfo) or not Port or not NetworkDnsSuffix:
            return INVALID_PARAMETER
        if any((other.info.lower(), other.port) == (AccessInfo.lower(), Port) for other in self.proxies.values()):
            return DUPLICATE
        number = next(number for number in range(MOST_PROXIES) if number not in self.proxies)
        self.turn += 1
        proxy = self.proxies[number] = Proxy(number, AccessInfo, InfoFormat, Port, NetworkDnsSuffix, self.turn)
        return {"ProxyAccessPoint": reference_to(PROXY, self.shown(proxy)), "ReturnValue": COMPLETED}

    @delete(PROXY, since=SINCE)
    def remove(self, present: Instance) -> None:
        del self.proxies[int(str(present["Name"]).rpartition(" ")[2])]
