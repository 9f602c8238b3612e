# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the key to the certificate that is served, and to its renewal, by a real openssl as the authority."""

from __future__ import annotations

import sys
import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    InvalidOption,
    NotReached,
    Overtaken,
    Unreadable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security import tls_certificate, tls_change
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.issuing import NotIssued
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.signing import REQUEST
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls import Tls
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls_certificate import TlsCertificate
from ansible_collections.outofband.amt.plugins.module_utils.wsman.stream import open_stream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from simulator.firmware.security import key_store
from simulator.values import Epr
from tests import certificate_maker as made
from tests.in_process import machine
from tests.interop.own_requests import defaults

BITS = 2048
STRONG = made.authority("Strong root", BITS)
QUICK = made.authority("Quick root")
SHORT_LIVED = made.authority("Quick root", days=20)
DAY = 86400
ASKED = {row.name: row.default for row in REQUEST}


def asked(pc, **more):
    return {"command": STRONG, "subject": "CN=pc.lab.test", "addresses": [pc.device.address], **more}


def handles(pc):
    return pc.device.call(lambda firmware: (len(firmware.key_store.certificates), len(firmware.key_store.keys)))


@pytest.mark.parametrize("generation", [12, 16])
def test_one_task_from_the_key_to_what_is_served_and_renewed(site, generation):
    """A device of 12 has no TLS before. This machine's OpenSSL judges what is served, by authority and address."""
    pc = site(generation, tls=generation > 12, durations={"key_pair": 2})
    trusting = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    before = trusting if generation > 12 else pc.endpoint(tls=False, ca_file=str(pc.ca_file))
    port = {} if generation > 12 else {"port": trusting.port}
    outcome, _end = pc.run(TlsCertificate(), before, **asked(pc), **port)
    assert outcome.changed
    served = outcome.facts["served"]
    assert (served["subject"], served["issuer"]) == ("CN=pc.lab.test", "CN=Strong root")
    assert not pc.run(TlsCertificate(), trusting, **asked(pc))[0].changed
    first = pc.run(Tls(), trusting)[0].after["certificate"]
    assert first == served["fingerprint"]
    held = handles(pc)
    pc.running.advance(340 * DAY)
    due, _end = pc.run(TlsCertificate(), trusting, **asked(pc, renew_before=10))
    assert not due.changed
    with pytest.raises(NotIssued, match="would be replaced at once"):
        pc.run(TlsCertificate(), trusting, **asked(pc))
    assert handles(pc) == held, "what was made was taken back"
    renewed, _end = pc.run(TlsCertificate(), trusting, **asked(pc, issuer="CN=Strong root", renew_before=24))
    assert not renewed.changed
    more, _end = pc.run(TlsCertificate(), trusting, **asked(pc, dns_names=["pc.lab.test"], renew_before=0))
    assert more.facts["served"]["fingerprint"] != first
    assert handles(pc) == held, "the old one is gone, and its key"


def test_what_this_run_does_not_trust_is_not_left_behind(site):
    pc = site(16)
    only_theirs = pc.endpoint(tls=True, ca_file=str(pc.running.ca_file))
    held = handles(pc)
    with pytest.raises(NotReached, match="certificate is refused"):
        pc.run(TlsCertificate(), only_theirs, **asked(pc))
    assert handles(pc) == (max(held[0], 1), 0)
    open_stream(only_theirs, type("Long", (), {"passed": lambda self: False, "left": lambda self: 60.0})()).close()


@pytest.mark.parametrize(
    ("more", "way_out"),
    [({}, "store_issuers: true"), ({"addresses": [], "dns_names": ["elsewhere.lab.test"]}, "set `host` to one")],
)
def test_why_it_is_not_trusted_is_told_with_the_way_out(site, more, way_out):
    """An authority in between, of which only the root is known here; and a name by which nobody calls."""
    pc = site(16)
    between = made.certificate("Between", "Strong root", authority=True, bits=BITS)
    middle = made.authority("Between", BITS)
    command = ["sh", "-c", '"$0" "$@"; printf "%s" "{0}"'.format(made.pem(between)), *middle]
    trusting = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    store = bool(more)
    with pytest.raises(NotReached, match="certificate is refused") as caught:
        pc.run(TlsCertificate(), trusting, **{**asked(pc), "command": command, "store_issuers": store, **more})
    assert way_out in caught.value.hint


