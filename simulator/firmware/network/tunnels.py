# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Remote access: the management presence servers that the device calls, and what makes it call them."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, delete, instances, method, put, service
from ..selection import reference_to

SERVICE, SERVER, LOGIN = "AMT_RemoteAccessService", "AMT_ManagementPresenceRemoteSAP", "AMT_MPSUsernamePassword"
CONTEXT, RULE, APPLIES = (
    "AMT_RemoteAccessCredentialContext",
    "AMT_RemoteAccessPolicyRule",
    "AMT_RemoteAccessPolicyAppliesToMPS",
)
CERTIFICATE = "AMT_PublicKeyCertificate"
MOST_SERVERS, MOST_POLICIES, MOST_PER_POLICY, MOST_PROXIES = 6, 3, 2, 15
NAMES = {0: "User Initiated", 1: "Alert", 2: "Periodic"}
PERIODIC = 2
IPV4, IPV6, FQDN = 3, 4, 201
BY_CERTIFICATE, BY_PASSWORD = 1, 2
LONGEST = 64
COMPLETED, NOT_PERMITTED, MAX_LIMIT_REACHED, INVALID_PARAMETER = 0, 0x10, 0x17, 0x24
DUPLICATE, NOT_FOUND = 0x80A, 0x814


@dataclass
class Server:
    """`certificate` refers to one of the device's own; otherwise there are a name and a password."""

    number: int
    info: str
    form: int
    port: int
    common_name: str = ""
    certificate: Optional[Epr] = None
    username: str = ""
    password: str = ""


@dataclass(frozen=True)
class Policy:
    trigger: int
    life_time: int
    data: bytes
    servers: tuple[int, ...]


def form_of(info: str) -> int:
    try:
        return {4: IPV4, 6: IPV6}[ipaddress.ip_address(info).version]
    except ValueError:
        return FQDN


def is_schedule(data: bytes) -> bool:
    """An interval in seconds, or an hour and a minute of the day, in network order (vendor's guide)."""
    if len(data) == 8:
        kind, seconds = struct.unpack(">II", data)
        return bool(kind == 0 and seconds)
    if len(data) == 12:
        kind, hour, minute = struct.unpack(">III", data)
        return bool(kind == 1 and hour < 24 and minute < 60)
    return False


