# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_8021x
author: The outofband.amt contributors (!UNKNOWN)
short_description: 802.1X of the wired interface of Intel AMT firmware
description:
  - Sets how the firmware proves itself to the switch, by which method, with which credentials and certificates, and when.
  - What is not given stays as it is; an empty text takes a setting away. What another method does not take is taken away with the change of method.
  - 802.1X of wireless networks is part of their profiles. See M(outofband.amt.amt_wireless).
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(update_password=always), secrets are written each time, as firmware does not tell them.
options:
  enabled:
    description: Whether the firmware proves itself at all. What a profile that is off still holds is of no effect, and is not shown.
    type: bool
  method:
    description: The EAP method, with the inner one where there is one.
    type: str
    choices: [tls, ttls_mschapv2, peap_mschapv2, peap_gtc, fast_mschapv2, fast_gtc, md5, psk, sim, aka, fast_tls]
  username:
    description: Every method needs it. With V(tls) it is the common name of the certificate, as RADIUS servers expect it.
    type: str
  password:
    description: Needed by V(ttls_mschapv2), V(peap_mschapv2), V(peap_gtc), V(md5) and the methods V(fast_*).
    type: str
  domain:
    description: The user's domain. Not with V(tls).
    type: str
  roaming_identity:
    description: The name that is told before the tunnel stands. Not with V(tls) and V(md5).
    type: str
  server_name:
    description: The name that the RADIUS server's certificate must have.
    type: str
  server_name_match:
    description: Whether it is the whole name or its end. V(full) where there is a name and nothing else is said.
    type: str
    choices: [full, suffix]
  psk:
    description: The shared key in base64, with V(psk), V(sim) and V(aka).
    type: str
  pac:
    description: A protected access credential in base64, for the methods V(fast_*).
    type: str
  pac_password:
    description: The password of the protected access credential.
    type: str
  client_certificate:
    description:
      - The device's own certificate, needed by V(tls) and V(fast_tls). It is named by its SHA-256, as M(outofband.amt.amt_certificates) returns it
        (C(fingerprint)), or by its C(id) or the number in that.
    type: str
  root_certificate:
    description: The trusted root of the RADIUS server, named likewise.
    type: str
  in_os:
    description:
      - Whether the profile is in force while the operating system runs as well. With V(false) it is for when the system sleeps, is off or does not
        answer, and the system proves the machine while it runs.
    type: bool
  pxe_timeout:
    description: Seconds for which the firmware keeps the port open during a boot from the network, up to 86400. V(0) for not at all.
    type: int
  update_password:
    description:
      - V(on_create) writes secrets when the profile is switched on or changes. V(always) writes them each time.
    type: str
    choices: [on_create, always]
    default: on_create
notes:
  - A switch that has let the machine in does not ask again at once. So a wrong password shows when the link comes up the next time, and not in this
    task. Try a change on one machine, with its link taken down and up, before a fleet gets it.
  - Every change but one of certificates alone needs the secrets that the method needs, as firmware does not tell them and wants them sent again.
seealso:
  - module: outofband.amt.amt_certificates
  - module: outofband.amt.amt_wireless
"""

EXAMPLES = r"""
- name: By the device's own certificate, also while the operating system runs
  outofband.amt.amt_8021x:
    enabled: true
    method: tls
    username: "{{ inventory_hostname }}.example.net"
    server_name: radius.example.net
    client_certificate: "{{ own_fingerprint }}"
    root_certificate: "{{ root_fingerprint }}"
    in_os: true

- name: By name and password, while the operating system does not prove the machine itself
  outofband.amt.amt_8021x:
    enabled: true
    method: peap_mschapv2
    username: "{{ inventory_hostname }}"
    password: "{{ radius_password }}"
    domain: EXAMPLE
    in_os: false
    pxe_timeout: 120

- name: Switched off
  outofband.amt.amt_8021x:
    enabled: false
"""

RETURN = r"""
enabled:
  description:
    - Whether it is on, or in check mode would be. The other options are returned likewise, under their own names, without secrets; those of the profile
      are null while it is off. Certificates are told by SHA-256. Given back to the module they change nothing.
  returned: success
  type: bool
  sample: true
certificates:
  description: Certificates of the device by their C(id), with C(fingerprint) and C(root), where they are about.
  returned: success
  type: dict
  sample: {}
mode:
  description: How the firmware had it before the task, 2 with certificates, 6 without, 3 off.
  returned: success
  type: int
  sample: 2
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
  sample: {option: method}
"""
