# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# salt -C 'T@amt:pc-01' state.apply quarantine
quarantine:
  amt.isolated:
    - allow: {{ pillar['amt']['remediation'] | json }}
    - event: true
