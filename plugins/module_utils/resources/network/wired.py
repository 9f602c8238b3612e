# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How the firmware is on the wire: IPv4, VLAN, sleep states (AMT.md 5.2), and IPv6 (`ipv6`).

Whatever may cut the connection that this comes over is written last. Afterwards the device is looked for where it is
then; where nobody knows, that is said.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

from ...cim.network import ADDRESSING, ETHERNET_PORT, LINK_POLICY, MOST_VLAN, NO_VLAN, WIRED
from ...cim.schema import Properties
from ...errors import (
    AmtError,
    Busy,
    CertificateRefused,
    Indeterminate,
    Interrupted,
    InvalidOption,
    Unavailable,
    Unreachable,
    Unsupported,
    lacking,
)
from ...machine import Machine
from ...option import Option, check_within
from ...resource import UNVERIFIED, Resource, Values
from ...wsman.endpoint import Endpoint
from . import ipv6
from .addresses import check_net, host_address, netmask, router_address, servers, spelt

OWN_ADDRESS = {"address": "IPAddress", "netmask": "SubnetMask", "gateway": "DefaultGateway"}
SERVERS = ("PrimaryDNS", "SecondaryDNS")
NO_GATEWAY = "0.0.0.0"  # noqa: S104  what nothing listens at
SECONDS_TO_MOVE = 60.0
FIXED = ("addressing", *OWN_ADDRESS, "dns", "vlan")
"""A change of these moves the device, or what it is connected to."""
GONE = (
    "this change takes the device from {0}, by which it was reached, to an address that is not known here "
    "(addressing: {1}): not verified; give reach_at to have it looked for there"
)


class Wired(Resource):
    options = (
        Option("addressing", choices=tuple(ADDRESSING)),
        Option("address"),
        Option("netmask"),
        Option("gateway"),
        Option("dns", type="list", elements="str"),
        Option("vlan", type="int"),
        Option("link_policy", type="list", elements="str", choices=tuple(LINK_POLICY)),
        Option("ipv6", type="dict", options=ipv6.OPTIONS),
        Option("reach_at"),
    )
    aside = ("current", "mac", "link", "other_policies")

    def check(self, wanted: Values) -> None:
        checked(wanted)
        check_within("vlan", wanted["vlan"], NO_VLAN, MOST_VLAN, "(0: untagged)")
        if wanted["link_policy"] == []:
            raise InvalidOption("link_policy", [], "name the states in which the firmware stays on the network")
        ipv6.checked(wanted["ipv6"])

    def read(self, machine: Machine, wanted: Values) -> Values:
        port = wired_port(machine)
        policies = port.get("LinkPolicy")
        six = ipv6.read(machine)
        return {
            **_own_addresses(port),
            "vlan": port.get("VLANTag", NO_VLAN),
            "link_policy": None if policies is None else [word for word in LINK_POLICY if word in policies],
            "ipv6": six["ipv6"],
            "current": {**_current(port), "ipv6": six["current_ipv6"]},
            "mac": port.get("MACAddress"),
            "link": port.get("LinkIsUp"),
            "other_policies": [each for each in policies or () if each not in LINK_POLICY],
        }

    def leads(self, wanted: Values, endpoint: Endpoint) -> Values:
        there = wanted.get("reach_at") or wanted.get("address")
        return {"host": there} if there else {}

    def plan(self, present: Values, wanted: Values) -> Values:
        given = {name: value for name, value in checked(wanted).items() if value is not None}
        planned = {**present, **given, "ipv6": ipv6.plan(present["ipv6"], wanted["ipv6"])}
        if planned["addressing"] != "static":
            planned.update({**dict.fromkeys(OWN_ADDRESS), "dns": []})
        else:
            planned["gateway"] = _gateway(planned["gateway"])
            if _moves(present, planned):
                _check_static(planned)
        if wanted["link_policy"] is not None:
            if present["link_policy"] is None:
                raise lacking("link_policy", "link policy that this user is shown: it is for administrators")
            planned["link_policy"] = [word for word in LINK_POLICY if word in wanted["link_policy"]]
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        here = spelt(machine.peer.partition("%")[0])
        if here is None or not _cuts(present, planned, here):
            self._write(machine, present, planned, here)
            return {}
        certificate = machine.certificate
        with suppress(Indeterminate):
            self._write(machine, present, planned, here)
        there = wanted["reach_at"] or (planned["address"] if planned["address"] != here else None)
        if there is None and planned["addressing"] != present["addressing"]:
            return {UNVERIFIED: GONE.format(here, planned["addressing"])}
        pinned = {"fingerprint": sha256(certificate).hexdigest()} if certificate else {}
        machine.reopen(**({"host": there, **pinned} if there else {}))
        _await(machine, there or here)
        return {"reached_at": there or here}

    @staticmethod
    def _write(machine: Machine, present: Values, planned: Values, here: str | None) -> None:
        """What may cut the connection at hand comes last."""
        steps = (_write_ipv6, _write_port)
        for step in reversed(steps) if here in present["current"]["ipv6"] else steps:
            step(machine, present, planned)


