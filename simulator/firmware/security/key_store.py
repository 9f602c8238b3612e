# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Certificates and keys of the device, and which of them TLS uses: from the next commit on what its context names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, create, delete, instances, method, put
from ..intake import require
from .certificate_request import Mismatch, signed_again
from .listener import Identity
from .revocations import MOST_SERIALS
from .tls import COLLECTION

SERVICE = "AMT_PublicKeyManagementService"
CERTIFICATE, KEY, CONTEXT = "AMT_PublicKeyCertificate", "AMT_PublicPrivateKeyPair", "AMT_TLSCredentialContext"
CERTIFICATE_NAME, KEY_NAME = "Intel(r) AMT Certificate", "Intel(r) AMT Key"
MOST_ROOTS, MOST_KEYS, LARGEST = 4, 4, 4100
MOST_NAMES, LONGEST_NAME = 4, 253
RSA = 0
KEY_LENGTHS = (1024, 1536, 2048)
EXPONENT = 65537
BUILT_IN_SINCE = 16
COMPLETED, NOT_PERMITTED, MAX_LIMIT_REACHED, INVALID_PARAMETER = 0, 0x10, 0x17, 0x24
DUPLICATE, GENERATING, INVALID_KEY, INVALID_CERT, NOT_FOUND = 0x80A, 0x80D, 0x80E, 0x80F, 0x814
KEY_NOT_MATCH = 0x810


@dataclass(frozen=True)
class Stored:
    """A certificate. `own`: it came with the device, and its key is not among those that are told of. `built_in`: it
    cannot be deleted either."""

    octets: bytes
    is_root: bool = False
    built_in: bool = False
    own: bool = False

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.octets)


