# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a device: read when somebody asks for it, kept in Salt's cache, given out as grains."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Callable

import salt.cache
from salt.exceptions import SaltCacheError
from saltext.amt.carry_out import carry_out, sentence, without
from saltext.amt.core.cim.general import GENERAL
from saltext.amt.core.errors import AmtError
from saltext.amt.core.machine import open_machine
from saltext.amt.core.resource import Values
from saltext.amt.core.resources.inventory import Inventory
from saltext.amt.devices import Device

log = logging.getLogger(__name__)

BANK = "amt/grains"
SUBSETS = ("system", "firmware", "network")


def answers(device: Device) -> bool:
    """True, or an AmtError: one request with log-in."""
    with open_machine(device.endpoint) as machine:
        machine.get(GENERAL)
    return True


def pings(device: Device) -> bool:
    """Whether it answers and lets us in. The log says why it does not."""
    try:
        return answers(device)
    except AmtError as error:
        log.warning("%s does not answer: %s", device.name, without([device.endpoint.password], sentence(error)))
        return False


def known(opts: Mapping[str, Any], device: Device) -> Values:
    """The grains as last refreshed. Nothing is sent."""
    return {**_place(device), **kept(opts, device.name)}


def kept(opts: Mapping[str, Any], name: str) -> Values:
    """What was last read from the device of that name."""
    return reader(opts)(name)


def reader(opts: Mapping[str, Any]) -> Callable[[str], Values]:
    """The same for many devices: Salt loads its modules for caches once for each reader, which takes longer."""
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
    read = carry_out(Inventory(), device, {"gather_subset": SUBSETS}).after
    keep(opts, device, read)
    return {**_place(device), **_shown(device, read)}


def keep(opts: Mapping[str, Any], device: Device, read: Values) -> None:
    """Where all of SUBSETS were read, hold on to what is a grain of it. A cache that is full costs nobody an answer."""
    if not all(name in read for name in SUBSETS):
        return
    try:
        _cache(opts).store(BANK, device.name, _shown(device, read))
    except (OSError, SaltCacheError) as error:
        log.error("what was read from %s is not kept: %s", device.name, error)


def _place(device: Device) -> Values:
    return {"id": device.name, "amt_device": device.name, "amt_host": device.endpoint.host}


def _shown(device: Device, read: Values) -> Values:
    return dict(without([device.endpoint.password], grains_from(read)))


def grains_from(read: Values) -> Values:
    system, firmware, network = read["system"], read["firmware"], read["network"]
    ports = {name: port["mac"] for name, port in network["ports"].items()}
    return {
        "amt_version": firmware["version"],
        "amt_sku": firmware["sku"],
        "amt_control_mode": firmware["control_mode"],
        "amt_provisioning_state": firmware["provisioning_state"],
        "amt_hostname": network["hostname"],
        "amt_fqdn": network["fqdn"],
        "amt_mac_addresses": ports,
        "uuid": system["uuid"],
        "manufacturer": system["manufacturer"],
        "productname": system["model"],
        "serialnumber": system["serial_number"],
    }


def _cache(opts: Mapping[str, Any]) -> Any:
    return salt.cache.factory(dict(opts))
