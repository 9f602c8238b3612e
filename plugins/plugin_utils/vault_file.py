# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords kept in a file of Ansible Vault: see `provisioning.escrow` of the core for what that has to do."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Optional

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted, match_encrypt_secret, parse_vaulttext_envelope
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import (
    EscrowChanged,
    EscrowFailed,
    Record,
)

PASSWORDS = "amt_passwords"
ASIDE = "amt_activation"
Key = tuple[Any, Optional[str]]
"""A secret of Ansible Vault, and the vault ID under which a file names it."""


class VaultFile:
    """A file of Ansible Vault with one entry for each name. Other content is kept; comments are not."""

    can_be_asked = True
    keeps_mebx = True

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
            content, key = self._opened()
            if self._record(content) != over:
                raise EscrowChanged(self.where)
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

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Several hosts are served at once, each by a process of its own."""
        try:
            lock = _opened_lock(self._path.with_name(self._path.name + ".lock"))
        except OSError as error:
            raise self._failed(error) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _content(self) -> dict[str, Any]:
        return self._opened()[0]

    def _opened(self) -> tuple[dict[str, Any], Key | None]:
        """The variables of the file, and what is to encrypt it again if the user does not say; nothing of no file."""
        try:
            octets = self._path.read_bytes()
        except FileNotFoundError:
            return {}, None
        except OSError as error:
            raise self._failed(error) from None
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
        try:
            descriptor, temporary = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(octets)
                    file.flush()
                    self._allow_the_same(file.fileno())
                    os.fsync(file.fileno())
                Path(temporary).replace(self._path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            _sync(self._path.parent)
        except OSError as error:
            raise self._failed(error) from None

    def _allow_the_same(self, descriptor: int) -> None:
        """Owner, group and mode of the file before, as far as this user may give them; a group not kept has no say."""
        if not self._path.exists():
            return
        before = self._path.stat()
        mode = stat.S_IMODE(before.st_mode)
        with suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, -1)
        try:
            os.fchown(descriptor, -1, before.st_gid)
        except PermissionError:
            mode &= ~stat.S_IRWXG
        os.fchmod(descriptor, mode)

    def _own_key(self) -> Key:
        try:
            found = match_encrypt_secret(self._vault.secrets, encrypt_vault_id=self._vault_id)
        except AnsibleError:
            found = None
        if found is None:
            way_out = "this run has no vault secret of that name: give --vault-id or --vault-password-file"
            raise InvalidOption("escrow.vault_id", self._vault_id or "default", way_out)
        return found[1], self._vault_id

    def _failed(self, error: OSError) -> EscrowFailed:
        return EscrowFailed(f"{self._path}: {(error.strerror or 'failed').lower()}")


def _opened_lock(path: Path) -> IO[str]:
    """For reading where another user has made it, who may share the passwords with a group of both."""
    try:
        return path.open("a")
    except PermissionError:
        return path.open()


def plain(entry: Any) -> Any:
    """Without Ansible's own kinds of text, which a YAML writer refuses, and shows in doing so."""
    return json.loads(json.dumps(entry))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
