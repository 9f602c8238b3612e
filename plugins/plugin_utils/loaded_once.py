# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to firmware, loaded and its documentation read, where this is imported.

Ansible loads the connection of a host for every task, in a process of its own. What imports this comes before, in the
main process: the class of an action, which Ansible looks for before it starts those processes, and a lookup that says
which hosts a play is for. The processes inherit it; reading the documentation is a third of what a small task takes.
"""

from __future__ import annotations

from ansible.plugins.loader import connection_loader

CONNECTION = "outofband.amt.wsman"

connection_loader.get(CONNECTION, class_only=True)
