# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: read from its end in the fewest exchanges, whatever it does meanwhile; signed; cleared, locked."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from datetime import datetime, timezone

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_proof import judged, read_export
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    InvalidOption,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.audit_log import AuditLog
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.audit import Audit
from ansible_collections.outofband.amt.plugins.module_utils.x509.certificate import certificates_in

from tests import certificate_maker as made
from tests.in_process import machine

BITS = 2048
BEGIN = datetime(2025, 12, 1, tzinfo=timezone.utc)
ROOT = made.pem(made.certificate("Audit root", authority=True, bits=BITS, begin=BEGIN))
SIGNER = made.pem(made.certificate("signer", "Audit root", bits=BITS, begin=BEGIN))


def run(device, dry_run=False, **given):
    wanted = {**{option.name: option.default for option in AuditLog.options}, **given}
    return converge(AuditLog(host="pc-1", clock=device.clock), device, wanted, dry_run)


def firmware_of(device):
    return device.client.transport.firmware


def fail_log_ins(device, count, user="mallory"):
    for _each in range(count):
        device.clock.advance(1)
        firmware_of(device).login_failed(user, "192.0.2.66")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def exchanges(device):
    before = len(device.client.transport.sent)
    return lambda: len(device.client.transport.sent) - before


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "pc-1.jsonl"


@pytest.fixture
def device():
    return machine("16", users={"auditor": {"password": "Aud1tor!", "realms": ["audit_log"]}})


def with_key(device):
    wanted = {option.name: option.default for option in Audit.options}
    wanted.update(signing_key=made.key_pem("signer", BITS), signing_certificates=[SIGNER, ROOT])
    firmware_of(device).caller = "auditor"
    converge(Audit(), device, wanted)


def test_what_is_told_from_the_newest_on(device):
    fail_log_ins(device, 25)
    firmware_of(device).events.audit(1700)
    spent = exchanges(device)
    found = run(device, limit=12)
    assert (found.facts["counts"], found.facts["count"]) == (
        {"security_admin.login_failed": 11, "remote_control.power_up": 1},
        26,
    )
    assert found.facts["records"][0]["by"] == "admin"
    assert found.facts["records"][1]["address"] == "192.0.2.66"
    assert spent() == 3
    assert run(device, limit=0).facts["records"] == []


def test_filters(device):
    fail_log_ins(device, 5)
    device.clock.advance(10 * 86400)
    fail_log_ins(device, 2, "eve")
    firmware_of(device).events.audit(1700)
    assert run(device, by="eve").facts["matching"] == 2
    assert run(device, applications=["remote_control"]).facts["matching"] == 1
    assert run(device, events=["security_admin.login_failed"], since="7d").facts["matching"] == 2
    assert run(device, until="7d", limit=3, skip=1).facts["matching"] == 4
    with pytest.raises(InvalidOption, match=re.escape("events: 'logins'")):
        run(device, events=["logins"])


def test_old_records_are_not_read_for_the_sake_of_a_time(device):
    fail_log_ins(device, 300)
    device.clock.advance(10 * 86400)
    fail_log_ins(device, 5)
    spent = exchanges(device)
    assert run(device, since="1d").facts["matching"] == 5
    assert spent() <= 5


def test_ten_thousand_records_are_read_and_archived_in_the_fewest_exchanges(device, archive):
    log = firmware_of(device).audit_log
    log.capacity = 20000
    fail_log_ins(device, 10000)
    spent = exchanges(device)
    found = run(device, archive=str(archive), limit=0)
    assert (found.after["archived"], spent()) == (10000, 1001)
    fail_log_ins(device, 20)
    spent = exchanges(device)
    assert run(device, archive=str(archive), limit=0).facts["new"] == 20
    assert spent() == 4
    spent = exchanges(device)
    again = run(device, archive=str(archive))
    assert (again.changed, again.facts["new"], spent()) == (False, 0, 2)
    assert [each["n"] for each in lines(archive)] == list(range(1, 10021))


