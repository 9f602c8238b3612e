# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What AMTHI changes: accounts of the local system, names, and how far the set-up is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .amthi_commands import INVALID_PARAMETER, Command, Function, Refused, number, numbers, padded, read_text, register
from .host_based import start

if TYPE_CHECKING:
    from .engine import Engine

CHANGES: list[Command] = []
ACCOUNT_SIZE = 33
LONGEST_SUFFIX = 192


def changes(operation: int, name: str, *sizes: int, since: int = 0) -> Callable[[Function], Function]:
    return register(CHANGES, operation, name, *sizes, since=since)


def checked(status: int, data: bytes = b"") -> bytes:
    """The data of a success. Raises Refused, which carries the same data."""
    if status:
        raise Refused(status, data)
    return data


@changes(0x10, "Unprovision", 4)
def unprovision(engine: Engine, payload: bytes) -> bytes:
    """A refusal carries a state of 0 all the same, as rpc-go has met it."""
    if number(payload) != 0:
        raise Refused(INVALID_PARAMETER, numbers(0))
    return checked(engine.firmware.setup.unprovision_locally(), numbers(0))


@changes(0x28, "GenerateRngSeed")
def generate_seed(_engine: Engine, _payload: bytes) -> bytes:
    """The seed is there from the beginning."""
    return b""


@changes(0x29, "StartConfiguration")
def start_configuration(engine: Engine, _payload: bytes) -> bytes:
    return checked(engine.firmware.setup.start_configuration())


@changes(0x2F, "SetDnsSuffix", -1)
def set_suffix(engine: Engine, payload: bytes) -> bytes:
    suffix = read_text(payload)
    if len(suffix) > LONGEST_SUFFIX or not suffix.isascii():
        raise Refused(INVALID_PARAMETER)
    return checked(engine.firmware.setup.set_dns_suffix(suffix))


@changes(0x3F, "SetEnterpriseAccess", 18)
def set_enterprise_access(_engine: Engine, payload: bytes) -> bytes:
    """Where the host believes to be: taken note of, and without consequence."""
    return b""


@changes(0x5B, "SetHostFqdn", -1)
def set_host_fqdn(engine: Engine, payload: bytes) -> bytes:
    engine.firmware.general.told_fqdn = read_text(payload)
    return b""


@changes(0x5E, "StopConfiguration")
def stop_configuration(engine: Engine, _payload: bytes) -> bytes:
    return checked(engine.firmware.setup.stop_configuration())


@changes(0x67, "GetLocalSystemAccount", 40)
def local_system_account(engine: Engine, _payload: bytes) -> bytes:
    """A name and a password that are good on this machine only, until the engine restarts or makes another."""
    name, password = engine.firmware.users.make_local_account()
    account = padded(name.encode(), ACCOUNT_SIZE) + padded(password.encode(), ACCOUNT_SIZE)
    return account + bytes(2)


@changes(0x8B, "StartConfigurationHBased", -1, since=14)
def start_host_based(engine: Engine, payload: bytes) -> bytes:
    return start(engine, payload)
