# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, keys and requests: openssl makes and judges them."""

from __future__ import annotations

import random
import shutil
import subprocess
import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.x509 import certificate, der, names
from ansible_collections.outofband.amt.plugins.module_utils.x509.request import unsigned

from simulator.firmware.security.certificate_request import signed_again

SUBJECT = "CN=pc-01.example.net,OU=IT\\, Räume,O=Example,C=DE"
DAYS = 40


def openssl(*arguments, cwd, given=b""):
    program = shutil.which("openssl")
    assert program, "openssl is needed"
    done = subprocess.run([program, *arguments], cwd=cwd, input=given, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode() + done.stderr.decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a CA, a leaf of it, and a certificate of an elliptic curve."""
    folder = tmp_path_factory.mktemp("openssl")
    (folder / "leaf.cnf").write_text("subjectAltName=DNS:pc-01.example.net,IP:192.0.2.1\nextendedKeyUsage=serverAuth\n")
    new = ["-newkey", "rsa:2048", "-nodes"]
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root", cwd=folder)
    openssl(
        "req", *new, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/O=Example/CN=pc-01.example.net", cwd=folder
    )
    sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "leaf.cnf", "-days", str(DAYS)]
    openssl("x509", "-req", "-in", "leaf.csr", "-sha384", *sign, "-out", "leaf.pem", cwd=folder)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ec.key", "-out", "ec.pem", "-subj", "/CN=Curve", cwd=folder)
    openssl("rsa", "-in", "leaf.key", "-traditional", "-out", "old.key", cwd=folder)
    openssl("rsa", "-in", "leaf.key", "-aes128", "-passout", "pass:x", "-out", "locked.key", cwd=folder)
    return folder


def read(folder, name):
    (found,) = certificate.certificates_in((folder / name).read_text())
    return found


def test_what_a_certificate_says(made):
    leaf = read(made, "leaf.pem")
    assert (leaf.subject, leaf.issuer, leaf.common_name) == (
        "CN=pc-01.example.net,O=Example",
        "CN=Root",
        "pc-01.example.net",
    )
    assert (leaf.dns_names, leaf.addresses) == (("pc-01.example.net",), ("192.0.2.1",))
    assert leaf.usages == (certificate.SERVER,)
    assert abs(leaf.not_after - leaf.not_before - DAYS * 86400) < 2
    assert abs(leaf.not_before - time.time()) < 86400
    told = openssl("x509", "-in", "leaf.pem", "-noout", "-serial", "-fingerprint", "-sha256", cwd=made)
    assert "serial={0:X}".format(leaf.serial) in told.replace("serial=0", "serial=")
    assert leaf.fingerprint.upper() in told.replace(":", "")
    assert openssl("x509", "-noout", "-subject", cwd=made, given=leaf.pem.encode())


def test_who_signed_it(made):
    root, leaf, curve = (read(made, name) for name in ("ca.pem", "leaf.pem", "ec.pem"))
    assert root.authority is True
    assert leaf.signed_by(root) is True
    assert root.signed_by(root) is True
    assert root.signed_by(leaf) is False
    assert leaf.signed_by(curve) is None
    assert curve.public_key == b""


@pytest.mark.parametrize("name", ["leaf.key", "old.key"])
def test_a_private_key_is_found_with_its_public_part(made, name):
    _private, public = certificate.private_key_in((made / name).read_text())
    assert public == read(made, "leaf.pem").public_key


@pytest.mark.parametrize(
    ("name", "complaint"), [("locked.key", "encrypted"), ("ec.key", "RSA"), ("ca.pem", "no private")]
)
def test_what_is_no_usable_key_is_refused_with_a_reason(made, name, complaint):
    with pytest.raises(der.Malformed, match=complaint):
        certificate.private_key_in((made / name).read_text())


@pytest.mark.parametrize(("hash_name", "number"), [("sha256", 1), ("sha384", 2)])
def test_openssl_accepts_a_request_once_it_is_signed(made, hash_name, number):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key((made / "leaf.key").read_bytes(), None)
    public = read(made, "leaf.pem").public_key
    asked = unsigned(
        names.encode(SUBJECT),
        public,
        hash_name,
        ["pc-01.example.net"],
        ["192.0.2.1", "2001:db8::1"],
        [certificate.SERVER],
    )
    signed = certificate.pem("CERTIFICATE REQUEST", signed_again(asked, key, number)).encode()
    told = openssl("req", "-verify", "-noout", "-text", "-nameopt", "RFC2253,utf8,-esc_msb", cwd=made, given=signed)
    assert "verify OK" in told
    for part in (SUBJECT, "DNS:pc-01.example.net", "IP Address:192.0.2.1", "2001:DB8", "TLS Web Server", hash_name):
        assert part in told


def test_a_request_without_wishes_has_none(made):
    public = read(made, "leaf.pem").public_key
    asked = unsigned(names.encode("CN=pc"), public, "sha256")
    told = openssl("req", "-inform", "DER", "-noout", "-text", cwd=made, given=asked)
    assert "CN = pc" in told or "CN=pc" in told
    assert "Alternative Name" not in told
    assert "Key Usage" not in told


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        ("pc-01", "write it as"),
        ("XX=1", "none of"),
        ("CN=", "printable"),
        ("C=DEU", "two"),
        ("DC=é", "ASCII"),
    ],
)
def test_a_name_that_is_none_is_refused_with_a_reason(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        names.encode(text)


def test_a_name_is_read_as_it_was_written():
    assert names.written(names.decode(der.only(names.encode(SUBJECT)))) == SUBJECT


@pytest.mark.parametrize("seed", range(4))
def test_what_was_tampered_with_is_malformed_or_another_certificate(made, seed):
    chance = random.Random(seed)
    octets = read(made, "leaf.pem").der
    for _round in range(500):
        spoilt = bytearray(octets)
        for _place in range(chance.randint(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            certificate.parse(bytes(spoilt[: chance.choice((len(spoilt), chance.randrange(len(spoilt))))]))
        except der.Malformed:
            continue
