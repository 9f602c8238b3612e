# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# A file for each site: a device that two minions have in pillar would be acted on by both. salt-run amt.claims looks.
base:
  site-berlin:
    - devices
    - schedule
