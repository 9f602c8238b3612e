# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords kept in a file of Ansible Vault: see `provisioning.escrow` of the core for what that has to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Optional

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted, match_encrypt_secret, parse_vaulttext_envelope
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import (
    EscrowChanged,
    EscrowFailed,
    Record,
)
from ansible_collections.outofband.amt.plugins.plugin_utils.shared_file import (
    cleared,
    locked,
    read_regular,
    real_path,
    write_whole,
)

PASSWORDS = "amt_passwords"
ASIDE = "amt_activation"
TEMPLATES = ("{{", "{%", "{#")
TEMPLATED = "Ansible takes {{, {% and {# in a vault file for the beginning of a template: choose one without"
Key = tuple[Any, Optional[str]]
"""A secret of Ansible Vault, and the vault ID under which a file names it."""


class VaultFile:
    """A file of Ansible Vault with one entry for each name. Other content is kept; comments are not."""

    can_be_asked = True
    keeps_mebx = True

    def __init__(self, path: str, vault: VaultLib, name: str, vault_id: str | None = None) -> None:
        self.where = f"vault file {path}, {PASSWORDS}.{name}"
        self._path = real_path(path, EscrowFailed)
        self._vault = vault
        self._name = name
        self._vault_id = vault_id

    def recall(self) -> Record:
        cleared(self._path, EscrowFailed)
        return self._record(self._content())

    def store(self, record: Record, over: Record) -> None:
        with self._locked():
            content, key = self._opened()
            there = self._record(content)
            if there == record:
                return
            if there != over:
                raise EscrowChanged(self.where)
            if record.password != there.password and any(start in record.password for start in TEMPLATES):
                raise InvalidOption("password", "the password", TEMPLATED)
            self._replace(self._with(content, record), key or self._own_key())
            if self._record(self._content()) != record:
                raise EscrowFailed(f"{self._path} does not hold what was written into it")

    def _with(self, content: Mapping[str, Any], record: Record) -> dict[str, Any]:
        aside = {"earlier": list(record.earlier), "mebx_password": record.mebx_password, "told": record.told}
        password = {PASSWORDS: record.password} if record.password else {}
        entries: dict[str, Any] = {**password, ASIDE: {key: value for key, value in aside.items() if value}}
        held = {name: {**(content.get(name) or {}), self._name: plain(entry)} for name, entry in entries.items()}
        return {**content, **held}

    def _record(self, content: Mapping[str, Any]) -> Record:
        aside = (content.get(ASIDE) or {}).get(self._name) or {}
        return Record(
            password=str((content.get(PASSWORDS) or {}).get(self._name) or ""),
            earlier=tuple(aside.get("earlier") or ()),
            mebx_password=str(aside.get("mebx_password") or ""),
            told=bool(aside.get("told")),
        )

    def _locked(self) -> AbstractContextManager[None]:
        """Several hosts are served at once, each by a process of its own."""
        return locked(self._path, EscrowFailed)

    def _content(self) -> dict[str, Any]:
        return self._opened()[0]

    def _opened(self) -> tuple[dict[str, Any], Key | None]:
        """The variables of the file, and what is to encrypt it again if the user does not say; nothing of no file."""
        octets = read_regular(self._path, EscrowFailed)
        if octets is None:
            return {}, None
        if not is_encrypted(octets):
            raise self._useless("it is there and not encrypted by Ansible Vault")
        try:
            text, _named, secret = self._vault.decrypt_and_get_vault_id(octets)
            content = yaml.safe_load(text) or {}
        except (AnsibleError, yaml.YAMLError) as error:
            why = "no secret of this run opens it" if isinstance(error, AnsibleError) else "it is not plain YAML"
            raise self._useless(why) from None
        if not isinstance(content, dict):
            raise self._useless("it does not hold variables by name")
        for name in (PASSWORDS, ASIDE):
            if not isinstance(content.get(name) or {}, dict):
                raise self._useless(f"{name} in it does not hold a value for each host")
        return content, None if self._vault_id else (secret, parse_vaulttext_envelope(octets)[3])

    def _useless(self, why: str) -> InvalidOption:
        return InvalidOption("escrow.vault_file", str(self._path), why)

    def _replace(self, content: Mapping[str, Any], key: Key) -> None:
        """The old file or the new one is there at any moment, on the disk too."""
        text = yaml.safe_dump(content, default_flow_style=False, sort_keys=False, allow_unicode=True)
        octets = bytes(self._vault.encrypt(text, key[0], vault_id=key[1]))
        write_whole(self._path, octets, EscrowFailed)

    def _own_key(self) -> Key:
        try:
            found = match_encrypt_secret(self._vault.secrets, encrypt_vault_id=self._vault_id)
        except AnsibleError:
            found = None
        if found is None:
            way_out = "this run has no vault secret of that name: give --vault-id or --vault-password-file"
            raise InvalidOption("escrow.vault_id", self._vault_id or "default", way_out)
        return found[1], self._vault_id


def plain(entry: Any) -> Any:
    """Without Ansible's own kinds of text, which a YAML writer refuses, and shows in doing so."""
    return json.loads(json.dumps(entry))
