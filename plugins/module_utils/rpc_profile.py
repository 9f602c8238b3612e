# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The profile YAML of rpc-go, as RPS and Console export it, as a document of ours; what of it stays behind, and why.

Names and meanings: github.com/device-management-toolkit, go-wsman-messages pkg/config/v2.go, and what rpc-go makes of
them in internal/orchestrator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import InvalidOption

Document = dict[str, Any]
Behind = list[dict[str, str]]

SECURITY = {
    "WPAPSK": "wpa_psk",
    "WPAIEEE8021X": "wpa_8021x",
    "WPA2PSK": "wpa2_psk",
    "WPA2IEEE8021X": "wpa2_8021x",
    "WPA3SAE": "wpa3_sae",
    "WPA3OWE": "wpa3_owe",
}
ENCRYPTION = {"TKIP": "tkip", "CCMP": "ccmp"}
CONSENT = {"none": "none", "kvm": "kvm", "all": "all"}
EAP = {0: "tls", 2: "peap_mschapv2"}
ACTIVATES = "it is for activation: mei_activation sets a device up"
GENERATES = "passwords are made where they are kept: give one in a document of your own, from a vault"
ANOTHER_SERVER = "it belongs to Intel's Enterprise Assistant; amt_tls_certificate has an authority of yours sign"
CERTIFIED = (
    "its keys are files there; bring them with certificates, and name client_certificate and root_certificate here"
)
#: Path -> why it stays behind.
STAYS = {
    "generalSettings.networkInterfaceEnabled": "a device that is reached over the network has it on",
    "tls.signingAuthority": "amt_tls_certificate makes the certificate that TLS shows; run it first",
    "enterpriseAssistant": ANOTHER_SERVER,
    "userAccounts.userAccounts": "it has names without passwords and realms: list them under users",
    "amtSpecific.controlMode": ACTIVATES,
    "amtSpecific.provisioningCert": ACTIVATES,
    "amtSpecific.provisioningCertPwd": ACTIVATES,
    "amtSpecific.mebxPassword": ACTIVATES,
    "amtSpecific.generateRandomMEBXPassword": ACTIVATES,
    "amtSpecific.generateRandomPassword": GENERATES,
    "amtSpecific.cira.generateRandomPassword": GENERATES,
    "bmcSpecific": "it is not about AMT",
    "dashSpecific": "it is not about AMT",
    "redfishSpecific": "it is not about AMT",
}
CALLS = "rpc-go also has the device call periodically and when its user asks: list that under policies of remote_access"
UNKNOWN = "there is nothing here that it could become"
NO_PROFILE = "it is no profile of rpc-go, which has a mapping under configuration; an encrypted one has to be decrypted"


