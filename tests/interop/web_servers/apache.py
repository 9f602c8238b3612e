# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apache's web server in a folder of its own, with digest authentication and a program behind /wsman that echoes."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

MODULES = Path("/usr/lib/apache2/modules")
PROGRAMS = "{0}:/usr/sbin:/sbin"
NOBODY = 65534
ECHO = r"""#!/bin/sh
body=$(mktemp)
cat > $body
printf 'Content-Type: application/soap+xml\r\n\r\n'
cat $body
rm $body
"""
CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
PidFile "{folder}/pid"
DefaultRuntimeDir "{folder}"
ErrorLog "{folder}/error.log"
Listen 127.0.0.1:{plain}
Listen 127.0.0.1:{tls}
{modules}
StartServers 1
MinSpareThreads 1
MaxSpareThreads 8
ThreadsPerChild 8
MaxRequestWorkers 8
DocumentRoot "{folder}"
ScriptSock "{folder}/cgi"
ScriptAlias /wsman "{folder}/echo"
KeepAlive On
MaxKeepAliveRequests {requests}
KeepAliveTimeout {idle}
LogFormat "%>s %k" short
CustomLog "{folder}/access.log" short
<Location /wsman>
  AuthType Digest
  AuthName "{realm}"
  AuthDigestProvider file
  AuthUserFile "{folder}/users"
  AuthDigestNonceLifetime {nonce}
  Require valid-user
</Location>
<VirtualHost 127.0.0.1:{tls}>
  SSLEngine on
  SSLCertificateFile "{certificate}"
  SSLCertificateKeyFile "{key}"
</VirtualHost>
"""
NEEDED = (
    "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_digest", "alias", "cgid", "ssl",
    "socache_shmcb",
)  # fmt: skip


class Apache:
    """Use as a context manager. `nonce` and `idle` are lifetimes in seconds, `requests` is how many a connection may
    carry, 0 for any number. Apache's file of users cannot hold a realm with a colon.
    """

    def __init__(self, folder: Path, users: dict[str, str], realm: str = "R", **settings: int) -> None:
        limits = {"nonce": 300, "idle": 60, "requests": 0, **settings}
        self.folder = folder
        self.plain, self.tls = free_ports()
        self.certificate = folder / "server.pem"
        key = folder / "server.key"
        make_certificate(self.certificate, key)
        lines = []
        for user, password in users.items():
            hashed = hashlib.md5("{0}:{1}:{2}".format(user, realm, password).encode()).hexdigest()
            lines.append("{0}:{1}:{2}\n".format(user, realm, hashed))
        (folder / "users").write_text("".join(lines))
        (folder / "echo").write_text(ECHO)
        (folder / "echo").chmod(0o755)
        modules = "\n".join("LoadModule {0}_module {1}/mod_{0}.so".format(name, MODULES) for name in NEEDED)
        (folder / "apache.conf").write_text(
            CONFIGURATION.format(
                folder=folder, plain=self.plain, tls=self.tls, modules=modules, realm=realm.replace('"', '\\"'),
                certificate=self.certificate, key=key, **limits,
            )
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Apache:
        program = shutil.which("apache2", path=PROGRAMS.format(os.environ["PATH"]))
        assert program, "apache2 is needed: apt-get install apache2-bin"
        unprivileged = {}
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, NOBODY, NOBODY)
            unprivileged = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        command = [program, "-d", str(self.folder), "-f", str(self.folder / "apache.conf"), "-D", "FOREGROUND"]
        self._process = subprocess.Popen(command, start_new_session=True, **unprivileged)
        self._wait()
        return self

    def __exit__(self, *_failure: object) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(60)

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", self.tls), 1).close()
            except OSError:
                time.sleep(0.05)
        log = self.folder / "error.log"
        raise AssertionError("Apache does not listen:\n" + (log.read_text() if log.exists() else ""))

    def served(self, count: int) -> list[tuple[int, int]]:
        """(status, number on its connection, from 0) of each request. Waits for `count` of them: Apache logs late."""
        end = time.monotonic() + 60
        while True:
            lines = (self.folder / "access.log").read_text().splitlines()
            if len(lines) >= count or time.monotonic() > end:
                return [(int(status), int(number)) for status, number in map(str.split, lines)]
            time.sleep(0.05)


def free_ports() -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _port in range(2)]
    try:
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


def make_certificate(certificate: Path, key: Path) -> None:
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=apache",
            "-addext", "subjectAltName=IP:127.0.0.1", "-out", str(certificate), "-keyout", str(key),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
