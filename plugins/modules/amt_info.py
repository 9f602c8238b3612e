# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_info
author: The outofband.amt contributors (!UNKNOWN)
short_description: Read what Intel AMT firmware knows about itself and its machine
description:
  - Reads identity, firmware, network, power, boot and hardware inventory. The machine may be off.
  - Hardware is what the BIOS told the firmware at the last boot. After a change of parts it is stale until the next one.
version_added: 0.1.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.info
options:
  gather_subset:
    description:
      - What to read. Each subset costs one to a few requests.
      - V(min) is V(system), V(firmware), V(network) and V(power). V(hardware) is V(bios), V(board), V(processors), V(memory), V(storage), V(batteries),
        V(fans), V(sensors) and V(power_supplies). V(wake) is whether the firmware answers while the machine is off, and its alarms. V(boot) is the boot
        capabilities and settings. V(all) is everything.
      - A name with V(!) before it leaves that subset out. With nothing but such names, everything else is read.
      - V(!all) means what it does in M(ansible.builtin.setup). It leaves V(min), and V(!all) with V(!min) leaves only what is named besides.
      - What is named by itself is read, whatever is left out.
    type: list
    elements: str
    default: [min]
  strict:
    description:
      - Whether the task fails where a part cannot be read. RV(unread) is in the details of the error then.
      - Otherwise what cannot be read is null or left out, RV(unread) says what that is and why, and the task fails only where nothing at all
        could be read.
    type: bool
    default: false
  query:
    description:
      - JMESPath expression over RV(amt), whose result is returned as RV(result).
      - Needs the Python package C(jmespath) on the controller.
    type: str
seealso:
  - module: outofband.amt.amt_profile
    description: With O(outofband.amt.amt_profile#module:state=exported) it tells how the firmware is set up, in the words of the modules that write it.
"""

EXAMPLES = r"""
- name: Read identity, firmware, network and power
  outofband.amt.amt_info:
  register: basics

- name: Show the version
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} runs AMT {{ basics.amt.firmware.version }}"

- name: Read the memory and nothing else, and fail where a part of it cannot be read
  outofband.amt.amt_info:
    gather_subset: [memory]
    strict: true

- name: Read everything but the sensors
  outofband.amt.amt_info:
    gather_subset: ["!sensors"]

- name: Sum up the memory, in bytes
  outofband.amt.amt_info:
    gather_subset: [memory]
    query: sum(memory[].bytes)
  register: memory

- name: Stop where there is too little
  ansible.builtin.assert:
    that: memory.result >= 2 * 1024 ** 3
