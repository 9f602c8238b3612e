# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of the management engine, by GUID as sysfs prints them (AMT.md 12.1)."""

from __future__ import annotations

AMTHI = "12f80028-b4b7-4b2d-aca8-46e0ff65814c"
LME = "6733a4db-0476-4e7b-b3af-bcfc29bee7a7"
WATCHDOG = "05b79a6f-4628-4d7f-899d-a91514cb32ab"
MKHI = "8e6a6715-9abc-4043-88ef-9e39c6f63e0f"

CLIENTS = {
    AMTHI: "amthi",
    LME: "lme",
    WATCHDOG: "watchdog",
    MKHI: "mkhi",
    "309dcde8-ccb1-4062-8f78-600115a34327": "firmware_update",
    "082ee5a7-7c25-470a-9643-0c06f0466ea1": "hotham",
    "92136c79-5fea-4cfd-980e-23be07fa5e9f": "upid",
    "ed6703fa-d312-4e8b-9ddd-2155bb2dee65": "psr",
    "dd17041c-09ea-4b17-a271-5b989867ec65": "mchi",
}
"""Those whose meaning is known; a bus has others too."""

OF_AMT = (AMTHI, LME, WATCHDOG)
"""Not enumerated at all while AMT is disabled in the BIOS or in the MEBx."""
