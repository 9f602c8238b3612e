# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a device: read when somebody asks for it, kept in Salt's cache, given out as grains."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Callable

import salt.cache
from salt.exceptions import SaltCacheError
from saltext.amt.carry_out import carry_out, opened, sentence, without
from saltext.amt.core.cim.network import GENERAL
from saltext.amt.core.errors import AmtError
from saltext.amt.core.harmless import one_line
from saltext.amt.core.resource import Values, told
from saltext.amt.core.resources.inventory.inventory import Inventory
from saltext.amt.devices import Device

log = logging.getLogger(__name__)

BANK = "amt/grains"
SUBSETS = ("system", "firmware", "network")
OF_FIRMWARE = ("version", "sku", "control_mode", "provisioning_state")
OF_SYSTEM = {
    "uuid": "uuid",
    "manufacturer": "manufacturer",
    "productname": "model",
    "serialnumber": "serial_number",
}
#: Characters of a text that is a grain.
LONGEST = 256


def answers(device: Device) -> bool:
    """True, or an AmtError: one request with log-in."""
    with opened(device) as machine:
        machine.get(GENERAL)
    return True


def pings(device: Device) -> bool:
    """Whether it answers and lets us in. The log says why it does not."""
    return not silence(device)


def silence(device: Device) -> str:
    """Why it does not answer, or does not let us in; empty, if it does."""
    try:
        answers(device)
    except AmtError as error:
        said = str(without([device.endpoint.password], sentence(error)))
        log.warning("%s does not answer: %s", device.name, said)
        return said
    return ""


def known(kept: Callable[[str], Values], device: Device) -> Values:
    """The grains as last refreshed, by a `reader`. Nothing is sent."""
    return {**_place(device), **kept(device.name)}


def reader(opts: Mapping[str, Any]) -> Callable[[str], Values]:
    """What was last read from the device of a name. For many devices take one: Salt loads modules for each reader."""
    cache = _cache(opts)

    def fetch(name: str) -> Values:
        try:
            return cache.fetch(BANK, name) or {}
        except (OSError, SaltCacheError) as error:
            log.error("what was read from %s is out of reach: %s", name, error)
            return {}

    return fetch


def refresh(opts: Mapping[str, Any], device: Device) -> Values:
    """The grains as the device tells them now."""
    read = told(carry_out(Inventory(), device, {"gather_subset": SUBSETS}))
    keep(opts, device, read)
    return {**_place(device), **_shown(device, read)}


def keep(opts: Mapping[str, Any], device: Device, read: Values) -> None:
    """Where all of SUBSETS were asked for, hold on to what is a grain of it; what could not be read stays as it was. A
    cache that is full costs nobody an answer.
    """
    if not all(name in read for name in SUBSETS):
        return
    try:
        cache = _cache(opts)
        cache.store(BANK, device.name, {**(cache.fetch(BANK, device.name) or {}), **_shown(device, read)})
    except (OSError, SaltCacheError) as error:
        log.error("what was read from %s is not kept: %s", device.name, error)


def _place(device: Device) -> Values:
    return {"id": device.name, "amt_device": device.name, "amt_host": device.endpoint.host}


def _shown(device: Device, read: Values) -> Values:
    return dict(without([device.endpoint.password], grains_from(read)))


#: Grain -> what it has to look like. They name machines in targets and state files.
NAMES = {
    "amt_hostname": re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"),
    "amt_fqdn": re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?"),
    "amt_version": re.compile(r"[0-9]+(\.[0-9]+)*"),
}


def grains_from(read: Values) -> Values:
    """Of every part that was read. Texts are of one line; what should be a name and is none is None."""
    found: Values = {}
    if read["firmware"]:
        firmware = read["firmware"]
        found.update({"amt_" + name: firmware[name] for name in OF_FIRMWARE})
    if read["network"]:
        network = read["network"]
        ports = {name: port["mac"] for name, port in network["ports"].items()}
        found.update(amt_hostname=network["hostname"], amt_fqdn=network["fqdn"], amt_mac_addresses=ports)
    if read["system"]:
        system = read["system"]
        found.update({grain: system[name] for grain, name in OF_SYSTEM.items()})
    shown = {name: _grain(name, value) for name, value in found.items()}
    return {**shown, "amt_unread": [one_line(row["reason"])[:LONGEST] for row in read.get("unread", ())]}


def _grain(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {one_line(str(key)): _grain(name, each) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    if name in NAMES and not NAMES[name].fullmatch(value):
        log.warning("what a device says of itself as %s is none: %s", name, one_line(value)[:100])
        return None
    return one_line(value)[:LONGEST]


def _cache(opts: Mapping[str, Any]) -> Any:
    return salt.cache.factory(dict(opts))
