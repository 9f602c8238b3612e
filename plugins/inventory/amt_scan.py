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
    description: Names and addresses. Networks and ranges are understood too.
    type: list
    elements: str
    default: []
  files:
    description: Files with a name, address, range or network on each line. V(#) starts a comment.
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
      - The first that holds a text is used. C(amt_name) is the name by which a host was listed, if it was by name.
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
  - Each host gets the variables C(amt_host) (its address), C(amt_name), C(amt_port), C(amt_tls), C(amt_version) (as text, empty where
    firmware does not say), C(amt_generation) (its first number), C(amt_ports) (list of ports that answered), C(amt_ping) (whether it
    answered the ping) and C(amt_provisioning) (V(pre), V(in), V(post), or empty).
  - A host with TLS has C(amt_tls_version) (such as V(TLSv1.2)) and C(amt_certificate) too, with C(sha256), C(common_name), C(issuer) and
    C(expires). For firmware with less than V(TLSv1.2), compose C(amt_legacy_tls).
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
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.scan.device import Limits
from ansible_collections.outofband.amt.plugins.module_utils.scan.search import (
    Found,
    Progress,
    estimate,
    scan,
)
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import Target, Wanted, expand
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.plugin_utils.certificate import load_certificate
from ansible_collections.outofband.amt.plugins.plugin_utils.login import Login
from ansible_collections.outofband.amt.plugins.plugin_utils.query import Query

SUFFIXES = ("amt_scan.yml", "amt_scan.yaml")
LISTS = ("networks", "ranges", "hosts", "files", "exclude")
ABOVE_ZERO = ("limit", "rate", "concurrency", "ping_timeout", "banner_timeout", "answer_timeout", "login_forks")
LONG = 10.0
"""Seconds after which a scan says how far it is."""
NAMED_AT_MOST = 20
MUTE = (
    "amt_scan: {0} hosts answered no ping, took a connection and said nothing in time: {1}. Firmware that is slow needs "
    "a higher answer_timeout or banner_timeout"
)
SAME_IN_ENDPOINT = (
    "password",
    "auth",
    "ca_file",
    "client_certificate",
    "client_key",
    "legacy_tls",
    "connect_timeout",
    "read_timeout",
    "deadline",
)


def duration(seconds: float) -> str:
    return "{0:.0f} min".format(seconds / 60) if seconds >= 120 else "{0:.0f} s".format(seconds)


def some_of(words: list[str]) -> str:
    """All of a short list, the beginning of a long one."""
    more = len(words) - NAMED_AT_MOST
    return ", ".join(words[:NAMED_AT_MOST]) + (" and {0} more".format(more) if more > 0 else "")


def value_at(device: Mapping[str, Any], path: str) -> Any:
    """What a dotted path leads to, or None."""
    value: Any = device
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "outofband.amt.amt_scan"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(SUFFIXES)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        self._read_config_data(path)
        key = self.get_cache_key(path)
        try:
            for device in self.kept(self.remembered(key, cache)):
                self.add(device)
        except AmtError as error:
            raise AnsibleParserError("{0}: {1}. {2}".format(path, error, error.hint).strip()) from error

    def remembered(self, key: str, may_read: bool) -> list[dict[str, Any]]:
        """The devices from the cache if it is on and knows them, or else from a scan."""
        if not self.get_option("cache"):
            return self.devices()
        if may_read and key in self._cache:
            return list(self._cache[key])
        self._cache[key] = found = self.devices()
        return found

    def devices(self) -> list[dict[str, Any]]:
        self.check()
        lists = {name: tuple(self.get_option(name)) for name in LISTS}
        targets, unknown = expand(Wanted(limit=self.get_option("limit"), **lists))
        for name in unknown:
            self.display.warning("amt_scan: no address was found for {0}".format(name))
        limits = self.limits()
        seen = self.scan(targets, limits)
        found = [device.variables(limits) for device in seen.devices]
        if self.get_option("login"):
            self.login().to_all(found)
        return found

    def scan(self, targets: list[Target], limits: Limits) -> Found:
        """Tells on standard error how long it may take, how far it is, and who said nothing."""
        seconds = estimate(len(targets), limits)
        if seconds > LONG:
            self.tell("up to {0} for {1:,} addresses".format(duration(seconds), len(targets)))
        seen = scan(targets, limits, load_certificate, self.tell_progress, LONG)
        if seen.mute:
            self.display.warning(MUTE.format(len(seen.mute), some_of([each.address for each in seen.mute])))
        return seen

    def tell_progress(self, progress: Progress) -> None:
        words = "{0.settled:,} of {0.total:,} addresses done after {1}, {0.found:,} devices found".format
        self.tell(words(progress, duration(progress.seconds)))

    def tell(self, words: str) -> None:
        self.display.display("amt_scan: " + words, stderr=True)

    def check(self) -> None:
        for name in ABOVE_ZERO:
            if self.get_option(name) <= 0:
                raise InvalidOption(name, self.get_option(name), "give a number above 0")
        if not any(self.get_option(name) for name in LISTS[:-1]):
            raise InvalidOption("networks", [], "list what to scan in networks, ranges, hosts or files")
        if not self.get_option("ping") and self.get_option("banner") != "all":
            raise InvalidOption("banner", self.get_option("banner"), "with ping: false only banner: all finds anything")

    def limits(self) -> Limits:
        same = ("ping", "banner", "rmcp_port", "tls_port", "rate", "concurrency", "ping_timeout", "answer_timeout")
        return Limits(
            plain_port=self.get_option("port"),
            connect_timeout=self.get_option("banner_timeout"),
            **{name: self.get_option(name) for name in same},
        )

    def login(self) -> Login:
        options = {name: self.templar.template(self.get_option(name)) for name in ("remote_user", *SAME_IN_ENDPOINT)}
        given = {name: value for name, value in options.items() if value is not None}
        template = Endpoint(host="any", username=given.pop("remote_user"), **given)
        wanted = {"gather_subset": self.get_option("gather_subset")}
        return Login(
            template,
            lambda machine: converge(Inventory(), machine, wanted).after,
            self.get_option("fingerprints"),
            self.get_option("login_forks"),
        )

    def kept(self, devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
        expression = self.get_option("query")
        if not expression:
            return devices
        found = Query(expression).search(devices)
        if not isinstance(found, list) or not all(isinstance(each, dict) and "amt_host" in each for each in found):
            raise InvalidOption("query", expression, "its result must be a list of whole devices, as of [?amt_tls]")
        return found

    def add(self, device: dict[str, Any]) -> None:
        values = (value_at(device, path) for path in self.get_option("hostnames"))
        name = next((value for value in values if isinstance(value, str) and value), device["amt_host"])
        self.inventory.add_host(name, group=self.inventory.add_group(self.get_option("group")))
        if self.get_option("set_connection"):
            self.inventory.set_variable(name, "ansible_connection", "outofband.amt.wsman")
        for key, value in device.items():
            self.inventory.set_variable(name, key, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), device, name, strict)
        self._add_host_to_composed_groups(self.get_option("groups"), device, name, strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), device, name, strict)
