# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS switched on, off and over on simulated devices, over real connections: openssl's handshakes judge."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AmtError,
    InvalidOption,
    NotReached,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls import Tls
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls_change import Change
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls_client import ends_in, of_connection
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from tests import certificate_maker as made

SIDE = "AMT_TLSSettingData"


def on(**more):
    return {"enabled": True, "plain_ports": False, **more}


def written(site):
    return [(entry.cls, entry.method or entry.verb) for entry in site.running.journal.writes(device="pc")]


def listens(site):
    """(plain, TLS)"""
    return site.device.call(lambda firmware: (firmware.listens(16992), firmware.listens(16993)))


def test_on_and_off_again_each_seen_over_a_new_connection(site):
    pc = site(12, tls=False)
    plain = pc.endpoint(tls=False)
    leaf = pc.imported()
    pc.run(Certificates(), plain, certificates=[leaf])
    wish = {"remote": on(), "local": on(plain_ports=True)}
    outcome, end = pc.run(Tls(), plain, **wish, port=pc.running.ports.tls)
    assert outcome.changed
    assert (end.tls, end.port, end.fingerprint) == (True, pc.running.ports.tls, outcome.after["certificate"])
    assert outcome.facts["reach_by"] == {"tls": True, "port": end.port, "fingerprint": end.fingerprint}
    assert listens(pc) == (False, True)
    trusted = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    assert not pc.run(Tls(), trusted, **wish)[0].changed
    off = {"remote": {"enabled": False}, "local": {"enabled": False}}
    outcome, end = pc.run(Tls(), trusted, **off, port=plain.port)
    assert (outcome.after["certificate"], end.tls) == (None, False)
    assert listens(pc) == (True, False)
    assert not pc.run(Tls(), plain, **off)[0].changed
    assert pc.run(Certificates(), plain, certificates=[], purge=True)[0].after["certificates"] == []


def test_the_order_is_certificate_both_sides_commit_and_plain_ports_last(site):
    pc = site(12, tls=False)
    pc.run(Certificates(), pc.endpoint(tls=False), certificates=[pc.imported()])
    pc.running.journal.clear()
    pc.run(Tls(), pc.endpoint(tls=False), remote=on(), local=on(), port=pc.running.ports.tls)
    commit = ("AMT_SetupAndConfigurationService", "CommitChanges")
    assert written(pc) == [
        ("AMT_TLSCredentialContext", "create"),
        *[(SIDE, "put")] * 2,
        commit,
        (SIDE, "put"),
        commit,
    ]


def test_another_certificate_is_served_and_trusted_by_its_authority(site):
    pc = site(16)
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    leaf = pc.imported()
    pc.run(Certificates(), endpoint, certificates=[leaf])
    outcome, _end = pc.run(Tls(), endpoint, certificate=leaf["certificate"])
    assert outcome.changed
    assert not pc.run(Tls(), endpoint, certificate=outcome.after["certificate"])[0].changed
    strict = pc.endpoint(tls=True, fingerprint=outcome.after["certificate"])
    assert pc.run(Tls(), strict)[0].after["certificate"] == outcome.after["certificate"]


def test_a_certificate_that_this_run_would_not_trust_is_taken_back(site):
    pc = site(16)
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    before = pc.run(Tls(), endpoint)[0].after["certificate"]
    strange = pc.imported("pc.strange.test", issuer="Strange root")
    pc.run(Certificates(), endpoint, certificates=[strange])
    with pytest.raises(NotReached, match="certificate is refused") as caught:
        pc.run(Tls(), endpoint, certificate=strange["certificate"])
    assert "as it was before" in caught.value.hint
    assert pc.run(Tls(), endpoint)[0].after["certificate"] == before
    pinned = pc.endpoint(tls=True, fingerprint=before)
    assert pc.run(Tls(), pinned, certificate=strange["certificate"])[0].changed, "who pins, pins anew"


def test_what_is_switched_on_and_cannot_be_reached_is_switched_off_again(site):
    """As with a firewall that lets one port through."""
    pc = site(12, tls=False)
    plain = pc.endpoint(tls=False)
    pc.run(Certificates(), plain, certificates=[pc.imported()])
    with pytest.raises(NotReached) as caught:
        pc.run(Tls(), plain, remote=on(), local=on(), port=1, wait_timeout=2)
    assert "as it was before" in caught.value.hint
    assert listens(pc) == (True, False)
    found = pc.run(Tls(), plain)[0].after
    assert (found["certificate"], found["remote"]["enabled"]) == (None, False)


@pytest.fixture
def demanding(site):
    """A device with our root, and what turns mutual TLS on there."""
    pc = site(16)
    pc.run(Certificates(), pc.endpoint(tls=True, ca_file=str(pc.ca_file)), roots=[made.pem(pc.root)])
    return pc


def turned_on(pc, client="", names=("lab.test",)):
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file), client_certificate=client)
    return pc.run(Tls(), endpoint, remote={"mutual": True, "trusted_names": list(names)})[0]


