# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# A file for each site; `minion` in it says whose the devices are. salt-run amt.claims shows those that two minions have.
base:
  site-berlin:
    - devices
    - schedule
