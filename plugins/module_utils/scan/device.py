# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What one address told a scan without a log-in, and what a scan was asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..wsman.endpoint import PLAIN_PORT, TLS_PORT
from .banner import Banner
from .presence import RMCP_PORT, Pong
from .targets import Target


@dataclass(frozen=True)
class Limits:
    """How to knock, and how hard. `rate` counts pings and connections a second; times are seconds.

    `banner`: connect to `all` addresses, to those that `answered` the ping, or to `none`.
    `tls`: `required`, `preferred` or `never`: what the device offers is not what decides.
    `concurrency`: devices connected to at once, as far as this machine's limit of open files allows.
    `connect_timeout`: for a connection, and again for all that is said on it. `answer_timeout`: for the first octet of
    who did not answer the ping.
    """

    ping: bool = True
    banner: str = "all"
    tls: str = "preferred"
    rmcp_port: int = RMCP_PORT
    plain_port: int = PLAIN_PORT
    tls_port: int = TLS_PORT
    rate: float = 2000.0
    concurrency: int = 512
    ping_timeout: float = 2.0
    connect_timeout: float = 3.0
    answer_timeout: float = 1.0


@dataclass
class Device:
    """What one address told without a log-in. `banners` holds one entry per WS-Man port that answered, TLS first.

    `mute`: ports that took a connection and said nothing of use in the time given.
    """

    target: Target
    pong: Pong | None = None
    banners: tuple[Banner, ...] = ()
    mute: tuple[int, ...] = ()
    looked_at: bool = False

    def found(self) -> bool:
        return self.pong is not None or bool(self.banners)

    @property
    def digest(self) -> str:
        """The SHA-256 of the certificate that it showed, or an empty text."""
        return next((each.certificate.sha256 for each in self.banners if each.certificate), "")

    def variables(self, limits: Limits = Limits()) -> dict[str, Any]:
        """Plain values under the names that host variables have."""
        best = best_banner(self, limits)
        tls = best.tls if best else tls_unseen(self, limits)
        told = best or (self.banners[0] if self.banners else None)
        version = (told.version if told else "") or (self.pong.version if self.pong else "")
        values: dict[str, Any] = {
            "amt_host": self.target.address,
            "amt_name": self.target.name,
            "amt_port": best.port if best else limits.tls_port if tls else limits.plain_port,
            "amt_tls": tls,
            "amt_version": version,
            "amt_generation": int(version.partition(".")[0]) if version else None,
            "amt_ports": [each.port for each in self.banners],
            "amt_ping": self.pong is not None,
            "amt_provisioning": self.pong.provisioning if self.pong else "",
        }
        if best and best.certificate:
            values.update(amt_tls_version=best.tls_version, amt_certificate=asdict(best.certificate))
        return values


def best_banner(device: Device, limits: Limits) -> Banner | None:
    """The one to log in at: never one without TLS where that is required."""
    return next((each for each in device.banners if each.tls or limits.tls != "required"), None)


def tls_unseen(device: Device, limits: Limits) -> bool:
    """Whether to use TLS where no banner of use was seen: by what was asked for, then by what the pong says."""
    if limits.tls == "preferred" and device.pong and not device.pong.both_ports:
        return device.pong.port not in (limits.plain_port, PLAIN_PORT)
    return limits.tls != "never"


def ports_to_try(device: Device, limits: Limits) -> list[tuple[int, bool]]:
    """(port, TLS) pairs, TLS first: those that the pong names, or both when it said nothing of use."""
    both = [(limits.tls_port, True), (limits.plain_port, False)]
    if limits.tls == "never":
        return both[1:]
    if device.pong is None or device.pong.both_ports:
        return both
    named = [pair for pair in both if pair[0] == device.pong.port]
    return named or both
