# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Lists of revoked certificates, which count while clients have to show one."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ...values import Epr, Instance
from ..domain import Domain, instances, method

SERVICE, CRL = "AMT_PublicKeyManagementService", "AMT_CRL"
MOST_LISTS, MOST_SERIALS = 4, 64
COMPLETED, MAX_LIMIT_REACHED, INVALID_PARAMETER, DUPLICATE = 0, 0x17, 0x24, 0x80A


class Revocations(Domain):
    """By handle: where a list is from, and its serial numbers in base64."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.lists: list[tuple[str, tuple[str, ...]]] = []

    @property
    def revoked(self) -> frozenset[int]:
        return frozenset(number_of(serial) for _url, serials in self.lists for serial in serials)

    @instances(CRL)
    def shown(self) -> list[Instance]:
        return [
            {
                "ElementName": "Intel(r) AMT CRL",
                "InstanceID": "Intel(r) AMT CRL: Handle: {0}".format(handle),
                "SerialNumbers": list(serials) or None,
                "Url": url,
            }
            for handle, (url, serials) in enumerate(self.lists)
        ]

    @method(SERVICE, "AddCRL", writes=True)
    def add(self, _present: Instance, Url: str = "", SerialNumbers: tuple[str, ...] = ()) -> Any:
        if any(url == Url for url, _serials in self.lists):
            return DUPLICATE
        if len(self.lists) >= MOST_LISTS or len(SerialNumbers) + self.count > MOST_SERIALS:
            return MAX_LIMIT_REACHED
        try:
            for serial in SerialNumbers:
                number_of(serial)
        except binascii.Error:
            return INVALID_PARAMETER
        self.lists.append((Url, tuple(SerialNumbers)))
        handle = len(self.lists) - 1
        return {"CRL": Epr(CRL, {"InstanceID": self.shown()[handle]["InstanceID"]}), "ReturnValue": COMPLETED}

    @property
    def count(self) -> int:
        return sum(len(serials) for _url, serials in self.lists)

    @method(SERVICE, "ResetCRLList", writes=True)
    def reset(self, _present: Instance) -> int:
        self.lists = []
        return COMPLETED


def number_of(serial: str) -> int:
    return int.from_bytes(base64.b64decode(serial, validate=True), "big")
