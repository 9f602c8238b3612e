# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on the machine whose management engine it asks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mei_info
author: The outofband.amt contributors (!UNKNOWN)
short_description: Read what a Linux machine knows of its own management engine and Intel AMT
description:
  - Runs on the machine itself and asks its management engine through the kernel's MEI driver. It needs no log-in to AMT and changes nothing.
  - What cannot be read is null, and RV(mei.missing) tells why and what to do about it. The task succeeds then too.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes.info
  - outofband.amt.attributes.target
options:
  answer_timeout:
    description:
      - Seconds that one answer of the management engine may take.
    type: float
    default: 10.0
  strict:
    description:
      - Whether the task fails where an answer of the engine cannot be read. What is not there, as without a driver, fails nothing.
    type: bool
    default: false
notes:
  - Only root may open the device by default. Use C(become).
  - A client of the engine that is busy is tried eight times, over 21 seconds.
  - Connections are made to the clients AMTHI and MKHI only, never to LME, which Intel's LMS may need.
  - While LMS runs, the port that it listens on is asked for the name of AMT, and D-Bus for the version of LMS. Nothing is logged in to.
"""

EXAMPLES = r"""
- name: Ask the management engine
  outofband.amt.mei_info:
  become: true
  register: local

- name: Tell what is missing and what to do
  ansible.builtin.debug:
    msg: "{{ item.what }}: {{ item.reason }}. {{ item.hint }}"
  loop: "{{ local.mei.missing }}"

- name: Go on with machines that have AMT and are not provisioned
  ansible.builtin.group_by:
    key: amt_{{ 'provisioned' if local.mei.amt.provisioned else 'unprovisioned' }}
  when: local.mei.amt.enabled
