# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Calls of the device to management presence servers, and where it takes itself to be: AMT.md 14.1.

What is changed is changed in this order: policies that name a server which goes, servers, proxies, servers that come,
policies that come, what counts as home, who may call. At each step the device has all that the next one names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from ...cim.network import (
    ENVIRONMENT,
    LONGEST_DOMAIN,
    MOST_DOMAINS,
    PROXY_SERVICE,
    REMOTE_ACCESS_LIMITS,
    REMOTE_ACCESS_SERVICE,
    TRIGGERS,
    TUNNEL,
    USER_ACCESS,
    USER_CONNECTION,
)
from ...errors import InvalidOption, Unavailable, lacking
from ...machine import Machine, about
from ...option import Option
from ...resource import Resource, Values
from ..glance import glance
from . import access_policies, credentials, presence_servers, proxies
from .places import key_of, shown

DOMAIN = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\Z")
HOME = {"local_domains": "DetectionStrings", "local_ipv6_prefixes": "DetectionIPv6LocalPrefixes"}
ALWAYS, ON_CREATE = "always", "on_create"
#: Option -> the firmware's limit of it. Where it tells none, what every recording tells.
LIMITS = {
    "servers": ("MaxTotalMpServers", 6),
    "policies": ("MaxTotalPolicies", 3),
    "proxies": ("MaxTotalProxyEntryPoints", 15),
}
PER_POLICY = ("MaxMpsPerPolicy", 2)
CUTS = "the device has a tunnel to a management presence server open, which a change of {0} may end"
ITS_OWN = "through which this task may come, and lose its answer: force: true does it all the same"
SHUTS_OUT = "outside of {0} the firmware answers nobody but its tunnel, and no policy has it open one"
ONE_CALLS = "give a policy with a server too, or no {0}; force: true does it all the same"


class RemoteAccess(Resource):
    options = (
        Option("servers", type="list", elements="dict", options=presence_servers.OPTIONS),
        Option("update_password", choices=(ON_CREATE, ALWAYS), default=ON_CREATE),
        Option("policies", type="list", elements="dict", options=access_policies.OPTIONS),
        Option("proxies", type="list", elements="dict", options=proxies.OPTIONS),
        Option("proxy_sync", type="bool"),
        Option("local_domains", type="list", elements="str"),
        Option("local_ipv6_prefixes", type="list", elements="str"),
        Option("user_access", choices=tuple(USER_ACCESS)),
        Option("purge", type="bool", default=False),
        Option("force", type="bool", default=False),
    )
    aside = ("tunnel", "limits", "certificates")

    def check(self, wanted: Values) -> None:
        presence_servers.checked(wanted["servers"] or [])
        access_policies.check(wanted["policies"] or [])
        proxies.checked(wanted["proxies"] or [])
        _local_domains(wanted["local_domains"] or [])
        _local_prefixes(wanted["local_ipv6_prefixes"] or [])

    def read(self, machine: Machine, wanted: Values) -> Values:
        home, sync = machine.get(ENVIRONMENT), glance(machine, PROXY_SERVICE).get("SyncEnabled")
        limits = glance(machine, REMOTE_ACCESS_LIMITS)
        certificates = presence_servers.read_certificates(machine, wanted["servers"] or [])
        return {
            "servers": presence_servers.read(machine, certificates),
            "certificates": certificates,
            "policies": access_policies.read(machine),
            "proxies": None if sync is None else proxies.read(machine),
            "proxy_sync": sync,
            **{name: home.get(wire, []) for name, wire in HOME.items()},
            "user_access": (machine.find(USER_CONNECTION) or {}).get("EnabledState"),
            "tunnel": _has_tunnel(machine),
            "limits": {
                **{name: _limit(limits, *row) for name, row in LIMITS.items()},
                "servers_per_policy": _limit(limits, *PER_POLICY),
            },
        }

    def foresee(self, present: Values, before: Mapping[str, Values]) -> Values:
        return credentials.foreseen(present, before)

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present, **_plain(present, wanted)}
        if wanted["servers"] is not None:
            given, renew = presence_servers.checked(wanted["servers"]), wanted["update_password"] == ALWAYS
            planned["servers"] = presence_servers.planned(present["servers"], given, wanted["purge"], renew)
            presence_servers.refuse_unknown(present["servers"], planned["servers"], present["certificates"])
        keys = [key_of(member) for member in planned["servers"]]
        if wanted["policies"] is not None:
            planned["policies"] = access_policies.planned(
                present["policies"], wanted["policies"], wanted["purge"], keys, present["limits"]["servers_per_policy"]
            )
        if wanted["proxies"] is not None:
            if present["proxies"] is None:
                raise lacking("proxies", "HTTP proxies for its calls")
            purge = wanted["purge"] and not planned["proxy_sync"]
            planned["proxies"] = proxies.planned(present["proxies"], proxies.checked(wanted["proxies"]), purge)
        _refuse_what_does_not_fit(present, planned)
        if not wanted["force"]:
            _refuse_to_shut_out(present, planned)
            _refuse_to_cut(present, planned)
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        was, will = _by_key(present), _by_key(planned)
        going = {key for key in was if key not in will or presence_servers.is_remade(was[key], will[key])}
        policies = [policy for policy in present["policies"] if _goes(policy, planned, going)]
        for policy in policies:
            access_policies.remove(machine, policy["trigger"])
        for key in sorted(going):
            presence_servers.remove(machine, key)
        if planned["proxy_sync"] != present["proxy_sync"]:
            machine.modify(PROXY_SERVICE, {"SyncEnabled": planned["proxy_sync"]})
        if planned["proxies"] is not None:
            proxies.change(machine, present["proxies"], planned["proxies"])
        for key, member in will.items():
            if key in going or key not in was:
                presence_servers.add(machine, member)
            elif member != was[key]:
                presence_servers.change_login(machine, member)
        for policy in planned["policies"]:
            if policy in policies or policy not in present["policies"]:
                access_policies.add(machine, policy)
        self._settle_home(machine, present, planned)

    @staticmethod
    def _settle_home(machine: Machine, present: Values, planned: Values) -> None:
        home = {wire: planned[name] for name, wire in HOME.items() if planned[name] != present[name]}
        if home:
            machine.modify(ENVIRONMENT, home)
        if planned["user_access"] != present["user_access"]:
            state = {"RequestedState": USER_ACCESS[planned["user_access"]]}
            machine.invoke(USER_CONNECTION, "RequestStateChange", state)

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """A tunnel that is open again is no obstacle to what is done."""
        return super().holds(found, planned, {**wanted, "force": True})

    def export(self, present: Values) -> Values:
        """Without policies of triggers that cannot be asked for."""
        policies = [policy for policy in present["policies"] if policy["trigger"] in TRIGGERS]
        return {**super().export({**present, "policies": policies}), "purge": True}


