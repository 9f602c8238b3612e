# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The place that the option `escrow` names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.parsing.vault import VaultLib
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import Escrow, Nowhere, Program
from ansible_collections.outofband.amt.plugins.plugin_utils.vault_file import VaultFile

KINDS = ("vault_file", "command")


def escrow_for(given: Mapping[str, Any] | None, vault: VaultLib, name: str, program: type[Program] = Program) -> Escrow:
    """`name`: of the host, in a vault file. InvalidOption."""
    if not given:
        return Nowhere()
    kinds = [kind for kind in KINDS if given.get(kind)]
    if len(kinds) != 1:
        raise InvalidOption("escrow", ", ".join(kinds) or "nothing", "give either vault_file or command with recall")
    if not given.get("command"):
        return VaultFile(given["vault_file"], vault, name, given.get("vault_id"))
    if not given.get("recall"):
        raise InvalidOption("escrow.recall", "nothing", "without it nobody knows whether the password is there")
    return program(given["command"], given["recall"], given["nothing"])