def _write_ipv6(machine: Machine, present: Values, planned: Values) -> None:
    if planned["ipv6"] != present["ipv6"]:
        ipv6.write(machine, present["ipv6"], planned["ipv6"])


def _write_port(machine: Machine, present: Values, planned: Values) -> None:
    changes = _changes(present, planned)
    if changes:
        machine.modify(ETHERNET_PORT, changes, InstanceID=WIRED)


def _await(machine: Machine, place: str) -> None:
    """Until the device answers at its new place, with the certificate that it had at the old one."""

    def answers() -> bool:
        try:
            machine.get(ETHERNET_PORT, InstanceID=WIRED)
        except (Busy, Interrupted, Unreachable) as silence:
            if isinstance(silence, CertificateRefused):
                raise
            return False
        return True

    try:
        machine.wait(answers, SECONDS_TO_MOVE, "it did not answer")
    except AmtError as failure:
        message = "the device was told to move, and could not be found at {0}: {1}"
        hint = "look for it there, or where it was, from a place that reaches it"
        raise Indeterminate(message.format(place, failure), hint) from failure


def wired_port(machine: Machine) -> Properties:
    """Unavailable where there is no wired interface: such a port is missing, or all zeros."""
    try:
        port = machine.get(ETHERNET_PORT, InstanceID=WIRED)
    except Unsupported:
        port = None
    if port is None or not (port.get("MACAddress") or "1").strip("0:-"):
        raise Unavailable("this device has no wired interface", "amt_wireless is for its wireless one")
    return port


def checked(wanted: Values) -> Values:
    """What is wished for of IPv4, in one spelling. InvalidOption."""
    if wanted["addressing"] not in (None, "static"):
        for name in (*OWN_ADDRESS, "dns"):
            if wanted[name]:
                way_out = "with addressing: {0} the firmware has no address of its own; leave it out"
                raise InvalidOption(name, wanted[name], way_out.format(wanted["addressing"]))
    address, mask, gateway, dns = (wanted[name] for name in (*OWN_ADDRESS, "dns"))
    address = None if address is None else host_address("address", address, 4)
    mask = None if mask is None else netmask("netmask", mask)
    gateway = gateway if gateway in (None, NO_GATEWAY) else router_address("gateway", gateway, 4)
    if address and mask:
        check_net(address, mask, _gateway(gateway))
    names = None if dns is None else servers("dns", dns, 4)
    own = {"address": address, "netmask": mask, "gateway": gateway, "dns": names}
    return {"addressing": wanted["addressing"], **own, "vlan": wanted["vlan"]}


def _gateway(value: str | None) -> str | None:
    return None if value == NO_GATEWAY else value


def _check_static(planned: Values) -> None:
    for name in ("address", "netmask"):
        if planned[name] is None:
            raise InvalidOption("addressing", planned["addressing"], "it needs {0} too".format(name))
    check_net(planned["address"], planned["netmask"], planned["gateway"])


def _own_addresses(port: Properties) -> Values:
    addressing = "dhcp" if port["DHCPEnabled"] else "shared" if port.get("SharedStaticIp") else "static"
    own = addressing == "static"
    addresses = {name: spelt(port.get(wire)) if own else None for name, wire in OWN_ADDRESS.items()}
    return {"addressing": addressing, **addresses, "dns": _servers(port) if own else []}


def _servers(port: Properties) -> list[str]:
    return [found for found in (spelt(port.get(name)) for name in SERVERS) if found]


def _current(port: Properties) -> Values:
    return {**{name: spelt(port.get(wire)) for name, wire in OWN_ADDRESS.items()}, "dns": _servers(port)}


def _moves(present: Values, planned: Values) -> bool:
    return any(planned[name] != present[name] for name in FIXED)


def _changes(present: Values, planned: Values) -> Values:
    """Under the names of the wire. Addresses are sent whole or, where they are not the firmware's own, not at all."""
    changes: Values = {}
    if planned["link_policy"] != present["link_policy"]:
        changes["LinkPolicy"] = [*planned["link_policy"], *planned["other_policies"]]
    if planned["vlan"] != present["vlan"]:
        changes["VLANTag"] = planned["vlan"]
    if changes or _moves(present, planned):
        names = dict(zip(SERVERS, [*planned["dns"], None, None]))
        addresses = {wire: planned[name] for name, wire in OWN_ADDRESS.items()}
        changes.update({**ADDRESSING[planned["addressing"]], **addresses, **names})
    return changes


def _cuts(present: Values, planned: Values, here: str) -> bool:
    """Whether the way by which this device is reached is one that is changed."""
    if here in present["current"]["ipv6"]:
        return bool(planned["ipv6"] != present["ipv6"] or planned["vlan"] != present["vlan"])
    return bool(here == present["current"]["address"] and _moves(present, planned))