class Tunnels(Domain):
    """`is_open`: the device has a tunnel to a server now. It ends with the policy, or the server, that it is by."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.servers: dict[int, Server] = {}
        self.policies: dict[int, Policy] = {}
        self.is_open = bool(firmware.settings.tunnel)

    @instances(SERVICE)
    def services(self) -> list[Instance]:
        keys = service(SERVICE, "Intel(r) AMT Remote Access Service")
        return [{**keys, "IsRemoteTunnelConnected": self.is_open, "RemoteTunnelKeepAliveTimeout": 4294967295}]

    @instances("AMT_RemoteAccessCapabilities")
    def capabilities(self) -> list[Instance]:
        name = "Intel(r) AMT:Remote Access Capabilities"
        limits = {
            "MaxMpsPerPolicy": MOST_PER_POLICY,
            "MaxTotalMpServers": MOST_SERVERS,
            "MaxTotalPolicies": MOST_POLICIES,
            "MaxTotalProxyEntryPoints": MOST_PROXIES,
        }
        return [{"ElementName": name, "InstanceID": name, **limits}]

    @instances(SERVER)
    def shown_servers(self) -> list[Instance]:
        return [self.shown(server) for _number, server in sorted(self.servers.items())]

    @staticmethod
    def shown(server: Server) -> Instance:
        name = "Intel(r) AMT:Management Presence Server"
        return {
            **service(SERVER, "{0} {1}".format(name, server.number), name),
            "AccessInfo": server.info,
            "CN": server.common_name or None,
            "InfoFormat": server.form,
            "Port": server.port,
        }

    @instances(LOGIN)
    def logins(self) -> list[Instance]:
        return [
            {"InstanceID": login_id(number), "RemoteID": server.username}
            for number, server in sorted(self.servers.items())
            if server.certificate is None
        ]

    @instances(CONTEXT)
    def contexts(self) -> list[Instance]:
        return [
            {
                "ElementInContext": server.certificate or Epr(LOGIN, {"InstanceID": login_id(number)}),
                "ElementProvidingContext": reference_to(SERVER, self.shown(server)),
            }
            for number, server in sorted(self.servers.items())
        ]

    @instances(RULE)
    def rules(self) -> list[Instance]:
        return [self.shown_rule(policy) for _trigger, policy in sorted(self.policies.items())]

    @staticmethod
    def shown_rule(policy: Policy) -> Instance:
        keys = service(RULE, "", "Inte(r) AMT:Remote Access Policy")  # spelt so [recorded]
        del keys["Name"]
        return {
            **keys,
            "ExtendedData": policy.data or None,
            "PolicyRuleName": NAMES[policy.trigger],
            "Trigger": policy.trigger,
            "TunnelLifeTime": policy.life_time,
        }

    @instances(APPLIES)
    def applications(self) -> list[Instance]:
        return [
            {
                "ManagedElement": reference_to(SERVER, self.shown(self.servers[number])),
                "MpsType": 0,
                "OrderOfAccess": order,
                "PolicySet": reference_to(RULE, self.shown_rule(policy)),
            }
            for _trigger, policy in sorted(self.policies.items())
            for order, number in enumerate(policy.servers)
        ]

    def uses(self, cls: str, instance_id: str) -> bool:
        return any(
            server.certificate == Epr(cls, {"InstanceID": instance_id})
            for server in self.servers.values()
            if server.certificate is not None
        )

    @method(SERVICE, "AddMpServer", writes=True)
    def add_server(
        self,
        _present: Instance,
        AccessInfo: str,
        InfoFormat: int,
        Port: int,
        AuthMethod: int,
        Certificate: Optional[Epr] = None,
        Username: str = "",
        Password: str = "",
        CN: str = "",
    ) -> Any:
        if len(self.servers) >= MOST_SERVERS:
            return MAX_LIMIT_REACHED
        if any((other.info.lower(), other.port) == (AccessInfo.lower(), Port) for other in self.servers.values()):
            return DUPLICATE
        if InfoFormat != form_of(AccessInfo) or not Port or bool(CN) != (InfoFormat != FQDN):
            return INVALID_PARAMETER
        status = self.credential_trouble(AuthMethod, Certificate, Username, Password)
        if status:
            return status
        number = next(number for number in range(MOST_SERVERS) if number not in self.servers)
        named = {} if AuthMethod == BY_CERTIFICATE else {"username": Username, "password": Password}
        shown = Certificate if AuthMethod == BY_CERTIFICATE else None
        server = self.servers[number] = Server(number, AccessInfo, InfoFormat, Port, CN, shown, **named)
        return {"MpServer": reference_to(SERVER, self.shown(server)), "ReturnValue": COMPLETED}

    def credential_trouble(self, kind: int, certificate: Optional[Epr], username: str, password: str) -> int:
        if kind == BY_CERTIFICATE:
            rows = self.firmware.present(CERTIFICATE)
            known = [row["InstanceID"] for row in rows if not row["TrustedRootCertficate"]]
            found = certificate is not None and certificate.selectors.get("InstanceID") in known
            return COMPLETED if found else NOT_FOUND
        fits = username.isascii() and username.isalnum() and len(username) <= LONGEST and 0 < len(password) <= LONGEST
        return COMPLETED if kind == BY_PASSWORD and fits else INVALID_PARAMETER

    @method(SERVICE, "AddRemoteAccessPolicyRule", writes=True)
    def add_rule(
        self,
        _present: Instance,
        Trigger: int,
        TunnelLifeTime: int,
        ExtendedData: bytes = b"",
        MpServer: Sequence[Epr] = (),
        InternalMpServer: Sequence[Epr] = (),
    ) -> Any:
        numbers = {str(self.shown(server)["Name"]): number for number, server in self.servers.items()}
        meant = [numbers.get(str(each.selectors.get("Name"))) for each in (*MpServer, *InternalMpServer)]
        if Trigger not in NAMES or is_schedule(ExtendedData) != (Trigger == PERIODIC):
            return INVALID_PARAMETER
        if Trigger != PERIODIC and ExtendedData:
            return INVALID_PARAMETER
        if Trigger in self.policies:
            return DUPLICATE
        if not 1 <= len(set(meant)) == len(meant) <= MOST_PER_POLICY:
            return INVALID_PARAMETER
        if None in meant:
            return NOT_FOUND
        policy = Policy(Trigger, TunnelLifeTime, ExtendedData, tuple(number for number in meant if number is not None))
        self.policies[Trigger] = policy
        return {"PolicyRule": reference_to(RULE, self.shown_rule(policy)), "ReturnValue": COMPLETED}

    @delete(RULE)
    def delete_rule(self, present: Instance) -> None:
        del self.policies[int(present["Trigger"])]
        self.is_open = self.is_open and bool(self.policies)

    @delete(SERVER)
    def delete_server(self, present: Instance) -> None:
        """Not while a policy names it."""
        number = int(str(present["Name"]).rpartition(" ")[2])
        if any(number in policy.servers for policy in self.policies.values()):
            raise refusals.amt_status(NOT_PERMITTED)
        del self.servers[number]

    @put(LOGIN)
    def put_login(self, present: Instance, wanted: dict[str, Any]) -> None:
        server = self.servers[int(str(present["InstanceID"]).rpartition(" ")[2])]
        username, password = wanted.get("RemoteID", server.username), wanted.get("Secret", server.password)
        if self.credential_trouble(BY_PASSWORD, None, username, password):
            raise refusals.amt_status(INVALID_PARAMETER)
        server.username, server.password = username, password

    @method(SERVICE, "CloseRemoteAccessConnection")
    def close(self, _present: Instance) -> int:
        self.is_open = False
        return COMPLETED


def login_id(number: int) -> str:
    return "Intel(r) AMT:MPS Username Password {0}".format(number)