def test_a_log_that_overwrites_while_it_is_read(device, archive, monkeypatch):
    """Each answer, and one more record, which moves all others: none is lost and none is double."""
    log = firmware_of(device).audit_log
    log.capacity = 100
    fail_log_ins(device, 100)
    read = type(device).ask

    def busy(self, cim, method, arguments=None, **selectors):
        answer = read(self, cim, method, arguments, **selectors)
        fail_log_ins(self, 3)
        return answer

    monkeypatch.setattr(type(device), "ask", busy)
    for _turn in range(4):
        run(device, archive=str(archive), limit=0)
    found = [each for each in lines(archive) if "raw" in each]
    assert len({each["time"] for each in found}) == len(found)
    assert [each["time"] for each in found] == sorted(each["time"] for each in found)
    monkeypatch.undo()
    run(device, archive=str(archive), limit=0)
    tail = [each["raw"] for each in lines(archive) if "raw" in each][-100:]
    assert tail == [base64.b64encode(row.pack()).decode() for row in log.records]


def test_what_was_overwritten_unread_is_told_as_a_gap(device, archive):
    firmware_of(device).audit_log.capacity = 50
    fail_log_ins(device, 20)
    run(device, archive=str(archive))
    fail_log_ins(device, 80)
    assert run(device, archive=str(archive), limit=0).facts["new"] == 50
    assert "overwritten" in lines(archive)[20]["gap"]


def test_one_bad_record_costs_itself(device, archive):
    fail_log_ins(device, 30)
    object.__setattr__(firmware_of(device).audit_log.records[12], "pack", lambda: b"\0")
    found = run(device, archive=str(archive))
    assert (found.facts["matching"], found.facts["bad"][0]["raw"]) == (29, "AA==")
    assert "ends within" in lines(archive)[12]["bad"]


def test_clearing_under_a_lock(device, archive):
    fail_log_ins(device, 30)
    firmware_of(device).caller = "auditor"
    found = run(device, archive=str(archive), clear=True, confirm=True)
    assert (found.before["cleared"], found.after["cleared"], found.after["archived"]) == (False, True, 31)
    log = firmware_of(device).audit_log
    assert [row.code for row in log.records] == [2000]
    assert not log.is_locked
    again = run(device, archive=str(archive), clear=True, confirm=True)
    assert again.after["cleared"]
    assert [row.code for row in log.records] == [2000]
    fail_log_ins(device, 2)
    assert run(device, archive=str(archive)).facts["new"] == 2
    assert not any("gap" in each for each in lines(archive))


def test_super_critical_acts_stay_and_are_archived_once(device, archive):
    firmware = firmware_of(device)
    for _each in range(7):
        device.clock.advance(1)
        firmware.events.audit(1704)
    fail_log_ins(device, 30)
    firmware.caller = "auditor"
    run(device, archive=str(archive), clear=True, confirm=True)
    assert [row.code for row in firmware.audit_log.records] == [1704] * 5 + [2000]
    assert run(device, archive=str(archive)).facts["new"] == 1
    assert [each.get("event") for each in lines(archive)].count("remote_control.boot_options") == 7


def test_only_the_auditor_clears(device):
    fail_log_ins(device, 10)
    with pytest.raises(AccessDenied) as refusal:
        run(device, clear=True, confirm=True, unarchived=True)
    assert "audit log (20)" in refusal.value.hint
    assert run(device).facts["count"] == 10
    firmware_of(device).caller = "auditor"
    run(device, clear=True, confirm=True, unarchived=True)


def test_somebody_elses_lock_is_told(device, archive):
    fail_log_ins(device, 10)
    firmware_of(device).caller = "auditor"
    firmware_of(device).audit_log.lock({}, 0, 100)
    with pytest.raises(Refused, match="INVALID_HANDLE"):
        run(device, archive=str(archive), clear=True, confirm=True)
    assert len(lines(archive)) == 10
    assert len(firmware_of(device).audit_log.records) == 10


@pytest.mark.parametrize(("realm", "reads"), [("general_info", True), ("audit_log", True), ("event_log_reader", False)])
def test_each_user_gets_what_his_realms_allow(realm, reads):
    device = machine("16", users={"eve": {"password": "Ev3!pass", "realms": [realm]}})
    firmware_of(device).caller = "eve"
    if reads:
        run(device)
        return
    with pytest.raises(AccessDenied) as refusal:
        run(device)
    assert "audit log (20)" in refusal.value.hint


