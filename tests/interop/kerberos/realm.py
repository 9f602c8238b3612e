# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kerberos realm in one folder: MIT's KDC on a free loopback port, run by whoever runs the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

NAME = "AMT.TEST"
PROGRAMS = "{0}:/usr/sbin:/sbin"
CLIENT = """
[libdefaults]
default_realm = {realm}
dns_lookup_realm = false
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
udp_preference_limit = 1
[realms]
{realm} = {{
  kdc = 127.0.0.1:{port}
}}
"""
SERVER = """
[kdcdefaults]
kdc_listen = 127.0.0.1:{port}
kdc_tcp_listen = 127.0.0.1:{port}
[realms]
{realm} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  max_life = 1h
  max_renewable_life = 1h
}}
[logging]
kdc = FILE:{folder}/kdc.log
"""


class Realm:
    """Use as a context manager. `environment` is what a client program needs to see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        values = {"realm": NAME, "port": self.port, "folder": folder}
        (folder / "krb5.conf").write_text(CLIENT.format(**values))
        (folder / "kdc.conf").write_text(SERVER.format(**values))
        self.environment = {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
            "KRB5CCNAME": "FILE:{0}/ccache".format(folder),
            "KRB5RCACHENAME": "dfl:",
            "KRB5RCACHEDIR": str(folder),
            "PATH": PROGRAMS.format(os.environ["PATH"]),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Realm:
        self.run("kdb5_util", "create", "-s", "-P", "the database's own")
        program = shutil.which("krb5kdc", path=self.environment["PATH"])
        assert program, "krb5kdc is needed: apt-get install krb5-kdc"
        self._process = subprocess.Popen([program, "-n"], env={**os.environ, **self.environment})
        self._wait()
        return self

    def __exit__(self, *_failure: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the KDC does not listen:\n" + (self.folder / "kdc.log").read_text())

    def add_user(self, name: str, password: str) -> str:
        self.run("kadmin.local", "-q", "add_principal -pw {0} {1}".format(password, name))
        return "{0}@{1}".format(name, NAME)

    def add_service(self, name: str) -> Path:
        """The keytab, which holds every service that was added."""
        keytab = self.folder / "keytab"
        self.run("kadmin.local", "-q", "add_principal -randkey {0}".format(name))
        self.run("kadmin.local", "-q", "ktadd -k {0} {1}".format(keytab, name))
        return keytab

    def log_in(self, name: str, password: str) -> None:
        self.run("kinit", name, words=password)

    def run(self, *command: str, words: str = "") -> None:
        done = subprocess.run(
            command,
            env={**os.environ, **self.environment},
            input=words + "\n",
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, "{0}: {1}{2}".format(command, done.stdout, done.stderr)
