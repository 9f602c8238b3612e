# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS as each generation offers it, asked by openssl and by curl."""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess

import pytest

from .asking import curl, get

REFUSED = 7
VERSIONS = {"tls1": "TLSv1", "tls1_1": "TLSv1.1", "tls1_2": "TLSv1.2", "tls1_3": "TLSv1.3"}


def openssl(*arguments: str) -> subprocess.CompletedProcess:
    program = shutil.which("openssl")
    assert program, "openssl is needed"
    return subprocess.run([program, *arguments], input=b"", capture_output=True, timeout=120, check=False)


def agreed(running, name: str, version: str) -> bool:
    """Whether openssl, which is told to speak one version only, and the device come to terms."""
    where = "{0}:{1}".format(running.device(name).address, running.ports.tls)
    options = ["-" + version, "-cipher", "ALL:@SECLEVEL=0", "-legacy_server_connect"]
    said = openssl("s_client", "-connect", where, *options).stdout.decode("latin-1")
    return "Cipher is (NONE)" not in said and VERSIONS[version] in said


@pytest.mark.parametrize(
    ("generation", "offered"),
    [
        (9, ["tls1", "tls1_1"]),
        (11, ["tls1", "tls1_1"]),
        (12, ["tls1_1", "tls1_2"]),
        (15, ["tls1_2"]),
        (16, ["tls1_2", "tls1_3"]),
        (19, ["tls1_2", "tls1_3"]),
    ],
)
def test_a_generation_speaks_its_versions_and_no_other(fleet, generation, offered):
    running = fleet([{"name": "pc", "generation": generation, "tls": True}])
    assert [version for version in VERSIONS if agreed(running, "pc", version)] == offered


@pytest.fixture
def pair(fleet):
    return fleet([{"name": "a"}, {"name": "b"}], generation=16)


def https(running, name: str, *options: str):
    where = "https://{0}:{1}/wsman".format(running.device(name).address, running.ports.tls)
    return curl(where, get(), *options)


def test_curl_trusts_the_authority_and_nobody_else_does(pair):
    assert https(pair, "a", "--cacert", str(pair.ca_file)).texts("HostName") == ["a"]
    assert https(pair, "a").code == 60


def test_every_device_has_its_own_certificate_and_ignores_the_name_that_is_asked_for(pair):
    seen = {}
    for name in ("a", "b"):
        leaf = ssl.get_server_certificate((pair.device(name).address, pair.ports.tls))
        seen[name] = hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf)).hexdigest()
    assert seen == {name: pair.device(name).fingerprint for name in ("a", "b")}
    assert seen["a"] != seen["b"]


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("self_signed", "self-signed certificate"),
        ("expired", "certificate has expired"),
        ("other_name", "no alternative certificate subject name matches"),
    ],
)
def test_a_certificate_can_be_wrong_in_a_chosen_way(fleet, kind, complaint):
    running = fleet([{"name": "pc", "generation": 16, "certificate": kind}])
    where = "https://{0}:{1}/".format(running.device("pc").address, running.ports.tls)
    done = subprocess.run(
        ["curl", "-sS", "--cacert", str(running.ca_file), where], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 60
    assert complaint in done.stderr.decode("latin-1").replace("self signed", "self-signed")


def test_a_client_certificate_can_be_demanded(fleet, tmp_path):
    running = fleet([{"name": "plain", "generation": 16}])
    strict = fleet([{"name": "pc", "generation": 16, "client_ca": str(running.ca_file)}])
    trusted = ("--cacert", str(running.ca_file))
    assert https(strict, "pc", *trusted).status == 0
    certificate, key = running.simulation.authority.client_certificate("console")
    assert https(strict, "pc", *trusted, "--cert", str(certificate), "--key", str(key)).status == 200


def test_plain_http_is_not_offered_from_16_1_on(pair):
    where = "http://{0}:{1}/".format(pair.device("a").address, pair.ports.plain)
    assert curl(where).code == REFUSED


def test_the_private_keys_are_the_owners_alone(pair):
    keys = list(pair.simulation.authority.folder.glob("*.key"))
    assert {"ca.key", "device.key"} <= {key.name for key in keys}
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
