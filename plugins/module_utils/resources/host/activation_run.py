# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One activation, driven from where passwords and the private key are. docs/host/activation.md: what a kill leaves.

The order is the whole point: read, plan, record the password and read it back, and only then tell the firmware.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ...cim.host import HASHES, NONCE_SIZE
from ...errors import AmtError, Interrupted, InvalidOption, NotReached, Refused, Unavailable, Unreachable
from ...provisioning import passwords
from ...provisioning.chain import Certificate
from ...provisioning.escrow import Escrow, EscrowChanged, EscrowFailed, Nowhere, Record
from ...provisioning.local import ADMIN
from ...provisioning.relayed import relayed_machine
from ...provisioning.steps import finish_over_tls
from ...resource import Values
from ...wsman.digest import identity
from .activation import UNFINISHED, Activation

Machine = Callable[[str, Mapping[str, Any]], Values]
"""Carries out a step of `resources.activation_steps` on the machine, with what it is given. Raises AmtError."""
OpenCertificate = Callable[[Mapping[str, Any]], Any]
"""The owner of a provisioning certificate from the option `certificate`: `rows`, `key_hash`, `sign`, `for_tls`.
Raises AmtError. Reading files and keys takes a library that the core does without."""
NEEDS_PASSWORD = ("setup", "admin_setup", "start_secure_setup")
SIGNED = ("admin_setup", "upgrade")
SPOKEN = {"setup", "admin_setup"}
"""Steps for which the device has to tell its realm, if need be after the provisioning that it is in was stopped."""
LEAVES = 20
"""Seconds in which an unprovisioning that was asked for earlier shows."""
TRIES = 3
"""Passwords that are tried on one device: firmware slows down guessing."""


UNTOLD = "the firmware was not told of any password"
TOLD = "the firmware has been told; what it was told is what was recorded before"


class PasswordUnknown(AmtError):
    """No password that is on record logs in."""


def check(wanted: Values) -> None:
    """InvalidOption for what no machine could do, before anything is asked."""
    Activation().check(wanted)
    for option in ("password", "mebx_password"):
        if wanted.get(option):
            passwords.check(option, wanted[option])
    if wanted["state"] != "admin":
        for option in ("certificate", "mebx_password"):
            if wanted.get(option):
                raise InvalidOption(option, "it", "it has a meaning with state: admin only")
    if wanted["state"] != "absent" and not wanted.get("escrow") and not wanted.get("password"):
        raise InvalidOption("escrow", "nothing", "say where to record the password, or give one that you keep")


@contextmanager
def hinting(what: str) -> Iterator[None]:
    """With what the firmware knows by then, for whoever reads why a password was not recorded or read back."""
    try:
        yield
    except (EscrowFailed, InvalidOption) as failed:
        failed.hint = "; ".join(filter(None, (failed.hint, what)))
        raise


