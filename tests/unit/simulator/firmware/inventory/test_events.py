# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs: what is in them, and how they are read."""

from __future__ import annotations

import struct

import pytest

from simulator.values import Fault

CLEAR = bytes(21)


def read_events(firmware, first="1", count=390):
    fields = [("IterationIdentifier", first), ("MaxReadRecords", str(count))]
    return firmware.invoke("AMT_MessageLog", {}, "GetRecords", fields)


def read_audit(firmware, start=1):
    return firmware.invoke("AMT_AuditLog", {}, "ReadRecords", [("StartIndex", str(start))])


def boot(firmware):
    firmware.power.set_state("off")
    firmware.power.set_state("on")


def test_a_start_of_the_host_leaves_its_progress(make):
    firmware = make("12")
    boot(firmware)
    reply = read_events(firmware)
    assert reply["NoMoreRecords"] is True
    records = reply["RecordArray"]
    assert [len(record) for record in records] == [21, 21, 21]
    time, device, sensor, kind, offset, source, severity = struct.unpack("<I6B", records[0][:10])
    assert time == int(firmware.clock.now())
    assert (device, sensor, kind, offset, source, severity) == (0xFF, 15, 0x6F, 2, 0x68, 1)
    assert records[0][13:] == bytes((0x40, 19, 0, 0, 0, 0, 0, 0))


def test_an_empty_log_says_so_in_two_ways(make):
    firmware = make()
    assert firmware.invoke("AMT_MessageLog", {}, "PositionToFirstRecord", []) == {"ReturnValue": 2}
    assert read_events(firmware) == {"ReturnValue": 3}


def test_the_newest_record_comes_first(make, clock):
    firmware = make("12")
    boot(firmware)
    clock.advance(1000)
    boot(firmware)
    times = [struct.unpack("<I", record[:4])[0] for record in read_events(firmware)["RecordArray"]]
    assert times == sorted(times, reverse=True)
    assert times[0] - times[-1] == 1000


@pytest.mark.parametrize("count", [1, 2, 4, 390])
def test_reading_in_pieces_gives_the_whole(make, count):
    firmware = make("16")
    for _time in range(3):
        boot(firmware)
    position = firmware.invoke("AMT_MessageLog", {}, "PositionToFirstRecord", [])["IterationIdentifier"]
    records = []
    for _read in range(20):
        reply = read_events(firmware, position, count)
        records += reply["RecordArray"]
        position = reply["IterationIdentifier"]
        if reply["NoMoreRecords"]:
            break
    assert [record for record in records if record != CLEAR] == read_events(firmware)["RecordArray"][:9]


def test_new_firmware_pads_with_empty_slots(make):
    for generation, slots in (("15", 0), ("16", 2)):
        firmware = make(generation)
        boot(firmware)
        assert read_events(firmware)["RecordArray"].count(CLEAR) == slots
        assert firmware.get("AMT_MessageLog", {})["CurrentNumberOfRecords"] == 3


@pytest.mark.parametrize("first", ["0", "99", "x", "-1"])
def test_a_position_that_is_none_is_refused(make, first):
    firmware = make()
    boot(firmware)
    assert read_events(firmware, first)["ReturnValue"] == 2


def test_the_log_holds_390_records(make):
    firmware = make("12")
    for _time in range(140):
        boot(firmware)
    log = firmware.get("AMT_MessageLog", {})
    assert (log["CurrentNumberOfRecords"], log["PercentageNearFull"]) == (390, 100)
    assert len(read_events(firmware)["RecordArray"]) == 390


def test_clearing_and_freezing(make):
    firmware = make("12")
    boot(firmware)
    assert firmware.invoke("AMT_MessageLog", {}, "FreezeLog", [("Freeze", "true")]) == {"ReturnValue": 0}
    boot(firmware)
    assert firmware.get("AMT_MessageLog", {})["CurrentNumberOfRecords"] == 3
    assert firmware.get("AMT_MessageLog", {})["IsFrozen"] is True
    assert firmware.invoke("AMT_MessageLog", {}, "ClearLog", []) == {"ReturnValue": 0x80B}
    assert firmware.invoke("AMT_MessageLog", {}, "FreezeLog", [("Freeze", "false")]) == {"ReturnValue": 0}
    assert firmware.invoke("AMT_MessageLog", {}, "ClearLog", []) == {"ReturnValue": 0}
    assert firmware.get("AMT_MessageLog", {})["CurrentNumberOfRecords"] == 0
    assert [(row.code, row.extended) for row in firmware.events.audited] == [(2403, b"\1"), (2403, b"\0"), (2402, b"")]


