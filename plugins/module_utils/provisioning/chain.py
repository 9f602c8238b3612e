# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether a chain of certificates can bring one device into admin control mode, judged before anything is sent to it.

The rules are those of AMT.md 11.3 and of the vendor's guide (Remote Configuration, certificate requirements).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import AmtError

USAGE = "2.16.840.1.113741.1.2.3"
"""Extended key usage "AMT provisioning"."""
UNIT = "Intel(R) Client Setup Certificate"
"""Organisational unit that stands for that usage, letter by letter."""
SERVER_USAGE = "1.3.6.1.5.5.7.3.1"
LONGEST = 4
"""Certificates in a chain, leaf and root included."""
SMALLEST_KEY = 1024


class ChainRefused(AmtError):
    """This device would not accept the chain. `cause` is one word of CAUSES."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message, CAUSES[cause], cause=cause)
        self.cause = cause


CAUSES = {
    "empty": "name a file with the provisioning certificate and those of its issuers",
    "no_leaf": "give the certificate that was issued for provisioning, not only those of authorities",
    "several_leaves": "give one provisioning certificate and its issuers, nothing else",
    "missing_issuer": "add the certificate of that issuer to the file",
    "no_root": "add the self-signed root: AMT compares its hash with those that it trusts",
    "too_long": "AMT takes four certificates at most, leaf and root included: use a shorter chain",
    "not_rsa": "AMT verifies RSA signatures only: have a certificate issued for an RSA key",
    "weak_key": "have a certificate issued for a key of 2048 bits or more",
    "usage": "the leaf needs the key usage {0}, or the organisational unit {1}".format(USAGE, UNIT),
    "server_usage": "the leaf needs the key usage of TLS servers ({0}) too".format(SERVER_USAGE),
    "not_yet_valid": "look at the clock of this controller, and at the certificate's dates",
    "expired": "renew the certificate",
    "not_authority": "only a certificate of an authority (CA:TRUE) can issue another one",
    "bad_signature": "the file mixes certificates of different authorities with the same name",
    "unknown_root": "use a certificate of an authority that the device trusts, or add the hash of yours in the MEBx",
    "inactive_root": "switch that hash on in the MEBx (Manage Hashes)",
    "no_suffix": "set dns_suffix, or let DHCP give the device one (option 15)",
    "wrong_suffix": "use a certificate for a name in the domain of the device, or set dns_suffix",
    "wrong_key": "give the private key that belongs to the leaf certificate",
}


@dataclass(frozen=True)
class Certificate:
    """What the rules look at. Times are seconds since 1970; `subject` and `issuer` are whole names, compared as text.

    `hashes`: by algorithm, of the DER, in hexadecimal digits. `signed_by`: `subject_key` of those in the same file
    whose key verifies the signature of this one. `public_key`: hash of the key. `signature_hash`: what was signed.
    """

    der: bytes
    subject: str
    issuer: str
    common_name: str
    units: tuple[str, ...] = ()
    usages: tuple[str, ...] = ()
    authority: bool = False
    not_before: float = 0.0
    not_after: float = 0.0
    key_type: str = "rsa"
    key_size: int = 2048
    public_key: str = ""
    signed_by: tuple[str, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    signature_hash: str = "sha256"

    @property
    def is_root(self) -> bool:
        return self.subject == self.issuer

    @property
    def is_for_setup(self) -> bool:
        return USAGE in self.usages or UNIT in self.units


@dataclass(frozen=True)
class Device:
    """`roots`: rows of `hash`, `algorithm` and `active`, as AMTHI tells them. `suffixes`: DNS suffixes that count."""

    roots: Sequence[Mapping[str, Any]]
    suffixes: Sequence[str]


def in_order(certificates: Sequence[Certificate]) -> list[Certificate]:
    """From leaf to root, whatever the order they come in. ChainRefused says which one is missing or too many."""
    if not certificates:
        raise ChainRefused("empty", "there is no certificate")
    chain = [_leaf(certificates)]
    while not chain[-1].is_root:
        chain.append(_issuer(chain[-1], certificates, chain))
    if len(chain) > LONGEST:
        raise ChainRefused("too_long", "the chain has {0} certificates".format(len(chain)))
    return chain


def _leaf(certificates: Sequence[Certificate]) -> Certificate:
    """The one that issued no other: that for setup, if several did not."""
    issuers = {each.issuer for each in certificates if not each.is_root}
    ends = [each for each in certificates if not each.is_root and each.subject not in issuers]
    leaves = [each for each in ends if each.is_for_setup or not each.authority]
    if not leaves:
        raise ChainRefused("no_leaf", "all {0} certificates are those of authorities".format(len(certificates)))
    marked = [each for each in leaves if each.is_for_setup]
    chosen = marked if len(leaves) > 1 and marked else leaves
    if len(chosen) > 1:
        names = ", ".join(sorted(each.common_name for each in chosen))
        raise ChainRefused("several_leaves", "there are several certificates that issued no other: " + names)
    return chosen[0]


def _issuer(certificate: Certificate, certificates: Sequence[Certificate], chain: Sequence[Certificate]) -> Certificate:
    named = [each for each in certificates if each.subject == certificate.issuer and each not in chain]
    if not named:
        cause = "no_root" if certificate.authority and len(chain) == len(certificates) else "missing_issuer"
        message = "the issuer of {0}, {1}, is not in the file"
        raise ChainRefused(cause, message.format(certificate.common_name, certificate.issuer))
    verified = [each for each in named if each.public_key in certificate.signed_by]
    if not verified:
        message = "the key of {0} did not sign {1}".format(named[0].subject, certificate.subject)
        raise ChainRefused("bad_signature", message)
    return verified[0]


def check(chain: Sequence[Certificate], device: Device, now: float, key: str = "") -> None:
    """ChainRefused with the first cause that keeps this chain from working on this device. `key`: hash of the public
    part of the private key, when that is known."""
    _check_leaf(chain[0], key)
    for certificate in chain:
        _check_dates(certificate, now)
    for certificate in chain[1:]:
        if not certificate.authority:
            raise ChainRefused("not_authority", "{0} is not an authority".format(certificate.subject))
    _check_root(chain[-1], device)
    _check_suffix(chain[0], device)


def _check_leaf(leaf: Certificate, key: str) -> None:
    if leaf.key_type != "rsa":
        raise ChainRefused("not_rsa", "the key of {0} is {1}".format(leaf.common_name, leaf.key_type))
    if leaf.key_size < SMALLEST_KEY:
        raise ChainRefused("weak_key", "the key of {0} has {1} bits".format(leaf.common_name, leaf.key_size))
    if not leaf.is_for_setup:
        raise ChainRefused("usage", "{0} is not a certificate for provisioning".format(leaf.common_name))
    if SERVER_USAGE not in leaf.usages:
        raise ChainRefused("server_usage", "{0} is not a certificate for servers".format(leaf.common_name))
    if key and key != leaf.public_key:
        raise ChainRefused("wrong_key", "the private key is not that of {0}".format(leaf.common_name))


def _check_dates(certificate: Certificate, now: float) -> None:
    if now < certificate.not_before:
        raise ChainRefused("not_yet_valid", "{0} is not valid yet".format(certificate.common_name))
    if now > certificate.not_after:
        raise ChainRefused("expired", "{0} has expired".format(certificate.common_name))


def _check_root(root: Certificate, device: Device) -> None:
    known = [row for row in device.roots if root.hashes.get(str(row.get("algorithm"))) == row.get("hash")]
    if not known:
        raise ChainRefused("unknown_root", "the device does not trust {0}".format(root.subject))
    if not any(row.get("active") for row in known):
        raise ChainRefused("inactive_root", "the device knows {0}, and that hash is switched off".format(root.subject))


def _check_suffix(leaf: Certificate, device: Device) -> None:
    suffixes = [suffix.strip(".").lower() for suffix in device.suffixes if suffix.strip(".")]
    if not suffixes:
        raise ChainRefused("no_suffix", "the device has no DNS suffix to compare {0} with".format(leaf.common_name))
    if not any(matches(leaf.common_name, suffix) for suffix in suffixes):
        message = "{0} is not of the domain that the device is in ({1})"
        raise ChainRefused("wrong_suffix", message.format(leaf.common_name, ", ".join(suffixes)))


def matches(name: str, suffix: str) -> bool:
    """Whether a certificate's name and a DNS suffix are of one domain, by whole labels.

    Firmware wants the last labels to agree, for some top-level domains no more than the last two, so that a suffix
    may be below the certificate's domain or above it. What passes here may still fail there; the reverse may not.
    """
    labels = name.lower().strip(".").split(".")
    host, domain = ".".join(labels), ".".join(labels[1:])
    below = len(labels) > 2 and suffix.endswith("." + domain)
    return suffix in (host, domain) or host.endswith("." + suffix) or below
