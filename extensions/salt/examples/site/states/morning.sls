# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
{% for name in salt['amt.list']() %}
{{ (name ~ '-is-on') | json }}:
  amt.powered:
    - power: 'on'
    - wait: false
    - device: {{ name | json }}
{% endfor %}
