# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the wire and the firmware model hand each other.

To the wire, a property is a str, bool, int, bytes (base64 on the wire), Epr, Datetime, Interval, Nested, or a list of
one of those; None means that the property is left out. An instance is a dict of such values in the order of the wire.

From the wire come fields: a list of (name, value) in document order. A value is a str, None for an empty element, an
Epr, a Datetime, an Interval or a Nested.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional, Protocol, Union


@dataclass(frozen=True)
class Epr:
    """A reference to an instance: the class name, and the keys that select it (their values may be references too)."""

    resource: str
    selectors: dict[str, Union[str, Epr]] = field(default_factory=dict)


@dataclass(frozen=True)
class Datetime:
    """A point in time as the wire has it: 2026-01-31T12:00:00Z."""

    text: str


@dataclass(frozen=True)
class Interval:
    """A length of time as the wire has it: P1DT2H3M."""

    text: str


@dataclass(frozen=True)
class Nested:
    """An embedded instance; its fields are (name, value) pairs in the namespace of `namespace_class`."""

    namespace_class: str
    fields: list = field(default_factory=list)


class Fault(Exception):
    """The firmware refuses the request.

    `subcode` is the local name of the SOAP fault subcode and `status` is HTTP's. `namespace` is the one that defines
    the subcode; without it the wire looks the subcode up (see `soap_reply.SUBCODE_NAMESPACES`).
    """

    def __init__(
        self, subcode: str, reason: str, detail: str = "", status: int = 400, namespace: Optional[str] = None
    ) -> None:
        super().__init__("{0}: {1}".format(subcode, reason))
        self.subcode = subcode
        self.reason = reason
        self.detail = detail
        self.status = status
        self.namespace = namespace


Value = Union[str, bool, int, bytes, Epr, Datetime, Interval, Nested, list, None]
Instance = dict[str, Value]
Fields = list[tuple[str, Value]]


class Clock(Protocol):
    """Time as a device sees it, in seconds since 1970 (UTC)."""

    def now(self) -> float: ...


class FirmwareModel(Protocol):
    """What the wire asks of a firmware. Every request method raises Fault to refuse."""

    digest_realm: str
    banner: str
    version: tuple
    tls_versions: tuple
    caller: str
    caller_address: str
    listener_restarts: int
    cuts_host_off: bool
    has_pages: bool
    certificate: Callable[[], bytes]
    local: bool
    tls_identity: Any
    place: str

    def device_time(self) -> int:
        """What the device takes the time to be, in seconds since 1970."""

    def tls_demand(self, local: bool = False) -> Any:
        """What TLS wants to see of a client: see `firmware.security.listener`."""

    def get(self, cls: str, selectors: dict) -> Instance: ...

    def put(self, cls: str, selectors: dict, fields: Fields) -> Optional[Instance]: ...

    def create(self, cls: str, fields: Fields) -> Epr: ...

    def delete(self, cls: str, selectors: dict) -> None: ...

    def instances(self, cls: str) -> list:
        """Each item is an Instance of `cls`, or a pair (subclass, Instance): an enumeration shows subclasses too."""

    def present(self, cls: str) -> list[Instance]:
        """The instances of a class itself, whether or not this generation enumerates them."""

    def reference(self, cls: str, instance: Instance) -> Epr:
        """The keys of an instance: what an enumeration of references answers."""

    def invoke(self, cls: str, selectors: dict, method: str, fields: Fields) -> Instance: ...

    def password_of(self, username: str) -> Optional[str]: ...

    def secret_of(self, username: str) -> Optional[str]:
        """What log-ins of a user are checked with: see `digest.secret`."""

    def local_secret_of(self, username: str) -> Optional[str]:
        """The same, for who comes from the host itself."""

    def listens_locally(self, port: int) -> bool:
        """Whether one of AMT's ports answers the host itself."""

    def login_failed(self, username: str, address: str = "") -> None: ...

    def listens(self, port: int) -> bool:
        """Whether one of AMT's ports answers now: not while the firmware restarts, nor when the plane is off."""

    def reachable_at(self, now: float) -> bool:
        """Whether the management interface is awake at all."""

    def presence(self) -> Optional[dict[str, Any]]:
        """What a presence ping learns: port, version (two nibbles), state, both_ports; None to stay silent."""