def test_who_is_overtaken_leaves_what_the_other_one_was_told_is_done(site, monkeypatch):
    """The other run comes and goes between two looks of this one at what is served."""
    pc = site(16)
    trusting = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    trust, others = tls_change.Change._trust, []

    def overtaken(change, end):
        trust(change, end)
        if not others:
            others.append(None)
            others[0] = pc.run(TlsCertificate(), trusting, **asked(pc, subject="CN=other.lab.test"))[0]

    monkeypatch.setattr(tls_change.Change, "_trust", overtaken)
    with pytest.raises(NotReached, match="did not answer with the new TLS settings") as caught:
        pc.run(TlsCertificate(), trusting, **asked(pc, wait_timeout=20))
    assert "somebody else has set TLS otherwise" in caught.value.hint
    served = pc.run(Tls(), trusting)[0].after
    assert others[0].changed and served["certificate"] == others[0].facts["served"]["fingerprint"]


class Quick:
    """A device without a network, whose certificate is short."""

    def __init__(self, generation="12", **settings):
        self.device = machine(generation, tls=True, durations={"key_pair": 0}, **settings)
        self.device.clock.advance(time.time() - self.device.clock.now())
        self.firmware = self.device.client.transport.service.firmware

    def run(self, dry_run=False, resource=None, **given):
        resource = resource or TlsCertificate()
        wish = {"command": QUICK, "key_size": 1024} if isinstance(resource, TlsCertificate) else {}
        return converge(resource, self.device, defaults(resource, **{**wish, **given}), dry_run=dry_run)


@pytest.fixture
def quick():
    return Quick()


def test_without_a_subject_it_is_for_the_devices_own_name(quick):
    outcome = quick.run()
    assert outcome.after["dns_names"] == ["host-0001.example.test"]
    assert len(outcome.facts["chain"]) == 1
    assert not quick.run().changed


def test_check_mode_runs_no_program_and_makes_no_key(quick):
    outcome = quick.run(dry_run=True, command=["false"])
    assert outcome.changed
    assert quick.firmware.key_store.keys == {}


@pytest.mark.parametrize(
    ("command", "error", "complaint"),
    [
        (["/nonexistent"], InvalidOption, "no such program"),
        ([], InvalidOption, "name a program"),
        (["false"], NotIssued, "ended with code 1"),
        (["true"], NotIssued, "no certificate"),
        (["sh", "-c", "echo sorry >&2; exit 3"], NotIssued, "code 3"),
        (["cat"], NotIssued, "no certificate"),
        (["true", "{chain}"], NotIssued, "not written"),
        ([sys.executable, "-c", "print({0!r})".format(made.root("One"))], NotIssued, "of the device's key"),
        ([*QUICK[:-2]], NotIssued, "not for host-0001"),
        (SHORT_LIVED, NotIssued, "ends on"),
        (["sh", "-c", "sleep 20"], NotIssued, "within 1 seconds"),
    ],
)
def test_a_program_that_makes_nothing_of_use_leaves_the_device_as_it_was(quick, command, error, complaint):
    with pytest.raises(error) as caught:
        quick.run(command=command, command_timeout=1 if "sleep 20" in command else 60)
    assert complaint in str(caught.value)
    assert quick.firmware.key_store.keys == quick.firmware.key_store.certificates == {}


@pytest.mark.parametrize("subject", ["CN=another.lab.test", None])
def test_no_authority_sees_a_request_that_the_device_has_written(quick, monkeypatch, tmp_path, subject):
    """Signed properly, with the device's own key: a request for another name, and one that asks to be an authority."""

    def of_its_own(_request, key, _algorithm):
        names = x509.Name.from_rfc4514_string(subject or "CN=pc.lab.test")
        builder = x509.CertificateSigningRequestBuilder(names)
        if subject is None:
            builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    monkeypatch.setattr(key_store, "signed_again", of_its_own)
    seen = tmp_path / "seen"
    own = {**ASKED, "subject": "CN=pc.lab.test", "key_size": 1024}
    for run in (
        lambda: quick.run(command=["cp", "{csr}", str(seen)], subject="CN=pc.lab.test"),
        lambda: quick.run(resource=Certificates(), request=own),
    ):
        with pytest.raises(Unreadable, match="asks for something else"):
            run()
    assert not seen.exists()


