# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys: what management programs put there, find again and take away."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from simulator.firmware.security.certificate_request import element
from simulator.values import Epr, Fault

from ..conftest import self_signed

SERVICE = "AMT_PublicKeyManagementService"
CERTIFICATE, KEY, CONTEXT = "AMT_PublicKeyCertificate", "AMT_PublicPrivateKeyPair", "AMT_TLSCredentialContext"
OTHERS = rsa.generate_private_key(65537, 2048)


def text(octets):
    return base64.b64encode(octets).decode("ascii")


def called(firmware, method, **inputs):
    return firmware.invoke(SERVICE, {}, method, list(inputs.items()))


@pytest.fixture
def fresh(make):
    return make("12", tls=False)


def with_key(firmware):
    """A reference to a key that the firmware made, and its public part."""
    made = called(firmware, "GenerateKeyPair", KeyAlgorithm="0", KeyLength="2048")
    firmware.clock.advance(firmware.settings.durations["key_pair"])
    return made["KeyPair"], firmware.get(KEY, made["KeyPair"].selectors)["DERKey"]


def private():
    return OTHERS.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def null_signed(public):
    """A request whose signature is somebody else's, as programs without the private key send it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pc.lab.test")])
    own = x509.CertificateSigningRequestBuilder().subject_name(name).sign(OTHERS, hashes.SHA256())
    mine = OTHERS.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    return own.public_bytes(serialization.Encoding.DER).replace(mine, public)


@pytest.mark.parametrize("algorithm", [0, 1, 2])
def test_a_request_comes_back_with_the_devices_own_signature(fresh, algorithm):
    reference, public = with_key(fresh)
    request = null_signed(public)
    asked = {"KeyPair": reference, "SigningAlgorithm": str(algorithm), "NullSignedCertificateRequest": text(request)}
    reply = called(fresh, "GeneratePKCS10RequestEx", **asked)
    signed = x509.load_der_x509_csr(reply["SignedCertificateRequest"])
    signed.public_key().verify(
        signed.signature, signed.tbs_certrequest_bytes, padding.PKCS1v15(), signed.signature_hash_algorithm
    )
    assert reply["ReturnValue"] == 0
    assert signed.subject.rfc4514_string() == "CN=pc.lab.test"


def test_a_key_is_of_use_a_while_after_it_was_made(fresh):
    made = called(fresh, "GenerateKeyPair", KeyAlgorithm="0", KeyLength="2048")
    public = fresh.get(KEY, made["KeyPair"].selectors)["DERKey"]
    request = text(null_signed(public))
    asked = {"KeyPair": made["KeyPair"], "SigningAlgorithm": "1", "NullSignedCertificateRequest": request}
    assert called(fresh, "GeneratePKCS10RequestEx", **asked) == {"ReturnValue": 2061}
    assert called(fresh, "GenerateKeyPair", KeyAlgorithm="0", KeyLength="2048") == {"ReturnValue": 2061}
    fresh.clock.advance(2)
    assert called(fresh, "GeneratePKCS10RequestEx", **asked)["ReturnValue"] == 0


def test_there_is_room_for_a_few_revoked_certificates(fresh):
    serial = text(bytes.fromhex("0102"))
    for number in range(4):
        given = [("Url", "http://ca.test/{0}".format(number)), ("SerialNumbers", serial)]
        assert fresh.invoke(SERVICE, {}, "AddCRL", given)["ReturnValue"] == 0
    assert fresh.invoke(SERVICE, {}, "AddCRL", given)["ReturnValue"] == 2058
    assert fresh.invoke(SERVICE, {}, "AddCRL", [("Url", "http://ca.test/5")])["ReturnValue"] == 23
    assert fresh.get("AMT_CRL", {"InstanceID": "Intel(r) AMT CRL: Handle: 1"})["SerialNumbers"] == [serial]
    assert fresh.revocations.revoked == {0x0102}
    assert called(fresh, "ResetCRLList") == {"ReturnValue": 0}
    many = [("Url", "http://ca.test/"), *(("SerialNumbers", serial) for _each in range(65))]
    assert fresh.invoke(SERVICE, {}, "AddCRL", many)["ReturnValue"] == 23
    wrong = [("Url", "http://ca.test/"), ("SerialNumbers", "no base64")]
    assert fresh.invoke(SERVICE, {}, "AddCRL", wrong)["ReturnValue"] == 36
    assert fresh.present("AMT_CRL") == []


def test_a_request_for_another_key_is_refused(fresh):
    reference, _public = with_key(fresh)
    mine = OTHERS.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    asked = {"SigningAlgorithm": "1", "NullSignedCertificateRequest": text(null_signed(mine)), "KeyPair": reference}
    assert called(fresh, "GeneratePKCS10RequestEx", **asked) == {"ReturnValue": 2062}
    asked["NullSignedCertificateRequest"] = text(b"no request")
    assert called(fresh, "GeneratePKCS10RequestEx", **asked) == {"ReturnValue": 36}


def test_certificates_are_found_again_and_not_twice(fresh):
    root = self_signed(OTHERS, "Lab Root")
    added = called(fresh, "AddTrustedRootCertificate", CertificateBlob=text(root))
    (found,) = fresh.present(CERTIFICATE)
    assert added["CreatedCertificate"].selectors == {"InstanceID": "Intel(r) AMT Certificate: Handle: 0"}
    assert found == {
        "ElementName": "Intel(r) AMT Certificate",
        "InstanceID": "Intel(r) AMT Certificate: Handle: 0",
        "Issuer": "CN=Lab Root",
        "Subject": "CN=Lab Root",
        "TrustedRootCertficate": True,
        "X509Certificate": root,
    }
    assert called(fresh, "AddTrustedRootCertificate", CertificateBlob=text(root)) == {"ReturnValue": 2058}
    assert called(fresh, "AddCertificate", CertificateBlob=text(b"none")) == {"ReturnValue": 2063}
    fresh.delete(CERTIFICATE, added["CreatedCertificate"].selectors)
    assert fresh.present(CERTIFICATE) == []


def test_there_is_room_for_a_few(fresh):
    outcomes = [
        called(fresh, "AddTrustedRootCertificate", CertificateBlob=text(self_signed(OTHERS, "Root {0}".format(number))))
        for number in range(5)
    ]
    assert [outcome["ReturnValue"] for outcome in outcomes] == [0, 0, 0, 0, 23]


def test_a_key_of_ones_own(fresh):
    der = private()
    assert called(fresh, "AddKey", KeyBlob=text(der))["ReturnValue"] == 0
    assert called(fresh, "AddKey", KeyBlob=text(der)) == {"ReturnValue": 2058}
    assert called(fresh, "AddKey", KeyBlob=text(der[:40])) == {"ReturnValue": 2062}
    assert len(fresh.present(KEY)) == 1


def test_what_tls_uses_stays(fresh):
    collection = fresh.reference(
        "AMT_TLSProtocolEndpointCollection", fresh.present("AMT_TLSProtocolEndpointCollection")[0]
    )
    added = called(fresh, "AddCertificate", CertificateBlob=text(self_signed(OTHERS)))["CreatedCertificate"]
    fields = [("ElementInContext", added), ("ElementProvidingContext", collection)]
    with pytest.raises(Fault) as caught:
        fresh.create(CONTEXT, fields)
    assert caught.value.detail == "AMT-STATUS 2064"
    called(fresh, "AddKey", KeyBlob=text(private()))
    context = fresh.create(CONTEXT, fields)
    with pytest.raises(Fault, match="AlreadyExists"):
        fresh.create(CONTEXT, fields)
    with pytest.raises(Fault):
        fresh.delete(CERTIFICATE, added.selectors)
    fresh.delete(CONTEXT, context.selectors)
    fresh.delete(CERTIFICATE, added.selectors)
    assert fresh.present(CERTIFICATE) == fresh.present(CONTEXT) == []


def test_the_context_is_told_anew_and_which_key_is_in_use(fresh):
    """As rpc-go does it, which names the collection without one of its blanks."""
    key = called(fresh, "AddKey", KeyBlob=text(private()))["CreatedKey"]
    collection = Epr("AMT_TLSProtocolEndpointCollection", {"ElementName": "TLSProtocolEndpointInstances Collection"})
    fields = []
    for name in ("one", "two"):
        added = called(fresh, "AddCertificate", CertificateBlob=text(self_signed(OTHERS, name)))["CreatedCertificate"]
        fields.append([("ElementInContext", added), ("ElementProvidingContext", collection)])
    fresh.create(CONTEXT, fields[0])
    assert fresh.put(CONTEXT, {}, fields[1])["ElementInContext"] == added
    ((cls, shown),) = fresh.instances("CIM_CredentialContext")
    assert (cls, shown["ElementInContext"]) == (CONTEXT, added)
    assert {"Antecedent": added, "Dependent": key} in fresh.present("CIM_ConcreteDependency")


@pytest.mark.parametrize(("generation", "built_in"), [("12", False), ("16", True), ("19", True)])
def test_a_device_with_tls_shows_its_own(make, generation, built_in):
    firmware = make(generation, tls=True)
    firmware.certificate = lambda: self_signed(OTHERS, "pc.lab.test")
    (own,) = firmware.present(CERTIFICATE)
    assert (own["Subject"], own.get("ReadOnlyCertificate", False)) == ("CN=pc.lab.test", built_in)
    (context,) = firmware.present(CONTEXT)
    assert context["ElementInContext"].selectors == {"InstanceID": own["InstanceID"]}
    with pytest.raises(Fault):
        firmware.delete(CERTIFICATE, {"InstanceID": own["InstanceID"]})


def test_all_is_gone_with_the_set_up(fresh):
    with_key(fresh)
    called(fresh, "AddTrustedRootCertificate", CertificateBlob=text(self_signed(OTHERS)))
    fresh.forget_set_up()
    assert fresh.present(CERTIFICATE) == fresh.present(KEY) == []


@pytest.mark.parametrize(("size", "head"), [(5, "3005"), (200, "3081c8"), (300, "3082012c")])
def test_lengths_are_written_as_der_has_them(size, head):
    assert element(0x30, bytes(size)) == bytes.fromhex(head) + bytes(size)
