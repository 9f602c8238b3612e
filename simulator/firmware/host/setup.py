# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How far the device is set up, and what takes it further: see `setup_classes` for who may ask.

`mode` is none, client or admin; `state` is pre, in or post. What is asked for takes a while on the device's clock
(`durations`: activation, commit, unprovision, stop); meanwhile the state is in, and the mode is what it is going to be.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any, Callable, Optional

from ..domain import Domain
from ..settings import CONSENT_POLICIES, CONTROL_MODES
from .setup_chain import Chain, common_name, digests, suits, whole_chain

PRE, IN, POST = range(3)
SUCCESS, NOT_READY, INVALID_MODE, NOT_PERMITTED, INVALID_STATE = 0, 2, 3, 0x10, 0x20
INVALID_PASSWORD, DATA_MISSING = 0x806, 0x809
BY_MEI, BY_LOCAL, BY_REMOTE = 2, 3, 4
"""Where an unprovisioning came from, as the audit log has it."""
MEBX_NEEDED_SINCE = 19


@dataclass(frozen=True)
class Record:
    """How the device was set up. `root_digest` is empty where no certificate was needed."""

    mode: str
    time: int
    common_name: str = ""
    root_algorithm: int = 0
    root_digest: bytes = b""
    root_is_default: bool = False
    serials: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Session:
    """A set-up that was started from the host and waits for a TLS client whose certificate has that digest.

    `chain` is what such a client has shown, `password_given` whether it has set the administrator's.
    """

    algorithm: int
    digest: bytes
    mode_before: str
    chain: Optional[Chain] = None
    password_given: bool = False


