# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a user may say about one device. Everything has a default that follows from the generation and the number."""

from __future__ import annotations

import hashlib
import random
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from .host.hashes import read_hash
from .inventory.platforms import platform_for
from .isolation import limits
from .personality import Personality
from .power.boot_data import DEFAULTS as BOOT_DEFAULTS
from .security.users import read_account

POWER_STATES = {"on": 2, "light_sleep": 3, "sleep": 4, "hibernate": 7, "off": 8, "standby": 2}
SAVES_POWER = ("standby",)
SESSIONS = ("sol", "ider", "kvm")
CONTROL_MODES = {"none": 0, "client": 1, "admin": 2}
CONSENT_POLICIES = {"none": 0, "kvm": 1, "all": 4294967295}
MAC = re.compile(r"[0-9A-Fa-f]{2}([-:][0-9A-Fa-f]{2}){5}")
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
DURATIONS = {
    "on": 3.0,
    "off": 5.0,
    "reset": 2.0,
    "graceful": 20.0,
    "sleep": 4.0,
    "standby": 1.0,
    "system": 15.0,
    "activation": 3.0,
    "commit": 1.0,
    "unprovision": 5.0,
    "stop": 5.0,
    "key_pair": 2.0,
}
TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")
AMT_SWITCHES = ("enabled", "inactive", "disabled")
WATCHDOG = {"present": True, "required": True, "protocol": 2, "silent": False}
BUS_VERSION = re.compile(r"[1-3]\.[0-9]")
DOMAIN = re.compile(r"[0-9A-Za-z.-]{0,192}")


def needs_tls(version: str) -> bool:
    """From 16.1 on there is no plain port."""
    return tuple(int(part) for part in version.split(".")) >= (16, 1)


