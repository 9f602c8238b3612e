# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Intel AMT for Salt. `core` is the collection's `plugins/module_utils`; the rest is a front end to it."""
