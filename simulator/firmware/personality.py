# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What tells the generations of AMT apart, as a table. A feature's first generation stands beside its source.

Sources: the capability gates of the public reference material and recordings; `?` marks what is likely and unproven.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Personality:
    """One generation. `version` is x.y.z; `build` follows it in CIM_SoftwareIdentity."""

    generation: str
    version: str
    build: str
    tls_versions: tuple[str, ...]
    memory_in_mhz: bool
    acts_on_running: int
    sleep_refused: bool = False

    @property
    def major(self) -> int:
        return int(self.generation)

    @property
    def tls_is_default(self) -> bool:
        return self.major >= 16


# tls_versions: 9 [HW]; 12.0 brought 1.2 and dropped 1.0, and 1.1 went with 15 on desktops (vendor's guide); most builds
# of 11 speak what those before 12 do (public reports), 1.3 from 16 on is likely.
# acts_on_running: what RequestPowerStateChange(2) returns on a running machine. Both 0 and 2 are seen; which generation
# does which is assumed.
# sleep_refused: 16.1.30 and 19.0.5 refuse sleep and hibernate although they list them [HW].
PERSONALITIES: dict[str, Personality] = {
    row.generation: row
    for row in (
        Personality("9", "9.1.45", "3000", ("1.0", "1.1"), False, 0),
        Personality("11", "11.8.92", "4222", ("1.0", "1.1"), False, 0),
        Personality("12", "12.0.85", "1919", ("1.1", "1.2"), True, 0),
        Personality("15", "15.0.42", "2235", ("1.2",), True, 2),
        Personality("16", "16.1.30", "2307", ("1.2", "1.3"), True, 2, True),
        Personality("19", "19.0.5", "1886", ("1.2", "1.3"), True, 2, True),
    )
}