def test_failed_logins_are_audited_and_each_tenth_is_an_event(make):
    firmware = make("12")
    for _time in range(10):
        firmware.login_failed("mallory", "192.0.2.66")
    assert len(firmware.events.audited) == 10
    record = read_audit(firmware)["EventRecords"][0]
    assert record[:5] == struct.pack(">HHB", 16, 5, 0)
    assert record[5:13] == b"\x07mallory"
    assert struct.unpack(">I", record[13:17])[0] == int(firmware.clock.now())
    assert record[17:] == b"\x00\x0a192.0.2.66\x01\x00"
    event = read_events(firmware)["RecordArray"][0]
    assert (event[5], event[7], event[13:16]) == (6, 5, b"\xaa\x0a\x00")


def test_the_audit_log_is_read_ten_at_a_time(make):
    firmware = make()
    for _time in range(23):
        firmware.login_failed("x")
    counts = []
    start = 1
    while start <= 23:
        reply = read_audit(firmware, start)
        assert reply["TotalRecordCount"] == 23
        assert reply["RecordsReturned"] == len(reply["EventRecords"])
        counts.append(reply["RecordsReturned"])
        start += reply["RecordsReturned"]
    assert counts == [10, 10, 3]
    assert read_audit(firmware, 24)["ReturnValue"] == 0x23
    assert read_audit(firmware, 0)["ReturnValue"] == 0x23


def test_an_empty_audit_log_reads_as_empty(make):
    reply = read_audit(make())
    assert (reply["TotalRecordCount"], reply["RecordsReturned"], reply["ReturnValue"]) == (0, 0, 0)


def test_auditing_can_be_switched_off_and_cleared(make):
    firmware = make()
    firmware.login_failed("x")
    assert firmware.invoke("AMT_AuditLog", {}, "RequestStateChange", [("RequestedState", "3")]) == {"ReturnValue": 0}
    firmware.login_failed("x")
    log = firmware.get("AMT_AuditLog", {})
    assert (log["EnabledState"], log["AuditState"] & 1, log["CurrentNumberOfRecords"]) == (3, 1, 2)
    firmware.invoke("AMT_AuditLog", {}, "RequestStateChange", [("RequestedState", "2")])
    firmware.invoke("AMT_AuditLog", {}, "ClearLog", [])
    assert [row.code for row in firmware.events.audited] == [2000]


def test_records_name_who_asked(make, request_power):
    firmware = make()
    firmware.caller, firmware.caller_address = "operator", "198.51.100.9"
    request_power(firmware, 10)
    assert (firmware.events.audited[0].user, firmware.events.audited[0].address) == ("operator", "198.51.100.9")


def test_records_carry_the_device_s_time(make, clock):
    firmware = make()
    told = firmware.invoke("AMT_TimeSynchronizationService", {}, "GetLowAccuracyTimeSynch", [])["Ta0"]
    assert told == int(clock.now())
    fields = [("Ta0", str(told)), ("Tm1", str(told + 100)), ("Tm2", str(told + 102))]
    assert firmware.invoke("AMT_TimeSynchronizationService", {}, "SetHighAccuracyTimeSynch", fields) == {
        "ReturnValue": 0
    }
    assert firmware.events.audited[-1].code == 2100
    firmware.login_failed("x")
    assert firmware.events.audited[-1].time == told + 101


@pytest.mark.parametrize("told", [("4294967295", "1072915201", "1072915201"), ("0", "4294967295", "4294967295")])
def test_a_time_that_is_out_of_all_reason_still_has_32_bits(make, told):
    firmware = make()
    fields = list(zip(("Ta0", "Tm1", "Tm2"), told))
    reply = firmware.invoke("AMT_TimeSynchronizationService", {}, "SetHighAccuracyTimeSynch", fields)
    assert reply == {"ReturnValue": 0}
    firmware.events.report(0x20, 1, 16, 0x68, 35, b"", ago=2**32 - 1)
    assert 0 <= firmware.events.audited[-1].time < 2**32
    assert firmware.events.platform[-1].pack()


def test_a_time_before_itself_is_refused(make):
    fields = [("Ta0", "10"), ("Tm1", "20"), ("Tm2", "19")]
    reply = make().invoke("AMT_TimeSynchronizationService", {}, "SetHighAccuracyTimeSynch", fields)
    assert reply == {"ReturnValue": 0x22}


def test_the_iteration_needs_both_inputs(make):
    with pytest.raises(Fault):
        make().invoke("AMT_MessageLog", {}, "GetRecords", [("IterationIdentifier", "1")])
