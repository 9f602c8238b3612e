# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One device's firmware: takes the verbs of WS-Management, checks them, and hands them to the domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from ..values import Clock, Epr, Fields, Instance
from . import refusals
from .availability import properties_of
from .domain import Domain
from .domains import DOMAINS, SET_UP, SHOWN_BY, rules_of
from .flash import FLASH_WRITE_LIMIT_EXCEEDED, Flash, FlashWorn, return_value
from .intake import decode, require
from .inventory.audit_log import AUDIT_FAIL
from .inventory.platforms import platform_for
from .personality import PERSONALITIES
from .presence import answer_ping, is_listening, is_listening_locally, is_reachable
from .schema import CLASSES, lookup
from .selection import Selectors, reference_to, select
from .settings import Settings, needs_tls

if TYPE_CHECKING:
    from .host.hashes import Hashes
    from .host.os_watchdog import OsWatchdog
    from .host.setup import Setup
    from .inventory.audit_log import AuditLog
    from .inventory.events import Events
    from .inventory.software import Software
    from .isolation.port import Verdict
    from .isolation.state import Defense
    from .network.general import General
    from .network.ipv6 import Ipv6
    from .network.network import Network
    from .network.proxies import Proxies
    from .network.remote import Remote
    from .network.tunnels import Tunnels
    from .network.wifi_profiles import WifiProfiles
    from .network.wired_8021x import Wired8021x
    from .power.boot import Boot
    from .power.power import Power
    from .power.schemes import Schemes
    from .security.access_control import AccessControl
    from .security.access_list import AccessList
    from .security.audit_policy import AuditPolicy
    from .security.consent import Consent
    from .security.kerberos import Kerberos
    from .security.key_store import KeyStore
    from .security.listener import Demand, Identity
    from .security.redirection import Redirection
    from .security.revocations import Revocations
    from .security.timekeeping import Timekeeping
    from .security.tls import Tls
    from .security.users import Users
    from .security.web_ui import WebUi
    from .storage.data_store import DataStore
    from .storage.web_storage import WebStorage

# AMT 10.0.56 answers HTTP 400 to Enumerate on these, and Get with selectors works.
NOT_ENUMERATED_BEFORE_11 = frozenset(
    (
        "AMT_BootCapabilities",
        "AMT_BootSettingData",
        "AMT_EthernetPortSettings",
        "AMT_GeneralSettings",
        "AMT_TLSSettingData",
    )
)


