# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""TLS of the network (802.3) and of the local service (LMS). A Put takes effect with CommitChanges, and that of
trusted names at once (vendor's guide).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Optional

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, put
from .listener import Demand

INVALID_PARAMETER = 0x24
ENFORCED_LOCALLY_SINCE = 19
REMOTE, LOCAL = "Intel(r) AMT 802.3 TLS Settings", "Intel(r) AMT LMS TLS Settings"
COLLECTION = "TLSProtocolEndpoint Instances Collection"


@dataclass(frozen=True)
class Side:
    enabled: bool
    plain_too: bool
    mutual: bool = False
    trusted_names: tuple[str, ...] = ()


class Tls(Domain):
    """`sides` is what is in force, `wanted` what the next commit brings. `restarts`: commits that changed something."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        enabled = bool(firmware.settings.tls)
        remote = Side(enabled, plain_too=enabled and not firmware.requires_tls)
        self.sides = {REMOTE: remote, LOCAL: Side(enabled, plain_too=not self.is_without_plain_port)}
        self.wanted = dict(self.sides)
        self.commits = 0
        self.restarts = 0
        self._ended_set_up = -1

    @property
    def listens(self) -> bool:
        return self.sides[REMOTE].enabled

    @property
    def listens_plain(self) -> bool:
        return not self.firmware.requires_tls and self._takes_plain(self.sides[REMOTE])

    @property
    def enforced_locally(self) -> bool:
        """Whether the host has no plain port either: from 19 on, and where the local settings take it away."""
        return self.is_without_plain_port or not self._takes_plain(self.sides[LOCAL])

    @property
    def is_without_plain_port(self) -> bool:
        return self.firmware.personality.major >= ENFORCED_LOCALLY_SINCE

    def offers_plain(self, name: str) -> bool:
        """Whether a side has plain ports: from 16.1 on not for the network, from 19 on not for the host either."""
        return not (self.firmware.requires_tls if name == REMOTE else self.is_without_plain_port)

    @staticmethod
    def _takes_plain(side: Side) -> bool:
        return side.plain_too or not side.enabled

    def listens_locally(self, encrypted: bool) -> bool:
        """Whether one of the two ports answers what comes from the host itself."""
        if not encrypted:
            return not self.enforced_locally
        return self.enforced_locally or self.sides[LOCAL].enabled or self.firmware.setup.session is not None

    @property
    def is_mutual_anywhere(self) -> bool:
        return any(side.enabled and side.mutual for side in self.sides.values())

    def demand(self, local: bool = False) -> Optional[Demand]:
        """Of whoever connects; None where nobody has to show a certificate."""
        side = self.sides[LOCAL if local else REMOTE]
        if not (side.enabled and side.mutual):
            return None
        roots = [stored.octets for stored in self.firmware.key_store.certificates.values() if stored.is_root]
        revoked = self.firmware.revocations.revoked
        return Demand(tuple(roots), side.trusted_names, revoked, "local" if local else "remote")

    def restart(self) -> None:
        """The listeners start again, because a set-up is over."""
        self.restarts += 1
        self._ended_set_up = self.restarts

    @property
    def cuts_host_off(self) -> bool:
        """Whether the listeners that start again are gone before the host has the answer: at the end of a set-up, from
        19 on. Other commits are answered: rpc-go waits for those of TLS settings."""
        return self.is_without_plain_port and self._ended_set_up == self.restarts

    def commit(self) -> None:
        self.commits += 1
        shown_anew = self.firmware.key_store.commit() and any(side.enabled for side in self.wanted.values())
        if self.wanted != self.sides or shown_anew:
            self.restarts += 1
        if self.wanted != self.sides:
            modes = [2 if side.mutual else 1 if side.enabled else 0 for side in self.wanted.values()]
            self.firmware.events.audit(1607, bytes(modes))
        self.sides = dict(self.wanted)

    @instances("AMT_TLSSettingData")
    def setting_data(self) -> list[Instance]:
        return [
            {
                "AcceptNonSecureConnections": side.plain_too,
                "ElementName": name,
                "Enabled": side.enabled,
                "InstanceID": name,
                "MutualAuthentication": side.mutual,
                "NonSecureConnectionsSupported": self.offers_plain(name),
                "TrustedCN": list(side.trusted_names) or None,
            }
            for name, side in self.wanted.items()
        ]

    @put("AMT_TLSSettingData")
    def put_setting_data(self, present: Instance, wanted: dict[str, Any]) -> None:
        name = str(present["InstanceID"])
        side = self.wanted[name]
        changed = replace(
            side,
            enabled=wanted["Enabled"],
            plain_too=wanted.get("AcceptNonSecureConnections", side.plain_too),
            mutual=wanted.get("MutualAuthentication", side.mutual),
            trusted_names=tuple(wanted.get("TrustedCN", ())),
        )
        if not self.offers_plain(name) and (changed.plain_too or not changed.enabled):
            raise refusals.amt_status(INVALID_PARAMETER)
        self.wanted[name] = changed
        self.sides[name] = replace(self.sides[name], trusted_names=changed.trusted_names)

    @instances("AMT_TLSProtocolEndpointCollection")
    def collections(self) -> list[Instance]:
        return [{"ElementName": COLLECTION}]
