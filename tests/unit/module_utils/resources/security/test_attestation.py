# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attestation proves and what it does not; openssl judges chain, signature and lists beside us."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import shutil
import struct
import subprocess

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    InvalidOption,
    Refused,
    Unavailable,
    Unproven,
    Unreadable,
    WrongMachine,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security import attestation, attestation_claims
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.attestation import Attestation
from ansible_collections.outofband.amt.plugins.module_utils.x509.certificate import unwrapped
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.firmware.security import on_die
from tests import certificate_maker as made
from tests.in_process import Before, machine

ALL = ["chain", "amt", "signature", "revocation", "identity"]


def wanted(**given):
    defaults = {option.name: option.default for option in Attestation.options}
    return {**defaults, "roots": [on_die.root_pem()], **given}


def firmware_of(device):
    return device.client.transport.service.firmware


def attested(device, **given):
    return converge(Attestation(), device, wanted(**given)).after


def lists(device, *revoked):
    return on_die.revocation_lists(device.clock.wall(), revoked)


def reasons(found):
    return {row["claim"]: row["reason"] for row in found["not_proven"]}


def test_what_is_proven_of_a_sound_device():
    device = machine("16")
    found = attested(device, revocation_lists=lists(device), require=ALL)
    firmware = firmware_of(device)
    assert found["proven"] == ALL
    assert reasons(found) == {
        "connection": "there is no TLS that the signature could be bound to, or none that can be seen from here"
    }
    assert (found["uuid"], found["svn"]) == (firmware.settings.uuid, 1)
    assert found["fqdn"] == firmware.on_die.fqdn
    assert found["firmware_version"] == firmware.settings.version
    chip = firmware.on_die.chain[3].public_bytes(Encoding.DER)
    assert found["hardware_id"] == hashlib.sha256(chip).hexdigest()
    assert len(found["certificates"]) == 6
    assert device.written == 0


def test_a_chip_is_known_again_and_another_one_is_refused():
    device = machine("16")
    known = attested(device)["hardware_id"]
    firmware_of(device).engine_restarted()
    assert attested(device, hardware_id=known.upper())["hardware_id"] == known
    with pytest.raises(WrongMachine, match="the chip is another one than expected"):
        attested(machine("16", number=2), hardware_id=known)


def test_each_run_asks_something_else():
    device = machine("16")
    attested(device)
    attested(device)
    nonces = [
        body.split(b"MC_Nonce>")[1].split(b"<")[0] for body in device.client.transport.sent if b"MC_Nonce" in body
    ]
    assert len(set(nonces)) == 2
    assert {len(base64.b64decode(nonce)) for nonce in nonces} == {20}


class Replay(Before):
    """Somebody in between who answers with what the device said another time."""

    def __init__(self, real, kept):
        super().__init__(real)
        self.kept = kept

    def post(self, body, *how):
        answer = super().post(body, *how)
        if b"AMTAuthenticate" not in body:
            return answer
        self.kept.append(answer)
        return self.kept[0]


def test_an_answer_that_is_not_about_our_question_proves_nothing():
    device = machine("16")
    device.client.transport = Replay(device.client.transport, [])
    attested(device)
    with pytest.raises(Unproven, match="signature: it is not over what was asked and told") as caught:
        attested(device)
    assert caught.value.details["proven"] == ["chain", "amt"]
    assert {"identity", "connection"} <= {row["claim"] for row in caught.value.details["not_proven"]}


@pytest.mark.parametrize("field", ["fqdn", "version", "svn", "uuid", "realm", "nonce"])
def test_whatever_is_told_otherwise_than_it_is_signed_is_seen(field, monkeypatch):
    device = machine("16")
    real = attestation._evidence
    other = {"svn": 2, "uuid": bytes(16), "nonce": b"\0" * 20}

    def spoilt(asked, size):
        evidence = real(asked, size)
        signed = dataclasses.replace(evidence.signed, **{field: other.get(field, "another")})
        return dataclasses.replace(evidence, signed=signed)

    monkeypatch.setattr(attestation, "_evidence", spoilt)
    with pytest.raises(Unproven, match="signature: "):
        attested(device)


