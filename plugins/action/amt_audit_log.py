# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.audit_log import AuditLog
from ansible_collections.outofband.amt.plugins.plugin_utils.log_action import LogAction


class ActionModule(LogAction):
    resource = AuditLog()
