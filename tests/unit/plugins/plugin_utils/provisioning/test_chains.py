# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chains that cannot work, each with the cause that the error names; real certificates, read from real files."""

from __future__ import annotations

import base64
import functools
import itertools
import random
import ssl
import time
from dataclasses import replace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.chain import (
    CAUSES,
    Certificate,
    ChainRefused,
    Device,
    check,
    in_order,
    matches,
)
from ansible_collections.outofband.amt.plugins.plugin_utils.provisioning import certificates
from ansible_collections.outofband.amt.plugins.plugin_utils.provisioning.certificates import FileRefused, _row, load
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.unit.plugins.plugin_utils.provisioning.authority import (
    NOW,
    SERVER,
    SETUP,
    UNIT,
    YEAR,
    bundle,
    curve_key,
    intermediate,
    issue,
    key,
    leaf,
    pem,
    root,
    trusted,
)


def rows(*issued):
    """As the loader makes them of the certificates."""
    held = [each.certificate for each in issued]
    return [Certificate(**_row(each, held)) for each in held]


def device(*roots, suffixes=("example.com",)):
    return Device([trusted(each) for each in roots] or [trusted(root())], suffixes)


def judge(certificates, on=None, now=None, own_key=""):
    chain = in_order(certificates)
    check(chain, on or device(), now or time.time(), own_key)
    return chain


def good():
    return [leaf(), intermediate(), root()]


def other_root():
    return issue("Test Root", key(3))


def long_chain():
    second = issue("Second", key(1), root())
    third = issue("Third", key(3), second)
    fourth = issue("Fourth", key(0), third)
    return [leaf(issuer=fourth), fourth, third, second, root()]


def other_key():
    return rows(leaf(own_key=key(3)))[0].public_key


OLD = {"start": NOW - 3 * YEAR, "end": NOW - YEAR}
BAD = {
    "empty": lambda: judge([]),
    "no_leaf": lambda: judge(rows(root(), other_root())),
    "several_leaves": lambda: judge(rows(leaf(), leaf("b.example.com"), intermediate(), root())),
    "missing_issuer": lambda: judge(rows(leaf(), root())),
    "no_root": lambda: judge(rows(leaf(), intermediate())),
    "too_long": lambda: judge(rows(*long_chain())),
    "not_rsa": lambda: judge(rows(leaf(own_key=curve_key()), intermediate(), root())),
    "weak_key": lambda: judge([*_weak(), *rows(intermediate(), root())]),
    "usage": lambda: judge(rows(leaf(usages=(SERVER,)), intermediate(), root())),
    "server_usage": lambda: judge(rows(leaf(usages=(SETUP,)), intermediate(), root())),
    "not_yet_valid": lambda: judge(rows(leaf(start=NOW + YEAR, end=NOW + 2 * YEAR), intermediate(), root())),
    "expired": lambda: judge(rows(leaf(**OLD), intermediate(), root())),
    "not_authority": lambda: judge(rows(*_false_authority())),
    "bad_signature": lambda: judge(rows(leaf(signed_with=key(3)), intermediate(), root())),
    "unknown_root": lambda: judge(rows(*good()), device(other_root())),
    "inactive_root": lambda: judge(rows(*good()), Device([trusted(root(), active=False)], ["example.com"])),
    "no_suffix": lambda: judge(rows(*good()), device(suffixes=())),
    "wrong_suffix": lambda: judge(rows(*good()), device(suffixes=("example.net",))),
    "wrong_key": lambda: judge(rows(*good()), own_key=other_key()),
}


def _weak():
    return [replace(rows(*good())[0], key_size=512)]


def _false_authority():
    false = issue("Not an authority", key(3), root(), authority=False)
    return [leaf(issuer=false), false, root()]


@pytest.mark.parametrize("cause", BAD)
def test_a_chain_that_cannot_work_is_refused_with_its_cause(cause):
    with pytest.raises(ChainRefused) as caught:
        BAD[cause]()
    assert caught.value.cause == cause
    assert caught.value.details == {"cause": cause}
    assert caught.value.hint


def test_every_cause_is_shown_here():
    assert set(BAD) == set(CAUSES)


