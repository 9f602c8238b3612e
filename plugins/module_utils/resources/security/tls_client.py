# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Our own certificate as a device with mutual TLS will judge it (AMT.md 10.3): told before it could shut us out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...cim.security import CLIENT_USAGES, CRL
from ...machine import Machine
from ...resource import Values
from ...wsman.endpoint import Endpoint
from ...x509 import der
from ...x509.certificate import CLIENT, Certificate, certificates_in
from .store import Row, moment, octets_of, parsed
from .time import measured, ours

MISSING = "this connection shows no certificate of its own, and would be shut out: set `client_certificate` first"
LONGEST_CHAIN = 8


def read_client(machine: Machine, endpoint: Endpoint | None) -> Values:
    """What this device will hold against our certificate; `missing` where we have none. `valid` is by its clock."""
    certificates = _file(endpoint.client_certificate) if endpoint is not None else []
    if not certificates:
        return {"missing": True}
    leaf, here = certificates[0], ours(machine)
    now = here + measured(machine).ahead
    return {
        "missing": False,
        "name": leaf.common_name,
        "usages": list(leaf.usages),
        "chain": [each.pem for each in certificates],
        "valid": leaf.not_before <= now <= leaf.not_after,
        "valid_here": leaf.not_before <= here <= leaf.not_after,
        "time": moment(now),
        "revoked": leaf.serial in _revoked(machine),
    }


def _file(path: str) -> list[Certificate]:
    try:
        return certificates_in(Path(path).read_text("ascii", "replace"))
    except (OSError, der.Malformed):
        return []


def _is_trusted(certificates: list[Certificate], rows: list[Row]) -> bool:
    """Whether the chain that we show ends below a root. Only what is certainly not so counts against us."""
    roots = [parsed(row["certificate"]) for row in rows if row["root"]]
    current = certificates[0]
    for _step in range(LONGEST_CHAIN):
        if any(root.der == current.der or _issued(current, root) for root in roots):
            return True
        above = [each for each in certificates if each.der != current.der and _issued(current, each)]
        if not above:
            return False
        current = above[0]
    return False


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    return certificate.issuer == issuer.subject and certificate.signed_by(issuer) is not False


def _revoked(machine: Machine) -> set[int]:
    rows = machine.list(CRL)
    texts = [text for row in rows for text in row.get("SerialNumbers", ())]
    return {int.from_bytes(octets_of(CRL.name, "SerialNumbers", text), "big") for text in texts}


def objection(client: Values, side: str, trusted_names: list[str], rows: list[Row]) -> str:
    """Why a side that wants certificates would not let us in; nothing if it would."""
    if client["missing"]:
        return MISSING
    if not _is_trusted([parsed(text) for text in client["chain"]], rows):
        return "no root on the device is above this connection's `client_certificate`: add it with amt_certificates"
    if trusted_names and not any(ends_in(client["name"], name) for name in trusted_names):
        return "the `client_certificate` of this connection is of {0!r}: add that to trusted_names".format(
            client["name"]
        )
    lacking = [usage for usage in (CLIENT, CLIENT_USAGES[side]) if usage not in client["usages"]]
    if lacking:
        sentence = "this connection's `client_certificate` lacks the extended key usage {0}: have one issued with it"
        return sentence.format(" and ".join(lacking))
    if not client["valid"]:
        sentence = (
            "at {0}, as the device's clock has it, this connection's `client_certificate` is not valid: set the clock"
        )
        return sentence.format(client["time"]) + " with amt_time, or renew the certificate"
    return "the device has this connection's `client_certificate` among those revoked" if client["revoked"] else ""


def ends_in(name: str, suffix: str) -> bool:
    """By whole labels."""
    name, suffix = name.lower(), suffix.lower().lstrip(".")
    return name == suffix or name.endswith("." + suffix)


def of_connection(endpoint: Any) -> str:
    """The side of the device that this connection is on: through a host's own port it is the local one."""
    words = endpoint.proxy_command if endpoint is not None else ()
    own = any(word.startswith(("localhost:", "127.0.0.1:", "[::1]:")) for word in words)
    return "local" if own else "remote"
