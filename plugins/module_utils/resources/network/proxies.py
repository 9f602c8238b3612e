# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP proxies through which a device reaches its management presence servers: AMT.md 14.1."""

from __future__ import annotations

from ...cim.network import PROXY, PROXY_SERVICE
from ...errors import InvalidOption, Overtaken
from ...machine import Machine
from ...option import Option, filled
from ...resource import Values
from .places import form_of, key_of, place, shared, shown, spelt
from .presence_servers import Key

OPTIONS = (
    Option("address", required=True),
    Option("port", type="int", required=True),
    Option("dns_suffix", required=True),
)


def checked(members: list[Values]) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    for member in (filled(OPTIONS, each) for each in members):
        key = place("proxies", member["address"], member["port"])
        if key in found:
            raise InvalidOption("proxies", shown(key), "it is listed twice")
        if not member["dns_suffix"]:
            raise InvalidOption("dns_suffix", "", "give the domain of the network that the proxy belongs to")
        found[key] = {**member, "address": key[0]}
    return found


def read(machine: Machine) -> list[Values]:
    found = [
        {
            "address": spelt(str(row["AccessInfo"])),
            "port": row["Port"],
            "dns_suffix": row["NetworkDnsSuffix"],
        }
        for row in machine.list(PROXY)
    ]
    return sorted(found, key=key_of)


def planned(present: list[Values], wanted: dict[Key, Values], purge: bool) -> list[Values]:
    will = {**({} if purge else {key_of(member): member for member in present}), **wanted}
    return [will[key] for key in sorted(will)]


def change(machine: Machine, present: list[Values], will: list[Values]) -> None:
    for member in present:
        if member not in will:
            _remove(machine, key_of(member))
    for member in will:
        if member not in present:
            arguments = {
                "AccessInfo": member["address"],
                "InfoFormat": form_of(member["address"]),
                "Port": member["port"],
                "NetworkDnsSuffix": member["dns_suffix"],
            }
            with shared("proxy {0} comes".format(shown(key_of(member))), "DUPLICATE"):
                machine.invoke(PROXY_SERVICE, "AddProxyAccessPoint", arguments)


def _remove(machine: Machine, key: Key) -> None:
    for row in machine.list(PROXY):
        if (spelt(str(row["AccessInfo"])), row["Port"]) == key:
            machine.delete(PROXY, Name=row["Name"])
            return
    raise Overtaken("proxy {0} is there no more".format(shown(key)))
