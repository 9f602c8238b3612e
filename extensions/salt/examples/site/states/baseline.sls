# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# What holds for every device, whatever its operating system does.
{% set amt = pillar['amt'] %}
firmware-answers-pings:
  amt.properties_set:
    - class_name: AMT_GeneralSettings
    - properties:
        PingResponseEnabled: true

no-telnet:
  amt.defense_policies:
    - policies: {{ amt['policies'] | json }}
