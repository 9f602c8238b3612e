# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of the openssl program, which every Debian has and every Python version can call."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = """
[ca]
default_ca = here
[here]
dir = {0}
new_certs_dir = $dir
database = $dir/index.txt
serial = $dir/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""


@dataclass(frozen=True)
class Certificate:
    """PEM files, and the SHA-256 of the certificate as hex digits."""

    certificate: str
    key: str

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(Path(self.certificate).read_text())).hexdigest()


class Authority:
    """Files live in `folder`. `ca_file` is what a client is to trust."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(folder))
        (folder / "index.txt").touch()
        (folder / "serial").write_text("1000\n")
        self.ca_file = str(folder / "ca.pem")
        self._key = str(folder / "ca.key")
        self._make_request("ca", self._key, "-x509", "-out", self.ca_file, "-days", "30", "-extensions", "root")

    def issue(
        self,
        name: str,
        hosts: str,
        start: str = "20200101000000Z",
        end: str = "20991231000000Z",
        bits: int = 2048,
        digest: str = "sha256",
    ) -> Certificate:
        """`hosts` is a subjectAltName such as `IP:127.0.0.1,DNS:pc.example`."""
        key, request, certificate = (str(self.folder / (name + end)) for end in (".key", ".csr", ".pem"))
        self._make_request(name, key, "-out", request, bits=bits)
        extensions = self.folder / (name + ".ext")
        extensions.write_text("subjectAltName = {0}\nauthorityKeyIdentifier = keyid\n".format(hosts))
        self._openssl(
            "ca", "-config", str(self.configuration), "-batch", "-notext", "-cert", self.ca_file, "-keyfile", self._key,
            "-in", request, "-out", certificate, "-startdate", start, "-enddate", end, "-extfile", str(extensions),
            "-md", digest,
        )  # fmt: skip
        return Certificate(certificate, key)

    def _make_request(self, name: str, key: str, *more: str, bits: int = 2048) -> None:
        self._openssl(
            "req", "-new", "-config", str(self.configuration), "-newkey", "rsa:{0}".format(bits), "-nodes",
            "-keyout", key, "-subj", "/CN=" + name, *more,
        )  # fmt: skip

    @staticmethod
    def _openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def serving(certificate: Certificate, weak: bool = False, **settings: object) -> ssl.SSLContext:
    """What a device shows and accepts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if weak:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(certificate.certificate, certificate.key)
    for name, value in settings.items():
        setattr(context, name, value)
    return context