@pytest.mark.parametrize(
    ("order", "size", "ends"), [("<", "I", "all"), (">", "I", "name"), ("<", "H", "none"), (">", "H", "all")]
)
def test_every_form_that_the_schema_leaves_open_is_understood(order, size, ends, monkeypatch):
    def signed(self, challenge, own):
        name_ends, text_ends = {"all": (b"\0", b"\0"), "name": (b"\0", b""), "none": (b"", b"")}[ends]
        return b"".join(
            (
                challenge,
                own,
                self.fqdn.encode() + name_ends,
                self.uuid,
                self.firmware.settings.version.encode() + text_ends,
                struct.pack(order + "I", self.svn),
                self.firmware.digest_realm.encode() + text_ends,
                struct.pack(order + size, 0),
            )
        )

    monkeypatch.setattr(on_die.OnDie, "signed", signed)
    assert "signature" in attested(machine("16"))["proven"]


def test_another_root_proves_nothing():
    with pytest.raises(Unproven, match=r"chain: .*OU=OnDie CA Root Cert Signing.*: no certificate of") as caught:
        attested(machine("16"), roots=[made.root("Somebody else")])
    assert caught.value.details["hardware_id"] is None


def test_a_root_of_the_same_name_with_another_key_proves_nothing():
    name = on_die.vendor(on_die.ROOT)
    other = on_die.issued(name, name, "another key", "another key", True).public_bytes(Encoding.PEM).decode()
    with pytest.raises(Unproven, match="chain: "):
        attested(machine("16"), roots=[other])


def test_a_device_that_does_not_send_its_root_is_as_good(monkeypatch):
    device = machine("16")
    chain = firmware_of(device).on_die.chain
    monkeypatch.setattr(on_die.OnDie, "chain", chain[:5])
    assert attested(device)["proven"][:3] == ["chain", "amt", "signature"]


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_a_gap_in_the_chain_is_told(missing, monkeypatch):
    device = machine("16")
    chain = firmware_of(device).on_die.chain
    monkeypatch.setattr(on_die.OnDie, "chain", chain[:missing] + chain[missing + 1 :])
    with pytest.raises(Unproven, match=r"no certificate of .* that has signed it"):
        attested(device)


@pytest.mark.parametrize(("longest", "is_long_enough"), [(2, True), (1, False), (0, False)])
def test_an_authority_has_no_more_below_it_than_it_may(longest, is_long_enough, monkeypatch):
    device = machine("16")
    chain = list(firmware_of(device).on_die.chain)
    names = {"subject": chain[3].subject, "issuer": chain[3].issuer, "signer": on_die.INTERMEDIATE}
    name = "{0} of {1}".format(on_die.CHIP, firmware_of(device).on_die.chip)
    chain[3] = on_die.issued(**names, name=name, authority=True, longest=longest)
    monkeypatch.setattr(on_die.OnDie, "chain", tuple(chain))
    if is_long_enough:
        assert "chain" in attested(device)["proven"]
    else:
        with pytest.raises(Unproven, match="it may not have so many authorities below it"):
            attested(device)


def test_another_application_of_the_chip_is_not_amt(monkeypatch):
    monkeypatch.setattr(on_die, "LEAF", "PTT EK")
    on_die.chain_of.cache_clear()
    try:
        with pytest.raises(Unproven, match="amt: the certificate is one of PTT EK, and not of AMT"):
            attested(machine("16"))
    finally:
        on_die.chain_of.cache_clear()


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_a_revoked_certificate_fails_whatever_is_required(place):
    device = machine("16")
    revoked = firmware_of(device).on_die.chain[place]
    with pytest.raises(Unproven, match="revocation: revoked: ") as caught:
        attested(device, revocation_lists=lists(device, revoked), require=[])
    assert len(caught.value.details["revoked"]) == 1


