# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS towards the host itself after it was configured: what it shows, and whom it lets in."""

from __future__ import annotations

import base64
import ssl

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulator.clock import SystemClock
from simulator.values import Epr
from tests import certificate_maker as made
from tests.unit.simulator.asking import get
from tests.unit.simulator.mei.lme_host import Host, ask, local_account
from tests.unit.simulator.mei.test_lme import TlsChannel, unverified

BITS = 2048
CLIENT, CONSOLE, AGENT = "1.3.6.1.5.5.7.3.2", "2.16.840.1.113741.1.2.1", "2.16.840.1.113741.1.2.2"
STORE, CONTEXT, SETTINGS = "AMT_PublicKeyManagementService", "AMT_TLSCredentialContext", "AMT_TLSSettingData"
LOCAL = {"InstanceID": "Intel(r) AMT LMS TLS Settings"}
COLLECTION = Epr("AMT_TLSProtocolEndpointCollection", {"ElementName": "TLSProtocolEndpoint Instances Collection"})


def text(octets):
    return base64.b64encode(octets).decode("ascii")


@pytest.fixture
def configured(fleet):
    """A device that shows a certificate of ours and lets agents of the lab in, and that certificate."""
    device = fleet([{"name": "pc", "generation": 16}], clock=SystemClock()).device("pc")
    root = made.certificate("Strong root", authority=True, bits=BITS)
    leaf = made.certificate("pc.lab.test", "Strong root", bits=BITS)
    key = made.key("pc.lab.test", BITS).private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    def configure(firmware):
        for method, name, octets in (
            ("AddKey", "KeyBlob", key),
            ("AddTrustedRootCertificate", "CertificateBlob", root.public_bytes(Encoding.DER)),
            ("AddCertificate", "CertificateBlob", leaf.public_bytes(Encoding.DER)),
        ):
            answer = firmware.invoke(STORE, {}, method, [(name, text(octets))])
        shown = [("ElementInContext", answer["CreatedCertificate"]), ("ElementProvidingContext", COLLECTION)]
        firmware.put(CONTEXT, {}, shown)
        on = [("Enabled", "true"), ("MutualAuthentication", "true"), ("TrustedCN", "lab.test")]
        firmware.put(SETTINGS, LOCAL, [("AcceptNonSecureConnections", "true"), *LOCAL.items(), *on])
        firmware.invoke("AMT_SetupAndConfigurationService", {}, "CommitChanges", [])

    device.call(configure)
    return device, leaf.public_bytes(Encoding.DER)


def showing(folder, name, *usages):
    shown = made.certificate(name, "Strong root", usages=usages, bits=BITS)
    file = folder / "{0}.pem".format(shown.serial_number)
    file.write_text(made.pem(shown) + made.key_pem(name, BITS))
    context = unverified()
    context.load_cert_chain(file)
    return context


def enters(device, context):
    """Whether a request over TLS with this client is answered, and what the device shows."""
    node = device.mei()
    account = local_account(node)
    host = Host(node).forward()
    seen = []

    def wrapped(channel):
        seen.append(TlsChannel(channel, context))
        return seen[-1]

    try:
        head, _body = ask(host, get(), *account, port=16993, wrapped=wrapped)
    except (ssl.SSLError, ConnectionError, AssertionError, IndexError, ValueError):
        return False
    return head.startswith("HTTP/1.1 200") and seen[-1].tls.getpeercert(binary_form=True)


def test_an_agent_of_the_lab_is_let_in_and_sees_our_certificate(configured, tmp_path):
    device, leaf = configured
    assert enters(device, showing(tmp_path, "agent.lab.test", CLIENT, AGENT)) == leaf


@pytest.mark.parametrize(
    "shown",
    [(), ("agent.else.test", CLIENT, AGENT), ("console.lab.test", CLIENT, CONSOLE)],
    ids=["nothing", "another name", "a console's"],
)
def test_nobody_else_is(configured, tmp_path, shown):
    device, _leaf = configured
    assert not enters(device, showing(tmp_path, *shown) if shown else unverified())
