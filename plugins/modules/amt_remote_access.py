# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_remote_access
author: The outofband.amt contributors (!UNKNOWN)
short_description: Calls of Intel AMT firmware from outside, to a management presence server
description:
  - Sets which management presence servers (MPS) a device calls when it is away from home, what makes it call, through which proxies, and by what it
    knows that it is at home. This is also known as CIRA, client initiated remote access.
  - What is not given stays as it is. Everything is changed in the order in which firmware takes it, whatever names what.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - O(update_password=always) sets passwords each time.
options:
  servers:
    description:
      - Servers that the device may call. Its trusted roots must have that of their certificates, as from M(outofband.amt.amt_certificates).
      - A server is known by its O(servers[].address) and O(servers[].port). Of one that is there what is not given stays as it is.
    type: list
    elements: dict
    suboptions:
      address:
        description: IP address or name.
        type: str
        required: true
      port:
        description: TCP port.
        type: int
        default: 4433
      common_name:
        description: The name in the server's certificate. Needed with an IP address, and not to be given with a name, which is compared itself.
        type: str
      username:
        description: By what the device logs in, up to 64 letters and digits, with O(servers[].password).
        type: str
      password:
        description: Its password, up to 64 characters. It cannot be read back. See O(update_password).
        type: str
      certificate:
        description:
          - Instead of a name and a password, the certificate with which the device shows who it is. The SHA-256 fingerprint, with or without
            colons, of one that it has with its key.
        type: str
  update_password:
    description:
      - V(on_create) sends a password for a server that is new, or whose username changes. V(always) sends those that are given each time, which is
        always a change.
    type: str
    choices: [on_create, always]
    default: on_create
  policies:
    description: What makes the device call. There is one for each trigger.
    type: list
    elements: dict
    suboptions:
      trigger:
        description:
          - V(user) is somebody at the machine, V(alert) an event that the device reports, V(periodic) the time. In this order one takes the
            tunnel from the other when they call different servers.
        type: str
        required: true
        choices: [user, alert, periodic]
      servers:
        description: Which of O(servers) to call, by address, and with C(:port) where that is not 4433. The second one when the first does not answer.
        type: list
        elements: str
        required: true
      lifetime:
        description: Seconds without use after which the tunnel is closed. V(0) leaves it open.
        type: int
        default: 0
      interval:
        description: Seconds between calls, for V(periodic).
        type: int
      daily:
        description: Or the time of day at which to call, as C('03:30'), by the clock of the firmware, which has UTC.
        type: str
  proxies:
    description: HTTP proxies to call through, for firmware of AMT 12 and later. Each by its address and port.
    type: list
    elements: dict
    suboptions:
      address:
        description: IP address or name.
        type: str
        required: true
      port:
        description: TCP port.
        type: int
        required: true
      dns_suffix:
        description: Domain of the network that the proxy belongs to.
        type: str
        required: true
  proxy_sync:
    description: Whether Intel's local service (LMS) brings the proxies of the machine's own system to the firmware.
    type: bool
  local_domains:
    description:
      - Up to five domains. Where DHCP gives the device one of them, or one below, it takes itself to be at home, and does not call. With none of them, and no
        O(local_ipv6_prefixes), it always is at home.
      - Elsewhere the firmware answers nobody on the network, and can be reached by the tunnel alone. A domain that is missing here cuts its network off.
      - A machine with a static address does not look.
    type: list
    elements: str
  local_ipv6_prefixes:
    description: The same by IPv6 networks, such as V(2001:db8:1::/48).
    type: list
    elements: str
  user_access:
    description: Where somebody at the machine can make the device call. V(os) is by a program of its system.
    type: str
    choices: [none, bios, os, both]
  purge:
    description:
      - Whether servers, policies and proxies that are not listed are removed. Of an option that is not given nothing is.
      - While O(proxy_sync) is on, proxies are left, since they may be the system's.
    type: bool
    default: false
  force:
    description:
      - Whether to change servers, policies and what counts as home while the device has a tunnel open. That may be the way by which this task
        comes, and its answer may be lost with the tunnel. Without it such a task fails before it writes, in check mode too.
      - The same for O(local_domains) and O(local_ipv6_prefixes) of a device that no policy has call a server. Where it takes itself to be
        outside nobody would reach it any more.
    type: bool
    default: false
seealso:
  - module: outofband.amt.amt_certificates
  - module: outofband.amt.amt_time
"""

EXAMPLES = r"""
- name: Machines that are away call every ten minutes, and stay connected
  outofband.amt.amt_remote_access:
    servers:
      - address: mps.example.net
        username: fleet
        password: "{{ mps_password | default('Mps-Passw0rd') }}"
    policies:
      - trigger: periodic
        servers: [mps.example.net]
        interval: 600
      - trigger: user
        servers: [mps.example.net]
    local_domains: [corp.example.net, vpn.example.net]
    user_access: both
    purge: true

- name: No calls any more
  outofband.amt.amt_remote_access:
    policies: []
    servers: []
    local_domains: []
    user_access: none
    purge: true
"""

RETURN = r"""
servers:
  description: The servers that the device has, or in check mode would have. A password is only there when it was set, and never shown.
  returned: success
  type: list
  elements: dict
  sample: [{address: mps.example.net, port: 4433, common_name: null, username: fleet, certificate: null}]
policies:
  description: What makes the device call.
  returned: success
  type: list
  elements: dict
  sample: [{trigger: periodic, servers: [mps.example.net], lifetime: 0, interval: 600, daily: null}]
proxies:
  description: The proxies, also those that the system has brought. Null where this firmware has none.
  returned: success
  type: list
  elements: dict
  sample: []
proxy_sync:
  description: Whether the system's proxies are brought to the firmware. Null where this firmware has none.
  returned: success
  type: bool
  sample: true
local_domains:
  description: The domains in which the device is at home.
  returned: success
  type: list
  elements: str
  sample: [corp.example.net]
local_ipv6_prefixes:
  description: The IPv6 networks in which it is.
  returned: success
  type: list
  elements: str
  sample: []
user_access:
  description: Where somebody at the machine can make the device call. Null where this firmware does not tell.
  returned: success
  type: str
  sample: both
tunnel:
  description: Whether the device had a tunnel open when the task began.
  returned: success
  type: bool
  sample: false
limits:
  description: How many servers, policies and proxies this firmware has room for, and how many servers in a policy.
  returned: success
  type: dict
  sample: {servers: 6, policies: 3, proxies: 15, servers_per_policy: 2}
certificates:
  description: Certificates of the device by their C(id), with C(fingerprint) and C(root), where servers are about certificates.
  returned: success
  type: dict
  sample: {}
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
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: through which this task may come
details:
  description: Values that belong to the error, such as C(code) and C(name) of a method that was refused.
  returned: failure
  type: dict
  sample: {option: servers}
"""