def test_mutual_tls_lets_us_in_and_nobody_without(demanding):
    client = demanding.client()
    assert turned_on(demanding, client).changed
    assert not turned_on(demanding, client).changed
    with pytest.raises(AmtError):
        demanding.run(Tls(), demanding.endpoint(tls=True, ca_file=str(demanding.ca_file)))
    endpoint = demanding.endpoint(tls=True, ca_file=str(demanding.ca_file), client_certificate=client)
    assert demanding.run(Tls(), endpoint, remote={"mutual": False})[0].changed


@pytest.mark.parametrize(
    ("shown", "names", "complaint"),
    [
        (lambda pc: "", ["lab.test"], "shows no certificate"),
        (lambda pc: pc.client("console.else.test"), ["lab.test"], "trusted_names"),
        (lambda pc: pc.client(usages=["1.3.6.1.5.5.7.3.2"]), [], "2.16.840.1.113741.1.2.1"),
        (lambda pc: pc.client(days=-1), [], "device's clock"),
    ],
)
def test_who_would_be_shut_out_is_refused_before_the_write(demanding, shown, names, complaint):
    demanding.running.journal.clear()
    with pytest.raises(InvalidOption, match=complaint):
        turned_on(demanding, shown(demanding), names)
    assert written(demanding) == []


def test_who_is_revoked_or_of_another_authority_is_refused_before_the_write(site):
    pc = site(16)
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    with pytest.raises(InvalidOption, match="trusts no authority"):
        turned_on(pc, pc.client())
    pc.run(Certificates(), endpoint, roots=[made.root("Other")])
    with pytest.raises(InvalidOption, match="no root on the device"):
        turned_on(pc, pc.client())
    client = pc.client()
    serial = client.rpartition("/")[2].partition(".")[0]
    revoked = [{"url": "http://pki.test/", "serials": ["{0:x}".format(int(serial))]}]
    pc.run(Certificates(), endpoint, roots=[made.pem(pc.root)], revoked=revoked)
    with pytest.raises(InvalidOption, match="revoked"):
        turned_on(pc, client)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"remote": {"plain_ports": True}}, "16.1 and later"),
        ({"remote": {"enabled": False}}, "16.1 and later"),
        ({"remote": {"mutual": True, "enabled": False}}, "a part of TLS"),
        ({"remote": {"trusted_names": ["-x.test"]}}, "end of one"),
        ({"remote": {"trusted_names": ["a.test", "b.test", "c.test", "d.test", "e.test"]}}, "holds 4"),
        ({"certificate": "00"}, "64 hexadecimal"),
        ({"certificate": "00" * 32}, "does not have it"),
        ({"port": 70000}, "TCP port"),
    ],
)
def test_what_this_firmware_does_not_take_is_refused_before_any_write(site, given, complaint):
    pc = site(16)
    with pytest.raises((InvalidOption, Unavailable), match=complaint):
        pc.run(Tls(), pc.endpoint(tls=True, ca_file=str(pc.ca_file)), **given)
    assert written(pc) == []


def test_one_document_for_firmware_with_plain_ports_and_without(site):
    """What is lacked is one option of a side, and the others of it are brought about."""
    pc = site(16)
    remote = {"enabled": True, "plain_ports": True, "trusted_names": ["lab.test"]}
    asked = {"profile": {"tls": {"remote": remote}}, "skip_unsupported": True}
    for changed in (True, False):
        outcome = pc.run(DeviceProfile(), pc.endpoint(tls=True, ca_file=str(pc.ca_file)), **asked)[0]
        assert outcome.changed is changed
        assert [(row["part"], row["option"]) for row in outcome.facts["unsupported"]] == [("tls", "remote.plain_ports")]
    assert outcome.after["profile"]["tls"]["remote"]["trusted_names"] == ["lab.test"]


def test_from_19_on_the_machine_itself_has_no_plain_port_either(site):
    pc = site(19)
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    with pytest.raises(Unavailable, match="19 and later"):
        pc.run(Tls(), endpoint, local={"plain_ports": True})
    assert pc.run(Tls(), endpoint)[0].facts["plain_ports_offered"] == {"remote": False, "local": False}


def test_a_device_without_a_certificate_or_with_several_is_asked_which(site):
    pc = site(12, tls=False)
    plain = pc.endpoint(tls=False)
    with pytest.raises(InvalidOption, match="amt_tls_certificate"):
        pc.run(Tls(), plain, remote=on(), port=pc.running.ports.tls)
    pc.run(Certificates(), plain, certificates=[pc.imported(), pc.imported()])
    with pytest.raises(InvalidOption, match=r"CN=pc\.lab\.test"):
        pc.run(Tls(), plain, remote=on(), port=pc.running.ports.tls)
    with pytest.raises(InvalidOption, match="another port"):
        fingerprint = pc.run(Certificates(), plain)[0].facts["store"][0]["fingerprint"]
        pc.run(Tls(), plain, remote=on(), certificate=fingerprint)


