# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.resources.security.audit import Audit
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = Audit()
