# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# The same without resources, so before Salt 3008 too: the master itself, with the pillar of the site that sent the event.
# salt-call event.send site/quarantine device=pc-01
{% set device = (data.get('data') or {}).get('device', '') | string %}
{% if device | regex_match('([A-Za-z0-9][A-Za-z0-9._-]*)$') %}
isolate-{{ device }}:
  runner.amt.isolate:
    - args:
        - tgt: {{ device | json }}
        - tgt_type: list
        - site: {{ data['id'] | json }}
        - allow: [dhcp, dns, arp, 'to: 192.0.2.10, tcp/443']
        - event: true
{% endif %}