class KeyStore(Domain):
    """By handle, and the lowest free handle is given next. `in_use` is the handle that the TLS context names, `served`
    the certificate that it named at the last commit; None for the device's own, and where there is none.

    A device with TLS has its own certificate from the beginning, which it is asked for only when somebody looks.
    """

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.certificates: dict[int, Stored] = {}
        self.keys: dict[int, rsa.RSAPrivateKey] = {}
        self.in_use: Optional[int] = None
        self.served: Optional[Stored] = None
        self._made_at = -1e9
        self._looked = not firmware.settings.tls

    def look(self) -> None:
        if not self._looked:
            self._looked = True
            own = self.firmware.certificate()
            if own:
                built_in = self.firmware.personality.major >= BUILT_IN_SINCE
                self.in_use = self.keep(Stored(own, built_in=built_in, own=True))

    @property
    def committed(self) -> Optional[Stored]:
        """What the next commit will have served."""
        stored = self.certificates.get(-1 if self.in_use is None else self.in_use)
        return None if stored is None or stored.own else stored

    def commit(self) -> bool:
        """Whether that changes what is served."""
        before, self.served = self.served, self.committed
        return before != self.served

    @property
    def identity(self) -> Optional[Identity]:
        """With the issuers that the device has, the topmost excepted. None where it is the device's own."""
        if self.served is None:
            return None
        key = self.key_of(self.served)
        octets = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = [self.served.parsed]
        known = [stored.parsed for stored in self.certificates.values()]
        while issuers := [each for each in known if each.subject == chain[-1].issuer and each.subject != each.issuer]:
            if issuers[0] in chain:
                break
            chain.append(issuers[0])
        return Identity(octets, tuple(each.public_bytes(serialization.Encoding.DER) for each in chain))

    def key_of(self, stored: Stored) -> Optional[rsa.RSAPrivateKey]:
        public = stored.parsed.public_key()
        return next((key for key in self.keys.values() if key.public_key() == public), None)

    @instances("AMT_PublicKeyManagementCapabilities")
    def capabilities(self) -> list[Instance]:
        name = "Intel(r) AMT: Public Key Management Capabilities"
        return [
            {
                "CertChainMaxSize": LARGEST,
                "CommonNameMaxCount": MOST_NAMES,
                "CommonNameMaxSize": LONGEST_NAME,
                "ElementName": name,
                "InstanceID": name + " 0",
                "MaximumCRLSize": MOST_SERIALS,
                "RootCertMaxCount": MOST_ROOTS,
                "RootCertMaxSize": LARGEST,
                "SupportedKeyLengths": list(KEY_LENGTHS),
            }
        ]

    def keep(self, stored: Stored) -> int:
        handle = lowest_free(self.certificates)
        self.certificates[handle] = stored
        return handle

    @instances(CERTIFICATE)
    def shown_certificates(self) -> list[Instance]:
        self.look()
        return [
            {
                "ElementName": CERTIFICATE_NAME,
                "InstanceID": instance_id(CERTIFICATE_NAME, handle),
                "Issuer": stored.parsed.issuer.rfc4514_string(),
                "ReadOnlyCertificate": stored.built_in or None,
                "Subject": stored.parsed.subject.rfc4514_string(),
                "TrustedRootCertficate": stored.is_root,
                "X509Certificate": stored.octets,
            }
            for handle, stored in sorted(self.certificates.items())
        ]

    @instances(KEY)
    def shown_keys(self) -> list[Instance]:
        return [
            {"DERKey": public_part(key), "ElementName": KEY_NAME, "InstanceID": instance_id(KEY_NAME, handle)}
            for handle, key in sorted(self.keys.items())
        ]

    @instances(CONTEXT)
    def contexts(self) -> list[Instance]:
        self.look()
        if self.in_use is None:
            return []
        collection = Epr("AMT_TLSProtocolEndpointCollection", {"ElementName": COLLECTION})
        return [{"ElementInContext": reference(CERTIFICATE, self.in_use), "ElementProvidingContext": collection}]

    def has(self, certificate: Epr) -> bool:
        self.look()
        return certificate.resource == CERTIFICATE and handle_in(certificate) in self.certificates

    def dependencies(self) -> list[Instance]:
        """Which key a certificate is of: rpc-go fails without it for one that is in use."""
        return [
            {"Antecedent": reference(CERTIFICATE, handle), "Dependent": reference(KEY, number)}
            for handle, stored in sorted(self.certificates.items())
            for number, key in sorted(self.keys.items())
            if key.public_key() == stored.parsed.public_key()
        ]

    @method(SERVICE, "AddTrustedRootCertificate", writes=True)
    def add_root(self, _present: Instance, CertificateBlob: bytes) -> Any:
        if self.firmware.tls.is_mutual_anywhere:
            return NOT_PERMITTED
        if sum(stored.is_root for stored in self.certificates.values()) >= MOST_ROOTS:
            return MAX_LIMIT_REACHED
        return self.add(Stored(CertificateBlob, is_root=True))

    @method(SERVICE, "AddCertificate", writes=True)
    def add_certificate(self, _present: Instance, CertificateBlob: bytes) -> Any:
        return self.add(Stored(CertificateBlob))

    def add(self, stored: Stored) -> Any:
        self.look()
        try:
            _parsed = stored.parsed
        except ValueError:
            return INVALID_CERT
        if len(stored.octets) > LARGEST:
            return INVALID_CERT
        if any(other.octets == stored.octets for other in self.certificates.values()):
            return DUPLICATE
        return {"CreatedCertificate": reference(CERTIFICATE, self.keep(stored)), "ReturnValue": COMPLETED}

    @method(SERVICE, "AddKey", writes=True)
    def add_key(self, _present: Instance, KeyBlob: bytes) -> Any:
        try:
            key = serialization.load_der_private_key(KeyBlob, password=None)
        except (ValueError, TypeError):
            return INVALID_KEY
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size not in KEY_LENGTHS:
            return INVALID_KEY
        if public_part(key) in (public_part(other) for other in self.keys.values()):
            return DUPLICATE
        return self.keep_key("CreatedKey", key)

    @method(SERVICE, "GenerateKeyPair", writes=True)
    def generate(self, _present: Instance, KeyAlgorithm: int, KeyLength: int) -> Any:
        if KeyAlgorithm != RSA or KeyLength not in KEY_LENGTHS:
            return INVALID_PARAMETER
        if self.is_generating:
            return GENERATING
        if len(self.keys) >= MOST_KEYS:
            return MAX_LIMIT_REACHED
        self._made_at = self.firmware.clock.now()
        return self.keep_key("KeyPair", rsa.generate_private_key(EXPONENT, KeyLength))

    @property
    def is_generating(self) -> bool:
        """A key is there at once, and of use a while later."""
        return self.firmware.clock.now() < self._made_at + self.firmware.settings.durations["key_pair"]

    def keep_key(self, output: str, key: rsa.RSAPrivateKey) -> Any:
        if len(self.keys) >= MOST_KEYS:
            return MAX_LIMIT_REACHED
        handle = lowest_free(self.keys)
        self.keys[handle] = key
        return {output: reference(KEY, handle), "ReturnValue": COMPLETED}

    @method(SERVICE, "GeneratePKCS10RequestEx")
    def sign_request(
        self, _present: Instance, KeyPair: Epr, SigningAlgorithm: int, NullSignedCertificateRequest: bytes
    ) -> Any:
        key = self.keys.get(handle_in(KeyPair))
        if key is None:
            return NOT_FOUND
        if self.is_generating:
            return GENERATING
        try:
            signed = signed_again(NullSignedCertificateRequest, key, SigningAlgorithm)
        except Mismatch:
            return INVALID_KEY
        except ValueError:
            return INVALID_PARAMETER
        return {"SignedCertificateRequest": signed, "ReturnValue": COMPLETED}

    @delete(CERTIFICATE)
    def delete_certificate(self, present: Instance) -> None:
        handle = handle_of(present)
        stored = self.certificates[handle]
        named = self.firmware.wifi_profiles.uses(reference(CERTIFICATE, handle))
        named = named or self.firmware.tunnels.uses(CERTIFICATE, str(present["InstanceID"]))
        named = named or self.firmware.wired_8021x.uses(reference(CERTIFICATE, handle))
        named = named or self.firmware.access_control.signer == reference(CERTIFICATE, handle)
        if handle == self.in_use or stored.built_in or stored == self.served or named:
            raise refusals.amt_status(NOT_PERMITTED)
        del self.certificates[handle]

    @delete(KEY)
    def delete_key(self, present: Instance) -> None:
        """Not while TLS uses a certificate of it, or will."""
        numbers = self.keys[handle_of(present)].public_key().public_numbers()
        for used in filter(None, (self.committed, self.served)):
            if numbers == used.parsed.public_key().public_numbers():
                raise refusals.amt_status(NOT_PERMITTED)
        del self.keys[handle_of(present)]

    @create(CONTEXT)
    def create_context(self, wanted: dict[str, Any]) -> Instance:
        self.look()
        if self.in_use is not None:
            raise refusals.already_exists()
        self.use(wanted)
        return self.contexts()[0]

    @put(CONTEXT)
    def put_context(self, _present: Instance, wanted: dict[str, Any]) -> None:
        self.use(wanted)

    def use(self, wanted: dict[str, Any]) -> None:
        require(("ElementInContext", "ElementProvidingContext"), wanted)
        handle = handle_in(wanted["ElementInContext"])
        if handle not in self.certificates or self.certificates[handle].is_root:
            raise refusals.invalid_value("ElementInContext")
        stored = self.certificates[handle]
        if not stored.own and self.key_of(stored) is None:
            raise refusals.amt_status(KEY_NOT_MATCH)
        self.in_use = handle

    @delete(CONTEXT)
    def delete_context(self, _present: Instance) -> None:
        if self.firmware.tls.listens:
            raise refusals.amt_status(NOT_PERMITTED)
        self.in_use = self.served = None


def lowest_free(taken: dict[int, Any]) -> int:
    return next(handle for handle in range(len(taken) + 1) if handle not in taken)


def instance_id(name: str, handle: int) -> str:
    return "{0}: Handle: {1}".format(name, handle)


def reference(cls: str, handle: int) -> Epr:
    return Epr(cls, {"InstanceID": instance_id(CERTIFICATE_NAME if cls == CERTIFICATE else KEY_NAME, handle)})


def handle_of(present: Instance) -> int:
    return int(str(present["InstanceID"]).rpartition(" ")[2])


def handle_in(epr: Epr) -> int:
    """-1 for a reference to nothing of the store."""
    number = str(epr.selectors.get("InstanceID", "")).rpartition(" ")[2]
    return int(number) if number.isascii() and number.isdigit() else -1


def public_part(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
