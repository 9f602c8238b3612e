# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A model of Intel AMT firmware: what it holds, what it refuses, what happens to it. It knows no network.

`Firmware(generation, clock, **settings)` answers `get`, `put`, `create`, `delete`, `instances` and `invoke` with values
or by raising `Fault`. Nothing sleeps: what is to happen later has happened by the time somebody looks.

To serve another class:

1. its row stands in `schema/`, or is added there; the version that a property came with goes into `availability.py`;
2. a function of a domain is marked with what it answers. It returns values by property name, in any order:

       class Fans(Domain):
           @instances("CIM_Fan")
           def fans(self):
               return [{**device("CIM_Fan", "Fan 0", "Fan"), "ActiveCooling": True}]

           @method("CIM_Fan", "SetSpeed", writes=True)
           def set_speed(self, present, DesiredSpeed):
               return 0

   Inputs arrive decoded and checked against the schema: numbers, booleans, octets, references, lists for arrays, dicts
   for embedded instances. Refuse with a fault of `refusals.py`, or with a ReturnValue;
3. a new domain goes into `domains.py` under a name; others reach it as `firmware.<name>`.

`settle` of a domain lets happen what is due, `on_boot` hears of each start of the host, `firmware.events` keeps the
logs and `firmware.flash` counts writes.
"""

from __future__ import annotations

from .model import Firmware
from .personality import PERSONALITIES
from .settings import Settings

GENERATIONS = tuple(PERSONALITIES)

__all__ = ["GENERATIONS", "Firmware", "Settings"]
