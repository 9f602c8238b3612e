# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the listeners show and whom they let in, after the firmware was told; asked by openssl and by curl."""

from __future__ import annotations

import base64
import hashlib
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from simulator.certificates import REMOTE_CONSOLE, certificate_builder, common_name
from simulator.clock import SystemClock
from simulator.values import Epr

from .asking import curl, get

STORE, CONTEXT, SETTINGS = "AMT_PublicKeyManagementService", "AMT_TLSCredentialContext", "AMT_TLSSettingData"
REMOTE = {"InstanceID": "Intel(r) AMT 802.3 TLS Settings"}
COLLECTION = Epr("AMT_TLSProtocolEndpointCollection", {"ElementName": "TLSProtocolEndpoint Instances Collection"})


def text(octets):
    return base64.b64encode(octets).decode("ascii")


def call(firmware, method, **inputs):
    return firmware.invoke(STORE, {}, method, list(inputs.items()))


def commit(firmware):
    assert firmware.invoke("AMT_SetupAndConfigurationService", {}, "CommitChanges", [])["ReturnValue"] == 0


class Signer:
    """A CA and a key for everything that it signs: those of the simulator, made once in a test run."""

    def __init__(self, running):
        authority = running.simulation.authority
        self.key, self.root, self.leaf_key = authority._key, authority._certificate, authority._leaf_key

    def sign(self, name, usages, issuer=None, authority=False):
        made = certificate_builder(
            common_name(name), (issuer or self.root).subject, self.leaf_key.public_key(), days=30
        ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if usages:
            made = made.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        return made.sign(self.leaf_key if issuer else self.key, hashes.SHA256())

    def files(self, folder, name, *usages):
        certificate, path = self.sign(name, usages), folder / (name + ".pem")
        key = self.leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(certificate.public_bytes(Encoding.PEM) + key)
        return certificate, ("--cert", str(path))


def der(certificate):
    return certificate.public_bytes(Encoding.DER)


def shown(running):
    leaf = ssl.get_server_certificate((running.device("pc").address, running.ports.tls))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf)).digest()


@pytest.fixture
def pc(fleet):
    """Its clock is right."""
    return fleet([{"name": "pc", "generation": 16}], clock=SystemClock())


def test_what_the_context_names_is_served_from_the_commit_on_with_its_issuers(pc, tmp_path):
    signer, device = Signer(pc), pc.device("pc")
    between = signer.sign("Between", (), authority=True)
    leaf = signer.sign("pc.lab.test", [ExtendedKeyUsageOID.SERVER_AUTH], issuer=between)
    key = signer.leaf_key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    before = shown(pc)

    def name_it(firmware):
        call(firmware, "AddKey", KeyBlob=text(key))
        call(firmware, "AddTrustedRootCertificate", CertificateBlob=text(der(between)))
        added = call(firmware, "AddCertificate", CertificateBlob=text(der(leaf)))["CreatedCertificate"]
        firmware.put(CONTEXT, {}, [("ElementInContext", added), ("ElementProvidingContext", COLLECTION)])

    device.call(name_it)
    assert shown(pc) == before
    device.call(commit)
    assert shown(pc) == leaf.fingerprint(hashes.SHA256()) != before
    root = tmp_path / "root.pem"
    root.write_bytes(signer.root.public_bytes(Encoding.PEM))
    resolved = ("--cacert", str(root), "--resolve", "pc.lab.test:{0}:{1}".format(pc.ports.tls, device.address))
    assert curl("https://pc.lab.test:{0}/wsman".format(pc.ports.tls), get(), *resolved).status == 0
    assert device.call(lambda firmware: firmware.tls_identity.chain) == (der(leaf), der(between))


def test_with_mutual_tls_a_client_is_let_in_by_authority_name_purpose_and_while_it_is_not_revoked(pc, tmp_path):
    signer, device = Signer(pc), pc.device("pc")
    purposes = (ExtendedKeyUsageOID.CLIENT_AUTH, REMOTE_CONSOLE)

    def demand(firmware):
        call(firmware, "AddTrustedRootCertificate", CertificateBlob=text(der(signer.root)))
        on = [("Enabled", "true"), ("MutualAuthentication", "true"), ("TrustedCN", "lab.test")]
        firmware.put(
            SETTINGS, REMOTE, [("AcceptNonSecureConnections", "false"), ("InstanceID", REMOTE["InstanceID"]), *on]
        )
        commit(firmware)
        refused = call(firmware, "AddTrustedRootCertificate", CertificateBlob=text(der(signer.root)))
        assert refused == {"ReturnValue": 16}

    def enters(*options):
        where = "https://{0}:{1}/wsman".format(device.address, pc.ports.tls)
        return curl(where, get(), "--insecure", *options).status == 200

    assert enters()
    device.call(demand)
    console, shows_console = signer.files(tmp_path, "console.lab.test", *purposes)
    assert enters(*shows_console)
    assert not enters()
    pc.advance(60 * 86400)
    assert not enters(*shows_console)
    pc.advance(-60 * 86400)
    assert not enters(*signer.files(tmp_path, "console.elsewhere.test", *purposes)[1])
    assert not enters(*signer.files(tmp_path, "server.lab.test", ExtendedKeyUsageOID.SERVER_AUTH)[1])
    serial = console.serial_number.to_bytes(20, "big")
    device.call(lambda firmware: call(firmware, "AddCRL", Url="http://ca.test/", SerialNumbers=text(serial)))
    assert not enters(*shows_console)
    device.call(lambda firmware: call(firmware, "ResetCRLList"))
    assert enters(*shows_console)
