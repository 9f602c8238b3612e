# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The name of the firmware on the network, who tells the name server of it, and pings (AMT.md 5.1)."""

from __future__ import annotations

import re

from ...cim.network import (
    DDNS,
    GENERAL,
    LEAST_DDNS_INTERVAL,
    LONGEST_DOMAIN,
    LONGEST_HOSTNAME,
    MOST_DDNS_INTERVAL,
    MOST_DDNS_TTL,
)
from ...cim.schema import Properties
from ...errors import InvalidOption, lacking
from ...option import Option, check_within
from ...resource import Settings, Values

LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")
DDNS_SWITCHES = ("DDNSUpdateEnabled", "DDNSUpdateByDHCPServerEnabled")


class Name(Settings):
    """While the name is shared with the operating system, Intel's local service (LMS) writes the system's over it."""

    cim = GENERAL
    options = (
        Option("hostname", wire="HostName"),
        Option("domain", wire="DomainName"),
        Option("shared_fqdn", type="bool", wire="SharedFQDN"),
        Option("ddns", choices=tuple(DDNS)),
        Option("ddns_interval", type="int", wire="DDNSPeriodicUpdateInterval"),
        Option("ddns_ttl", type="int", wire="DDNSTTL"),
        Option("ping", type="bool", wire="PingResponseEnabled"),
        Option("rmcp_ping", type="bool", wire="RmcpPingResponseEnabled"),
    )
    aside = ("host_fqdn",)

    def check(self, wanted: Values) -> None:
        _check_name("hostname", wanted["hostname"], LONGEST_HOSTNAME, labels=1)
        _check_name("domain", wanted["domain"], LONGEST_DOMAIN, labels=LONGEST_DOMAIN)
        interval = wanted["ddns_interval"]
        if interval != 0:
            unit = "minutes, or 0 for no repetition"
            check_within("ddns_interval", interval, LEAST_DDNS_INTERVAL, MOST_DDNS_INTERVAL, unit)
        check_within("ddns_ttl", wanted["ddns_ttl"], 0, MOST_DDNS_TTL, "seconds")

    def told(self, instance: Properties) -> Values:
        names = {
            name: instance.get(wire) or None for name, wire in (("hostname", "HostName"), ("domain", "DomainName"))
        }
        host_fqdn = instance.get("HostOSFQDN") or None
        return {**super().told(instance), **names, "ddns": _ddns(instance), "host_fqdn": host_fqdn}

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = super().plan(present, wanted)
        if wanted["ddns"] is not None and present["ddns"] is None:
            raise lacking("ddns", "client for dynamic DNS")
        _refuse_what_is_overwritten(present, planned)
        return planned

    def changes(self, present: Values, planned: Values) -> Values:
        changes = super().changes(present, planned)
        if planned["ddns"] != present["ddns"]:
            switches = zip(DDNS_SWITCHES, DDNS[planned["ddns"]])
            changes.update({name: value for name, value in switches if value is not None})
        return changes


def _check_name(option: str, value: str | None, longest: int, labels: int) -> None:
    if value is None:
        return
    parts = value.split(".")
    if len(value) > longest or len(parts) > labels or not all(LABEL.match(part) for part in parts):
        kind = "no dots" if labels == 1 else "dots between labels of 1 to 63"
        rule = "at most {0} letters, digits, - and _, {1}, and none of them begins or ends with -"
        raise InvalidOption(option, value, rule.format(longest, kind))


def _ddns(instance: Properties) -> str | None:
    own, by_server = (instance.get(name) for name in DDNS_SWITCHES)
    if own is None or by_server is None:
        return None
    return "firmware" if own else "dhcp_server" if by_server else "none"


def _refuse_what_is_overwritten(present: Values, planned: Values) -> None:
    """A name that is written while the system's is shared, and is not the system's."""
    given = [name for name in ("hostname", "domain") if planned[name] != present[name]]
    if not (given and planned["shared_fqdn"] and present["host_fqdn"]):
        return
    fqdn = ".".join(filter(None, (planned["hostname"], planned["domain"])))
    if fqdn.lower() != present["host_fqdn"].lower():
        way_out = "the firmware shares the name of the operating system, which is {0}: give that, or shared_fqdn: false"
        raise InvalidOption(given[0], planned[given[0]], way_out.format(present["host_fqdn"]))
