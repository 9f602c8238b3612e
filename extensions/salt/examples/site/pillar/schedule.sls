# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# Salt's scheduler on the site's minion. `queue`: while other states of this minion or of its devices run, a run waits for
# them, unless there are as many; without it Salt turns a run away, and with `queue: true` it applies top.sls in place of
# what is named here.
schedule:
  evening:
    function: state.apply
    args: [evening]
    kwargs: {queue: 1000}
    cron: '0 20 * * 1-5'
    maxrunning: 1
  morning:
    function: state.apply
    args: [morning]
    kwargs: {queue: 1000}
    cron: '30 6 * * 1-5'
    maxrunning: 1