@dataclass
class Run:
    """`wanted` are the options of people. `dry` writes nothing and runs no program. `result` is what is known so far,
    `secret` what must not be shown."""

    wanted: Values
    machine: Machine
    escrow: Escrow
    open_certificate: OpenCertificate
    dry: bool = False
    resource: Activation = field(default_factory=Activation)
    result: Values = field(default_factory=dict)
    secret: list[str] = field(default_factory=list, repr=False)

    def carry_out(self) -> Values:
        present = self._read()
        with hinting(UNTOLD):  # after the device: who else activates it has recorded the password before
            record = Record() if self.dry and not self.escrow.can_be_asked else self.escrow.recall()
        self.secret += record.candidates()
        self.wanted["set_mebx"] = self._mebx_is_due(present, record)
        planned = self.resource.plan(present, self.wanted)
        material = self._material(present, planned)
        self._check_recorded(record, planned)
        self._note(present, planned)
        if self.dry:
            return self.result
        if planned["steps"]:
            with hinting(UNTOLD):
                record = self._record_first(record, planned)
        with hinting(TOLD if planned["steps"] else UNTOLD):
            if planned["steps"]:
                present = self._change(present, planned, material, record)
            if planned["state"] != "absent":
                self._prove(present, planned, record)
        return self.result

    def _read(self) -> Values:
        present: Values = self.machine("read", {"dry": self.dry})["present"]
        return present

    def _mebx_is_due(self, present: Values, record: Record) -> bool:
        """With admin control mode; later for one that was never told, where that is known."""
        given = self.wanted.get("mebx_password")
        if not given or self.wanted["update_mebx"] == "always" or present["state"] != "admin":
            return bool(given)
        return self.escrow.keeps_mebx and not (record.mebx_password == given and record.told)

    def _material(self, present: Values, planned: Values) -> Material | None:
        """The chain in order and the key, once it is known that they can work on this device."""
        if not {*SIGNED, "start_secure_setup"} & set(planned["steps"]):
            return None
        given = self.wanted.get("certificate")
        if not given:
            raise InvalidOption("certificate", "nothing", "admin control mode takes a provisioning certificate")
        return Material.of(self.resource, present, self.wanted, self.open_certificate(given))

    def _check_recorded(self, record: Record, planned: Values) -> None:
        """A place that gives back something else, such as words of its own, would make that the password."""
        if set(NEEDS_PASSWORD) & set(planned["steps"]) and record.password and not self.wanted.get("password"):
            passwords.check("escrow", record.password)

    def _note(self, present: Values, planned: Values) -> None:
        modes = {"before": present["control_mode"], "after": present["control_mode"]}
        if planned["steps"]:
            modes["after"] = {"absent": "none"}.get(planned["state"], planned["state"])
        self.result.update(
            changed=bool(planned["steps"]),
            state=planned["state"],
            control_mode=modes,
            steps=planned["steps"],
            version=present["version"],
            before={"state": present["state"]},
            after={"state": planned["state"]},
        )

    def _record_first(self, record: Record, planned: Values) -> Record:
        """What will be told to the firmware is on record before it is told, and can be read back.

        A password that another run has recorded in the meantime is the one to use: that run may be telling it now.
        """
        for left in reversed(range(TRIES)):
            new = self._to_record(record, planned)
            try:
                if new != record:
                    self.escrow.store(new, record)
                break
            except EscrowChanged:
                if not left:
                    raise
                record = self.escrow.recall()
        if new.password:
            self.result["password_in"] = self.escrow.where
        return new

    def _to_record(self, record: Record, planned: Values) -> Record:
        new = record
        if set(NEEDS_PASSWORD) & set(planned["steps"]):
            given = self.wanted.get("password")
            if not given and not record.password and isinstance(self.escrow, Nowhere):
                raise InvalidOption("escrow", "nothing", "a password that is made here must be recorded somewhere")
            new = new.with_password(given or record.password or passwords.generate())
        if "set_mebx_password" in planned["steps"]:
            new = replace(new, mebx_password=self.wanted["mebx_password"], told=False)
        self.secret += new.candidates()
        return new

    def _change(self, present: Values, planned: Values, material: Material | None, record: Record) -> Values:
        """The device as it is afterwards. A signature that another run's nonce has spoilt is made once more."""
        if SPOKEN & set(planned["steps"]) and present["state"] == UNFINISHED and not present["device"].get("realm"):
            self.machine("stop", {})
            present = self._read()
        try:
            self._apply(present, planned, material, record)
        except PasswordUnknown:
            if planned["state"] != "absent" or not self._is_leaving(planned):
                raise
        except Refused as refusal:
            again = self._read()
            nonce = present["device"].get("nonce")
            if refusal.name != "AUTH_FAILED" or again["device"].get("nonce", nonce) == nonce:
                raise
            self._apply(again, planned, material, record)
        if "set_mebx_password" in planned["steps"]:
            current = self.escrow.recall()
            self.escrow.store(replace(current, told=current.mebx_password == record.mebx_password), current)
        after = self._read()
        if after["state"] != planned["state"]:
            message = "after all steps the device is {0}, not {1}".format(after["state"], planned["state"])
            raise NotReached(message, "run again; the password is kept")
        return after

    def _is_leaving(self, planned: Values) -> bool:
        """Whether the device refuses its password because an earlier run had it unprovisioned a moment ago."""
        try:
            self.machine("wait", {"mode": planned["state"], "seconds": LEAVES})
        except AmtError:
            return False
        return True

    def _apply(self, present: Values, planned: Values, material: Material | None, record: Record) -> None:
        steps = planned["steps"]
        given: Values = self._password_hashes(present, steps, record)
        if "set_mebx_password" in steps and "start_secure_setup" not in steps:
            given["mebx_password"] = record.mebx_password
        given["set_mebx"] = bool(self.wanted["set_mebx"])
        if material is not None and set(SIGNED) & set(steps):
            given.update(material.signed(bytes.fromhex(present["device"]["nonce"])))
        if material is not None and "start_secure_setup" in steps:
            self._over_tls(material, given, record)
        else:
            self.machine("apply", given)

    def _password_hashes(self, present: Values, steps: list[str], record: Record) -> Values:
        """Of the password to set, or of the one that the device has: an upgrade does without where none is known.

        Over TLS it is hashed here, by the one who sets it, once the device has told its realm.
        """
        if "start_secure_setup" in steps:
            return {}
        if set(NEEDS_PASSWORD) & set(steps):
            return {"password_hash": self._hash(present, record.password)}
        upgrades = "upgrade" in steps and bool(self._candidates(record))
        if not upgrades and not {"unprovision", "set_mebx_password"} & set(steps):
            return {}
        known = self._hash(present, self._that_works(present, record))
        return {"password_hash": known, **({"log_in_hash": known} if upgrades else {})}

    @staticmethod
    def _hash(present: Values, password: str) -> str:
        realm = present["device"].get("realm")
        if not realm:
            raise Unavailable("the device does not tell its digest realm", "report this with the output of mei_info")
        return identity(ADMIN, realm, password)

    def _over_tls(self, material: Material, given: Values, record: Record) -> None:
        """The first step is AMTHI's and done on the machine, the others through it."""
        relay = self.machine("start_relay", {})["relay"]

        def exchange(message: Mapping[str, Any]) -> Mapping[str, Any]:
            try:
                answer: Mapping[str, Any] = self.machine("exchange", {"relay": relay, "message": message})["answer"]
            except Unreachable:
                raise
            except AmtError as error:
                raise Interrupted(str(error), error.hint) from error
            return answer

        try:
            expected = self.machine("apply", {**given, "shown": material.shown()})["learnt"].get("expected")
            if expected is not None:  # otherwise another run has brought it there meanwhile
                with material.client_file() as file, relayed_machine(exchange, expected, file) as device:
                    finish_over_tls(device, record.password, record.mebx_password if self.wanted["set_mebx"] else "")
        finally:
            with suppress(AmtError):
                self.machine("exchange", {"relay": relay, "message": {"end": True}})
        self.machine("wait", {"mode": "admin", "seconds": self.wanted["wait_timeout"]})

    def _candidates(self, record: Record) -> list[str]:
        given = self.wanted.get("password")
        return list(dict.fromkeys([*record.candidates(), *([given] if given else [])]))[:TRIES]

    def _that_works(self, present: Values, record: Record, settles: bool = False) -> str:
        """A password that was seen to log in. PasswordUnknown. `settles`: the device came into its mode just now."""
        candidates = self._candidates(record)
        if not candidates:
            message = "no password of the device is given or on record"
            raise PasswordUnknown(message, "give password, or name the escrow that has it")
        hashes = [self._hash(present, password) for password in candidates]
        answer = self.machine("try_passwords", {"password_hashes": hashes, "settles": settles})
        works = answer["works"]
        self.result["fingerprint"] = answer["fingerprint"]
        if works is None:
            hint = (
                "run again if it was activated just now; or find the right one; or take it back and activate it again"
            )
            raise PasswordUnknown("the device refuses every password that is given or on record", hint)
        return str(candidates[works])

    def _prove(self, present: Values, planned: Values, record: Record) -> None:
        """See a password log in, which then has the first place on record, and the only one.

        It may be an earlier one; or the one given, of a device that somebody else activated.
        """
        self.result["password_proven"] = None
        if record.password:
            self.result["password_in"] = self.escrow.where
        if not self._candidates(record):
            return
        try:
            works = self._that_works(present, record, settles=bool(planned["steps"]))
        except PasswordUnknown:
            if record.password:
                raise
            self.result["password_proven"] = False
            return
        self.result.update(password_proven=True, password_in=self.escrow.where)
        current = self.escrow.recall()
        if current.candidates() == record.candidates() and current != replace(current, password=works, earlier=()):
            self.escrow.store(replace(current, password=works, earlier=()), current)


@dataclass(frozen=True)
class Material:
    """A chain that was found fit for one device, and the key that belongs to it."""

    chain: list[Certificate]
    owner: Any = field(repr=False)

    @classmethod
    def of(cls, resource: Activation, present: Values, wanted: Values, owner: Any) -> Material:
        certificates = [Certificate(**row) for row in owner.rows]
        return cls(resource.ordered(present, wanted, certificates, owner.key_hash), owner)

    def signed(self, nonce: bytes) -> Values:
        own = secrets.token_bytes(NONCE_SIZE)
        return {
            "chain": [base64.b64encode(each.der).decode("ascii") for each in self.chain],
            "nonce": own.hex(),
            "signature": base64.b64encode(self.owner.sign(nonce + own)).decode("ascii"),
        }

    def shown(self) -> dict[str, str]:
        """By which hash the firmware is told of the leaf, that of its signature where the firmware knows it."""
        algorithm = self.chain[0].signature_hash if self.chain[0].signature_hash in HASHES else "sha256"
        return {"algorithm": algorithm, "hash": self.chain[0].hashes[algorithm]}

    def client_file(self) -> Any:
        return self.owner.for_tls([each.der for each in self.chain])