def exported(device, tmp_path, **given):
    path = tmp_path / "export.json"
    found = run(device, export=str(path), **given)
    return path, found


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384"])
def test_an_export_is_proven_by_us_and_by_openssl(device, tmp_path, algorithm):
    with_key(device)
    fail_log_ins(device, 25)
    path, found = exported(device, tmp_path, signature_hash=algorithm)
    assert (found.changed, found.after["exported"]) == (True, True)
    assert not firmware_of(device).audit_log.is_locked
    document = json.loads(path.read_text())
    told = judged(read_export("path", "x", path.read_text()), certificates_in(ROOT))
    assert (told["proven"], told["problems"], told["signature"], told["chain"]) == (True, [], "valid", "trusted")
    assert told["count"] == len(document["records"])
    openssl = shutil.which("openssl")
    assert openssl
    (tmp_path / "data").write_bytes(b"".join(map(base64.b64decode, document["records"])))
    (tmp_path / "signature").write_bytes(base64.b64decode(document["signed"]["signature"]))
    (tmp_path / "cert.pem").write_text(SIGNER)
    (tmp_path / "root.pem").write_text(ROOT)
    public = [openssl, "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "key.pem"]
    judge = [openssl, "dgst", "-" + algorithm, "-verify", "key.pem", "-signature", "signature", "data"]
    verify = [openssl, "verify", "-no_check_time", "-CAfile", "root.pem", "cert.pem"]
    for command in (public, judge, verify):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_what_is_tampered_with_is_not_proven(device, tmp_path):
    with_key(device)
    fail_log_ins(device, 5)
    text = exported(device, tmp_path)[0].read_text()
    roots = certificates_in(ROOT)

    def verdict(change, given=roots):
        document = json.loads(text)
        change(document)
        return judged(read_export("path", "x", json.dumps(document)), given)

    assert verdict(lambda document: None, [])["chain"] == "not judged"
    assert verdict(lambda document: None, certificates_in(made.root("Two")))["chain"] == "untrusted"
    changed = verdict(lambda document: document["records"].__setitem__(1, document["records"][0]))
    assert (changed["signature"], changed["proven"]) == ("of something else", False)
    gone = verdict(lambda document: document["records"].pop(1))
    assert any("records were signed" in problem for problem in gone["problems"])
    forged = base64.b64encode(b"\1" * 256).decode()
    assert verdict(lambda document: document["signed"].update(signature=forged))["signature"] == "invalid"
    late = verdict(lambda document: document["signed"].update(made="2099-01-01T00:00:00Z"))
    assert late["chain"] == "untrusted"
    bad = verdict(lambda document: document["records"].__setitem__(1, "AA=="))
    assert any("record 2 cannot be read" in problem for problem in bad["problems"])


def test_a_name_that_a_stranger_chose_is_visible_in_a_line_and_true_in_its_record(device, tmp_path):
    name = "\x1b[2J\r\n\u202e\x9b"
    fail_log_ins(device, 1, user=name)
    run(device, archive=str(tmp_path / "archive"))
    line = lines(tmp_path / "archive")[-1]
    assert line["by"] == "\\x1b[2J\\r\n\\u202e\\x9b"
    assert name.encode() in base64.b64decode(line["raw"])


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"log": "audit", "signed": {}}', "[" * 9999])
def test_a_file_that_is_no_export_is_told(text):
    with pytest.raises(InvalidOption, match="no export"):
        read_export("path", "x", text)


def test_interruptions_are_found(device, tmp_path):
    with_key(device)
    firmware = firmware_of(device)
    firmware.audit_log.clear({})
    fail_log_ins(device, 2)
    firmware.timekeeping.offset -= 5000
    fail_log_ins(device, 2)
    path, _found = exported(device, tmp_path)
    told = judged(read_export("path", "x", path.read_text()), certificates_in(ROOT))
    texts = [each["text"] for each in told["interruptions"]]
    assert texts == ["what was before was cleared", "the clock went back here"]


def test_without_a_key_nothing_is_exported(device, tmp_path):
    firmware_of(device).caller = "auditor"
    with pytest.raises(Unavailable, match="no key"):
        exported(device, tmp_path)
    assert not firmware_of(device).audit_log.is_locked
    assert not (tmp_path / "export.json").exists()
