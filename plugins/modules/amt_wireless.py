# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_wireless
author: The outofband.amt contributors (!UNKNOWN)
short_description: Wireless profiles and interface of Intel AMT firmware
description:
  - Keeps the administrator's wireless profiles as they are listed, with their priorities, and sets when the radio is on, what the firmware takes over from
    the operating system, and who has the link. What is not given stays as it is.
  - Where Wi-Fi is the only link of a device, what would cut it off is refused before anything is written. See O(force).
  - A profile that the firmware refuses in the middle takes those with it that the same task has made.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - With O(update_password=always), profiles with a passphrase or another secret are written each time, as firmware does not tell it.
options:
  profiles:
    description: Profiles of the administrator, up to 8. What is not given of a profile that is there stays as it is.
    type: list
    elements: dict
    suboptions:
      name:
        description: The profile's name, up to 32 printable ASCII characters.
        type: str
        required: true
      ssid:
        description: The network's name, up to 32 octets. That of the profile where a new one says nothing.
        type: str
      priority:
        description: V(1) is tried first. Each profile has one of its own. The first free one where a new profile says nothing.
        type: int
      security:
        description:
          - How the network is protected. A new profile needs it. What the firmware says that it does not offer is refused. V(wpa3_sae) and
            V(wpa3_owe) came with AMT 15, and Intel's own tools do not use them for profiles of the administrator.
        type: str
        choices: [wpa_psk, wpa_8021x, wpa2_psk, wpa2_8021x, wpa3_sae, wpa3_owe]
      encryption:
        description: The cipher. V(ccmp) where a new profile says nothing. Firmware from 15 on refuses V(tkip).
        type: str
        choices: [tkip, ccmp, gcmp]
      passphrase:
        description:
          - 8 to 63 printable ASCII characters, with O(profiles[].security=wpa2_psk) and the others by passphrase. It is needed for a new profile, and for
            every change of one, as firmware wants it sent again.
        type: str
      ieee8021x:
        description: How the device proves itself, with O(profiles[].security=wpa2_8021x) and V(wpa_8021x). Secrets are needed for every change.
        type: dict
        suboptions:
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
  purge:
    description: Whether profiles of the administrator that O(profiles) does not list are removed.
    type: bool
    default: false
  update_password:
    description:
      - V(on_create) writes secrets with a profile that is new or changes. V(always) writes them each time.
    type: str
    choices: [on_create, always]
    default: on_create
  system_profiles:
    description: Whether profiles that the firmware took over from the operating system are kept. With synchronization on, they come again.
    type: str
    choices: [keep, remove]
    default: keep
  sync:
    description:
      - Which profiles of the operating system its agent may bring. According to Intel, those with 802.1X are never taken over.
    type: str
    choices: [none, user, admin, all]
  uefi_sharing:
    description: Whether the BIOS may use the profiles, for recovery over Wi-Fi. From AMT 16 on.
    type: bool
  radio:
    description: Whether the firmware uses the radio, V(s0) while the machine runs, V(s0_sx) also when it sleeps or is off, on mains.
    type: str
    choices: ["off", s0, s0_sx]
  link_policy:
    description: As O(outofband.amt.amt_wired#module:link_policy), of this interface.
    type: list
    elements: str
    choices: [s0_ac, sx_ac, s0_dc, sx_dc]
  link_preference:
    description:
      - Who has the link while the machine runs, V(me) the management engine or V(host) the operating system. V(me) is for O(link_preference_timeout)
        seconds. If no profile connects, the system has no link until then.
    type: str
    choices: [me, host]
  link_preference_timeout:
    description: Seconds, 1 to 65535.
    type: int
    default: 300
  force:
    description:
      - Whether the only link of a device may be cut off or changed. It is the only one where the wired interface is missing or without a link. Without
        O(force), the profile of the network that it is connected to stays as it is, or every one where the firmware does not tell the network; one profile
        of before does in any case, the radio stays on, and the link policy keeps the states in which the machine runs.
    type: bool
    default: false
seealso:
  - module: outofband.amt.amt_wired
  - module: outofband.amt.amt_certificates
"""

EXAMPLES = r"""
- name: Two networks, the office first, and no other profile
  outofband.amt.amt_wireless:
    profiles:
      - {name: office, ssid: Office, priority: 1, security: wpa2_psk, passphrase: "{{ office_passphrase }}"}
      - {name: guests, ssid: Guests, priority: 2, security: wpa2_psk, passphrase: "{{ guest_passphrase }}"}
    purge: true
    radio: s0_sx
    link_policy: [s0_ac, sx_ac]

- name: 802.1X with the device's own certificate
  outofband.amt.amt_wireless:
    profiles:
      - name: campus
        security: wpa2_8021x
        ieee8021x:
          method: tls
          username: "{{ inventory_hostname }}.example.net"
          server_name: radius.example.net
          client_certificate: "{{ own_fingerprint }}"
          root_certificate: "{{ root_fingerprint }}"

- name: A new passphrase
  outofband.amt.amt_wireless:
    profiles:
      - {name: office, passphrase: "{{ new_passphrase }}"}
    update_password: always
"""

RETURN = r"""
profiles:
  description:
    - The administrator's profiles, or in check mode what they would be, first the one that is tried first, without secrets. The other options are
      returned likewise, under their own names.
  returned: success
  type: list
  elements: dict
  sample: [{name: office, ssid: Office, priority: 1, security: wpa2_psk, encryption: ccmp, ieee8021x: null}]
system_profiles:
  description: Names of the networks whose profiles came from the operating system.
  returned: success
  type: list
  elements: str
  sample: [Home]
connected_to:
  description: Name of the network that the firmware itself was last connected to. Null where it tells none.
  returned: success
  type: str
  sample: Office
only_link:
  description: Whether Wi-Fi was the only link before the task.
  returned: success
  type: bool
  sample: false
offered:
  description: What the firmware says that it can, under C(security) and C(encryption). Empty where it makes no statement.
  returned: success
  type: dict
  sample: {security: [wpa2_psk, wpa2_8021x], encryption: [ccmp]}
certificates:
  description: Certificates of the device by their C(id), with C(fingerprint) and C(root), where 802.1X is about.
  returned: success
  type: dict
  sample: {}
mac:
  description: The hardware's address, as the firmware writes it. Null where the user is not shown it.
  returned: success
  type: str
  sample: 00-00-5e-00-53-02
other_policies:
  description: Numbers of link policies that have no word here. They are kept.
  returned: success
  type: list
  elements: int
  sample: []
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
  sample: {option: profiles}
"""
