# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which properties of 802.1x settings each protocol wants and takes, as the schema's text has it."""

from __future__ import annotations

from typing import Any

SECRETS = frozenset(("Password", "PSK", "ProtectedAccessCredential", "PACPassword"))
TLS, MD5, FAST_TLS = 0, 6, 10
TUNNELS, FASTS, KEYED = (1, 2, 3), (4, 5, 10), (7, 8, 9)
HIGHEST = 10
OF_THE_SERVER = {"ServerCertificateName", "ServerCertificateNameComparison"}
ALWAYS = {"ElementName", "InstanceID", "AuthenticationProtocol", "Username", "Enabled", "AvailableInS0", "PxeTimeout"}
WITH_CERTIFICATE = (TLS, FAST_TLS)
#: The vendor's text of AMT_8021XProfile.
LONGEST = (("Username", 128), ("Domain", 128), ("PACPassword", 256))


def takes(protocol: int) -> set[str]:
    if protocol == TLS:
        return OF_THE_SERVER
    if protocol in KEYED:
        return {"PSK", "Domain", "RoamingIdentity"}
    if protocol == MD5:
        return {"Password", "Domain"}
    tunnel = {"Password", "Domain", "RoamingIdentity", *OF_THE_SERVER}
    return tunnel | ({"ProtectedAccessCredential", "PACPassword"} if protocol in FASTS else set())


def wants(protocol: int) -> set[str]:
    if protocol == TLS:
        return {"Username"}
    return {"Username", "PSK" if protocol in KEYED else "Password"}


def is_sound(values: dict[str, Any]) -> bool:
    protocol = values.get("AuthenticationProtocol", HIGHEST + 1)
    if protocol > HIGHEST or not wants(protocol) <= set(values):
        return False
    if any(len(values.get(name) or "") > longest for name, longest in LONGEST):
        return False
    return set(values) <= takes(protocol) | ALWAYS and values.get("ServerCertificateNameComparison", 2) in (2, 3)


def shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in SECRETS}
