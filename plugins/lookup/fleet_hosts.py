# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pattern of hosts that is sure to mean somebody."""

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_hosts
author: The outofband.amt contributors (!UNKNOWN)
short_description: Make sure that a pattern of hosts means somebody
description:
  - Returns a pattern for C(hosts) of a play as it is, and fails where Ansible would go on without a word, or with a warning.
  - It fails when the pattern names a host or a group that the inventory does not hold, when no host is left, and when C(--limit) leaves
    none of those that are meant.
  - It also fails when words of the command line were lost. C(-e reason="ticket 4711") sets C(reason) to C(ticket), because the shell takes
    the quotes away and Ansible splits what is left.
  - With C(--syntax-check), which needs no inventory, nothing is checked.
version_added: 0.1.0
options:
  _terms:
    description: The pattern, as for C(hosts) of a play.
    required: true
  variable:
    description: Where the user can change the pattern, for messages.
    type: str
    default: amt_hosts
"""

EXAMPLES = r"""
- name: Ask those that are meant
  hosts: "{{ lookup('outofband.amt.fleet_hosts', amt_hosts | default('amt')) }}"
  gather_facts: false
  tasks:
    - name: Read what they are
      outofband.amt.amt_info:
"""

RETURN = r"""
_raw:
  description: The pattern.
  type: list
  elements: str
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible import context
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.inventory.manager import InventoryManager, split_host_pattern
from ansible.plugins.lookup import LookupBase
from ansible_collections.outofband.amt.plugins.plugin_utils import loaded_once  # noqa: F401  # pylint: disable=unused-import  # for what it loads

LOST = (
    "these words of the command line went nowhere: {0}. A value with blanks has to be quoted twice: "
    '-e \'{{"isolate_reason": "ticket 4711"}}\', or -e "isolate_reason=\'ticket 4711\'"'
)
UNKNOWN = "{0}: {1} is neither a host nor a group of the inventory (its groups are {2})"
NOBODY = "{0}: {1} means no host of the inventory"
LIMITED = "{0}: --limit {2} leaves no host of {1}"
WILD = re.compile(r"[*?\[~]")
MOST_NAMED = 12


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        if context.CLIARGS.get("syntax"):
            return terms
        known = variables or {}
        if known.get("_raw_params"):
            raise AnsibleLookupError(LOST.format(known["_raw_params"]))
        for pattern in terms:
            self.check(pattern, known, self.get_option("variable"))
        return terms

    def check(self, pattern: Any, variables: Mapping[str, Any], variable: str) -> None:
        """Raises AnsibleLookupError."""
        groups = variables["groups"]
        hosts = {host for members in groups.values() for host in members}
        for name in named(pattern):
            if name not in groups and name not in hosts and name not in ("localhost", "127.0.0.1", "::1"):
                some = sorted(set(groups) - {"all", "ungrouped"})
                listed = ", ".join(some[:MOST_NAMED]) + (", …" if len(some) > MOST_NAMED else "")
                raise AnsibleLookupError(UNKNOWN.format(variable, name, listed or "none"))
        manager = self.manager(groups)
        if not manager.get_hosts(pattern):
            raise AnsibleLookupError(NOBODY.format(variable, pattern))
        limit = variables.get("ansible_limit")
        if limit:
            try:
                manager.subset(limit)
            except AnsibleError as error:
                raise AnsibleLookupError("--limit {0}: {1}".format(limit, error)) from error
            if not manager.get_hosts(pattern):
                raise AnsibleLookupError(LIMITED.format(variable, pattern, limit))

    def manager(self, groups: Mapping[str, Iterable[str]]) -> InventoryManager:
        manager = InventoryManager(self._loader, parse=False)
        for group, members in groups.items():
            manager.add_group(group)
            for host in members:
                manager.add_host(host, group=group)
        return manager


def named(pattern: Any) -> list[str]:
    """The parts of a pattern that name one host or group, without what joins them."""
    parts = [part.lstrip("!&") for part in split_host_pattern(pattern)]
    return [part for part in parts if part and not WILD.search(part)]