def test_an_authority_at_the_end_is_no_leaf():
    with pytest.raises(ChainRefused) as caught:
        judge(rows(intermediate(), root()))
    assert caught.value.cause == "no_leaf"


def test_an_expired_issuer_is_named():
    old = issue("Old Intermediate", key(1), root(), **OLD)
    with pytest.raises(ChainRefused, match="Old Intermediate has expired"):
        judge(rows(leaf(issuer=old), old, root()))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_becomes_leaf_to_root(order):
    given = rows(*(good()[number] for number in order))
    assert [each.common_name for each in judge(given)] == [
        "provisioning.example.com",
        "Test Intermediate",
        "Test Root",
    ]


def test_certificates_that_do_not_belong_to_it_are_left_out():
    assert len(judge(rows(*good(), other_root()))) == 3


def test_of_two_authorities_with_one_name_the_one_that_signed_is_taken():
    chain = judge(rows(leaf(), intermediate(), other_root(), root()))
    assert chain[-1].hashes == rows(root())[0].hashes


def test_a_leaf_for_setup_is_taken_before_another_one():
    assert judge(rows(leaf("b.example.com", usages=(SERVER,)), *good()))[0].common_name == "provisioning.example.com"


def test_four_certificates_are_not_too_many():
    assert len(judge(rows(*_four()))) == 4


def _four():
    second = issue("Second", key(1), root())
    third = issue("Third", key(3), second)
    return [leaf(issuer=third), third, second, root()]


def test_the_unit_stands_for_the_usage():
    assert judge(rows(leaf(usages=(SERVER,), unit=UNIT), intermediate(), root()))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_root_is_known_by_any_hash(algorithm):
    assert judge(rows(*good()), Device([trusted(root(), algorithm)], ["example.com"]))


@pytest.mark.parametrize(
    ("name", "suffix", "fits"),
    [
        ("setup.example.com", "example.com", True),
        ("example.com", "example.com", True),
        ("a.b.example.com", "example.com", True),
        ("setup.example.com", "office.example.com", True),
        ("*.example.com", "example.com", True),
        ("SETUP.Example.Com", "example.com", True),
        ("setup.notexample.com", "example.com", False),
        ("setup.example.com", "ample.com", False),
        ("example.com", "com", True),
        ("example.com", "office.com", False),
        ("setup.example.org", "example.com", False),
    ],
)
def test_names_and_suffixes_by_whole_labels(name, suffix, fits):
    assert matches(name, suffix) is fits


def told_of(*issued):
    """With lines before each part that tell what it is; the key comes last there."""
    parts = [each.pem for each in issued] + [issued[0].key_pem()]
    return b"".join(b"Bag Attributes\n    friendlyName: Z\xfcrich\nsubject=CN = x\n" + part for part in parts)


FILES = {
    "one PEM file": lambda: ({"a.pem": pem(*good())}, {}),
    "PEM, leaf last": lambda: ({"a.pem": b"".join(each.pem for each in good()[::-1]) + good()[0].key_pem()}, {}),
    "PEM, as openssl makes it of PKCS#12": lambda: ({"a.pem": told_of(*good())}, {}),
    "PEM, key beside it": lambda: (
        {"a.pem": pem(*good(), own_key=False), "key.pem": leaf().key_pem()},
        {"key_path": "key.pem"},
    ),
    "PEM, encrypted key": lambda: (
        {"a.pem": pem(*good(), own_key=False) + leaf().key_pem("opens")},
        {"passphrase": "opens"},
    ),
    "PKCS#12": lambda: ({"a.pem": bundle(good()[0], good()[1:], "opens")}, {"passphrase": "opens"}),
    "PKCS#12 without passphrase": lambda: ({"a.pem": bundle(good()[0], good()[1:])}, {}),
}


def write(folder, files, options):
    for file, octets in files.items():
        (folder / file).write_bytes(octets)
    return {name: str(folder / value) if name == "key_path" else value for name, value in options.items()}