class _Source:
    """What was taken of the YAML is known; what was not and says something stays behind."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.configuration = configuration
        self.taken: set[str] = set()

    def take(self, path: str) -> Any:
        """The value at a path of names between dots; None where there is none."""
        self.taken.add(path)
        value: Any = self.configuration
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return None if value in ("", [], {}) else value

    def behind(self, values: Any = None, path: str = "") -> Iterator[dict[str, str]]:
        for name, value in (self.configuration if values is None else values).items():
            place = path + str(name)
            if place in self.taken or value in (None, "", [], {}, False, 0):
                continue
            if isinstance(value, Mapping) and place not in STAYS:
                yield from self.behind(value, place + ".")
            elif not isinstance(value, Mapping) or any(value.values()):
                yield {"setting": place, "why": STAYS.get(place, UNKNOWN)}


def from_rpc(document: Any) -> tuple[Document, Behind]:
    """InvalidOption where it is none."""
    configuration = document.get("configuration") if isinstance(document, Mapping) else None
    if not isinstance(configuration, Mapping):
        raise InvalidOption("rpc_file", type(document).__name__, NO_PROFILE)
    source = _Source(configuration)
    behind: Behind = []
    parts = {
        "name": _given(shared_fqdn=source.take("generalSettings.sharedFQDN"), ping=_ping(source)),
        "consent": _consent(source),
        "redirection": _redirection(source),
        "tls": _tls(source),
        "wired": _wired(source),
        "wireless": _wireless(source, behind),
        "remote_access": _remote_access(source, behind),
        "certificates": _given(roots=_roots(source.take("amtSpecific.cira.mpsCert"))),
        "admin": _given(password=source.take("amtSpecific.adminPassword")),
    }
    behind += _wired_8021x(source, parts)
    return {name: part for name, part in parts.items() if part}, [*behind, *source.behind()]


def _given(**values: Any) -> Document:
    return {name: value for name, value in values.items() if value is not None}


def _ping(source: _Source) -> Any:
    return source.take("generalSettings.pingResponseEnabled")


def _consent(source: _Source) -> Document:
    """What rpc-go does not know counts as all there, in admin control mode."""
    policy = source.take("redirection.userConsent")
    return {} if policy is None else {"policy": CONSENT.get(str(policy).lower(), "all")}


def _redirection(source: _Source) -> Document:
    """All that is not on is off: rpc-go switches it off."""
    if source.take("redirection") is None:
        return {}
    services = {name: bool(source.take("redirection.services." + name)) for name in ("kvm", "sol", "ider")}
    source.take("redirection.enabled")
    source.taken.discard("redirection")
    return {**services, "listener": any(services.values())}


def _tls(source: _Source) -> Document:
    """rpc-go leaves TLS alone where it is not enabled."""
    enabled, mutual = source.take("tls.enabled"), source.take("tls.mutualAuthentication")
    names, plain = source.take("tls.trustedCN"), source.take("tls.allowNonTLS")
    if not enabled:
        return {}
    side = _given(enabled=True, mutual=bool(mutual), plain_ports=bool(plain), trusted_names=names)
    return {"remote": side}


def _wired(source: _Source) -> Document:
    names = ("dhcpEnabled", "ipSyncEnabled", "sharedStaticIP", "ipAddress", "subnetMask", "defaultGateway")
    dhcp, sync, shared, address, netmask, gateway = (source.take("network.wired." + name) for name in names)
    dns = [server for name in ("primaryDNS", "secondaryDNS") if (server := source.take("network.wired." + name))]
    source.taken.add("network.wired.authentication")
    if dhcp:
        return {"addressing": "dhcp"}
    if address:
        return _given(addressing="static", address=address, netmask=netmask, gateway=gateway, dns=dns or None)
    return {"addressing": "shared"} if shared or sync else {}


def _wired_8021x(source: _Source, parts: dict[str, Document]) -> Behind:
    given = source.take("network.wired.ieee8021x")
    if not isinstance(given, Mapping) or not given.get("username"):
        return []
    parts["8021x"] = {"enabled": True, **_eap(given), **_given(pxe_timeout=given.get("pxeTimeout"))}
    return _certified(given, "network.wired.ieee8021x")


def _eap(given: Mapping[str, Any]) -> Document:
    method = EAP.get(given.get("authenticationProtocol", 0))
    return _given(method=method, username=given.get("username"), password=given.get("password") or None)


def _certified(given: Mapping[str, Any], path: str) -> Behind:
    names = [name for name in ("clientCert", "caCert", "privateKey") if given.get(name)]
    if given.get("authenticationProtocol", 0) not in EAP:
        return [{"setting": path + ".authenticationProtocol", "why": UNKNOWN}]
    return [{"setting": "{0}.{1}".format(path, name), "why": CERTIFIED} for name in names]


def _wireless(source: _Source, behind: Behind) -> Document:
    sync, uefi = (source.take("network.wireless." + name) for name in ("wifiSyncEnabled", "uefiWiFiSyncEnabled"))
    profiles = []
    for row in source.take("network.wireless.profiles") or ():
        name = str(row.get("profileName"))
        enterprise = row.get("ieee8021x")
        for wire, words in (("authenticationMethod", SECURITY), ("encryptionMethod", ENCRYPTION)):
            if row.get(wire) and str(row[wire]).upper() not in words:
                behind.append({"setting": "network.wireless.profiles[{0}].{1}".format(name, wire), "why": UNKNOWN})
        ieee = _eap(enterprise) if isinstance(enterprise, Mapping) and enterprise.get("username") else None
        if ieee is not None:
            behind += _certified(enterprise, "network.wireless.profiles[{0}].ieee8021x".format(name))
        profiles.append(
            _given(
                name=name,
                ssid=row.get("ssid"),
                priority=row.get("priority") or None,
                security=SECURITY.get(str(row.get("authenticationMethod")).upper()),
                encryption=ENCRYPTION.get(str(row.get("encryptionMethod")).upper()),
                passphrase=row.get("password") or None,
                ieee8021x=ieee,
            )
        )
    kept = {None: None, True: "all", False: "none"}[sync]
    return _given(profiles=profiles or None, sync=kept, uefi_sharing=uefi or None)


def _remote_access(source: _Source, behind: Behind) -> Document:
    names = ("mpsAddress", "mpsPort", "mpsUsername", "mpsPassword", "environmentDetection")
    address, port, username, password, domains = (source.take("amtSpecific.cira." + name) for name in names)
    proxies = [
        _given(address=row.get("address"), port=row.get("port"), dns_suffix=row.get("networkDnsSuffix"))
        for row in source.take("network.proxy") or ()
    ]
    if address:
        behind.append({"setting": "amtSpecific.cira", "why": CALLS})
    server = _given(address=address, port=port or None, username=username, password=password)
    return _given(servers=[server] if address else None, local_domains=domains, proxies=proxies or None)


def _roots(base64: Any) -> list[str] | None:
    """PEM of what stands there without its first and last line."""
    if not base64:
        return None
    text = str(base64).strip()
    if "-----BEGIN" in text:
        return [text]
    return ["-----BEGIN CERTIFICATE-----\n{0}\n-----END CERTIFICATE-----\n".format(text)]
