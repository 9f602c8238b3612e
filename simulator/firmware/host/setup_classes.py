# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The set-up over WS-Man: AMT_SetupAndConfigurationService, IPS_HostBasedSetupService, and the records of both."""

from __future__ import annotations

import re
import uuid
from typing import Optional

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, method, service
from ..moments import datetime_of
from .setup import BY_LOCAL, BY_REMOTE, IN, INVALID_PASSWORD, NOT_PERMITTED, POST, PRE, Setup
from .setup_chain import COMPLETE, NOT_STARTED, Chain, ChainRefused, common_name, load, suits

COMPLETED = 0
INVALID_MODE, INVALID_PARAMETER = 3, 0x24
# AMT_SetupAndConfigurationService.ProvisioningMode
PROVISIONING_MODES = {"none": 0, "client": 4, "admin": 1}
ADMIN_MODE = 1
# IPS_HostBasedSetupService: return values of the methods that set up.
SETUP_STATE, SETUP_PARAMETER, SETUP_DISABLED, SETUP_UNPROVEN = 2, 3, 4, 5
# IPS_HostBasedSetupService.AddNextCertInChain
CHAIN_PARAMETER, CHAIN_STATE, CHAIN_UNVERIFIED, CHAIN_TOO_LONG = 1, 3, 4, 5
HTTP_DIGEST, RSA_SHA256 = 2, 2
NONCE_SIZE = 20
HASH_SIZE = 16
# 8 to 32 characters: a capital, a small letter, a digit and another; no quotation mark, comma or colon.
STRONG = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[^A-Za-z0-9_])[!#-+.-9;-~-]{8,32}")
TLS_ONLY_SINCE = 19
KEPT_PARTLY = frozenset(("network", "general", "hashes", "wifi"))


class SetupClasses(Domain):
    @property
    def setup(self) -> Setup:
        return self.firmware.setup

    @instances("AMT_SetupAndConfigurationService")
    def services(self) -> list[Instance]:
        keys = service("AMT_SetupAndConfigurationService", "Intel(r) AMT Setup and Configuration Service")
        return [
            {
                **keys,
                "DhcpDNSSuffix": self.firmware.whereabouts.suffixes[0] if self.setup.state == PRE else None,
                "EnabledState": 5,
                "PasswordModel": 1,
                "ProvisioningMode": PROVISIONING_MODES[self.setup.mode],
                "ProvisioningServerOTP": bytes(32),
                "ProvisioningState": self.setup.state,
                "RequestedState": 12,
                "TrustedDNSSuffix": self.setup.dns_suffix or None,
                "ZeroTouchConfigurationEnabled": True,
            }
        ]

    @method("AMT_SetupAndConfigurationService", "GetUuid")
    def tell_uuid(self, _present: Instance) -> Instance:
        """The octets are in SMBIOS order: the first three groups are little-endian."""
        return {"UUID": uuid.UUID(self.firmware.settings.uuid).bytes_le, "ReturnValue": COMPLETED}

    @method("AMT_SetupAndConfigurationService", "CommitChanges", writes=True)
    def commit(self, _present: Instance) -> int:
        """What was started ends with the administrator's word, not with that of the local system's account (rpc-go)."""
        if self.setup.state == IN:
            local = self.firmware.users.is_local_account(self.firmware.caller)
            return NOT_PERMITTED if local else self.setup.commit()
        self.firmware.tls.commit()
        return COMPLETED

    @method("AMT_SetupAndConfigurationService", "Unprovision", writes=True)
    def unprovision(self, _present: Instance, ProvisioningMode: int = ADMIN_MODE) -> int:
        if ProvisioningMode != ADMIN_MODE:
            return INVALID_PARAMETER
        return self._unprovision(frozenset())

    @method("AMT_SetupAndConfigurationService", "PartialUnprovision", writes=True)
    def unprovision_partly(self, _present: Instance) -> int:
        return self._unprovision(KEPT_PARTLY)

    def _unprovision(self, kept: frozenset[str]) -> int:
        """The local system's account may only take back what it could set up."""
        if self.setup.mode == "none" or self.setup.is_changing:
            return INVALID_MODE
        if self.firmware.users.is_local_account(self.firmware.caller) and self.setup.mode != "client":
            return NOT_PERMITTED
        self.setup.unprovision(BY_LOCAL if self.firmware.local else BY_REMOTE, kept)
        return COMPLETED

    @method("AMT_SetupAndConfigurationService", "SetMEBxPassword", writes=True)
    def set_mebx_password(self, _present: Instance, Password: str = "") -> int:
        """Whoever sits in front of a machine in client control mode keeps the password that he has."""
        if self.setup.mode == "client" and self.setup.session is None:
            return NOT_PERMITTED
        if not STRONG.fullmatch(Password):
            return INVALID_PASSWORD
        self.setup.mebx_password_set = True
        return COMPLETED

    @method("AMT_SetupAndConfigurationService", "GetUnprovisionBlockingComponents")
    def blocking_components(self, _present: Instance) -> Instance:
        """Nothing blocks."""
        return {"Component": [], "ReturnValue": COMPLETED}

    @instances("IPS_HostBasedSetupService")
    def host_based(self) -> list[Instance]:
        keys = service("IPS_HostBasedSetupService", "Intel(r) AMT Host Based Setup Service")
        return [
            {
                **keys,
                "AllowedControlModes": [2, 1] if self.setup.client_mode_allowed else [2],
                "CertChainStatus": self.setup.chain.status,
                "ConfigurationNonce": self.setup.nonce,
                "CurrentControlMode": self.setup.mode_number,
            }
        ]

    def _local_only(self) -> None:
        if not self.firmware.local:
            raise refusals.access_denied()

    @method("IPS_HostBasedSetupService", "Setup", writes=True)
    def set_up(
        self,
        _present: Instance,
        NetAdminPassEncryptionType: int,
        NetworkAdminPassword: bytes,
        McNonce: Optional[bytes] = None,
        Certificate: Optional[bytes] = None,
        SigningAlgorithm: int = 0,
        DigitalSignature: Optional[bytes] = None,
    ) -> int:
        """Client control mode, without a certificate. From 19 on CommitChanges by the new administrator ends it."""
        self._local_only()
        if not self.setup.client_mode_allowed:
            return SETUP_DISABLED
        if self.setup.state != PRE or self.setup.is_changing:
            return SETUP_STATE
        if NetAdminPassEncryptionType != HTTP_DIGEST or len(NetworkAdminPassword) != HASH_SIZE:
            return SETUP_PARAMETER
        self.firmware.users.set_administrator("admin", NetworkAdminPassword.hex())
        self.setup.begin("client", self.setup.record_of("client"), self.firmware.tls.enforced_locally)
        return COMPLETED

    @method("IPS_HostBasedSetupService", "AddNextCertInChain")
    def add_certificate(
        self,
        _present: Instance,
        NextCertificate: bytes,
        IsLeafCertificate: bool = False,
        IsRootCertificate: bool = False,
    ) -> int:
        self._local_only()
        chain = self.setup.chain
        if self.setup.state == IN or self.setup.mode == "admin":
            return CHAIN_STATE
        if not IsLeafCertificate and chain.status in (NOT_STARTED, COMPLETE):
            return CHAIN_STATE
        if not IsLeafCertificate and chain.is_full:
            return CHAIN_TOO_LONG
        try:
            chain.add(load(NextCertificate), IsLeafCertificate, IsRootCertificate)
        except ValueError:
            return CHAIN_PARAMETER
        except ChainRefused:
            return CHAIN_UNVERIFIED
        return COMPLETED

    def _proof(self, McNonce: Optional[bytes], SigningAlgorithm: int, DigitalSignature: Optional[bytes]) -> int:
        """Whether a signature over both nonces, ours first, comes from whom the chain names; a nonce serves once."""
        chain, nonce = self.setup.chain, self.setup.nonce
        if chain.status != COMPLETE:
            return SETUP_STATE
        if SigningAlgorithm != RSA_SHA256 or not McNonce or len(McNonce) != NONCE_SIZE or not DigitalSignature:
            return SETUP_PARAMETER
        self.setup.renew_nonce()
        proven = chain.is_signature(nonce + McNonce, DigitalSignature)
        if not proven or not suits(common_name(chain.certificates[0]), self.setup.trusted_suffix):
            return SETUP_UNPROVEN
        return COMPLETED

    @method("IPS_HostBasedSetupService", "AdminSetup", writes=True)
    def admin_setup(
        self,
        _present: Instance,
        NetAdminPassEncryptionType: int,
        NetworkAdminPassword: bytes,
        McNonce: Optional[bytes] = None,
        SigningAlgorithm: int = 0,
        DigitalSignature: Optional[bytes] = None,
    ) -> int:
        self._local_only()
        if self.firmware.personality.major >= TLS_ONLY_SINCE:
            return SETUP_DISABLED
        if self.setup.state != PRE or self.setup.is_changing:
            return SETUP_STATE
        if NetAdminPassEncryptionType != HTTP_DIGEST or len(NetworkAdminPassword) != HASH_SIZE:
            return SETUP_PARAMETER
        refused = self._proof(McNonce, SigningAlgorithm, DigitalSignature)
        if refused:
            return refused
        self.firmware.users.set_administrator("admin", NetworkAdminPassword.hex())
        self.setup.begin("admin", self.setup.record_of("admin", self._spent_chain()))
        return COMPLETED

    @method("IPS_HostBasedSetupService", "UpgradeClientToAdmin", writes=True)
    def upgrade(
        self,
        _present: Instance,
        McNonce: Optional[bytes] = None,
        SigningAlgorithm: int = 0,
        DigitalSignature: Optional[bytes] = None,
    ) -> int:
        if not self.firmware.settings.upgradable:
            return SETUP_DISABLED
        if self.setup.state != POST or self.setup.mode != "client" or self.setup.is_changing:
            return SETUP_STATE
        refused = self._proof(McNonce, SigningAlgorithm, DigitalSignature)
        if refused:
            return refused
        self.setup.upgrade(self.setup.record_of("admin", self._spent_chain()))
        return COMPLETED

    def _spent_chain(self) -> Chain:
        spent = self.setup.chain
        self.setup.chain = Chain(self.firmware.hashes)
        return spent

    @method("IPS_HostBasedSetupService", "DisableClientControlMode", writes=True)
    def disable_client_mode(self, _present: Instance) -> int:
        if self.setup.mode == "client":
            return SETUP_STATE
        self.setup.client_mode_allowed = False
        return COMPLETED

    @instances("IPS_ClientProvisioningRecord")
    def client_records(self) -> list[Instance]:
        record = self.setup.record
        return [record_keys(record.time)] if record is not None and record.mode == "client" else []

    @instances("IPS_AdminProvisioningRecord")
    def admin_records(self) -> list[Instance]:
        record = self.setup.record
        if record is None or record.mode != "admin":
            return []
        serials = b"".join(serial[:16].ljust(16, b"\0") for serial in record.serials[:3])
        return [
            {
                **record_keys(record.time),
                "AdditionalCaSerialNums": len(record.serials) > 3,
                "CaCertificateSerials": serials.hex().upper(),
                "CertificateCN": record.common_name,
                "HashIsOemDefault": record.root_is_default,
                "SecureDNS": not self.setup.dns_suffix,
                "SelectedHashData": record.root_digest,
                "SelectedHashType": record.root_algorithm,
            }
        ]


def record_keys(time: int) -> Instance:
    return {
        "CreationTimeStamp": datetime_of(time),
        "InstanceID": "Intel(r) AMT: ProvisioningAuditRecord 1",
        "LogName": "Intel(r) AMT Provisioning Record Log",
    }
