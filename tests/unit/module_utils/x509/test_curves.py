# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures of elliptic curves: openssl makes them, and the numbers of FIPS 186 that go wrong at the edges."""

from __future__ import annotations

import hashlib
import shutil
import subprocess

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.x509 import certificate, der, ecdsa

CURVES = {"P-256": "1.2.840.10045.3.1.7", "P-384": "1.3.132.0.34"}


def openssl(folder, *arguments):
    program = shutil.which("openssl")
    assert program, "openssl is needed"
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.fixture(scope="module", params=CURVES)
def made(request, tmp_path_factory):
    """A folder with an authority on that curve, and a certificate of it."""
    folder = tmp_path_factory.mktemp("curve")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + request.param, "-nodes"]
    openssl(folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root", "-sha384")
    openssl(folder, "req", *new, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
    sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-sha256"]
    openssl(folder, "x509", "-req", "-in", "leaf.csr", *sign, "-out", "leaf.pem")
    (folder / "octets").write_bytes(b"what is signed")
    for hash_name in ("sha256", "sha384", "sha512"):
        openssl(folder, "dgst", "-" + hash_name, "-sign", "ca.key", "-out", hash_name, "octets")
    return folder


def read(folder, name):
    (found,) = certificate.certificates_in((folder / name).read_text())
    return found


def test_certificates_of_a_curve(made):
    root, leaf = read(made, "ca.pem"), read(made, "leaf.pem")
    assert root.signed_by(root) is True
    assert leaf.signed_by(root) is True
    assert root.signed_by(leaf) is False


@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
def test_signatures_over_every_hash(made, hash_name):
    key = ecdsa.key_of(der.only(read(made, "ca.pem").key))
    signature = (made / hash_name).read_bytes()
    assert key.signed(hashlib.new(hash_name, b"what is signed").digest(), signature)
    assert not key.signed(hashlib.new(hash_name, b"what is not").digest(), signature)


def numbers(first, second):
    return der.element(der.SEQUENCE, der.integer(first), der.integer(second))


@pytest.mark.parametrize("identifier", CURVES.values())
def test_numbers_outside_of_their_range_are_no_signature(identifier):
    """The last one is what a verifier that forgets to look takes for a signature of everything."""
    curve = ecdsa.CURVES[identifier]
    key = ecdsa.Key(curve, curve.x, curve.y)
    digest = hashlib.sha384(b"x").digest()
    for first, second in ((0, 1), (1, 0), (curve.n, 1), (1, curve.n), (0, 0)):
        assert not key.signed(digest, numbers(first, second))
    assert not key.signed(digest, b"")
    assert not key.signed(digest, numbers(1, 1) + b"\0")
    assert not key.signed(digest, der.element(der.SEQUENCE, der.integer(1)))


@pytest.mark.parametrize("identifier", CURVES.values())
def test_sums_that_meet_the_point_at_infinity(identifier):
    """G and -G, and G twice: where a formula for two different points fails."""
    curve = ecdsa.CURVES[identifier]
    assert ecdsa._sum(curve, 1, (curve.x, curve.p - curve.y), 1) is None
    assert ecdsa._sum(curve, 1, (curve.x, curve.y), 1) == ecdsa._sum(curve, 2, (curve.x, curve.y), 0)
    assert ecdsa._sum(curve, curve.n - 1, (curve.x, curve.y), 0) == curve.x
    assert ecdsa._sum(curve, curve.n, (curve.x, curve.y), 0) is None


def test_a_point_beside_its_curve_is_no_key():
    curve = ecdsa.CURVES["1.2.840.10045.3.1.7"]
    octets = b"\0\4" + curve.x.to_bytes(32, "big") + (curve.y ^ 1).to_bytes(32, "big")
    algorithm = der.element(der.SEQUENCE, der.identifier(ecdsa.EC), der.identifier("1.2.840.10045.3.1.7"))
    info = der.element(der.SEQUENCE, algorithm, der.element(der.BIT_STRING, octets))
    with pytest.raises(der.Malformed, match="not on its curve"):
        ecdsa.key_of(der.only(info))
