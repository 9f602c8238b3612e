# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_name
author: The outofband.amt contributors (!UNKNOWN)
short_description: Host name, domain, dynamic DNS and ping of Intel AMT firmware
description:
  - Sets what the firmware is called on the network, who tells the name server so, and whether it answers a ping.
  - What is not given stays as it is.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  hostname:
    description:
      - The host name, without the domain. Up to 63 letters, digits, hyphens and underscores.
      - While the name is shared, another one than that of the operating system is refused, as Intel's local manageability service (LMS) in the system
        would write the system's over it.
    type: str
  domain:
    description: The domain, up to 191 characters. What is said of O(hostname) holds for it too.
    type: str
  shared_fqdn:
    description:
      - Whether the firmware has the name of the operating system, which LMS then keeps up to date. With V(false) it has one of its own, of which the
        host name or the domain should differ from the system's.
    type: bool
  ddns:
    description:
      - Who tells the name server about the firmware's address. V(firmware) does so by itself, to zones that take updates without a signature. With
        V(dhcp_server) it asks the DHCP server to do so. With V(none) nobody does.
      - According to Intel, V(firmware) is for IPv6 only with a name of its own.
    type: str
    choices: [firmware, dhcp_server, none]
  ddns_interval:
    description: Minutes until the firmware tells the name server again, at least 20. V(0) for no repetition.
    type: int
  ddns_ttl:
    description: Seconds for which others may keep the name's address, as the firmware tells the name server.
    type: int
  ping:
    description: Whether the firmware answers ICMP echo requests.
    type: bool
  rmcp_ping:
    description: Whether it answers RMCP presence pings on UDP port 623, by which consoles find it.
    type: bool
seealso:
  - module: outofband.amt.amt_info
    description: Its subset V(network) reads names and interfaces.
  - module: outofband.amt.amt_wired
"""

EXAMPLES = r"""
- name: Firmware has the name that the operating system has, and the DHCP server tells the name server
  outofband.amt.amt_name:
    shared_fqdn: true
    ddns: dhcp_server

- name: A name of its own beside the system's, told by the firmware itself once a day
  outofband.amt.amt_name:
    hostname: "{{ inventory_hostname }}-amt"
    domain: oob.example.net
    shared_fqdn: false
    ddns: firmware
    ddns_interval: 1440
    ddns_ttl: 900

- name: Not to be found by a ping
  outofband.amt.amt_name:
    ping: false
    rmcp_ping: false
"""

RETURN = r"""
hostname:
  description:
    - The host name, or in check mode what it would be. The other options are returned likewise, under their own names. Null where the firmware has
      none. Given back to the module they change nothing.
  returned: success
  type: str
  sample: pc-01-amt
host_fqdn:
  description: Name of the operating system as LMS has told the firmware. Null where it has told none.
  returned: success
  type: str
  sample: pc-01.example.net
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description: The kind of error, for playbooks to test, such as V(InvalidOption), V(Unavailable), V(AccessDenied), V(Refused) or V(Indeterminate).
  returned: failure
  type: str
  sample: InvalidOption
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: leave the option out for this device
details:
  description: Values that belong to the error, such as C(option) of one that cannot be used.
  returned: failure
  type: dict
  sample: {option: hostname}
"""
