# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds firmware on networks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: amt_scan
author: The outofband.amt contributors (!UNKNOWN)
short_description: Find Intel AMT firmware on networks
description:
  - Knocks at networks, address ranges and lists of hosts, and adds a host for each Intel AMT firmware that answers.
  - Two knocks tell a firmware. The RMCP presence ping is one UDP datagram there and one back, sent twice to those that are silent.
    The banner is what the firmware's web server says to anybody, with the certificate that it shows. Neither is a log-in.
  - With O(login), it also logs in and reads facts, with one attempt per device, because firmware locks out after a few failures.
  - The name of the file must end in C(amt_scan.yml) or C(amt_scan.yaml).
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.login
  - constructed
  - inventory_cache
options:
  plugin:
    description: Names this plugin.
    type: str
    required: true
    choices: [outofband.amt.amt_scan]
  networks:
    description: Networks, as V(10.0.0.0/24) or V(2001:db8::/120). Their first and last addresses are left out with IPv4.
    type: list
    elements: str
    default: []
  ranges:
    description: Ranges of addresses, as V(10.0.0.5-10.0.1.9) or, where only the last number differs, V(10.0.0.5-99).
    type: list
    elements: str
    default: []
  hosts:
    description:
      - Names and addresses. Networks and ranges are understood too.
      - All addresses of a name are tried. An IPv6 address may have a zone, as V(fe80::1%eth0).
    type: list
    elements: str
    default: []
  files:
    description:
      - Files with a name, address, range or network on each line. V(#) starts a comment.
      - A relative path starts at the folder of the source.
    type: list
    elements: path
    default: []
  exclude:
    description: Addresses, ranges and networks to leave alone.
    type: list
    elements: str
    default: []
  limit:
    description: Number of addresses above which the lists are taken for a mistake, and nothing is scanned.
    type: int
    default: 65536
  ping:
    description: Whether to send presence pings.
    type: bool
    default: true
  banner:
    description:
      - Which addresses to connect to, to read version and certificate.
      - V(all) also finds firmware that is set not to answer pings. V(answered) is quick on large networks with few devices, as nothing
        waits for connections to nobody. V(none) sends pings only.
    type: str
    choices: [all, answered, none]
    default: all
  rmcp_port:
    description: UDP port of the presence ping.
    type: int
    default: 623
  port:
    description: TCP port of the firmware's web server without TLS.
    type: int
    default: 16992
  tls_port:
    description: TCP port of the firmware's web server with TLS.
    type: int
    default: 16993
  rate:
    description: Highest number of pings and connections to begin in a second.
    type: float
    default: 2000
  concurrency:
    description:
      - Highest number of devices to be connected to at the same time, two connections each.
      - The controller's limit of open files (C(ulimit -n)) lowers it further.
    type: int
    default: 512
  ping_timeout:
    description: Seconds in which pings must be answered, both rounds together.
    type: float
    default: 2
  banner_timeout:
    description: Seconds in which a connection must stand, and again in which its banner must come.
    type: float
    default: 3
  answer_timeout:
    description:
      - Seconds in which the first octet must come on a connection, beside the time that the connection itself took.
      - Hosts that answered the ping have O(banner_timeout). All others are named in a warning when they take a connection and say nothing.
    type: float
    default: 1
  tls:
    description:
      - V(required) uses TLS only. A device without it is found, and no log-in to it is tried, here or by its variables.
      - V(preferred) uses TLS where a device offers it. Whoever is between the controller and the device can then prevent it.
      - V(never) looks for and uses the port without TLS only.
      - When not set, V(required) as soon as O(ca_file), O(client_certificate) or O(fingerprints) is, else V(preferred).
      - A boolean is understood too, as the connection has it, V(true) as V(required) and V(false) as V(never).
    type: str
    vars:
      - name: amt_tls
    env:
      - name: AMT_TLS
    ini:
      - section: amt
        key: tls
  login:
    description:
      - Whether to log in to each device found and to read facts into the variable C(amt).
      - There is one attempt per device. The variable C(amt_login) tells how it went, which is V(ok), V(refused), V(untrusted), V(unreachable) or
        V(failed), and C(amt_login_error) what went wrong.
      - The options for it may be templates.
    type: bool
    default: false
  login_forks:
    description: Number of devices to log in to at the same time.
    type: int
    default: 16
  gather_subset:
    description: What to read with O(login), as in M(outofband.amt.amt_info).
    type: list
    elements: str
    default: [min]
  fingerprints:
    description:
      - The SHA-256 of the certificate of devices that are to be trusted by it, by address or name.
      - Needed only for O(login) over TLS, where O(ca_file) or the controller's trust store cannot vouch for the device.
    type: dict
    default: {}
  query:
    description:
      - JMESPath expression over the list of devices, each with the variables below; its result is the list of devices to keep.
      - Needs the Python package C(jmespath) on the controller.
    type: str
    default: ''
  hostnames:
    description:
      - Where to take the name of a host from, in order of preference. Each entry names a variable; dots lead into it.
      - The first of use is taken, and the address where none is. C(amt_name) is the name by which a host was listed, if it was by name.
      - What a device says of itself, as in C(amt_certificate.common_name), is a claim. It must be a host name, and neither a number, nor one that means
        the controller, nor what vendors leave where nobody filled in a value, nor the name of a group. Of two devices that claim the same name, none
        has it, and nobody has the name of a host that was listed but that host. A warning tells what was refused.
      - A device has the name of a host that another source brought only where that name was listed here, or where O(set_connection) is V(false)
        and the device took the log-in.
    type: list
    elements: str
    default: [amt_name, amt_host]
  group:
    description: Group that all hosts found are put in.
    type: str
    default: amt
  set_connection:
    description:
      - Whether to set C(ansible_connection) to C(outofband.amt.wsman).
      - Set it to V(false) where the hosts have an operating system that Ansible manages under the same names.
    type: bool
    default: true
notes:
  - What devices say is data. It is never a template, in no variable, composed or from the cache. C(ansible-inventory --list --yaml) writes it without
    that mark, so that its output is not to be used as an inventory; the playbook C(outofband.amt.discover) writes one.
  - A device does not choose its groups by what it says. With a O(keyed_groups[].prefix), a group may be one that other sources made; without one, it
    may not, nor may it be C(all) or the name of a host. A warning tells what was refused, and O(keyed_groups[].default_value) counts instead.
  - Options of the log-in, and O(tls), come from the source, or from variables C(amt_*) of the group O(group) (in C(group_vars) beside the source
    or beside the playbook, or in sources before this one), or from the environment, in this order.
  - The cache keeps one result for each set of options that shape one, lines of O(files) and log-in included.
  - A scan that takes long tells on standard error how long it may take, and how far it is.
  - Each host gets the variables C(amt_host) (its address), C(amt_name), C(amt_port), C(amt_tls), C(amt_version) (as text, empty where
    firmware does not say), C(amt_generation) (its first number), C(amt_ports) (list of ports that answered), C(amt_ping) (whether it
    answered the ping) and C(amt_provisioning) (V(pre), V(in), V(post), or empty).
  - A host with TLS has C(amt_tls_version) (such as V(TLSv1.2)) and C(amt_certificate) too, with C(sha256), C(common_name), C(issuer) and
    C(expires). For firmware with less than V(TLSv1.2), compose C(amt_legacy_tls).
  - Where an authority vouches for the names of devices and not for their addresses, compose C(amt_host) from C(amt_name) or from what the certificate says.
  - A certificate that was seen is not a certificate that is trusted. To trust at first sight, compose C(amt_fingerprint) from
    C(amt_certificate.sha256), and keep the result.
"""

EXAMPLES = r"""
# amt_scan.yml: two networks, without a log-in
plugin: outofband.amt.amt_scan
networks:
  - 192.0.2.0/24
  - 198.51.100.0/25
exclude:
  - 192.0.2.1
banner: answered
keyed_groups:
  - key: amt_generation | string
    prefix: amt
groups:
  unencrypted: not amt_tls

---
# Log in, read the power state, keep what runs AMT 12 or later; remember for an hour
plugin: outofband.amt.amt_scan
ranges:
  - 192.0.2.10-99
login: true
remote_user: admin
password: "{{ lookup('ansible.builtin.env', 'AMT_PASSWORD') }}"
ca_file: /etc/ssl/certs/fleet.pem
gather_subset: [min, power]
query: "[?amt_login == 'ok' && amt_generation >= `12`]"
compose:
  power: amt.power.state
keyed_groups:
  - key: amt.power.state
    prefix: power
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/amt_scan
cache_timeout: 3600
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible import context
from ansible.errors import AnsibleParserError
from ansible.inventory.group import Group
from ansible.inventory.helpers import get_group_vars
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible.utils.vars import combine_vars
from ansible.vars.plugins import get_vars_from_inventory_sources
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.report import failure
from ansible_collections.outofband.amt.plugins.module_utils.scan.device import Limits
from ansible_collections.outofband.amt.plugins.module_utils.scan.naming import TAKEN, Claim, named
from ansible_collections.outofband.amt.plugins.module_utils.scan.search import estimate, scan
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import expand, listed_names
from ansible_collections.outofband.amt.plugins.plugin_utils.certificate import load_certificate
from ansible_collections.outofband.amt.plugins.plugin_utils.scan import asked, telling
from ansible_collections.outofband.amt.plugins.plugin_utils.scan.groups import KeyedGroups
from ansible_collections.outofband.amt.plugins.plugin_utils.scan.options import (
    check,
    fingerprint_of,
    normalised,
    refuse_unclear,
    refuse_unknown,
)

SUFFIXES = ("amt_scan.yml", "amt_scan.yaml")
BOOLEANS = ("bool", "boolean")


def is_of_scans(group: Group) -> bool:
    """Whether a group is there because of what scans found, this one or those of sources before it, and holds no more."""
    if group.vars or group.child_groups or not group.hosts:
        return False
    return all(str(host.vars.get("inventory_file")).endswith(SUFFIXES) for host in group.hosts)


def playbooks_of_this_run() -> list[str]:
    """As files on the command line. Those of collections have no variables beside them."""
    given = context.CLIARGS.get("args") or ()
    return [
        str(Path(each).resolve()) for each in ([given] if isinstance(given, str) else given) if Path(each).is_file()
    ]


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "outofband.amt.amt_scan"
    keyed_groups: KeyedGroups | None = None

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(SUFFIXES)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        self.source, self.telling = path, telling.Telling(self.display)
        self.given = self._read_config_data(path)
        try:
            refuse_unknown(self.given, self.option_definitions)
            refuse_unclear(
                self.given, [name for name, row in self.option_definitions.items() if row.get("type") in BOOLEANS]
            )
            check(self.options)
            self.place(asked.kept(self.remembered(cache), self.options["query"]))
        except AmtError as error:
            raise AnsibleParserError("{0}: {1}".format(path, failure(error)["msg"])) from None

    @cached_property
    def options(self) -> dict[str, Any]:
        """As given in the source, or by a variable of the group, or by the environment; none is a template any more."""
        variables = combine_vars(self.group_variables(), self._vars)
        self.set_options(direct=self.given, var_options=variables)
        self.templar.available_variables = variables
        read = {name: self.get_option(name) for name in self.option_definitions}
        read.update({name: self.templar.template(read[name]) for name in asked.MAY_BE_TEMPLATES})
        return normalised(read, Path(self.source).resolve().parent)

    def group_variables(self) -> dict[str, Any]:
        """How to log in, as the group of the devices has it: in other sources, and in `group_vars` beside this one or the
        playbooks of this run."""
        there = self.inventory.groups
        groups = [there.get(name) or Group(name) for name in ("all", str(self.get_option("group")))]
        sources = [*getattr(self.inventory, "processed_sources", ()), self.source, *playbooks_of_this_run()]
        beside = get_vars_from_inventory_sources(self.loader, sources, groups, "all")
        found = combine_vars(get_group_vars(groups), beside)
        return {name: value for name, value in found.items() if name.startswith("amt_")}

    def remembered(self, may_read: bool) -> list[dict[str, Any]]:
        """The devices from the cache if it is on and knows them, or else from a scan."""
        if not self.options["cache"]:
            return self.devices()
        key = "{0}_{1}".format(self.get_cache_key(self.source), fingerprint_of(self.options, self.source))
        if may_read:
            try:
                return list(self._cache[key])
            except KeyError:
                pass
        self._cache[key] = found = self.devices()
        return found

    def devices(self) -> list[dict[str, Any]]:
        login = asked.login(self.options) if self.options["login"] else None
        wanted = asked.wanted(self.options)
        self.telling.names(len(listed_names(wanted)))
        targets, unknown = expand(wanted)
        self.telling.warn(telling.UNKNOWN, unknown)
        limits = asked.limits(self.options)
        self.telling.estimate(estimate(len(targets), limits), len(targets))
        seen = scan(targets, limits, load_certificate, self.telling.progress, telling.LONG)
        self.telling.warn(telling.MUTE, [each.address for each in seen.mute])
        found = [device.variables(limits) for device in seen.devices]
        self.tell_of(found, limits)
        if login:
            login.to_all(found)
        return found

    def tell_of(self, found: list[dict[str, Any]], limits: Limits) -> None:
        if limits.banner != "none":
            self.telling.warn(telling.PING_ONLY, [each["amt_host"] for each in found if not each["amt_ports"]])
        bare = [each["amt_host"] for each in found if each["amt_ports"] and each["amt_port"] not in each["amt_ports"]]
        self.telling.warn(telling.WITHOUT_TLS, bare)

    def place(self, devices: list[dict[str, Any]]) -> None:
        """Hosts before groups, so that no group is named as a host, whichever is first in the list."""
        self.groups_before = frozenset(self.inventory.groups)
        self.hosts_before = {name.casefold(): host.vars.get("amt_host") for name, host in self.inventory.hosts.items()}
        foreign = frozenset(name for name, group in self.inventory.groups.items() if not is_of_scans(group))
        listed = listed_names(asked.wanted(self.options))
        found = named(wrap_var(devices), self.options["hostnames"], self.objection, listed)
        self.telling.warn(telling.NO_NAMES, telling.refusals(found))
        for each in found:
            self.add_host(each.name, each.device)
        self.keyed_groups = KeyedGroups(foreign, frozenset(self.inventory.hosts), self._sanitize_group_name)
        for each in found:
            self.add_to_groups(each.name, each.device)
        self.telling.warn(telling.NO_GROUPS, self.keyed_groups.refused)

    def objection(self, claim: Claim, device: Mapping[str, Any]) -> str:
        """No host is named as a group. None joins a host of another source because it says so, unless it proved it."""
        if claim.name in self.groups_of_ours or claim.name in self.groups_before:
            return TAKEN
        if claim.own or claim.key not in self.hosts_before or self.hosts_before[claim.key] == device["amt_host"]:
            return ""
        return "" if not self.options["set_connection"] and device.get("amt_login") == "ok" else TAKEN

    @cached_property
    def groups_of_ours(self) -> frozenset[str]:
        return frozenset({self.options["group"], *map(self._sanitize_group_name, self.options["groups"] or ())})

    def add_host(self, name: str, device: Mapping[str, Any]) -> None:
        self.inventory.add_host(name, group=self.inventory.add_group(self.options["group"]))
        if self.options["set_connection"]:
            self.inventory.set_variable(name, "ansible_connection", "outofband.amt.wsman")
        for key, value in device.items():
            self.inventory.set_variable(name, key, value)
        self._set_composite_vars(self.options["compose"], device, name, self.options["strict"])

    def add_to_groups(self, name: str, device: Mapping[str, Any]) -> None:
        strict = self.options["strict"]
        self._add_host_to_composed_groups(self.options["groups"], device, name, strict)
        for entry in self.options["keyed_groups"] or []:
            self.keyed_groups.entry = entry
            self._add_host_to_keyed_groups([entry], device, name, strict)
            self.keyed_groups.entry = {}

    def _compose(self, template: Any, variables: Any, *rest: Any) -> Any:
        """A key of `keyed_groups` is what devices say: what may not name a group is left out of it."""
        value = super()._compose(template, variables, *rest)
        return self.keyed_groups.admitted(value) if self.keyed_groups and self.keyed_groups.entry else value
