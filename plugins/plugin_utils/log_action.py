# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A log of a device as an Ansible action: its archive is a file of the controller, named from where the user stands."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.alerts.archive import Archive, place_for
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.log import Log

from . import controller_file
from .resource_action import ResourceAction

FOLDER = 0o700
PLACES = {"archive": controller_file.check_writable, "export": controller_file.check_replaceable}


class LogAction(ResourceAction):
    """A subclass names its resource, which is made anew for each host."""

    resource: Log

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        host = str((task_vars or {}).get("inventory_hostname", ""))
        self.resource = type(self.resource)(self.archive, host, write=self.write)
        return super().run(tmp, task_vars)

    def archive(self, path: str, host: str) -> Archive:
        return Archive(
            controller_file.located(path),
            {"host": host, "log": self.resource.log},
            appending=lambda place: controller_file.appendable("archive", place),
        )

    def check(self, wanted: dict[str, Any]) -> None:
        """In check mode too: what could not be written is told before the device is asked."""
        for option, judge in PLACES.items():
            if wanted.get(option):
                place = controller_file.located(place_for(wanted[option], self.resource.host))
                if self.has_folder(place.parent):
                    judge(option, place)

    def has_folder(self, folder: Path) -> bool:
        """The last folder of a path is made, but in check mode, where one that could be made will do."""
        if self._task.check_mode:
            return folder.exists() or not folder.parent.is_dir()
        with suppress(OSError):
            folder.mkdir(mode=FOLDER, exist_ok=True)
        return True

    @staticmethod
    def write(path: str, text: str) -> None:
        controller_file.replace("export", controller_file.located(path), text, controller_file.OWNER_READS)