class Setup(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        settings = firmware.settings
        self.amt = settings.amt
        self.amt_after_boot = ""
        self.mode = settings.control_mode
        self.state = PRE if self.mode == "none" else POST
        self.dns_suffix = settings.dns_suffix
        self.client_mode_allowed = settings.client_mode
        self.mebx_password_set = self.mode != "none"
        self.record: Optional[Record] = None
        self.session: Optional[Session] = None
        self.awaits_commit = False
        self.chain = Chain(firmware.hashes)
        self.stopped_until = 0.0
        self._due: Optional[tuple[float, Callable[[], None]]] = None
        self._nonces = 0
        self.nonce = b""
        self.renew_nonce()

    @property
    def is_set_up(self) -> bool:
        return self.state == POST and self.amt == "enabled"

    @property
    def mode_number(self) -> int:
        return CONTROL_MODES[self.mode]

    @property
    def trusted_suffix(self) -> str:
        """What certificates are compared with: what was set on the device, else what its network says."""
        return self.dns_suffix or self.firmware.whereabouts.suffixes[0]

    @property
    def is_changing(self) -> bool:
        return self._due is not None

    def renew_nonce(self) -> None:
        """Fresh after each use, and when the engine starts."""
        again = " {0}".format(self._nonces) if self._nonces else ""
        self.nonce = random.Random("nonce {0}{1}".format(self.firmware.settings.uuid, again)).randbytes(20)
        self._nonces += 1

    def settle(self) -> None:
        if self._due is not None and self.firmware.clock.now() >= self._due[0]:
            _when, happens = self._due
            self._due = None
            happens()

    def later(self, step: str, happens: Callable[[], None]) -> None:
        self._due = (self.firmware.clock.now() + self.firmware.settings.durations[step], happens)
        self.settle()

    def on_boot(self, device: dict[str, Any]) -> None:
        if self.amt_after_boot and self.amt != "disabled":
            self.amt, self.amt_after_boot = self.amt_after_boot, ""

    def on_restart(self) -> None:
        """What was begun with certificates is forgotten; what was started stays started."""
        self.chain = Chain(self.firmware.hashes)
        self.renew_nonce()

    def switch(self, enabled: bool) -> None:
        """The host switches AMT on or off, from its next start on."""
        self.amt_after_boot = "enabled" if enabled else "inactive"

    def set_dns_suffix(self, suffix: str) -> int:
        if self.state != PRE:
            return INVALID_STATE
        self.dns_suffix = suffix
        return SUCCESS

    def begin(self, mode: str, record: Record, awaits_commit: bool = False, step: str = "activation") -> None:
        """The device goes over to a mode; it is set up when that was committed, and the transition is through."""
        self.mode, self.state, self.record, self.awaits_commit = mode, IN, record, awaits_commit
        self.firmware.events.record(1600, self.firmware.caller, self.firmware.caller_address, b"")
        self.firmware.events.alert("iAMT0055-1")
        if not awaits_commit:
            self.later(step, self.finish)

    def finish(self) -> None:
        self.state, self.session, self.awaits_commit = POST, None, False
        self.apply_mode()
        self.firmware.events.record(1601, "", "", b"")
        self.firmware.events.alert("iAMT0055-2")
        self.firmware.events.alert("iAMT0055-4")

    def apply_mode(self) -> None:
        """In client control mode the user has to consent to everything."""
        self.firmware.consent.required = CONSENT_POLICIES["all" if self.mode == "client" else "none"]

    def upgrade(self, record: Record) -> None:
        self.mode, self.record = "admin", record
        self.apply_mode()
        self.firmware.events.audit(1618)
        self.firmware.events.alert("iAMT0055-4")

    def start_configuration(self) -> int:
        """The legacy way: the engine waits for a server that never comes."""
        if self.state != PRE or self.is_changing:
            return INVALID_MODE
        self.state = IN
        return SUCCESS

    def start_host_based(self, algorithm: int, digest: bytes) -> int:
        """Wait for a client on TLS whose certificate has that digest; client control mode can be upgraded this way."""
        if self.firmware.clock.now() < self.stopped_until or self.is_changing:
            return NOT_READY
        if self.state == IN and self.session is None:
            return INVALID_MODE
        if self.state == POST and self.mode != "client":
            return INVALID_MODE
        before = self.session.mode_before if self.session else self.mode
        self.session = Session(algorithm, digest, before)
        self.state = IN
        return SUCCESS

    def stop_configuration(self) -> int:
        if self.state != IN or self.is_changing:
            return INVALID_MODE
        before = self.session.mode_before if self.session else "none"
        self.session, self.awaits_commit = None, False
        self.mode = before
        if before == "none":
            self.firmware.users.clear()
            self.record = None
        self.state = PRE if before == "none" else POST
        self.stopped_until = self.firmware.clock.now() + self.firmware.settings.durations["stop"]
        return SUCCESS

    def admits(self, presented: list[bytes]) -> bool:
        """Whether a TLS client is the one that a started set-up waits for."""
        session = self.session
        chain = whole_chain(self.firmware.hashes, presented)
        if session is None or chain is None:
            return False
        leaf = chain.certificates[0]
        if digests(leaf).get(session.algorithm) != session.digest or not suits(common_name(leaf), self.trusted_suffix):
            return False
        self.session = replace(session, chain=chain)
        return True

    def password_given(self) -> None:
        """From here on the mode is the one to come, long before the state is (rpc-go)."""
        if self.session is not None:
            self.mode = "admin"
            self.session = replace(self.session, password_given=True)

    def commit(self) -> int:
        """End what was started: the administrator's password must have been set, from 19 on that of MEBx too."""
        if self.awaits_commit:
            self.awaits_commit = False
            self.later("commit", self.finish)
            return SUCCESS
        session = self.session
        if session is None or session.chain is None:
            return SUCCESS
        needs_mebx = self.firmware.personality.major >= MEBX_NEEDED_SINCE and not self.mebx_password_set
        if not session.password_given or needs_mebx:
            return DATA_MISSING
        self.session = None
        self.firmware.tls.restart()
        self.begin("admin", self.record_of("admin", session.chain), step="commit")
        return SUCCESS

    def record_of(self, mode: str, chain: Optional[Chain] = None) -> Record:
        time = self.firmware.device_time()
        if chain is None or chain.root is None:
            return Record(mode, time)
        authorities = chain.certificates[1:]
        serials = tuple(found.serial_number.to_bytes(20, "big").lstrip(b"\0")[:16] for found in authorities)
        root = chain.root
        name = common_name(chain.certificates[0])
        return Record(mode, time, name, root.algorithm, root.digest, root.is_default, serials)

    def unprovision_locally(self) -> int:
        """Over AMTHI, without credentials: only what was set up without credentials."""
        if self.mode == "none" or self.is_changing:
            return INVALID_STATE
        if self.mode != "client":
            return INVALID_MODE
        self.unprovision(BY_MEI)
        return SUCCESS

    def unprovision(self, source: int, kept: frozenset[str] = frozenset()) -> None:
        """Take everything back after a while; `kept` are domains that stay. The network is closed at once."""
        self.mode, self.state = "none", IN
        self.firmware.events.audit(1619, bytes((source,)))
        self.firmware.events.alert("iAMT0055-3")
        self.later("unprovision", lambda: self.fall_back(kept))

    def fall_back(self, kept: frozenset[str]) -> None:
        self.state, self.record, self.session = PRE, None, None
        self.awaits_commit = False
        self.mebx_password_set = self.mebx_password_set and bool(kept)
        self.firmware.forget_set_up(kept)
        self.firmware.users.clear()
        self.chain = Chain(self.firmware.hashes)
        self.renew_nonce()
        self.firmware.events.alert("iAMT0055-0")