"""

RETURN = r"""
mei:
  description: What was found.
  returned: success
  type: dict
  contains:
    present:
      description: Whether there is a management engine.
      returned: always
      type: bool
    pci:
      description: C(address), C(device) id and bound C(driver) of the engine's interface. Null when there is none.
      returned: always
      type: dict
      sample: {address: "0000:00:16.0", device: "0xa13a", driver: mei_me}
    driver:
      description: Whether mei_me is C(loaded), and the files that forbid it (C(blacklisted_by)).
      returned: always
      type: dict
      sample: {blacklisted_by: [], loaded: true}
    device:
      description:
        - C(node), C(state) of the driver, C(hbm_version), C(firmware_versions), and C(firmware_status), the six status registers.
        - Null when there is no device.
      returned: always
      type: dict
    clients:
      description: Clients on the bus with C(guid), C(name) where it is known, C(version), C(connections) and bound C(driver).
      returned: always
      type: list
      elements: dict
    holders:
      description:
        - Processes that have the device open, with C(pid), C(command) and systemd C(unit). Intel's LMS is among them while it runs.
        - As far as this user may see them.
      returned: always
      type: list
      elements: dict
    lme:
      description:
        - Which C(process) has the engine's client LME, with C(pid), C(command) and C(unit). Null for nobody, or when it is not known.
        - C(how) it is known is V(listens) for one that has the device open and listens on a port of AMT's, V(only_holder), V(one_of_holders) when
          several may have it, V(nobody) or V(unknown).
        - C(connected) tells whether anybody has it. Null where debugfs does not tell.
      returned: always
      type: dict
      sample: {connected: true, how: listens, process: {command: lms, pid: 812, unit: lms.service}}
    lms:
      description:
        - Intel's LMS with C(installed), C(running), C(outdated), C(enabled), C(masked), systemd's C(state) of it, C(version) and C(log_level).
        - C(outdated) tells whether an update has replaced the program since it was started.
        - C(banner) is how AMT names itself through it, and C(healthy) whether it does.
      returned: always
      type: dict
    watchdog:
      description:
        - C(node), C(identity), C(state) and C(timeout) in seconds of the OS-health watchdog, and C(fed_by), the process that has it open.
        - Null when there is none.
      returned: always
      type: dict
      sample: {fed_by: {command: systemd, pid: 1, unit: init.scope}, identity: iamt_wdt, node: /dev/watchdog1, ours: true, state: active, timeout: 120}
    engine:
      description: C(version), and as dicts of booleans the C(capabilities) of the platform and what is C(enabled) of them. Null when it did not tell.
      returned: always
      type: dict
    amt:
      description:
        - V(present) is null when it is not known whether the platform has AMT, V(enabled) is null when AMT could not be asked.
        - The other keys are there when AMT answers. One whose answer is not to be had is null.
      returned: always
      type: dict
      contains:
        present:
          description: Whether the platform has AMT.
          returned: always
          type: bool
        enabled:
          description: Whether AMT is enabled in the firmware.
          returned: always
          type: bool
        provisioned:
          description: Whether RV(mei.amt.provisioning_state) is V(post).
          returned: when AMT answers
          type: bool
        provisioning_state:
          description: V(pre), V(in) or V(post).
          returned: when AMT answers
          type: str
        control_mode:
          description: V(none), V(client) or V(admin).
          returned: when AMT answers
          type: str
        version:
          description: Version of AMT.
          returned: when AMT answers
          type: str
          sample: 16.1.25
        build:
          description: Build number.
          returned: when AMT answers
          type: str
        sku:
          description: SKU, as the number that the firmware gives.
          returned: when AMT answers
          type: str
        sku_features:
          description: What is known of the bits of RV(mei.amt.sku), V(amt), V(standard_manageability) and V(corporate). Null without a SKU.
          returned: when AMT answers
          type: list
          elements: str
        bios:
          description: Version of the BIOS.
          returned: when AMT answers
          type: str
        versions:
          description: Versions of all components.
          returned: when AMT answers
          type: dict
        uuid:
          description: UUID of the machine as AMT knows it.
          returned: when AMT answers
          type: str
        uuid_is_products:
          description: Whether it is the operating system's C(product_uuid). Null when that may not be read.
          returned: when AMT answers
          type: bool
        fqdn:
          description: C(name), and whether it is C(shared) with the system; C(dynamic_dns), its C(update_interval) in minutes and C(ttl) in seconds.
          returned: when AMT answers
          type: dict
        dns_suffixes:
          description: DNS suffixes that AMT learnt.
          returned: when AMT answers
          type: list
          elements: str
        pki_dns_suffix:
          description: DNS suffix that is set for provisioning with a certificate.
          returned: when AMT answers
          type: str
        lan:
          description:
            - V(wired) and V(wireless), each null when there is none, with C(enabled), C(ipv4), C(dhcp), C(dhcp_mode), C(link) and C(mac).
          returned: when AMT answers
          type: dict
        ipv6:
          description:
            - V(wired) and V(wireless), each null when there is none, with C(router), C(primary_dns), C(secondary_dns) and C(addresses), which have
              C(address), C(type) and C(state).
          returned: when AMT answers
          type: dict
        tcpip_parameters:
          description: C(dhcp), and as far as they are set C(address), C(mask), C(gateway), C(primary_dns), C(secondary_dns) and C(domain).
          returned: when AMT answers
          type: dict
        mac_addresses:
          description: C(dedicated) of the engine, and the C(host)'s own.
          returned: when AMT answers
          type: dict
        config_server:
          description: C(name), C(address) and C(port) of the server that sets the device up, where one is configured.
          returned: when AMT answers
          type: dict
        setup_audit:
          description:
            - How AMT was set up. C(tls_mode), C(secure_dns) and C(host_initiated); of the trusted certificate C(algorithm) and C(hash), null where none was
              needed, C(default_hash), and C(serials) of the chain with C(more_serials); C(server_name) and C(server_address) of who did
              it, and the C(time) in UTC.
          returned: when AMT answers
          type: dict
        cira:
          description:
            - C(tunnel_open), C(state), C(last_keep_alive), C(keep_alive_interval), C(connection_status), C(connection_time), C(tunnel_status), C(tunnel_opened)
              and C(tunnel_closed) of the CIRA log, and its C(version). Times are Unix seconds, 0 is never. States and statuses are numbers of the firmware.
          returned: when AMT answers
          type: dict
        state:
          description: C(link), C(crypto_fuse), C(flash_protection), and C(last_reset) of the engine, which is V(none), V(me), V(global) or V(exception).
          returned: when AMT answers
          type: dict
        certificate_hashes:
          description: Trusted hashes of root certificates with C(name), C(algorithm), C(hash), C(default) and C(active).
          returned: when AMT answers
          type: list
          elements: dict
        features:
          description: Whether C(system_defense), C(web_ui) and C(endpoint_access_control) are on.
          returned: when AMT answers
          type: dict
        redirection:
          description: Whether C(sol), C(ider) and C(kvm) are enabled.
          returned: when AMT answers
          type: dict
        remote_access:
          description: C(network) (V(direct), V(vpn) or V(outside)), C(status), C(trigger) and C(server) of CIRA.
          returned: when AMT answers
          type: dict
        security_parameters:
          description: C(enterprise_mode), C(tls), C(hardware_crypto), C(network), C(sol), C(ider), C(firmware_update), C(link), C(kvm), and the state.
          returned: when AMT answers
          type: dict
        reset_reason:
          description: C(reason) of the last reset of the host, as a number, and C(remote_control_time), Unix seconds of the last remote command.
          returned: when AMT answers
          type: dict
        power_policy:
          description: Power policy that is in force.
          returned: when AMT answers
          type: str
        zero_touch:
          description: Whether provisioning from outside is allowed without a touch of the machine.
          returned: when AMT answers
          type: bool
        embedded_host_setup:
          description: Whether embedded host based configuration is allowed.
          returned: when AMT answers
          type: bool
    missing:
      description:
        - What could not be read. C(what) names it, C(reason) is a sentence, C(hint) says what to do.
        - C(error) is the kind, for playbooks to test, such as V(NoEngine), V(NotLoaded), V(NoDevice), V(NoPermission), V(Disabled), V(ClientBusy),
          V(EngineAway), V(NoClient), V(DeadlineExceeded) or V(Refused). Of the watchdog also V(NotRequired), V(Blacklisted), V(NoDriver), V(NotBound)
          or V(FirmwareSilent).
      returned: always
      type: list
      elements: dict
      sample:
        - error: NotLoaded
          hint: "take mei and mei_me out of it, then: modprobe mei_me"
          reason: "the driver mei_me is not loaded: /etc/modprobe.d/mei.conf forbids it"
          what: device
    unread:
      description:
        - Of RV(mei.missing), what was asked for and whose answer could not be read, as C(unread) of M(outofband.amt.amt_info). C(part) is what
          C(what) is above.
      returned: always
      type: list
      elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.errors import Unread
from ansible_collections.outofband.amt.plugins.module_utils.report import failure
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.mei_facts import OPTIONS, MeiFacts


def main() -> None:
    module = AnsibleModule(argument_spec=argument_spec(OPTIONS), supports_check_mode=True)
    found = MeiFacts(seconds=module.params["answer_timeout"]).read()
    if found["unread"] and module.params["strict"]:
        module.fail_json(**failure(Unread(found["unread"])))
    module.exit_json(changed=False, mei=found)


if __name__ == "__main__":
    main()