def _limit(limits: Values, wire: str, usual: int) -> int:
    told = limits.get(wire)
    return usual if told is None else int(told)


def _plain(present: Values, wanted: Values) -> Values:
    given = {name: wanted[name] for name in ("proxy_sync", "user_access") if wanted[name] is not None}
    for name, what in (("proxy_sync", "HTTP proxies for its calls"), ("user_access", "calls by its user")):
        if name in given and present[name] is None:
            raise lacking(name, what)
    for name, judged in (("local_domains", _local_domains), ("local_ipv6_prefixes", _local_prefixes)):
        if wanted[name] is not None:
            asked = judged(wanted[name])
            given[name] = present[name] if _as_set(asked) == _as_set(present[name]) else asked
    return given


def _as_set(texts: list[str]) -> set[str]:
    """Neither order nor capital letters make a difference to what is at home."""
    return {text.lower() for text in texts}


def _local_domains(domains: list[str]) -> list[str]:
    for domain in domains:
        if len(domain) > LONGEST_DOMAIN or not DOMAIN.match(domain):
            way_out = "give a domain of up to {0} characters, such as example.net".format(LONGEST_DOMAIN)
            raise InvalidOption("local_domains", domain, way_out)
    if len(domains) > MOST_DOMAINS or len({domain.lower() for domain in domains}) < len(domains):
        way_out = "AMT has room for {0} different ones".format(MOST_DOMAINS)
        raise InvalidOption("local_domains", ", ".join(domains), way_out)
    return domains


def _local_prefixes(prefixes: list[str]) -> list[str]:
    try:
        return [str(ipaddress.IPv6Network(prefix)) if "/" in prefix else _refuse_prefix(prefix) for prefix in prefixes]
    except ValueError:
        return [_refuse_prefix(", ".join(prefixes))]


def _refuse_prefix(prefix: str) -> str:
    raise InvalidOption("local_ipv6_prefixes", prefix, "give the prefix of a network, such as 2001:db8:1::/48")


def _has_tunnel(machine: Machine) -> bool:
    value = glance(machine, REMOTE_ACCESS_SERVICE).get(TUNNEL.name)
    with about(REMOTE_ACCESS_SERVICE.name):
        return bool(TUNNEL.decode(value))


def _by_key(values: Values) -> dict[presence_servers.Key, Values]:
    return {key_of(member): member for member in values["servers"]}


def _goes(policy: Values, planned: Values, going: set[presence_servers.Key]) -> bool:
    """A policy that is wanted otherwise, or that names a server which is made anew, comes back afterwards."""
    return policy not in planned["policies"] or any(shown(key) in policy["servers"] for key in going)


def _refuse_what_does_not_fit(present: Values, planned: Values) -> None:
    """What is there already fits, whatever it is."""
    for name in LIMITS:
        members, most = planned[name] or [], planned["limits"][name]
        if planned[name] != present[name] and len(members) > most:
            raise InvalidOption(name, "{0} of them".format(len(members)), "this firmware has room for {0}".format(most))
    known = {shown(key_of(member)) for member in planned["servers"]}
    unchanged = planned["servers"] == present["servers"]
    for policy in planned["policies"]:
        if unchanged and policy in present["policies"]:
            continue
        gone = [server for server in policy["servers"] if server not in known]
        if gone:
            way_out = "the {0} policy still calls it: list that policy without it".format(policy["trigger"])
            raise InvalidOption("servers", gone[0], way_out)


def _refuse_to_shut_out(present: Values, planned: Values) -> None:
    """Where nothing calls, a device that takes itself to be outside is out of reach. It tells nobody where it is."""
    homes = [name for name in HOME if planned[name]]
    changed = any(planned[name] != present[name] for name in ("policies", *HOME))
    if homes and changed and not any(policy["servers"] for policy in planned["policies"]):
        named = " and ".join(homes)
        raise Unavailable(SHUTS_OUT.format(named), ONE_CALLS.format(named), option=homes[0])


def _refuse_to_cut(present: Values, planned: Values) -> None:
    if not present["tunnel"]:
        return
    cutting = [name for name in ("servers", "policies", *HOME) if planned[name] != present[name]]
    if cutting:
        raise Unavailable(CUTS.format(" and ".join(cutting)), ITS_OWN, option=cutting[0])