class Firmware:
    """See the package's docstring for the verbs. `caller` and `caller_address` say who asks, for the audit log.

    `local`: it is the host that asks. `certificate` gives the device's own for TLS, in DER.
    """

    access_control: AccessControl
    access_list: AccessList
    audit_log: AuditLog
    audit_policy: AuditPolicy
    boot: Boot
    consent: Consent
    defense: Defense
    events: Events
    general: General
    hashes: Hashes
    ipv6: Ipv6
    kerberos: Kerberos
    key_store: KeyStore
    network: Network
    os_watchdog: OsWatchdog
    power: Power
    redirection: Redirection
    proxies: Proxies
    remote: Remote
    revocations: Revocations
    schemes: Schemes
    setup: Setup
    software: Software
    timekeeping: Timekeeping
    tls: Tls
    tunnels: Tunnels
    users: Users
    data_store: DataStore
    web_storage: WebStorage
    web_ui: WebUi
    wifi_profiles: WifiProfiles
    wired_8021x: Wired8021x

    def __init__(self, generation: str, clock: Clock, **settings: Any) -> None:
        self.personality = PERSONALITIES[generation]
        self.settings = Settings(**settings).completed(self.personality)
        self.platform = platform_for(self.settings.number, self.settings.platform)
        self.clock = clock
        self.flash = Flash(self.settings.flash_limit)
        self.caller = "admin"
        self.caller_address = ""
        self.local = False
        self.certificate: Callable[[], bytes] = no_certificate
        self.rules = rules_of(self.personality.major, self.settings.data_store)
        self.domains: dict[str, Domain] = {}
        for name, kind in DOMAINS.items():
            self.domains[name] = kind(self)
            setattr(self, name, self.domains[name])

    @property
    def version(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.settings.version.split("."))

    @property
    def banner(self) -> str:
        return "Intel(R) Active Management Technology " + self.settings.version

    @property
    def digest_realm(self) -> str:
        return self.settings.digest_realm

    @property
    def tls_versions(self) -> tuple[str, ...]:
        """From the lowest on."""
        return tuple(sorted(self.settings.tls_versions.split())) or self.personality.tls_versions

    @property
    def tls_identity(self) -> Optional[Identity]:
        """What TLS shows, if it is not the device's own."""
        return self.key_store.identity

    def tls_demand(self, local: bool = False) -> Optional[Demand]:
        """What TLS wants to see of a client, on the network or on the host itself."""
        return self.tls.demand(local)

    @property
    def requires_tls(self) -> bool:
        return needs_tls(self.settings.version)

    @property
    def empties_refused(self) -> bool:
        return self.personality.major >= 16 and not self.settings.accepts_empty_text

    @property
    def place(self) -> str:
        """The address of this machine at which it is served."""
        return self.network.place

    @property
    def listener_restarts(self) -> int:
        """How often CommitChanges has made the network's listeners start again."""
        return self.tls.restarts

    @property
    def cuts_host_off(self) -> bool:
        """Whether listeners that start again are gone before the host has the answer (rpc-go, of AMT 19 and later)."""
        return self.tls.cuts_host_off

    def listens(self, port: int) -> bool:
        self.settle()
        return is_listening(self, port)

    def presence(self) -> Optional[dict[str, Any]]:
        self.settle()
        return answer_ping(self)

    def reachable_at(self, _now: float) -> bool:
        self.settle()
        return is_reachable(self)

    def listens_locally(self, port: int) -> bool:
        """Whether one of AMT's ports answers the host itself."""
        self.settle()
        return is_listening_locally(self, port)

    def password_of(self, username: str) -> Optional[str]:
        return self.users.password_of(username)

    def secret_of(self, username: str) -> Optional[str]:
        return self.users.network_secret_of(username)

    def local_secret_of(self, username: str) -> Optional[str]:
        """As `secret_of`, for who comes from the host itself."""
        return self.users.local_secret_of(username)

    @property
    def has_pages(self) -> bool:
        return self.web_ui.enabled

    def login_failed(self, username: str, address: str = "") -> None:
        self.events.login_failed(username, address)

    def device_time(self) -> int:
        return self.timekeeping.time

    def filter_packet(self, port: int, direction: str, frame: bytes) -> Verdict:
        """What System Defense does with a frame of the host: see `defense.state.Defense.filter_packet`."""
        return self.defense.filter_packet(port, direction, frame)

    def settle(self) -> None:
        for domain in self.domains.values():
            domain.settle()

    def serves(self, cls: str) -> bool:
        return ("instances", cls, "") in self.rules

    def instances(self, cls: str) -> list[Any]:
        """What Enumerate finds: instances, and pairs (subclass, instance) for those of a subclass."""
        self.users.admit(cls, changes=False)
        if self.personality.major <= 10 and cls in NOT_ENUMERATED_BEFORE_11:
            raise refusals.enumeration_refused()
        if not self.serves(cls):
            raise refusals.unreachable()
        return [
            row if shown == cls else (shown, row) for shown in SHOWN_BY.get(cls, (cls,)) for row in self.present(shown)
        ]

    def reference(self, cls: str, instance: Instance) -> Epr:
        return reference_to(cls, instance)

    def present(self, cls: str) -> list[Instance]:
        """All instances of a class, in the order and with the properties that this generation sends."""
        if not self.serves(cls):
            raise refusals.unreachable()
        self.settle()
        function = self.function("instances", cls)
        known = properties_of(cls, self.personality.major)
        return [
            {name: instance[name] for name in sorted(instance) if name in known and instance[name] is not None}
            for instance in function()
        ]

    def get(self, cls: str, selectors: Selectors) -> Instance:
        self.users.admit(cls, changes=False)
        return select(lookup_keys(cls), self.present(cls), selectors)

    def put(self, cls: str, selectors: Selectors, fields: Fields) -> Instance:
        present = self.get(cls, selectors)
        self.users.admit(cls, changes=True)
        function = self.function("put", cls)
        wanted = decode(properties_of(cls, self.personality.major), fields, self.empties_refused)
        require(self.needed(cls, present), wanted)
        self.audit_fault(cls, "put", wanted)
        self.write_fault()
        place = self.present(cls).index(present)
        function(present, wanted)
        return self.present(cls)[place]

    def needed(self, cls: str, present: Instance) -> tuple[str, ...]:
        """What a Put must have: what the schema demands and the instance has. A name for people is not missed, as amtc
        shows, which leaves it out."""
        free = () if self.settings.needs_element_name else ("ElementName",)
        return tuple(name for name in lookup(cls).required if name in present and name not in free)

    def create(self, cls: str, fields: Fields) -> Epr:
        if not self.serves(cls):
            raise refusals.unreachable()
        self.settle()
        self.users.admit(cls, changes=True)
        function = self.function("create", cls)
        wanted = decode(properties_of(cls, self.personality.major), fields, self.empties_refused)
        require(lookup(cls).required, wanted)
        self.write_fault()
        return reference_to(cls, function(wanted))

    def delete(self, cls: str, selectors: Selectors) -> None:
        present = self.get(cls, selectors)
        self.users.admit(cls, changes=True)
        function = self.function("delete", cls)
        self.write_fault()
        function(present)

    def invoke(self, cls: str, selectors: Selectors, method: str, fields: Fields) -> Instance:
        """The outputs of a method and, last, its ReturnValue."""
        present = self.get(cls, selectors)
        function = self.function("invoke", cls, method)
        writes = self.rules["invoke", cls, method].writes
        self.users.admit(cls, changes=writes)
        inputs = lookup(cls).methods[method].inputs
        wanted = decode(inputs, fields, self.empties_refused)
        require(tuple(row.name for row in inputs.values() if row.required), wanted)
        if self.audit_policy.blocks(cls, method, wanted):
            return {"ReturnValue": AUDIT_FAIL}
        try:
            if writes:
                self.flash.write()
            outcome = function(present, **wanted)
        except FlashWorn:
            outcome = return_value(cls, method)
        outputs = outcome if isinstance(outcome, dict) else {"ReturnValue": outcome}
        return {name: value for name, value in outputs.items() if value is not None}

    def function(self, verb: str, cls: str, method: str = "") -> Any:
        try:
            answer = self.rules[verb, cls, method]
        except KeyError:
            raise refusals.unsupported_action() from None
        return getattr(self.domains[answer.domain], answer.function)

    def audit_fault(self, cls: str, verb: str, wanted: dict[str, Any]) -> None:
        if self.audit_policy.blocks(cls, verb, wanted):
            raise refusals.amt_status(AUDIT_FAIL)

    def write_fault(self) -> None:
        try:
            self.flash.write()
        except FlashWorn:
            raise refusals.amt_status(FLASH_WRITE_LIMIT_EXCEEDED) from None

    def engine_restarted(self) -> None:
        for domain in self.domains.values():
            domain.on_restart()

    def forget_set_up(self, kept: frozenset[str] = frozenset()) -> None:
        """Back to what was there before it was set up: what AMT was configured with is gone, but for domains `kept`."""
        for name in SET_UP:
            if name not in kept:
                self.domains[name] = DOMAINS[name](self)
                setattr(self, name, self.domains[name])

    def booted(self, device: dict[str, Any]) -> None:
        for domain in self.domains.values():
            domain.on_boot(device)


def no_certificate() -> bytes:
    """Nobody has given the device a certificate."""
    return b""


def lookup_keys(cls: str) -> tuple[str, ...]:
    if cls not in CLASSES:
        raise refusals.unreachable()
    return lookup(cls).keys
