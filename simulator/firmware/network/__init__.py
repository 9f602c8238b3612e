# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Names, interfaces, the wireless adapter, and where the device believes to be."""
