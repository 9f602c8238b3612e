# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.data_store import DataStore
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = DataStore()
