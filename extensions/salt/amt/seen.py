# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What the beacon has seen last, by what it watches.

Kept beside the beacon, which Salt loads anew whenever pillar or modules are refreshed: it would begin again each time,
miss what changed meanwhile, or tell its first look once more.
"""

from typing import Any

LAST: dict[str, Any] = {}
