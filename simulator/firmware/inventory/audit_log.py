# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The audit log: what is in it, what it does when it is full, who may lock it, and how it is signed."""

from __future__ import annotations

from typing import Any, Optional

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, method
from ..moments import datetime_of
from ..security.permissions import REALMS
from .records import AuditRecord

RECORDS_PER_READ = 10
CAPACITY = 2000
ENABLED, DISABLED = 2, 3
NO_ROLL_OVER, ROLL_OVER, RESTRICTED = 0, 1, 2
SHOWN_OVERWRITE = {NO_ROLL_OVER: 7, ROLL_OVER: 2, RESTRICTED: 32768}
IS_DISABLED, IS_LOCKED, IS_ALMOST_FULL, IS_FULL, HAS_NO_KEY = 1, 2, 4, 8, 16
ALMOST_FULL = 85
MARKS = ((50, "iAMT0029"), (75, "iAMT0030"), (85, "iAMT0031"), (95, "iAMT0032"), (100, "iAMT0033"))
LOCK, UNPROVISIONING_LOCK, UNLOCK = 0, 1, 2
LONGEST_LOCK = 300
KEPT_SUPER_CRITICAL = 5
DAY = 86400
MOST_CERTIFICATES, MOST_OCTETS, KEY_SIZE = 5, 4100, 2048
MECHANISMS = {0: hashes.SHA1, 1: hashes.SHA256, 2: hashes.SHA384}
COMPLETED, NOT_PERMITTED, INVALID_INDEX, INVALID_PARAMETER = 0, 0x10, 0x23, 0x24
INVALID_HANDLE, MISSING_KEYS, INVALID_KEY, INVALID_CERT, NOT_OF_THE_KEY = 0x805, 0x80C, 0x80E, 0x80F, 0x810
AUDIT_FAIL = 0x81B
AUDITOR = REALMS["audit_log"]