"""

RETURN = r"""
amt:
  description:
    - The subsets that were asked for. What this firmware does not have is null or empty. Padding is removed.
    - What manufacturers leave where nobody filled in a value, such as V(To be filled by O.E.M.), a serial number of zeros, or a UUID that
      thousands of machines share, is null. Where somebody may have taken it for an identity, C(filler) has it, as name and text.
  returned: success
  type: dict
  contains:
    system:
      description: C(uuid) as operating systems print it, C(manufacturer), C(model), C(serial_number), C(version) of the chassis, and C(filler).
      returned: with the subset V(system)
      type: dict
      sample:
        filler: {}
        manufacturer: LENOVO
        model: 20WL
        serial_number: PF1XXXXX
        uuid: 12345678-9abc-def0-1234-56789abcdef0
        version: null
    firmware:
      description:
        - C(version) of AMT, C(versions) of all its components, C(sku) (what it says of V(amt), V(standard_manageability) and V(corporate)),
          C(provisioning_state), C(control_mode), and C(allowed_control_modes).
      returned: with the subset V(firmware)
      type: dict
      sample: {version: 16.1.27}
    network:
      description:
        - C(hostname), C(domain), C(fqdn), C(shared_fqdn), C(answers_ping), C(answers_rmcp_ping), C(idle_timeout_minutes), for which the management
          engine stays awake while the machine sleeps, C(certificate), and C(ports), which has V(wired) and V(wireless) where they are fitted.
        - A port has C(mac), C(link), C(link_policy), C(dhcp), C(ip), C(netmask), C(gateway), C(dns), C(synced_with_os) and C(connection). The policy
          lists when the link is up for AMT, as V(s0_ac), V(sx_ac), V(s0_dc), V(sx_dc), the state of the system and its source of power.
        - The certificate is that of the connection at hand, null without TLS. It has C(sha256), C(common_name), C(issuer) and C(expires).
      returned: with the subset V(network)
      type: dict
    power:
      description:
        - C(state), C(available) (what can be requested now), C(os_power_saving), C(boot_reason) and C(previous_sleep_state), the last two as the
          firmware's own numbers.
      returned: with the subset V(power)
      type: dict
      sample: {available: [cycle, "off", reset], boot_reason: null, os_power_saving: null, previous_sleep_state: null, state: "on"}
    wake:
      description:
        - C(package), the power package in force, and what it means, C(while_asleep), C(while_off) and C(after_power_loss), as
          M(outofband.amt.amt_power_scheme) has them. C(alarms), as M(outofband.amt.amt_alarms) has them, in UTC.
      returned: with the subset V(wake)
      type: dict
      sample:
        after_power_loss: true
        alarms: [{at: "2026-12-24T01:00:00Z", delete_on_completion: false, every: 1 day, id: patches, name: patches}]
        package: "Desktop: ON in S0, ME Wake in S3, S4-5"
        while_asleep: woken
        while_off: woken
    boot:
      description: C(sources) that can be started from, C(capabilities) and C(settings), the last two under the firmware's own names.
      returned: with the subset V(boot)
      type: dict
    bios:
      description: C(manufacturer), C(version) and C(release_date).
      returned: with the subset V(bios)
      type: dict
    board:
      description: C(manufacturer), C(model), C(serial_number) and C(version) of the base board, and C(filler).
      returned: with the subset V(board)
      type: dict
    processors:
      description:
        - C(name), C(device), C(role), C(family), C(stepping), C(mhz), C(max_mhz) and C(bus_mhz) (all in MHz), C(status), and C(cores) (enabled ones).
      returned: with the subset V(processors)
      type: list
      elements: dict
    memory:
      description:
        - Fitted modules. C(slot), C(bytes), C(manufacturer), C(part_number), C(serial_number), C(type), C(form_factor), C(mhz), C(max_mhz), and C(cycle_ns),
          the cycle time in nanoseconds, for firmware that gives that in place of a clock. C(filler) as above.
      returned: with the subset V(memory)
      type: list
      elements: dict
    storage:
      description: Drives. C(device), C(bytes), C(manufacturer), C(model), C(serial_number) and C(filler).
      returned: with the subset V(storage)
      type: list
      elements: dict
    batteries:
      description: C(device), C(design_mwh) and C(full_charge_mwh) (milliwatt-hours), C(design_mv) (millivolts) and C(charge_percent).
      returned: with the subset V(batteries)
      type: list
      elements: dict
    fans:
      description: C(device) and C(element_name).
      returned: with the subset V(fans)
      type: list
      elements: dict
    sensors:
      description: C(device), C(element_name), C(sensor_type) and C(current_state).
      returned: with the subset V(sensors)
      type: list
      elements: dict
    power_supplies:
      description: C(device), C(element_name) and C(total_output_power) in milliwatts.
      returned: with the subset V(power_supplies)
      type: list
      elements: dict
result:
  description: What O(query) selected. Null when it selected nothing.
  returned: with O(query)
  type: raw
  sample: 17179869184
unread:
  description:
    - What could not be read, one entry for each class or property. What a firmware does not have is not among them.
    - C(part) is the part of the answer that goes without it, C(class) and C(property) the firmware's own names (C(property) is null where the
      whole class is meant), C(realm) the realm that a user needs, where that is what is missing, C(error) the kind of error, C(reason) what
      happened, C(hint) what to try, and C(count) how often it was met.
  returned: success
  type: list
  elements: dict
  sample:
    - class: CIM_Chassis
      count: 1
      error: AccessDenied
      hint: give the user the realm hardware asset (4), or check that the control mode allows it
      part: system
      property: null
      realm: hardware_asset
      reason: "CIM_Chassis: the firmware refused the request: AccessDenied"
error:
  description:
    - The kind of error, for playbooks to test, such as V(AuthenticationRefused), V(CertificateRefused), V(Unreachable), V(Busy),
      V(Interrupted), V(Indeterminate), V(DeadlineExceeded), V(NotReached), V(Unavailable), V(Unsupported), V(AccessDenied), V(Refused)
      or V(InvalidOption).
  returned: failure
  type: str
  sample: Unreachable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: this port speaks plain HTTP; use the TLS port (16993), or switch TLS off
details:
  description: Values that belong to the error, such as C(code) and C(name) of a method that was refused.
  returned: failure
  type: dict
  sample: {code: 38, method: CIM_BootService.SetBootConfigRole, name: FLASH_WRITE_LIMIT_EXCEEDED}
"""
