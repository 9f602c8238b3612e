# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller in the firmware, looked for as those of `copy` are: in `files` of a role or beside a play."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.storage import Storage
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = Storage()

    def check(self, wanted: dict[str, Any]) -> None:
        for member in wanted["files"] or ():
            if member["src"] is not None and member["state"] == "present":
                member["src"] = self.found(member["src"])

    def found(self, name: str) -> str:
        try:
            return str(self._find_needle("files", name))
        except AnsibleError:
            way_out = "there is no such file on the controller, in `files` of the role or beside the playbook"
            raise InvalidOption("src", name, way_out) from None
