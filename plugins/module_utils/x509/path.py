# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From a certificate to an authority that somebody trusts (RFC 5280, 6), as far as devices' chains need it."""

from __future__ import annotations

from collections.abc import Sequence

from .certificate import SIGNS_CERTIFICATES, Certificate

LONGEST = 10


class Broken(ValueError):
    """There is no such way. The text says where it ends, and why."""


def path(
    leaf: Certificate, others: Sequence[Certificate], roots: Sequence[Certificate], now: float
) -> list[Certificate]:
    """The certificates from the leaf to one of the roots, both included. Broken.

    A root is trusted as it is, by its key: another certificate of that key and name will do.
    """
    found = [leaf]
    while len(found) <= LONGEST:
        last = found[-1]
        _check(last, now, after=len(found) - 1)
        if any(last.key == root.key and last.subject == root.subject for root in roots):
            return found
        found.append(
            _issuer(last, roots) or _issuer(last, [each for each in others if each not in found]) or _none(last)
        )
    raise Broken("it is longer than {0} certificates".format(LONGEST))


def _issuer(certificate: Certificate, candidates: Sequence[Certificate]) -> Certificate | None:
    named = (each for each in candidates if each.subject == certificate.issuer)
    return next((each for each in named if certificate.signed_by(each)), None)


def _none(certificate: Certificate) -> Certificate:
    raise Broken("{0}: no certificate of {1} that has signed it".format(certificate.subject, certificate.issuer))


def _check(certificate: Certificate, now: float, after: int) -> None:
    """`after`: how many stand between it and the end, the leaf included; none for the leaf itself."""
    if not certificate.not_before <= now <= certificate.not_after:
        raise Broken("{0}: it is out of date".format(certificate.subject))
    if certificate.odd:
        raise Broken("{0}: {1} is critical and not understood".format(certificate.subject, ", ".join(certificate.odd)))
    signs = certificate.key_usages is None or SIGNS_CERTIFICATES in certificate.key_usages
    if after and not (certificate.authority and signs):
        raise Broken("{0}: it is no authority".format(certificate.subject))
    if certificate.longest is not None and after - 1 > certificate.longest:
        raise Broken("{0}: it may not have so many authorities below it".format(certificate.subject))
