# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords kept in a file of Ansible Vault: see `provisioning.escrow` of the core for what that has to do."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted, match_encrypt_secret
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import (
    EscrowChanged,
    EscrowFailed,
    Record,
)

PASSWORDS = "amt_passwords"
ASIDE = "amt_activation"


class VaultFile:
    """A file of Ansible Vault with one entry for each name. Other content is kept; comments are not."""

    can_be_asked = True

    def __init__(self, path: str, vault: VaultLib, name: str, vault_id: str | None = None) -> None:
        self.where = f"vault file {path}, {PASSWORDS}.{name}"
        self._path = Path(path).resolve()
        self._vault = vault
        self._name = name
        self._vault_id = vault_id

    def recall(self) -> Record:
        return self._record(self._content())

    def store(self, record: Record, over: Record) -> None:
        with self._locked():
            content = self._content()
            if self._record(content) != over:
                raise EscrowChanged(self.where)
            content.setdefault(PASSWORDS, {})[self._name] = record.password
            aside = {"earlier": list(record.earlier), "mebx_password": record.mebx_password, "told": record.told}
            content.setdefault(ASIDE, {})[self._name] = {key: value for key, value in aside.items() if value}
            self._replace(content)
            if self._record(self._content()) != record:
                raise EscrowFailed(f"{self._path} does not hold what was written into it")

    def _record(self, content: Mapping[str, Any]) -> Record:
        aside = (content.get(ASIDE) or {}).get(self._name) or {}
        return Record(
            password=str((content.get(PASSWORDS) or {}).get(self._name) or ""),
            earlier=tuple(aside.get("earlier") or ()),
            mebx_password=str(aside.get("mebx_password") or ""),
            told=bool(aside.get("told")),
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Several hosts are served at once, each by a process of its own."""
        try:
            lock = self._path.with_name(self._path.name + ".lock").open("a")
        except OSError as error:
            raise self._failed(error) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _content(self) -> dict[str, Any]:
        try:
            octets = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._failed(error) from None
        if not is_encrypted(octets):
            raise InvalidOption("escrow.vault_file", str(self._path), "it is there and not encrypted by Ansible Vault")
        try:
            content = yaml.safe_load(self._vault.decrypt(octets)) or {}
        except (AnsibleError, yaml.YAMLError) as error:
            why = "no secret of this run opens it" if isinstance(error, AnsibleError) else "it is not plain YAML"
            raise InvalidOption("escrow.vault_file", str(self._path), why) from None
        if not isinstance(content, dict):
            raise InvalidOption("escrow.vault_file", str(self._path), "it does not hold variables by name")
        return content

    def _replace(self, content: Mapping[str, Any]) -> None:
        """The old file or the new one is there at any moment, on the disk too."""
        octets = self._encrypted(yaml.safe_dump(plain(content), default_flow_style=False))
        mode = self._path.stat().st_mode & 0o777 if self._path.exists() else 0o600
        try:
            descriptor, temporary = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(octets)
                    file.flush()
                    os.fchmod(file.fileno(), mode)
                    os.fsync(file.fileno())
                Path(temporary).replace(self._path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            _sync(self._path.parent)
        except OSError as error:
            raise self._failed(error) from None

    def _encrypted(self, text: str) -> bytes:
        try:
            found = match_encrypt_secret(self._vault.secrets, encrypt_vault_id=self._vault_id)
        except AnsibleError:
            found = None
        if found is None:
            way_out = "this run has no vault secret of that name: give --vault-id or --vault-password-file"
            raise InvalidOption("escrow.vault_id", self._vault_id or "default", way_out)
        return bytes(self._vault.encrypt(text, found[1], vault_id=self._vault_id))

    def _failed(self, error: OSError) -> EscrowFailed:
        hint = "the firmware was not told of any password"
        return EscrowFailed(f"{self._path}: {(error.strerror or 'failed').lower()}", hint)


def plain(content: Mapping[str, Any]) -> Any:
    """Without Ansible's own kinds of text, which a YAML writer refuses, and shows in doing so."""
    return json.loads(json.dumps(content, default=str))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
