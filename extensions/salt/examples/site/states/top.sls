# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# The devices are resources of the site's minion, so the top file knows them by their own names.
base:
  'pc-*':
    - baseline
