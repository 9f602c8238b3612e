# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The steps of provisioning, each by itself: what it sends, and how it is seen that it took effect (AMT.md 11.2-11.5).

A step that changes the mode is judged by the mode: an answer that was lost is no failure while the mode is reached.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from ..cim.host import CHAIN, DIGEST_HASH, EVERYTHING, HASHES, HOST_BASED, RSA_SHA256, SETUP
from ..cim.network import GENERAL
from ..cim.security import AUTHORIZATION
from ..errors import (
    AmtError,
    AuthenticationRefused,
    DeadlineExceeded,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Refused,
)
from ..machine import Machine
from ..wsman.digest import identity
from ..wsman.endpoint import TLS_PORT
from .local import ADMIN, LocalMachine

LOST = (Indeterminate, Interrupted, DeadlineExceeded)
"""After these a command may have been carried out."""
SETTLES = 15.0
"""Seconds in which the same command of an earlier run may still take effect, which is why it is refused now."""
ADMITS = 20.0
"""Seconds after a change of the mode in which AMT may refuse its administrator although the password is right (rpc-go,
of AMT 16)."""
APART = 5.0
"""Seconds between two of these log-ins."""
BAD_SIGNATURE, BAD_STATE, DISABLED = "AUTH_FAILED", "INVALID_STATE", "METHOD_DISABLED"
RESTS = 20.0
"""Seconds that a device wants between being stopped and being started again (meshcmd)."""
NOT_YET = ("NOT_READY", "CERTIFICATE_NOT_READY", "RNG_NOT_READY", "RNG_GENERATION_IN_PROGRESS")
"""The engine is making its own key and certificate (rpc-go tries again too)."""
TRIES, PAUSE = 10, 3.0
NO_SIGNATURE = "the certificate does not fit this device (domain, root), or another run took its nonce: run again"
NO_UPGRADE = "firmware like this is not upgraded: take the device back (state: absent), then activate it again"
NO_SUFFIX = "a device that is activated keeps its DNS suffix: leave dns_suffix out, or take the device back first"
NEEDS_MEBX = "give mebx_password: this device wants its MEBx password changed before it is activated"

Wanted = Mapping[str, Any]
Step = Callable[[LocalMachine, Wanted], "Mapping[str, Any] | None"]


def seen(machine: LocalMachine) -> tuple[Any, Any]:
    """Control mode and provisioning state, by the engine."""
    return machine.engine.ask("control_mode"), machine.engine.ask("provisioning_state")


def reached(machine: LocalMachine, mode: str, state: str, seconds: float) -> bool:
    """Wait for a mode. What goes wrong with asking in the meantime is the engine's restart."""

    def is_there() -> bool:
        try:
            return seen(machine) == (mode, state)
        except AmtError:
            machine.engine.close()
            return False

    try:
        machine.wait(is_there, seconds, "the device was not in control mode " + mode, every=0.25)
    except NotReached:
        return False
    return True


def changing(machine: LocalMachine, wanted: Wanted, mode: str, state: str, command: Callable[[], object]) -> None:
    """Send a command that ends in a mode, and see the device there."""
    lost: AmtError | None = None
    try:
        command()
    except LOST as error:
        lost = error
    except (Refused, AuthenticationRefused) as refusal:
        if getattr(refusal, "name", "") == BAD_SIGNATURE or not reached(machine, mode, state, SETTLES):
            raise
    machine.forget()
    if reached(machine, mode, state, wanted["wait_timeout"]):
        return
    found = _found(machine)
    if lost is not None:
        raise Indeterminate(str(lost), "run again: it reads what is there and goes on from it", found) from lost
    message = "the device accepted the command, and is not in control mode {0} after {1} s: {2}"
    raise NotReached(message.format(mode, wanted["wait_timeout"], found), "run again; the password is kept")


def who_logs_in(machine: LocalMachine, password_hashes: Sequence[str], seconds: float = 0.0) -> int | None:
    """The number of the first that AMT knows its administrator by, and None when it refuses all of them for `seconds`.

    Raises what keeps the question from being asked.
    """
    found: list[int] = []

    def one_does() -> bool:
        works = (number for number, each in enumerate(password_hashes) if _logs_in(machine, each))
        found.extend(islice(works, 1))
        return bool(found)

    with suppress(NotReached):
        machine.wait(one_does, seconds, "no password logged in", every=APART)
    return found[0] if found else None


