# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The management engine as the host sees it: the other end of the kernel's MEI driver.

`engine.Engine` is the bus of one device with its clients (AMTHI, MKHI, watchdog, LME), all of them on the same
simulated firmware that answers over the network. Hosts attach to it: `bus.Bus` speaks the kernel's bus protocol (HBM)
over the frames of a link, `node.Node` is /dev/mei0 for tests in process.
"""
