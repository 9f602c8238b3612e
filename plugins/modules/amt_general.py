# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_general
author: The outofband.amt contributors (!UNKNOWN)
short_description: General settings of Intel AMT firmware
description:
  - Sets how often the firmware tells subscribers that it is there, and what it answers to. What is not given stays as it is.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  presence_interval:
    description: Minutes between events by which the firmware tells its subscribers where it is, at least 15. V(0) is none.
    type: int
  address_family:
    description: What the firmware prefers where a name has addresses of both.
    type: str
    choices: [ipv4, ipv6]
  wsman_only:
    description: Whether the firmware closes what is not WS-Man on its network ports.
    type: bool
seealso:
  - module: outofband.amt.amt_power_scheme
  - module: outofband.amt.amt_name
  - module: outofband.amt.amt_wired
"""

EXAMPLES = r"""
- name: Consoles over IPv6
  outofband.amt.amt_general:
    address_family: ipv6

- name: Subscribers hear of it twice a day
  outofband.amt.amt_general:
    presence_interval: 720
"""

RETURN = r"""
presence_interval:
  description: Minutes between events of its presence, or in check mode those that there would be. Null where this firmware has none.
  returned: success
  type: int
  sample: 0
address_family:
  description: What it prefers. A number is one that no word is known for.
  returned: success
  type: raw
  sample: ipv4
wsman_only:
  description: Whether what is not WS-Man is closed.
  returned: success
  type: bool
  sample: false
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(Indeterminate), V(NotReached), V(Unavailable),
      V(AccessDenied), V(Refused) or V(InvalidOption).
  returned: failure
  type: str
  sample: InvalidOption
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: leave the option out for this device
details:
  description: Values that belong to the error, such as C(option).
  returned: failure
  type: dict
  sample: {option: presence_interval}
"""
