# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether and how the device is set up, as one reads it; CommitChanges and GetUuid."""

from __future__ import annotations

import random
import uuid
from typing import Any

from ..values import Instance
from .domain import Domain, instances, method, service
from .settings import CONTROL_MODES

COMPLETED = 0
POST_PROVISIONING = 2
# AMT_SetupAndConfigurationService.ProvisioningMode
PROVISIONING_MODES = {"none": 0, "client": 4, "admin": 1}


class Setup(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.nonce = random.Random("nonce " + firmware.settings.uuid).randbytes(20)

    @instances("AMT_SetupAndConfigurationService")
    def services(self) -> list[Instance]:
        keys = service("AMT_SetupAndConfigurationService", "Intel(r) AMT Setup and Configuration Service")
        mode = self.firmware.settings.control_mode
        return [
            {
                **keys,
                "EnabledState": 5,
                "PasswordModel": 1,
                "ProvisioningMode": PROVISIONING_MODES[mode],
                "ProvisioningServerOTP": bytes(32),
                "ProvisioningState": POST_PROVISIONING,
                "RequestedState": 12,
                "ZeroTouchConfigurationEnabled": True,
            }
        ]

    @method("AMT_SetupAndConfigurationService", "GetUuid")
    def tell_uuid(self, _present: Instance) -> Instance:
        """The octets are in SMBIOS order: the first three groups are little-endian."""
        return {"UUID": uuid.UUID(self.firmware.settings.uuid).bytes_le, "ReturnValue": COMPLETED}

    @method("AMT_SetupAndConfigurationService", "CommitChanges", writes=True)
    def commit(self, _present: Instance) -> int:
        self.firmware.tls.commit()
        return COMPLETED

    @instances("IPS_HostBasedSetupService")
    def host_based(self) -> list[Instance]:
        keys = service("IPS_HostBasedSetupService", "Intel(r) AMT Host Based Setup Service")
        return [
            {
                **keys,
                "AllowedControlModes": [2, 1],
                "CertChainStatus": 0,
                "ConfigurationNonce": self.nonce,
                "CurrentControlMode": CONTROL_MODES[self.firmware.settings.control_mode],
            }
        ]
