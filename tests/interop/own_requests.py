# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests that the core sends: those that its tables allow, and those that its resources do send."""

from __future__ import annotations

import importlib
import ssl
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils import cim as tables_package
from ansible_collections.outofband.amt.plugins.module_utils.cim.schema import CimClass
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.resource import Resource, converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.ieee8021x import Ieee8021x
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.remote_access import RemoteAccess
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.wireless import Wireless
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import TARGETS, Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import EVENTS, STATES, Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.attestation import Attestation
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.posture import Posture
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference

from simulator.firmware.security import on_die
from tests import certificate_maker as made
from tests.capabilities import CAPABILITIES
from tests.in_process import machine
from tests.interop.node_packages import ROOT

CONTEXT = "86000000-0000-0000-0000-000000000000"
GENERATIONS = ("9", "11", "16", "19")


def domains() -> dict[str, str]:
    """Name of every class that a file under cim/ describes -> name of that file."""
    return {cim.name: domain for domain, cim in described()}


def tables() -> dict[str, CimClass]:
    return {cim.name: cim for _domain, cim in described()}


@cache
def described() -> list[tuple[str, CimClass]]:
    names = sorted(file.stem for file in (ROOT / "plugins" / "module_utils" / "cim").glob("*.py"))
    modules = [(name, importlib.import_module("{0}.{1}".format(tables_package.__name__, name))) for name in names]
    return [(name, value) for name, module in modules for value in vars(module).values() if isinstance(value, CimClass)]


def table_requests() -> Iterator[bytes]:
    for cim in tables().values():
        yield envelope.request(envelope.GET, cim.at())
        yield envelope.request(envelope.ENUMERATE, Reference(cim.name), envelope.enumerate_body())
        yield envelope.request(envelope.PULL, Reference(cim.name), envelope.pull_body(CONTEXT))


def defaults(resource: Resource, **given: Any) -> dict[str, Any]:
    return {**{option.name: option.default for option in resource.options}, **given}


def capability_requests() -> Iterator[bytes]:
    """One wish after the other on one device, so that members are made, changed and removed. Files of the web storage,
    which are no documents, others compare."""
    for each in CAPABILITIES.values():
        device = machine(each.generations[-1], **each.settings)
        for given in (*each.wishes.values(), each.first):
            converge(each.resource(), device, defaults(each.resource(), **given))
        yield from (sent for sent in device.client.transport.sent if sent.lstrip().startswith(b"<"))


def wishes() -> Iterator[tuple[Resource, dict[str, Any], str]]:
    """(resource, wanted, power state before)."""
    yield Inventory(), {"gather_subset": ["all"]}, "on"
    for state in (*STATES, *EVENTS):
        for graceful in ("prefer", "never"):
            yield Power(), defaults(Power(), state=state, graceful=graceful), "off" if state == "on" else "on"
    for target in ("none", *TARGETS):
        yield Boot(), defaults(Boot(), target=target, restart="immediate"), "on"
    switches = {"sol": True, "lock_keyboard": True, "verbosity": "quiet", "progress_events": True}
    yield Boot(), defaults(Boot(), target="disk", media_index=1, **switches), "on"
    yield Attestation(), defaults(Attestation(), roots=[on_die.root_pem()]), "on"


def signer_requests() -> Iterator[bytes]:
    """One certificate after the other signs postures."""
    device = machine("16", tls=False)
    members = [{"certificate": made.leaf(name, "One"), "private_key": made.key_pem(name)} for name in ("a", "b")]
    converge(Certificates(), device, defaults(Certificates(), roots=[made.root("One")], certificates=members))
    for member in members:
        shown = sha256(ssl.PEM_cert_to_DER_cert(member["certificate"])).hexdigest()
        converge(Posture(), device, defaults(Posture(), enabled=True, signer=shown, reset=["boot"]))
    yield from device.client.transport.sent


def certified_requests() -> Iterator[bytes]:
    """802.1X with and without wire, and a presence server, by a certificate of the device's own."""
    device = machine("16", tls=False, wireless=True)
    member = {"certificate": made.leaf("a", "One"), "private_key": made.key_pem("a")}
    converge(Certificates(), device, defaults(Certificates(), roots=[made.root("One")], certificates=[member]))
    texts = (member["certificate"], made.root("One"))
    own, root = (sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest() for text in texts)
    by_tls = {"method": "tls", "username": "pc", "client_certificate": own, "root_certificate": root}
    converge(Ieee8021x(), device, defaults(Ieee8021x(), enabled=True, **by_tls))
    for priority in (1, 2):
        profile = {"name": "campus", "security": "wpa2_8021x", "priority": priority, "ieee8021x": by_tls}
        converge(Wireless(), device, defaults(Wireless(), profiles=[profile]))
    server = {"address": "192.0.2.9", "common_name": "mps", "certificate": own}
    converge(RemoteAccess(), device, defaults(RemoteAccess(), servers=[server]))
    yield from device.client.transport.sent


def resource_requests() -> Iterator[bytes]:
    """What a firmware refuses is also a request that was sent."""
    for generation in GENERATIONS:
        for resource, wanted, before in wishes():
            device = machine(generation, power=before)
            if wanted.get("target") == "none":
                converge(Boot(), device, defaults(Boot(), target="pxe"))
            try:
                converge(resource, device, wanted)
            except AmtError:
                assert device.client.transport.sent
            yield from device.client.transport.sent
    yield from capability_requests()
    yield from signer_requests()
    yield from certified_requests()
