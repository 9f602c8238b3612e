# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# Run by the site's minion itself, from its schedule.
{% for name in salt['amt.list']() %}
{{ (name ~ '-is-off') | json }}:
  amt.powered:
    - power: 'off'
    - force_after: 600
    - device: {{ name | json }}
{% endfor %}