def _logs_in(machine: LocalMachine, password_hash: str) -> bool:
    with machine.as_admin(password_hash) as admin:
        try:
            admin.get(GENERAL)
        except AuthenticationRefused:
            return False
    return True


def _found(machine: LocalMachine) -> str:
    try:
        return "control mode {0}, provisioning state {1}".format(*seen(machine))
    except AmtError as error:
        return "it cannot be asked: {0}".format(error)


def stop_configuration(machine: LocalMachine, wanted: Wanted) -> None:
    """Back from the middle of a provisioning."""
    changing(machine, wanted, "none", "pre", lambda: machine.engine.ask("stop_configuration"))
    machine.clock.sleep(RESTS)


def set_dns_suffix(machine: LocalMachine, wanted: Wanted) -> None:
    try:
        machine.engine.ask("set_dns_suffix", wanted["dns_suffix"])
    except Refused as refusal:
        refusal.hint = refusal.hint or NO_SUFFIX
        raise
    found = machine.engine.ask("pki_dns_suffix")
    if found != wanted["dns_suffix"]:
        raise NotReached("the device took the DNS suffix and shows {0!r}".format(found), "set it in the MEBx")


def setup(machine: LocalMachine, wanted: Wanted) -> None:
    arguments = {"NetAdminPassEncryptionType": DIGEST_HASH, "NetworkAdminPassword": wanted["password_hash"]}

    def command() -> None:
        machine.invoke(HOST_BASED, "Setup", arguments)
        try:
            _commit(machine, wanted)
        except AmtError as error:
            raise Indeterminate("the setup was accepted, and then: {0}".format(error), error.hint) from error

    changing(machine, wanted, "client", "post", command)


def _commit(machine: LocalMachine, wanted: Wanted) -> None:
    """Where firmware waits for it, as it does when its local ports speak TLS only (rpc-go). Elsewhere the administrator
    would be refused until the mode has changed, and a refused log-in counts."""
    if machine.ports.served() == TLS_PORT and seen(machine)[1] == "in":
        with machine.as_admin(wanted["password_hash"]) as admin:
            admin.invoke(SETUP, "CommitChanges")


@contextmanager
def acting(machine: LocalMachine, wanted: Wanted) -> Iterator[Machine]:
    """Who sets up: the local system account; who upgrades: the administrator, where a password is known (vendor's
    guide, Upgrade from Client Control Mode to Admin Control Mode)."""
    if wanted.get("log_in_hash"):
        with machine.as_admin(wanted["log_in_hash"]) as admin:
            yield admin
    else:
        yield machine


def add_chain(machine: LocalMachine, wanted: Wanted) -> None:
    """From leaf to root; sending the leaf again starts anew."""
    try:
        with acting(machine, wanted) as owner:
            _send_chain(owner, wanted["chain"])
    except Refused as refusal:
        if refusal.name != BAD_STATE or not reached(machine, "admin", "post", SETTLES):
            raise


def _send_chain(owner: Machine, chain: Sequence[str]) -> None:
    for number, certificate in enumerate(chain):
        arguments = {
            "NextCertificate": certificate,
            "IsLeafCertificate": "true" if number == 0 else "false",
            "IsRootCertificate": "true" if number == len(chain) - 1 else "false",
        }
        owner.invoke(CHAIN, "AddNextCertInChain", arguments)


def signed(wanted: Wanted) -> dict[str, Any]:
    nonce = base64.b64encode(bytes.fromhex(wanted["nonce"])).decode("ascii")
    return {"McNonce": nonce, "SigningAlgorithm": RSA_SHA256, "DigitalSignature": wanted["signature"]}


def admin_setup(machine: LocalMachine, wanted: Wanted) -> None:
    password = {"NetAdminPassEncryptionType": DIGEST_HASH, "NetworkAdminPassword": wanted["password_hash"]}
    _with_signature(machine, wanted, "AdminSetup", {**password, **signed(wanted)})


def upgrade(machine: LocalMachine, wanted: Wanted) -> None:
    _with_signature(machine, wanted, "UpgradeClientToAdmin", signed(wanted))