def test_without_lists_and_with_too_few_it_is_told_of_whom_nothing_is_known():
    device = machine("16")
    assert reasons(attested(device))["revocation"].startswith("no list says anything of CN=AMT RCFG; ")
    root_only = lists(device)[:1]
    found = reasons(attested(device, revocation_lists=root_only))["revocation"]
    assert "ODCA CA2 CSME Intermediate" not in found.partition(" (")[0]


def test_a_list_out_of_date_or_of_nobody_does_not_count():
    device = machine("16")
    old = on_die.revocation_lists(device.clock.wall() - 90 * 86400)
    assert "does not count: it is out of date" in reasons(attested(device, revocation_lists=old))["revocation"]
    with pytest.raises(Unproven, match="revocation: "):
        attested(device, revocation_lists=old, require=["revocation"])


def test_a_list_whose_signature_is_wrong_does_not_count(monkeypatch):
    device = machine("16")
    real = on_die.key_of
    monkeypatch.setattr(on_die, "key_of", lambda name: real("forged " + name))
    forged = lists(device)
    monkeypatch.undo()
    assert "its signature is not its issuer's" in reasons(attested(device, revocation_lists=forged))["revocation"]


def test_a_chain_of_which_something_is_out_of_date():
    device = machine("16")
    device.clock.advance(4102444800 - device.clock.wall())  # 2100
    with pytest.raises(Unproven, match="chain: CN=AMT RCFG: it is out of date"):
        attested(device)


def test_a_unit_whose_inventory_tells_another_uuid_has_no_identity(monkeypatch):
    device = machine("16")
    monkeypatch.setattr(on_die.OnDie, "uuid", b"\1" * 16)
    found = attested(device)
    assert "the hardware inventory tells the UUID" in reasons(found)["identity"]
    with pytest.raises(Unproven, match="identity: "):
        attested(device, require=["identity"])


@pytest.mark.parametrize("generation", ["9", "11", "12"])
def test_firmware_from_before_there_were_such_certificates(generation):
    with pytest.raises(Unavailable, match="this firmware has no AMTAuthenticate") as caught:
        attested(machine(generation))
    assert caught.value.details["lacks"]


