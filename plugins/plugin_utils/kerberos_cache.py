# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the Kerberos tickets of one log-in are kept: in the controller's own cache, or in one made from a password."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.outofband.amt.plugins.module_utils.errors import AuthenticationRefused, Unreachable

VARIABLE = "KRB5CCNAME"
_ENVIRONMENT = threading.Lock()
_REFUSED = ("password incorrect", "not found in kerberos database", "revoked", "expired")
_NO_KDC = "check the realm and its KDC in krb5.conf, and that the clocks agree"
_NO_KINIT = "install it (Debian: krb5-user), or leave the password empty and get a ticket yourself beforehand"


class CredentialCache:
    """The controller's own tickets while there is no password; otherwise a private cache that `close` removes."""

    def __init__(self, principal: str, password: str) -> None:
        self._principal = principal
        self._password = password
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._refusal: AuthenticationRefused | None = None

    @contextmanager
    def in_force(self, seconds: float) -> Iterator[None]:
        """Kerberos finds its cache by an environment variable, so that one log-in at a time can go on in a process.

        AuthenticationRefused when the realm refuses the password, which is then not tried again; Unreachable when it
        gives no ticket.
        """
        if not self._password:
            yield
            return
        name = self._filled(seconds)
        with _ENVIRONMENT:
            before = os.environ.get(VARIABLE)
            os.environ[VARIABLE] = name
            try:
                yield
            finally:
                if before is None:
                    del os.environ[VARIABLE]
                else:
                    os.environ[VARIABLE] = before

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _filled(self, seconds: float) -> str:
        if self._refusal is not None:
            raise self._refusal
        if self._folder is not None:
            return _name_of(self._folder)
        folder = tempfile.TemporaryDirectory(prefix="amt-kerberos-")
        try:
            self._ask_for_ticket(_name_of(folder), seconds)
        except (AuthenticationRefused, Unreachable) as error:
            folder.cleanup()
            self._refusal = error if isinstance(error, AuthenticationRefused) else None
            raise
        self._folder = folder
        return _name_of(folder)

    def _ask_for_ticket(self, cache: str, seconds: float) -> None:
        program = shutil.which("kinit")
        if program is None:
            raise Unreachable("a Kerberos ticket needs the program kinit, which is not here", _NO_KINIT)
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the principal is one word behind an option
                [program, "-c", cache, "--", self._principal],
                input=self._password.encode() + b"\n",
                env={**os.environ, "LC_ALL": "C"},
                timeout=seconds,
                capture_output=True,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Unreachable(self._failure("no answer in {0:g} s".format(seconds)), _NO_KDC) from None
        if done.returncode:
            raise self._judged(" ".join(done.stderr.decode("utf-8", "replace").replace("kinit:", "").split()))

    def _judged(self, said: str) -> AuthenticationRefused | Unreachable:
        if any(word in said.lower() for word in _REFUSED):
            return AuthenticationRefused(self._failure(said), "check the principal and its password")
        return Unreachable(self._failure(said), _NO_KDC)

    def _failure(self, reason: str) -> str:
        return "no Kerberos ticket for {0}: {1}".format(self._principal, reason)


def _name_of(folder: tempfile.TemporaryDirectory[str]) -> str:
    return "FILE:{0}".format(Path(folder.name) / "tickets")
