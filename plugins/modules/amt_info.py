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
        V(fans), V(sensors) and V(power_supplies). V(boot) is the boot capabilities and settings. V(all) is everything.
      - A name with V(!) before it leaves that subset out. With nothing but such names, everything else is read.
    type: list
    elements: str
    default: [min]
  query:
    description:
      - JMESPath expression over RV(amt), whose result is returned as RV(result).
      - Needs the Python package C(jmespath) on the controller.
    type: str
"""

EXAMPLES = r"""
- name: Read identity, firmware, network and power
  outofband.amt.amt_info:
  register: basics

- name: Show the version
  ansible.builtin.debug:
    msg: "{{ inventory_hostname }} runs AMT {{ basics.amt.firmware.version }}"

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
    - The subsets that were asked for. What this firmware does not have is null or empty. Padding, and the placeholders that some manufacturers
      leave in place of values, are removed.
  returned: success
  type: dict
  contains:
    system:
      description: C(uuid) as operating systems print it, and C(manufacturer), C(model), C(serial_number), C(version) of the chassis.
      returned: with the subset V(system)
      type: dict
      sample: {manufacturer: LENOVO, model: 20WL, serial_number: PF1XXXXX, uuid: 12345678-9abc-def0-1234-56789abcdef0, version: null}
    firmware:
      description:
        - C(version) of AMT, C(versions) of all its components, C(sku) (words such as V(amt_pro)), C(provisioning_state), C(control_mode), and
          C(allowed_control_modes).
      returned: with the subset V(firmware)
      type: dict
      sample: {version: 16.1.27}
    network:
      description:
        - C(hostname), C(domain), C(fqdn), C(shared_fqdn), C(answers_ping), C(answers_rmcp_ping), and C(ports), which has V(wired) and V(wireless) where
          they are fitted. A port has C(mac), C(link), C(dhcp), C(ip), C(netmask), C(gateway), C(dns), C(synced_with_os) and C(connection).
      returned: with the subset V(network)
      type: dict
    power:
      description:
        - C(state), C(available) (what can be requested now), C(os_power_saving), C(boot_reason) and C(previous_sleep_state), the last two as the
          firmware's own numbers.
      returned: with the subset V(power)
      type: dict
      sample: {available: [cycle, "off", reset], boot_reason: null, os_power_saving: null, previous_sleep_state: null, state: "on"}
    boot:
      description: C(sources) that can be started from, C(capabilities) and C(settings), the last two under the firmware's own names.
      returned: with the subset V(boot)
      type: dict
    bios:
      description: C(manufacturer), C(version) and C(release_date).
      returned: with the subset V(bios)
      type: dict
    board:
      description: C(manufacturer), C(model), C(serial_number) and C(version) of the base board.
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
          the cycle time in nanoseconds, for firmware that gives that in place of a clock.
      returned: with the subset V(memory)
      type: list
      elements: dict
    storage:
      description: Drives. C(device), C(bytes), C(manufacturer), C(model) and C(serial_number).
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