@pytest.mark.parametrize("kind", FILES)
def test_files_of_every_kind_hold_the_same(kind, tmp_path):
    options = write(tmp_path, *FILES[kind]())
    material = load(str(tmp_path / "a.pem"), **options)
    chain = judge([Certificate(**row) for row in material.rows], own_key=material.key_hash)
    assert len(chain) == 3
    signature = material.sign(b"nonces")
    key(2).public_key().verify(signature, b"nonces", padding.PKCS1v15(), hashes.SHA256())
    assert "PRIVATE" not in repr(material) and "RSAPrivateKey" not in repr(material)


SPOILT = {
    "no such file": ({}, {}, "certificate.file"),
    "a key that is elsewhere": ({"a.pem": "pem without key"}, {}, "no private key"),
    "a wrong passphrase": ({"a.pem": "bundle"}, {"passphrase": "wrong"}, "this passphrase opens"),
    "no passphrase": ({"a.pem": "encrypted"}, {}, "wants a passphrase"),
    "a passphrase too many": ({"a.pem": "pem"}, {"passphrase": "x"}, "leave the passphrase out"),
    "a wrong passphrase of a key": ({"a.pem": "encrypted"}, {"passphrase": "wrong"}, "the passphrase is wrong"),
    "nonsense": ({"a.pem": "nonsense"}, {}, "neither PEM nor"),
    "PEM nonsense": ({"a.pem": "pem nonsense"}, {}, "no certificate that can be read"),
    "a key that is not RSA": ({"a.pem": "curve"}, {}, "RSA keys only"),
}


def contents():
    return {
        "pem": pem(*good()),
        "pem without key": pem(*good(), own_key=False),
        "bundle": bundle(good()[0], good()[1:], "opens"),
        "encrypted": pem(*good(), own_key=False) + leaf().key_pem("opens"),
        "nonsense": b"nonsense",
        "pem nonsense": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "curve": pem(leaf(own_key=curve_key()), intermediate(), root()),
    }


@pytest.mark.parametrize("case", SPOILT)
def test_files_that_cannot_be_used(case, tmp_path):
    files, options, words = SPOILT[case]
    write(tmp_path, {name: contents()[what] for name, what in files.items()}, {})
    with pytest.raises(FileRefused, match=words):
        load(str(tmp_path / "a.pem"), **options)


def test_an_older_library_is_told_to_be_too_old(tmp_path, monkeypatch):
    write(tmp_path, {"a.pem": contents()["pem"]}, {})
    monkeypatch.setattr(certificates, "HAS_CRYPTOGRAPHY", False)
    with pytest.raises(FileRefused, match="cryptography 42 or later is not installed"):
        load(str(tmp_path / "a.pem"))


def test_tls_takes_key_and_chain_and_leaves_no_file(tmp_path):
    (tmp_path / "a.pem").write_bytes(pem(*good()))
    material = load(str(tmp_path / "a.pem"))
    with material.for_tls([each.der for each in good()]) as path:
        ssl.create_default_context().load_cert_chain(path, path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.pem"]


def spoilt(octets, source):
    """One to three bytes changed, left out or doubled."""
    changed = bytearray(octets)
    for _change in range(source.randint(1, 3)):
        at = source.randrange(len(changed))
        changed[at : at + source.randint(0, 2)] = bytes(source.randrange(256) for _byte in range(source.randint(0, 2)))
    return bytes(changed)


def pem_again(certificate_der):
    text = base64.encodebytes(certificate_der).decode()
    return "-----BEGIN CERTIFICATE-----\n{0}-----END CERTIFICATE-----\n".format(text).encode()


@pytest.mark.parametrize("kind", ["pem", "der", "pkcs12"])
def test_a_spoilt_file_is_refused_or_judged_and_nothing_else(kind, tmp_path):
    source, path = random.Random(kind), tmp_path / "a.pem"
    for _each in range(80):
        if kind == "der":
            path.write_bytes(pem_again(spoilt(good()[0].der, source)) + pem(*good()[1:], own_key=False) + leaf_key())
        else:
            path.write_bytes(spoilt(pem(*good()) if kind == "pem" else packed(), source))
        try:
            judge([Certificate(**row) for row in load(str(path)).rows])
        except (FileRefused, ChainRefused) as refusal:
            assert str(refusal)


def leaf_key():
    return good()[0].key_pem()


@functools.cache
def packed():
    return bundle(good()[0], good()[1:])
