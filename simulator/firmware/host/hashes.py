# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Hashes of the roots that provisioning certificates may come from: the vendor's own, and what users added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import Domain, create, delete, instances, put

MD5, SHA1, SHA256, SHA384 = range(4)
LENGTHS = {MD5: 16, SHA1: 20, SHA256: 32, SHA384: 48}
ALGORITHMS = {2 * length: algorithm for algorithm, length in LENGTHS.items()}
MOST = 33
MAX_LIMIT_REACHED, DUPLICATE, NOT_PERMITTED = 0x17, 0x80A, 0x10
FIRST_HANDLE = 1

# Public roots that firmware has come with; SHA-256 of each certificate.
DEFAULTS = {
    "Go Daddy Class 2 CA": "c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4",
    "Comodo AAA CA": "d7a7a0fb5d7e2731d771e9484ebcdef71d5f0c3e0a2948782bc83ee0ea699ef4",
    "Starfield Class 2 CA": "1465fa205397b876faa6f0a9958e5590e40fcc7faa4fb7c2c8677521fb5fb658",
    "Go Daddy Root CA-G2": "45140b3247eb9cc8c5b4f0d7b53091f73292089e6e5a63e2749dd3aca9198eda",
    "Entrust.net CA G2": "43df5774b03e7fef5fe40d931a7bedf1bb2e6b42738c4e6d3841103d3aa7f339",
    "DigiCert Global Root G2": "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f",
}


@dataclass
class TrustedHash:
    name: str
    digest: bytes
    algorithm: int
    is_default: bool = False
    is_active: bool = True


def read_hash(name: str, digest: Any) -> TrustedHash:
    """A root as a fleet gives it, digest in hexadecimal. Raises ValueError."""
    text = str(digest).replace(":", "").lower()
    if len(text) not in ALGORITHMS:
        raise ValueError("trusted_hashes: {0}: {1!r} is no MD5, SHA-1, SHA-256 or SHA-384".format(name, digest))
    try:
        return TrustedHash(name, bytes.fromhex(text), ALGORITHMS[len(text)])
    except ValueError:
        raise ValueError("trusted_hashes: {0}: {1!r} is not hexadecimal".format(name, digest)) from None


class Hashes(Domain):
    """`entries` by handle; a handle is never given again."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.entries: dict[int, TrustedHash] = {}
        self.handles = FIRST_HANDLE
        for name, digest in (DEFAULTS if firmware.settings.default_hashes else {}).items():
            entry = read_hash(name, digest)
            entry.is_default = True
            self.add(entry)
        for name, digest in firmware.settings.trusted_hashes.items():
            self.add(read_hash(name, digest))

    def add(self, entry: TrustedHash) -> int:
        self.entries[self.handles] = entry
        self.handles += 1
        return self.handles - 1

    def trusted(self, digests: dict[int, bytes]) -> TrustedHash | None:
        """The active entry for a certificate, given by its digests per algorithm."""
        return next(
            (
                entry
                for entry in self.entries.values()
                if entry.is_active and digests.get(entry.algorithm) == entry.digest
            ),
            None,
        )

    @instances("AMT_ProvisioningCertificateHash")
    def hashes(self) -> list[Instance]:
        return [self.shown(handle) for handle in self.entries]

    def shown(self, handle: int) -> Instance:
        entry = self.entries[handle]
        return {
            "Description": entry.name,
            "Enabled": entry.is_active,
            "HashData": entry.digest,
            "HashType": entry.algorithm,
            "InstanceID": "Intel(r) AMT:Provisioning Certificate Hash: {0}".format(handle),
            "IsDefault": entry.is_default,
        }

    def handle_of(self, present: Instance) -> int:
        return int(str(present["InstanceID"]).rpartition(" ")[2])

    @create("AMT_ProvisioningCertificateHash")
    def create_hash(self, wanted: dict[str, Any]) -> Instance:
        algorithm, digest = wanted.get("HashType", SHA256), wanted.get("HashData", b"")
        if LENGTHS.get(algorithm) != len(digest):
            raise refusals.invalid_value("HashData")
        if any(entry.digest == digest for entry in self.entries.values()):
            raise refusals.already_exists()
        if len(self.entries) >= MOST:
            raise refusals.amt_status(MAX_LIMIT_REACHED)
        entry = TrustedHash(wanted.get("Description", ""), digest, algorithm, False, wanted.get("Enabled", True))
        return self.shown(self.add(entry))

    @put("AMT_ProvisioningCertificateHash")
    def put_hash(self, present: Instance, wanted: dict[str, Any]) -> None:
        """Only whether it is to be trusted can be changed."""
        entry = self.entries[self.handle_of(present)]
        entry.is_active = wanted.get("Enabled", entry.is_active)

    @delete("AMT_ProvisioningCertificateHash")
    def delete_hash(self, present: Instance) -> None:
        handle = self.handle_of(present)
        if self.entries[handle].is_default:
            raise refusals.amt_status(NOT_PERMITTED)
        del self.entries[handle]
