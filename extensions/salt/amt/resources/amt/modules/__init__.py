# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What may be called on a device that is a resource. Salt hides the modules of the managing minion."""