@dataclass(frozen=True)
class Settings:
    """`durations` are seconds per step of a power transition, of a change of the set-up, and for a key. `flash_limit`
    is the number of writes left, None plenty.

    `lms`: the local service runs in the host's system, so graceful requests are on offer. `hung`: the system hangs.
    `cable`: the wired interface has a link. `on_battery`: the host runs from its battery. `accepts_empty_text`: take
    empty text elements, whatever the generation. `users` gives each further user a password, or `password` and `realms`
    (see `permissions.REALMS`).
    `platform` picks an entry of the inventory by name instead of by number. `defense` replaces limits of System Defense
    (see `defense.limits`).

    `amt`: `inactive` is switched off by the host and can be switched on, `disabled` by the BIOS. `dns_suffix` is the
    one for provisioning that somebody set. `trusted_hashes` are further roots of provisioning certificates, digest in
    hexadecimal by name; `default_hashes` whether the vendor's are there. `watchdog` replaces entries of WATCHDOG.
    `hbm_version` is that of the bus to the host. `client_mode`: whether it may be set up without a certificate,
    `upgradable` whether client control mode can become admin's with one.

    `power: standby` is modern standby: power is on, and the system saves it. `latches` names settings of the next boot
    that, once set, only a boot takes back.

    `refuses_read_only`: a Put of boot options that carries read-only ones is refused. `needs_element_name`: so is a Put
    without the ElementName that the schema demands. `tls_versions` replaces those of
    the generation: words, the lowest first. `clock_offset`: seconds by which the device's clock is ahead. `sessions`:
    of redirection, open from the beginning. `kvm_in_mebx`: whether the machine's firmware menu allows KVM.
    `consent_is_remote`: whether it lets consoles change who has to consent to what. `tunnel`:
    the device has one to a management presence server. `web_storage`: octets for files at `/amt-storage/`; 0 is a
    firmware without, None what its version has. `data_store`: whether there is a third-party data store; None: up
    to AMT 11.
    """

    number: int = 1
    version: str = ""
    power: str = "on"
    hung: bool = False
    lms: bool = True
    control_mode: str = "admin"
    password: str = "P@ssw0rd"
    users: Mapping[str, Any] = field(default_factory=dict)
    hostname: str = ""
    domain: str = "example.test"
    address: str = "192.0.2.10"
    uuid: str = ""
    mac: str = ""
    wireless: Optional[bool] = None
    cable: bool = True
    on_battery: bool = False
    platform: str = ""
    tls: Optional[bool] = None
    redirection: bool = True
    kvm: bool = True
    consent: str = ""
    flash_limit: Optional[int] = None
    durations: Mapping[str, float] = field(default_factory=dict)
    accepts_empty_text: bool = False
    defense: Mapping[str, Any] = field(default_factory=dict)
    amt: str = "enabled"
    dns_suffix: str = ""
    trusted_hashes: Mapping[str, str] = field(default_factory=dict)
    default_hashes: bool = True
    watchdog: Mapping[str, Any] = field(default_factory=dict)
    hbm_version: str = "2.2"
    client_mode: bool = True
    upgradable: bool = True
    latches: Sequence[str] = ()
    refuses_read_only: bool = False
    needs_element_name: bool = False
    tls_versions: str = ""
    clock_offset: float = 0.0
    sessions: Sequence[str] = ()
    kvm_in_mebx: bool = True
    consent_is_remote: bool = True
    tunnel: bool = False
    web_storage: Optional[int] = None
    data_store: Optional[bool] = None

    def completed(self, personality: Personality) -> Settings:
        """The same with every default filled in. Raises ValueError for a word that is none of the choices."""
        chance = random.Random("{0}/{1}".format(personality.generation, self.number))
        version = self.version or personality.version
        self.check()
        if version.split(".")[0] != personality.generation:
            raise ValueError("version: {0} is not one of AMT {1}".format(version, personality.generation))
        return replace(
            self,
            version=version,
            hostname=self.hostname or "host-{0:04d}".format(self.number),
            uuid=str(uuid.UUID(self.uuid)) if self.uuid else str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            mac=self.mac or "00-00-5e-" + "-".join("{0:02x}".format(octet) for octet in chance.randbytes(3)),
            tls=needs_tls(version) or (personality.tls_is_default if self.tls is None else self.tls),
            consent=self.consent or ("all" if self.control_mode == "client" else "none"),
            durations={**DURATIONS, **self.durations},
            watchdog={**WATCHDOG, **self.watchdog},
        )

    def check(self) -> None:
        choices = (
            ("power", self.power, POWER_STATES),
            ("control_mode", self.control_mode, CONTROL_MODES),
            ("consent", self.consent or "none", CONSENT_POLICIES),
            ("amt", self.amt, AMT_SWITCHES),
            *(("sessions", session, SESSIONS) for session in self.sessions),
        )
        self.check_consent()
        limits.check(self.defense)
        for name, account in self.users.items():
            read_account(name, account)
        for name, value, allowed in choices:
            if value not in allowed:
                raise ValueError("{0}: {1!r} is none of {2}".format(name, value, ", ".join(allowed)))
        if self.mac and not MAC.fullmatch(self.mac):
            raise ValueError("mac: {0!r} is not of the form 00-00-5e-00-53-01".format(self.mac))
        if self.uuid and not UUID.fullmatch(self.uuid):
            raise ValueError("uuid: {0!r} is not of the form 12345678-9abc-4def-8123-456789abcdef".format(self.uuid))
        if self.version and not VERSION.fullmatch(self.version):
            raise ValueError("version: {0!r} is not of the form 16.1.30".format(self.version))
        if any(word not in TLS_VERSIONS for word in self.tls_versions.split()):
            raise ValueError("tls_versions: {0!r} is not of {1}".format(self.tls_versions, " ".join(TLS_VERSIONS)))
        platform_for(self.number, self.platform)
        strange = set(self.latches) - set(BOOT_DEFAULTS)
        if strange:
            raise ValueError("latches: no such settings: " + ", ".join(sorted(strange)))
        unknown = set(self.durations) - set(DURATIONS)
        if unknown:
            raise ValueError("durations: no such step: " + ", ".join(sorted(unknown)))
        self.check_engine()

    def check_consent(self) -> None:
        """Firmware leaves its owner no choice in client control mode. Raises ValueError."""
        if self.control_mode == "client" and self.consent not in ("", "all"):
            way_out = "in client control mode a user consents to everything; leave it out, or use control_mode: admin"
            raise ValueError("consent: {0!r} cannot be: {1}".format(self.consent, way_out))

    def check_engine(self) -> None:
        """What the host's side of the device may be told. Raises ValueError."""
        if not BUS_VERSION.fullmatch(self.hbm_version):
            raise ValueError("hbm_version: {0!r} is not of the form 2.2".format(self.hbm_version))
        if not DOMAIN.fullmatch(self.dns_suffix):
            raise ValueError("dns_suffix: {0!r} is no domain".format(self.dns_suffix))
        for name, value in self.watchdog.items():
            if name not in WATCHDOG or type(value) is not type(WATCHDOG[name]):
                raise ValueError("watchdog: {0}: {1!r} is none of {2}".format(name, value, WATCHDOG))
        for name, digest in self.trusted_hashes.items():
            read_hash(name, digest)

    @property
    def bus_version(self) -> tuple[int, int]:
        major, minor = self.hbm_version.split(".")
        return int(major), int(minor)

    @property
    def digest_realm(self) -> str:
        """A realm is per device: `Digest:` and 32 hexadecimal digits."""
        return "Digest:" + hashlib.md5(self.uuid.encode(), usedforsecurity=False).hexdigest().upper()