class AuditLog(Domain):
    """`records` oldest first. `storage` is what happens to a full log, where `days` are those for which RESTRICTED
    keeps a record. `handle` is that of whoever has it locked, until `locked_until`."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.records: list[AuditRecord] = []
        self.state = ENABLED
        self.capacity = CAPACITY
        self.storage, self.days = ROLL_OVER, 0
        self.handle, self.locked_until = 0, 0.0
        self.key: Optional[rsa.RSAPrivateKey] = None
        self.certificates: list[bytes] = []

    @property
    def is_locked(self) -> bool:
        return self.firmware.clock.now() < self.locked_until

    @property
    def percent(self) -> int:
        return 100 * len(self.records) // self.capacity

    def record(self, code: int, user: str, address: str, extended: bytes) -> None:
        """What is not in the policy, or has no room, is not recorded."""
        policy = self.firmware.audit_policy
        if not policy.records(code, self.state == ENABLED) or self.is_locked or not self.has_room_for(code):
            return
        before = self.percent
        if len(self.records) >= self.capacity:
            self.records.remove(self._oldest())
        account = self.firmware.users.accounts.get(user)
        sid = account.sid if account else b""
        self.records.append(AuditRecord(self.firmware.device_time(), code, user, address, extended, sid))
        for mark, message in MARKS:
            if before < mark <= self.percent:
                self.firmware.events.alert(message)

    def has_room_for(self, code: int) -> bool:
        full = len(self.records) >= self.capacity
        if self.storage == NO_ROLL_OVER and self.percent >= ALMOST_FULL and not full:
            return bool(self.firmware.audit_policy.is_critical(code))
        if not full or self.storage == ROLL_OVER:
            return True
        if self.storage == NO_ROLL_OVER:
            return False
        return self._oldest().time <= self.firmware.device_time() - self.days * DAY

    def _oldest(self) -> AuditRecord:
        kept = self._kept()
        return next((row for row in self.records if not any(row is each for each in kept)), self.records[0])

    def _kept(self) -> list[AuditRecord]:
        """Super-critical ones that stay."""
        super_critical = [row for row in self.records if self.firmware.audit_policy.is_super_critical(row.code)]
        return super_critical[-KEPT_SUPER_CRITICAL:]

    def blocks(self, code: int) -> bool:
        """Whether an act may not be carried out, because it is critical and could not be recorded."""
        if not self.firmware.audit_policy.is_critical(code):
            return False
        if self.state != ENABLED and not self.firmware.audit_policy.is_super_critical(code):
            return False
        return self.is_locked or not self.has_room_for(code)

    def admit_auditor(self) -> None:
        """The administrator is the auditor until there is one (vendor's guide, About the Auditor). AccessDenied."""
        accounts = self.firmware.users.accounts
        account = accounts.get(self.firmware.caller)
        taken = any(AUDITOR in each.realms for each in accounts.values())
        if account is not None and taken and AUDITOR not in account.realms:
            raise refusals.access_denied()

    @instances("AMT_AuditLog")
    def logs(self) -> list[Instance]:
        last = datetime_of(self.records[-1].time) if self.records else None
        return [
            {
                "AuditState": self.shown_state,
                "CurrentNumberOfRecords": len(self.records),
                "ElementName": "Intel(r) AMT Audit Log",
                "EnabledState": self.state,
                "MaxAllowedAuditors": 1,
                "MaxNumberOfRecords": 0,
                "MinDaysToKeep": self.days if self.storage == RESTRICTED else None,
                "Name": "Intel(r) AMT:Audit Log",
                "OverwritePolicy": SHOWN_OVERWRITE[self.storage],
                "PercentageFree": 100 - self.percent,
                "RequestedState": self.state,
                "StoragePolicy": self.storage,
                "TimeOfLastRecord": last,
            }
        ]

    @property
    def shown_state(self) -> int:
        bits = {
            IS_DISABLED: self.state == DISABLED,
            IS_LOCKED: self.is_locked,
            IS_ALMOST_FULL: self.storage != ROLL_OVER and self.percent >= ALMOST_FULL,
            IS_FULL: self.storage != ROLL_OVER and self.percent >= 100,
            HAS_NO_KEY: self.key is None,
        }
        return sum(bit for bit, holds in bits.items() if holds)

    @method("AMT_AuditLog", "ReadRecords")
    def read(self, _present: Instance, StartIndex: int) -> Instance:
        """Oldest first, a few at a time, from an index that counts from 1."""
        total = len(self.records)
        if StartIndex < 1 or (StartIndex > total and total):
            return {"ReturnValue": INVALID_INDEX}
        batch = self.records[StartIndex - 1 : StartIndex - 1 + RECORDS_PER_READ]
        return {
            "TotalRecordCount": total,
            "RecordsReturned": len(batch),
            "EventRecords": [row.pack() for row in batch],
            "ReturnValue": COMPLETED,
        }

    @method("AMT_AuditLog", "RequestStateChange", writes=True)
    def request_state(self, _present: Instance, RequestedState: int = 0, TimeoutPeriod: Any = None) -> int:
        self.admit_auditor()
        if RequestedState not in (ENABLED, DISABLED):
            return 5
        if RequestedState == DISABLED:
            self.firmware.events.audit(2002)
        self.state = RequestedState
        if RequestedState == ENABLED:
            self.firmware.events.audit(2003)
        return COMPLETED

    @method("AMT_AuditLog", "ClearLog", writes=True)
    def clear(self, _present: Instance) -> int:
        """Super-critical ones stay, and that it was cleared is the next record, even while the log is locked."""
        self.admit_auditor()
        self.records = self._kept()
        until, self.locked_until = self.locked_until, 0.0
        self.firmware.events.audit(2000)
        self.locked_until = until
        return COMPLETED

    @method("AMT_AuditLog", "SetAuditLock", writes=True)
    def lock(
        self, _present: Instance, Flag: int, LockTimeoutInSeconds: Optional[int] = None, Handle: int = 0
    ) -> Instance:
        self.admit_auditor()
        if self.is_locked and Handle != self.handle:
            return {"ReturnValue": INVALID_HANDLE}
        if Flag == UNLOCK:
            self.locked_until = 0.0
            return {"ReturnValue": COMPLETED}
        if Flag not in (LOCK, UNPROVISIONING_LOCK) or not 0 < (LockTimeoutInSeconds or 0) <= LONGEST_LOCK:
            return {"ReturnValue": INVALID_PARAMETER}
        if not self.is_locked:
            self.handle += 1
        self.locked_until = self.firmware.clock.now() + (LockTimeoutInSeconds or 0)
        return {"Handle": self.handle, "ReturnValue": COMPLETED}

    @method("AMT_AuditLog", "SetSigningKeyMaterial", writes=True)
    def set_key(
        self,
        _present: Instance,
        SigningMechanismType: int,
        SigningKey: bytes,
        LengthOfCertificates: list[int],
        Certificates: bytes,
    ) -> int:
        """The mechanism is ignored (vendor's guide)."""
        self.admit_auditor()
        certificates = divided(Certificates, LengthOfCertificates)
        if not 0 < len(certificates) <= MOST_CERTIFICATES or len(Certificates) > MOST_OCTETS:
            return INVALID_PARAMETER
        try:
            key = load_der_private_key(SigningKey, None)
        except ValueError:
            return INVALID_KEY
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != KEY_SIZE:
            return INVALID_KEY
        try:
            shown = x509.load_der_x509_certificate(certificates[0]).public_key()
        except ValueError:
            return INVALID_CERT
        if shown != key.public_key():
            return NOT_OF_THE_KEY
        self.key, self.certificates = key, certificates
        return COMPLETED

    @method("AMT_AuditLog", "ExportAuditLogSignature", writes=True)
    def sign(self, _present: Instance, SigningMechanism: int) -> Instance:
        self.admit_auditor()
        if self.key is None:
            return {"ReturnValue": MISSING_KEYS}
        if SigningMechanism not in MECHANISMS:
            return {"ReturnValue": INVALID_PARAMETER}
        signed = b"".join(row.pack() for row in self.records)
        signature = self.key.sign(signed, padding.PKCS1v15(), MECHANISMS[SigningMechanism]())
        times = [row.time for row in self.records] or [0]
        answer = {
            "TotalRecordCount": len(self.records),
            "StartLogTime": datetime_of(times[0]),
            "EndLogTime": datetime_of(times[-1]),
            "GenerationTime": datetime_of(self.firmware.device_time()),
            "UUID": self.firmware.settings.uuid.replace("-", ""),
            "FQDN": "{0}.{1}".format(self.firmware.settings.hostname, self.firmware.settings.domain),
            "SignatureMechanism": SigningMechanism,
            "Signature": signature,
            "LengthOfCertificates": [len(each) for each in self.certificates],
            "Certificates": b"".join(self.certificates),
            "ReturnValue": COMPLETED,
        }
        self.firmware.events.audit(2004)
        return answer


def divided(octets: bytes, lengths: list[int]) -> list[bytes]:
    """Empty where the lengths are not those of the whole."""
    if sum(lengths) != len(octets) or not all(lengths):
        return []
    found, at = [], 0
    for length in lengths:
        found.append(octets[at : at + length])
        at += length
    return found
