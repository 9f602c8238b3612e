# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# salt-call event.send site/quarantine device=pc-01
# Names that are no plain words are not acted upon: who may send events must not choose targets by pattern.
{% set device = (data.get('data') or {}).get('device', '') | string %}
{% if device | regex_match('([A-Za-z0-9][A-Za-z0-9._-]*)$') %}
isolate-{{ device }}:
  local.state.apply:
    - tgt: T@amt:{{ device }}
    - tgt_type: compound
    - args:
        - mods: quarantine
{% endif %}
