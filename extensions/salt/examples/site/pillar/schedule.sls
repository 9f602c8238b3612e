# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# Salt's scheduler on the site's minion.
schedule:
  evening:
    function: state.apply
    args: [evening]
    cron: '0 20 * * 1-5'
    maxrunning: 1
  morning:
    function: state.apply
    args: [morning]
    cron: '30 6 * * 1-5'
    maxrunning: 1