def _with_signature(machine: LocalMachine, wanted: Wanted, method: str, arguments: Mapping[str, Any]) -> None:
    def command() -> None:
        try:
            with acting(machine, wanted) as owner:
                owner.invoke(HOST_BASED, method, arguments)
        except Refused as refusal:
            hints = {BAD_SIGNATURE: NO_SIGNATURE, DISABLED: NO_UPGRADE}
            refusal.hint = refusal.hint or hints.get(refusal.name, "")
            raise

    changing(machine, wanted, "admin", "post", command)


def unprovision_locally(machine: LocalMachine, wanted: Wanted) -> None:
    changing(machine, wanted, "none", "pre", lambda: machine.engine.ask("unprovision", 0))


def unprovision(machine: LocalMachine, wanted: Wanted) -> None:
    """Admin control mode is left as the administrator only."""
    if not wanted.get("password_hash"):
        raise InvalidOption("password", "nothing", "admin control mode is left with the password of AMT only")

    def command() -> None:
        with machine.as_admin(wanted["password_hash"]) as admin:
            try:
                admin.invoke(SETUP, "Unprovision", {"ProvisioningMode": EVERYTHING})
            except Refused as refusal:
                if refusal.name == "BLOCKING_COMPONENT":
                    refusal.hint = "something holds it back: {0}".format(_blocking(admin))
                raise

    changing(machine, wanted, "none", "pre", command)


def _blocking(admin: Machine) -> str:
    try:
        found = admin.ask(SETUP, "GetUnprovisionBlockingComponents")
    except AmtError:
        found = {}
    return ", ".join("{0} {1}".format(*row) for row in sorted(found.items())) or "it does not tell what"


def set_mebx_password(machine: LocalMachine, wanted: Wanted) -> None:
    """The one password that firmware wants to be told as it is."""
    who_logs_in(machine, [wanted["password_hash"]], ADMITS)
    with machine.as_admin(wanted["password_hash"]) as admin:
        tell_mebx_password(admin, wanted["mebx_password"])


def tell_mebx_password(admin: Machine, password: str) -> None:
    """Twice when the first answer is lost: it is the same password, and cannot be read back."""
    try:
        admin.invoke(SETUP, "SetMEBxPassword", {"Password": password})
    except Indeterminate:
        admin.invoke(SETUP, "SetMEBxPassword", {"Password": password})


def start_secure_setup(machine: LocalMachine, wanted: Wanted) -> Mapping[str, Any]:
    """`expected` is the certificate by which the device will show itself: algorithm and hash."""
    algorithm, digest = wanted["shown"]["algorithm"], bytes.fromhex(wanted["shown"]["hash"])
    for left in reversed(range(TRIES)):
        try:
            return {"expected": machine.engine.ask("start_secure_setup", HASHES[algorithm], digest, 0, 0)}
        except Refused as refusal:
            if refusal.name not in NOT_YET or not left:
                raise
            machine.clock.sleep(PAUSE)
    raise AssertionError("the last round returns or raises")


def finish_over_tls(device: Machine, password: str, mebx_password: str = "") -> None:
    """What the owner of the private key does over its own TLS session with a device that started secure setup."""
    realm = device.get(GENERAL)["DigestRealm"]
    digest = bytes.fromhex(identity(ADMIN, realm, password))
    device.invoke(AUTHORIZATION, "SetAdminAclEntryEx", {"Username": ADMIN, "DigestPassword": digest})
    if mebx_password:
        tell_mebx_password(device, mebx_password)
    try:
        device.invoke(SETUP, "CommitChanges")
    except Refused as refusal:
        if refusal.name == "DATA_MISSING":
            refusal.hint = NEEDS_MEBX
        raise
    except (Indeterminate, AuthenticationRefused):
        return


STEPS: Mapping[str, Step] = {
    "stop_configuration": stop_configuration,
    "set_dns_suffix": set_dns_suffix,
    "setup": setup,
    "add_chain": add_chain,
    "admin_setup": admin_setup,
    "upgrade": upgrade,
    "unprovision_locally": unprovision_locally,
    "unprovision": unprovision,
    "set_mebx_password": set_mebx_password,
    "start_secure_setup": start_secure_setup,
}
