# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Intel AMT for Salt. `core` is what the Ansible collection has under `plugins/module_utils`; the rest is its front end."""