def test_names_are_compared_by_whole_labels():
    assert ends_in("console.Lab.test", "lab.test")
    assert ends_in("lab.test", ".lab.test")
    assert not ends_in("collab.test", "lab.test")


def test_through_the_hosts_own_port_we_are_on_the_local_side():
    through = Endpoint("pc", password="x", tls=False, proxy_command=("ssh", "-W", "localhost:16992", "pc"))
    assert of_connection(through) == "local"
    assert of_connection(Endpoint("pc", password="x")) == of_connection(None) == "remote"


def test_a_proxy_command_to_the_plain_port_is_kept_to_while_that_is_open():
    through = Endpoint("pc", password="x", tls=False, proxy_command=("ssh", "-W", "localhost:16992", "pc"))
    side = {"enabled": False, "mutual": False, "plain_ports": True, "trusted_names": []}
    present = {"certificate": None, "remote": side, "local": side, "store": [], "side": "local"}
    wanted = {"port": None, "wait_timeout": 60}

    def ways(**local):
        planned = {**present, "certificate": "0" * 64, "local": {**side, "enabled": True, **local}}
        change = Change(SimpleNamespace(endpoint=through), present, planned, wanted)
        return change._end(), change._encrypted()

    assert ways() == (through, None)
    with pytest.raises(InvalidOption, match="leads to one port alone"):
        ways(plain_ports=False)


def test_roots_and_the_clock_of_the_same_document_count(site):
    """A device that knows none of our roots and whose clock is a year off, and all of it in one document."""
    pc = site(16, clock_offset=-400 * 86400)
    endpoint = pc.endpoint(tls=True, ca_file=str(pc.ca_file), client_certificate=pc.client())
    document = {
        "time": {"synchronized": True},
        "certificates": {"roots": [made.pem(pc.root)]},
        "tls": {"remote": {"mutual": True, "trusted_names": ["lab.test"]}},
    }
    outcome, _end = pc.run(DeviceProfile(), endpoint, profile=document)
    assert outcome.facts["applied"] == ["time", "certificates", "tls"]
    with pytest.raises(InvalidOption, match="no root on the device"):
        other = {**document, "certificates": {"roots": [made.root("Other")], "purge": True}}
        fresh = site(16)
        pc.run(
            DeviceProfile(),
            fresh.endpoint(tls=True, ca_file=str(pc.ca_file), client_certificate=pc.client()),
            profile=other,
        )


class Killed(BaseException):
    pass


def killed_before_the_commit(site, monkeypatch, endpoint, **wish):
    def killed(_change):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Change, "_commit", killed)
        with pytest.raises(Killed):
            site.run(Tls(), endpoint, **wish)


def test_tls_that_is_written_and_not_committed_is_not_on(site, monkeypatch):
    """With plain ports wished as well, so that nothing is left to write."""
    pc = site(12, tls=False)
    plain = pc.endpoint(tls=False)
    pc.run(Certificates(), plain, certificates=[pc.imported()])
    wish = {"remote": on(plain_ports=True), "port": pc.running.ports.tls}
    killed_before_the_commit(pc, monkeypatch, plain, **wish)
    assert listens(pc) == (True, False)
    outcome = pc.run(Tls(), plain, **wish)[0]
    assert (outcome.before["remote"]["enabled"], outcome.changed) == (False, True)
    assert listens(pc) == (True, True)
    assert not pc.run(Tls(), plain, **wish)[0].changed


def test_a_plain_port_that_is_to_be_closed_and_not_committed_is_open(site, monkeypatch):
    pc = site(12, tls=True)
    secure = pc.endpoint(tls=True, ca_file=str(pc.ca_file))
    pc.run(Tls(), secure, remote=on(plain_ports=True))
    assert listens(pc) == (True, True)
    wish = {"remote": on(), "port": pc.running.ports.plain}
    killed_before_the_commit(pc, monkeypatch, secure, **wish)
    assert pc.run(Tls(), secure, **wish)[0].changed
    assert listens(pc) == (False, True)
    pc.running.journal.clear()
    assert not pc.run(Tls(), secure, **wish)[0].changed
    assert written(pc) == []


def test_mutual_tls_that_is_not_committed_lets_anybody_in_and_is_said_to(site, monkeypatch):
    pc = site(12, tls=True)
    pc.run(Certificates(), pc.endpoint(tls=True, ca_file=str(pc.ca_file)), roots=[made.pem(pc.root)])
    console = pc.endpoint(tls=True, ca_file=str(pc.ca_file), client_certificate=pc.client())
    wish = {"remote": on(mutual=True)}
    killed_before_the_commit(pc, monkeypatch, console, **wish)
    outcome = pc.run(Tls(), console, **wish)[0]
    assert (outcome.before["remote"]["mutual"], outcome.changed) == (False, True)
    assert not pc.run(Tls(), console, **wish)[0].changed
    with pytest.raises(AmtError):
        pc.run(Tls(), pc.endpoint(tls=True, ca_file=str(pc.ca_file)))
