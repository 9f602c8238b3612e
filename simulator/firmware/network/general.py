# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Names, answers to pings, idle times: AMT_GeneralSettings."""

from __future__ import annotations

from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, put
from ..inventory.records import sized

NAME = "Intel(r) AMT: General Settings"
LEAST = {"DDNSPeriodicUpdateInterval": 20, "PresenceNotificationInterval": 15}
MOST_DDNS_TTL = 2**31 - 1
LONGEST = {"HostName": 63, "DomainName": 191}
AUDITED = (("HostName", 2201), ("DomainName", 2202))


class General(Domain):
    """`values` is everything that a Put may change. After AMTNetworkEnabled 0 the network hears no more.

    `told_fqdn` is what the host's system said its name was, over AMTHI.
    """

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.told_fqdn = ""
        self.values: dict[str, Any] = {
            "AMTNetworkEnabled": 1,
            "DDNSPeriodicUpdateInterval": 1440,
            "DDNSTTL": 900,
            "DDNSUpdateByDHCPServerEnabled": True,
            "DDNSUpdateEnabled": False,
            "DHCPSyncRequiresHostname": 1,
            "DHCPv6ConfigurationTimeout": 0,
            "DomainName": firmware.settings.domain,
            "HostName": firmware.settings.hostname,
            "IdleWakeTimeout": 65535,
            "NetworkInterfaceEnabled": True,
            "PingResponseEnabled": True,
            "PreferredAddressFamily": 0,
            "PresenceNotificationInterval": 0,
            "PrivacyLevel": 0,
            "RmcpPingResponseEnabled": True,
            "SharedFQDN": True,
            "ThunderboltDockEnabled": 0,
            "WsmanOnlyMode": False,
        }

    @instances("AMT_GeneralSettings")
    def settings(self) -> list[Instance]:
        return [
            {
                **self.values,
                "DigestRealm": self.firmware.digest_realm,
                "ElementName": NAME,
                "HostOSFQDN": self.host_fqdn,
                "InstanceID": NAME,
                "PowerSource": int(self.firmware.settings.on_battery),
            }
        ]

    @property
    def host_fqdn(self) -> str:
        """The local service tells it; before that it is empty."""
        settings = self.firmware.settings
        if self.told_fqdn:
            return self.told_fqdn
        return "{0}.{1}".format(settings.hostname, settings.domain) if settings.lms else ""

    @put("AMT_GeneralSettings")
    def put_settings(self, _present: Instance, wanted: dict[str, Any]) -> None:
        """Read-only values are ignored, whatever they say; what is left out stays."""
        changes = {name: value for name, value in wanted.items() if name in self.values}
        self.check(changes)
        for name, event in AUDITED:
            if name in changes and changes[name] != self.values[name]:
                self.firmware.events.audit(event, sized(changes[name].encode()))
        self.values.update(changes)

    def on_boot(self, device: dict[str, Any]) -> None:
        """The local service of a system that has one writes the system's name over a shared one."""
        if self.values["SharedFQDN"] and self.host_fqdn:
            hostname, _dot, domain = self.host_fqdn.partition(".")
            self.values.update({"HostName": hostname, "DomainName": domain})

    def check(self, changes: dict[str, Any]) -> None:
        for name, longest in LONGEST.items():
            if len(changes.get(name, "")) > longest:
                raise refusals.invalid_value(name)
        if changes.get("DDNSTTL", 0) > MOST_DDNS_TTL:
            raise refusals.invalid_value("DDNSTTL")
        if changes.get("IdleWakeTimeout", 1) < 1:
            raise refusals.invalid_value("IdleWakeTimeout")
        for name, least in LEAST.items():
            if 0 < changes.get(name, 0) < least:
                raise refusals.invalid_value(name)
        for name, highest in (("AMTNetworkEnabled", 1), ("PreferredAddressFamily", 1), ("PrivacyLevel", 2)):
            if changes.get(name, 0) > highest:
                raise refusals.invalid_value(name)
