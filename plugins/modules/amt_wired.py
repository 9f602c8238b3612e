# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_wired
author: The outofband.amt contributors (!UNKNOWN)
short_description: Wired interface of Intel AMT firmware, with its addresses, VLAN and sleep states
description:
  - Sets how the firmware is on the wired network. What is not given stays as it is.
  - What moves the device away from the very address by which it is reached is written last. Then it is looked for at its new address, with the
    certificate that it showed at the old one. Where nobody knows that address, RV(note) says that the change is not verified.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: full
options:
  addressing:
    description:
      - Where the IPv4 address comes from. With V(dhcp) it is the lease that the firmware shares with the operating system.
      - V(static) is an address of the firmware's own, beside the system's.
      - V(shared) is the static address of the operating system, which Intel's local manageability service (LMS) tells the firmware. Without LMS the
        firmware has no address then.
      - A system with a static address and firmware with V(dhcp) do not go together, according to Intel.
    type: str
    choices: [dhcp, static, shared]
  address:
    description: The address, with O(addressing=static).
    type: str
  netmask:
    description: The mask, such as V(255.255.255.0), or the length of the prefix, such as V(24), with O(addressing=static).
    type: str
  gateway:
    description:
      - The router, with O(addressing=static). It is in the net of O(address) and O(netmask), or the task is refused. V(0.0.0.0) for none.
    type: str
  dns:
    description: Up to two name servers, with O(addressing=static).
    type: list
    elements: str
  vlan:
    description: Tag of the VLAN in which the firmware's own traffic is, 1 to 4094. V(0) for none.
    type: int
  link_policy:
    description:
      - In which states of the machine the firmware stays on the network. V(s0) is running, V(sx) is sleeping, hibernating or off; V(ac) is on mains,
        V(dc) on battery.
      - Without V(sx_ac), a machine that is off cannot be switched on over the network.
      - The power package (which states keep the management engine awake) counts as well.
    type: list
    elements: str
    choices: [s0_ac, sx_ac, s0_dc, sx_dc]
  ipv6:
    description: IPv6 of this interface. What is not given of it stays as it is.
    type: dict
    suboptions:
      enabled:
        description: Whether the firmware has IPv6. It never shares an IPv6 address with the operating system.
        type: bool
      interface_id:
        description:
          - How the second half of its addresses is made. V(random), V(mac) from the hardware's address, or V(manual).
        type: str
        choices: [random, mac, manual]
      manual_interface_id:
        description: The second half, 16 hexadecimal digits, unique on the link, with O(ipv6.interface_id=manual).
        type: str
      address:
        description: A fixed address beside those that the network gives. V(::) for none.
        type: str
      router:
        description: A fixed router. V(::) for none.
        type: str
      dns:
        description: Up to two fixed name servers.
        type: list
        elements: str
  reach_at:
    description:
      - Name or address at which the device is reached from here after the change, to have that verified, where it is not O(address). It is used only where
        the change moves the device away from where it was reached.
    type: str
notes:
  - After the device was moved, its variable C(amt_host) has to follow, where that is an address.
seealso:
  - module: outofband.amt.amt_name
  - module: outofband.amt.amt_info
    description: Its subset V(network) reads names and interfaces.
"""

EXAMPLES = r"""
- name: The lease of the operating system; reachable whenever the machine has mains
  outofband.amt.amt_wired:
    addressing: dhcp
    link_policy: [s0_ac, sx_ac]

- name: An address of the firmware's own, in the VLAN of management
  outofband.amt.amt_wired:
    addressing: static
    address: 192.0.2.77
    netmask: 255.255.255.0
    gateway: 192.0.2.1
    dns: [192.0.2.53, 192.0.2.54]
    vlan: 12

- name: Back to DHCP, verified by the name that DNS will have for it
  outofband.amt.amt_wired:
    addressing: dhcp
    reach_at: pc-01.example.net

- name: IPv6 with addresses that tell nothing of the hardware
  outofband.amt.amt_wired:
    ipv6:
      enabled: true
      interface_id: random
"""

RETURN = r"""
addressing:
  description:
    - Where the address comes from, or in check mode would. The other options are returned likewise, under their own names; the addresses are null with
      other addressing than V(static). Given back to the module they change nothing.
  returned: success
  type: str
  sample: static
link_policy:
  description: As the option; null where the user is not shown it.
  returned: success
  type: list
  elements: str
  sample: [s0_ac, sx_ac]
current:
  description: Addresses in force before the task, leased ones too, with all IPv6 addresses under C(ipv6).
  returned: success
  type: dict
  sample: {address: 192.0.2.77, netmask: 255.255.255.0, gateway: 192.0.2.1, dns: [192.0.2.53], ipv6: []}
mac:
  description: The hardware's address, as the firmware writes it. Null where the user is not shown it.
  returned: success
  type: str
  sample: 00-00-5e-00-53-01
link:
  description: Whether there was a link before the task.
  returned: success
  type: bool
  sample: true
other_policies:
  description: Numbers of link policies that have no word here. They are kept.
  returned: success
  type: list
  elements: int
  sample: []
reached_at:
  description: Where the device was found after the change.
  returned: when it was looked for
  type: str
  sample: 192.0.2.77
note:
  description:
    - Present when an answer was lost on the way and reading the device back showed that the change took effect, or when the device left for an
      address that is not known, so that nothing was verified.
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
  sample: {option: gateway}
"""
