# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which certificates of the device 802.1X uses. People name them by SHA-256; the device by a handle, which it gives
again once a certificate is gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from ...cim.schema import CimClass
from ...cim.security import CERTIFICATE
from ...errors import InvalidOption
from ...machine import Machine
from ...resource import Values
from ...wsman.values import Reference
from ...x509.fingerprint import plain_fingerprint
from ..security.store import FORESEEN
from ..security.store import foreseen as after
from .eap import CERTIFICATES

HANDLE = re.compile("(?:Intel\\(r\\) AMT Certificate: Handle: )?([0-9]{1,4})")
WAY_OUT = "the device has {0}: give the SHA-256 of one, as amt_certificates returns it (fingerprint), or its id"


def read_certificates(machine: Machine) -> dict[str, Values]:
    """InstanceID -> `fingerprint` and whether it is a root."""
    return {
        row["InstanceID"]: {
            "fingerprint": sha256(row["X509Certificate"]).hexdigest(),
            "root": bool(row.get("TrustedRootCertficate", False)),
        }
        for row in machine.enumerate(CERTIFICATE)
    }


def foreseen(present: Values, before: Mapping[str, Values]) -> Values:
    """What is read of who shows certificates, with those that the same document leaves on the device and brings to it;
    the latter under handles of no device."""
    brought = before.get("certificates")
    if brought is None:
        return present
    found = {
        "brought: {0}".format(row["fingerprint"]) if row["id"] == FORESEEN else row["id"]: {
            "fingerprint": row["fingerprint"],
            "root": row["root"],
        }
        for row in after(brought["store"], brought)
    }
    return {**present, "certificates": found}


def used_by(machine: Machine, contexts: CimClass, certificates: dict[str, Values]) -> dict[str, Values]:
    """InstanceID of the settings that use them -> fingerprints by option."""
    found: dict[str, Values] = {}
    for context in machine.list(contexts):
        held = certificates.get(str(context["ElementInContext"].selectors.get("InstanceID")))
        user = str(context["ElementProvidingContext"].selectors.get("InstanceID"))
        if held is not None:
            role = CERTIFICATES[1] if held["root"] else CERTIFICATES[0]
            found.setdefault(user, {})[role] = held["fingerprint"]
    return found


def fingerprint_of(option: str, value: str, certificates: dict[str, Values]) -> str:
    """That of the certificate that somebody means. InvalidOption where the device has no such one."""
    plain = plain_fingerprint(value)
    is_root = option.endswith(CERTIFICATES[1])
    fitting = {handle: row["fingerprint"] for handle, row in certificates.items() if row["root"] == is_root}
    handle = HANDLE.fullmatch(value)
    if plain and plain in fitting.values():
        return plain
    for known, fingerprint in fitting.items():
        if handle and known.rpartition(" ")[2] == handle[1]:
            return str(fingerprint)
    kind = "trusted root" if is_root else "certificate of its own"
    shown = ", ".join("{0}... ({1})".format(each[:16], known) for known, each in fitting.items())
    raise InvalidOption(option, value, WAY_OUT.format(shown or "no {0}".format(kind)))


def resolved(where: str, settings: Values, certificates: dict[str, Values]) -> Values:
    """The same with fingerprints for whatever certificates were named by."""
    found = dict(settings)
    for name in CERTIFICATES:
        if found.get(name) is not None:
            found[name] = fingerprint_of(where + name, found[name], certificates)
    return found


def reference_to(fingerprint: str | None, certificates: dict[str, Values]) -> Reference | None:
    for handle, row in certificates.items():
        if row["fingerprint"] == fingerprint:
            return CERTIFICATE.at(InstanceID=handle)
    return None