def test_a_key_that_somebody_takes_away_is_told_as_that(quick, monkeypatch):
    """Another run had made it, and this one took it for free."""
    keys = quick.firmware.key_store.keys
    make = tls_certificate.make_key

    def lost(machine, size):
        key = make(machine, size)
        keys.clear()
        return key

    monkeypatch.setattr(tls_certificate, "make_key", lost)
    with pytest.raises(Overtaken) as caught:
        quick.run()
    assert "somebody else has taken the key away: run again" in caught.value.hint


def test_what_a_program_says_is_told_in_one_line(quick):
    with pytest.raises(NotIssued) as caught:
        quick.run(command=["sh", "-c", "printf 'no\\033[31m\\nway' >&2; exit 1"])
    assert caught.value.hint.startswith("it said: no")
    assert "\033" not in caught.value.hint


def test_files_stand_for_what_is_asked_and_answered(quick):
    outcome = quick.run(command=["sh", "-c", '"$@" -in {csr} -out {chain}', "sh", *QUICK])
    assert outcome.facts["served"]["issuer"] == "CN=Quick root"


def test_another_issuer_or_name_is_a_reason_to_ask_again(quick):
    quick.run(subject="CN=one")
    assert quick.run(subject="CN=one", issuer="CN=Quick root").changed is False
    assert quick.run(subject="CN=one", dry_run=True, issuer="CN=Other root").changed
    outcome = quick.run(subject="CN=two")
    assert outcome.changed
    assert len(quick.firmware.key_store.certificates) == len(quick.firmware.key_store.keys) == 1


def test_it_is_renewed_before_it_ends(quick):
    first = quick.run(command=SHORT_LIVED, renew_before=5).facts["served"]
    assert not quick.run(command=SHORT_LIVED, renew_before=5).changed
    assert quick.run(renew_before=400, dry_run=True).changed
    assert quick.run().facts["served"]["fingerprint"] != first["fingerprint"]


def test_what_a_killed_run_has_left_is_used(quick, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_given):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(tls_certificate, "Change", killed)
        with pytest.raises(Killed):
            quick.run()
    assert len(quick.firmware.key_store.certificates) == 1
    assert quick.run(command=["false"]).changed, "nobody is asked again"


def test_issuers_are_stored_where_that_is_wanted(quick):
    """Each once, however often the program gives it."""
    between = 2 * made.pem(made.certificate("Between", "Quick root", authority=True))
    command = ["sh", "-c", '"$@"; printf "%s" "$EXTRA"', "sh", *QUICK]
    script = command[2].replace('"$EXTRA"', "'{0}{1}'".format(between, made.root("Quick root")))
    assert len(quick.run(command=["sh", "-c", script, "sh", *QUICK], store_issuers=True).facts["chain"]) == 3
    roots = [row for row in quick.firmware.key_store.certificates.values() if row.is_root]
    assert [row.parsed.subject.rfc4514_string() for row in roots] == ["CN=Between"]


def test_a_certificate_that_others_use_stays(quick):
    first = quick.run(subject="CN=one").facts["served"]
    context = quick.firmware.key_store.contexts()[0]
    user = Epr("CIM_IEEE8021xSettings", {"InstanceID": "Intel(r) AMT:IEEE 802.1x Settings"})
    rule = quick.firmware.rules["instances", "CIM_CredentialContext", ""]
    served = [{**context, "ElementProvidingContext": user}]
    setattr(quick.firmware.domains[rule.domain], rule.function, lambda: served)
    quick.run(subject="CN=two")
    left = {row["fingerprint"]: row["used_by"] for row in quick.run(resource=Certificates()).facts["store"]}
    assert left[first["fingerprint"]] == ["wifi"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [({"renew_before": -1}, "number of days"), ({"key_size": 512}, "keys of"), ({"dns_names": ["a b"]}, "host name")],
)
def test_bad_input_is_refused_before_anything_is_asked(quick, given, complaint):
    with pytest.raises(InvalidOption, match=complaint):
        quick.run(command=["false"], **given)
