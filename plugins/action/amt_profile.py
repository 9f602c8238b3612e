# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.utils.vars import merge_hash
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile
from ansible_collections.outofband.amt.plugins.module_utils.rpc_profile import NO_PROFILE, from_rpc
from ansible_collections.outofband.amt.plugins.plugin_utils.controller_file import located
from ansible_collections.outofband.amt.plugins.plugin_utils.report_file import text_of
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = DeviceProfile()
    own_options = (Option("rpc_file"),)
    left_behind: tuple[dict[str, str], ...] = ()

    def begin(
        self, options: tuple[Option, ...], tmp: str | None, task_vars: dict[str, Any] | None
    ) -> tuple[dict[str, Any], list[str]]:
        """With what the file of another tool says, below what the task itself says."""
        path = self._task.args.get("rpc_file")
        if path:
            try:
                carried, behind = from_rpc(read(str(path)))
            except AmtError as error:
                raise AnsibleActionFail(str(error)) from None
            self.left_behind = tuple(behind)
            document = merge_hash(carried, self._task.args.get("profile") or {}, recursive=True)
            self._task.args = {**self._task.args, "profile": document}
        return super().begin(options, tmp, task_vars)

    def result(self, outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
        told = super().result(outcome, wanted)
        return {**told, "left_behind": list(self.left_behind)} if wanted["rpc_file"] else told


def read(path: str) -> Any:
    """InvalidOption where there is no file of YAML. Nothing of its content is told: passwords are in it."""
    content = text_of(located(path))
    if not content:
        raise InvalidOption("rpc_file", path, "there is no such file, or nothing in it")
    try:
        return yaml.safe_load(content)
    except yaml.YAMLError:
        raise InvalidOption("rpc_file", path, NO_PROFILE) from None