def test_a_nonce_that_the_firmware_does_not_take_is_its_refusal(monkeypatch):
    monkeypatch.setattr(on_die, "NONCE_SIZES", (32,))
    with pytest.raises(Refused, match="INVALID_PARAMETER"):
        attested(machine("16"))
    assert attested(machine("16"), nonce_size=32)["proven"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"UUID": "none"}, "UUID is no UUID"),
        ({"LengthOfCertificates": [10**6]}, "does not fit the certificates"),
        ({"LengthOfCertificates": [3]}, "Certificates has no certificate"),
        ({"LengthOfCertificates": [-1]}, "does not fit the certificates"),
        ({"AMTSVN": 1 << 31}, "is no number that it can have"),
        ({"Signature": None}, "Signature is missing"),
        ({"Nonce": None}, "Nonce is missing"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told(told, reason, monkeypatch):
    real = on_die.OnDie.authenticate

    def spoilt(self, present, MC_Nonce):
        return {**real(self, present, MC_Nonce), **told}

    spoilt.rules = real.rules
    monkeypatch.setattr(on_die.OnDie, "authenticate", spoilt)
    with pytest.raises(Unreadable, match=reason):
        attested(machine("16"))


@pytest.mark.parametrize("mechanism", [1, 65535])
def test_a_mechanism_that_is_not_published_is_not_guessed(mechanism, monkeypatch):
    real = on_die.OnDie.authenticate

    def other(self, present, MC_Nonce):
        return {**real(self, present, MC_Nonce), "SignatureMechanism": mechanism}

    other.rules = real.rules
    monkeypatch.setattr(on_die.OnDie, "authenticate", other)
    with pytest.raises(Unproven, match="signature mechanism {0} is not known".format(mechanism)):
        attested(machine("16"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"roots": []}, "roots: .* give Intel's root"),
        ({"roots": ["nonsense"]}, "PEM, or base64 of DER"),
        ({"roots": [made.leaf("leaf", "One")]}, "it is no certificate of an authority"),
        ({"revocation_lists": ["bm9uc2Vuc2U="]}, "no list of revocations"),
        ({"require": ["revocation"]}, "revocation needs revocation_lists"),
        ({"hardware_id": "12"}, "64 hexadecimal digits"),
        ({"nonce_size": 8}, "from 16 to 64 bytes"),
    ],
)
def test_what_cannot_be_used_is_refused_before_any_connection(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        Attestation().check(wanted(**given))


def test_der_in_base64_will_do():
    device = machine("16")
    root = base64.b64encode(on_die.root().public_bytes(Encoding.DER)).decode()
    listed = [base64.b64encode(next(unwrapped("X509 CRL", each))).decode() for each in lists(device)]
    assert "revocation" in attested(device, roots=[root], revocation_lists=listed)["proven"]


def test_the_certificate_of_the_connection_is_in_what_is_signed(site):
    """By the device's own certificate, and through somebody who ends TLS in between."""
    pc = site(16)
    roots = [on_die.root_pem()]
    outcome, _place = pc.run(Attestation(), pc.endpoint(tls=True, ca_file=str(pc.ca_file)), roots=roots)
    assert outcome.after["proven"] == ["chain", "amt", "signature", "connection", "identity"]


def test_who_ends_tls_in_between_is_seen(monkeypatch):
    """The device's certificate is another one than that of the connection."""
    device = machine("16")
    theirs, ours = (made.certificate(name).public_bytes(Encoding.DER) for name in ("device", "in between"))
    firmware = firmware_of(device)
    monkeypatch.setattr(firmware, "certificate", lambda: theirs)
    monkeypatch.setattr(type(device), "certificate", ours)
    found = attested(device)
    assert "signature" in found["proven"]
    assert reasons(found)["connection"].endswith("TLS ends in between")
    with pytest.raises(Unproven, match="connection: "):
        attested(device, require=["connection"])


def openssl(folder, *arguments, verdict=0):
    program = shutil.which("openssl")
    assert program, "openssl is needed"
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, timeout=120, check=False)
    assert done.returncode == verdict, done.stdout.decode() + done.stderr.decode()


def test_openssl_comes_to_the_same_verdicts(tmp_path, monkeypatch):
    """Chain and signature of what the simulated device answers, over the octets that we put together."""
    device = machine("16")
    seen = []
    real = attestation_claims.Signed.form

    def watched(self, shown, key, signature):
        found = real(self, shown, key, signature)
        seen.extend((octets, signature) for *form, octets in self._forms(shown) if tuple(form) == found)
        return found

    monkeypatch.setattr(attestation_claims.Signed, "form", watched)
    attested(device)
    ((octets, signature),) = seen
    chain = firmware_of(device).on_die.chain
    (tmp_path / "octets").write_bytes(octets)
    (tmp_path / "other").write_bytes(octets + b"\0")
    (tmp_path / "signature").write_bytes(signature)
    (tmp_path / "root.pem").write_text(on_die.root_pem())
    (tmp_path / "leaf.pem").write_bytes(chain[0].public_bytes(Encoding.PEM))
    (tmp_path / "others.pem").write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain[1:]))
    openssl(tmp_path, "verify", "-CAfile", "root.pem", "-untrusted", "others.pem", "leaf.pem")
    openssl(tmp_path, "x509", "-in", "leaf.pem", "-pubkey", "-noout", "-out", "key.pem")
    openssl(tmp_path, "dgst", "-sha384", "-verify", "key.pem", "-signature", "signature", "octets")
    openssl(tmp_path, "dgst", "-sha384", "-verify", "key.pem", "-signature", "signature", "other", verdict=1)


def test_an_attestation_is_counted_as_a_read(site):
    pc = site(16)
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    pc.run(Attestation(), endpoint, roots=[on_die.root_pem()])
    assert len(pc.running.journal.reads(method="AMTAuthenticate")) == 1
    assert pc.running.journal.writes() == []
