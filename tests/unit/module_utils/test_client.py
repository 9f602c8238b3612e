# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are repeated, which are not, and what each is called."""

from __future__ import annotations

import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.cim.power import POWER_SERVICE
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.harmless import DANGEROUS_IN_A_LINE
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import PAUSES, Client
from ansible_collections.outofband.amt.plugins.module_utils.wsman.page import is_page, title, words
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Instance, Reference
from ansible_collections.outofband.amt.plugins.module_utils.wsman.xml import MAX_BYTES
from hypothesis import given
from hypothesis import strategies as st

from .scripted import FakeClock, Reply, Scripted, answer, fault

TARGET = Reference("AMT_GeneralSettings")
SETTINGS = answer('<g:AMT_GeneralSettings xmlns:g="x"><g:HostName>pc</g:HostName></g:AMT_GeneralSettings>')
PASSING = [errors.Busy("503"), errors.Interrupted("reset"), fault("TimedOut"), fault("QuotaLimit")]
SILENCE = [errors.Interrupted("no answer"), errors.DeadlineExceeded("late", sent=True)]


def client_of(*script, seconds=300.0):
    clock = FakeClock()
    transport = Scripted(*script)
    return Client(transport, clock, Deadline(clock, seconds)), transport, clock


@pytest.mark.parametrize("failure", PASSING, ids=["503", "reset", "timed-out", "quota"])
def test_a_read_is_repeated_with_a_growing_pause(failure):
    client, transport, clock = client_of(SETTINGS, failure, failure, SETTINGS)
    client.get(TARGET)
    assert client.get(TARGET).properties == {"HostName": "pc"}
    assert len(transport.sent) == 4
    assert clock.pauses == [0.5, 1.0]


def test_a_read_gives_up_after_the_last_pause_and_before_the_deadline():
    client, transport, _clock = client_of(SETTINGS, *[errors.Busy("503")] * 9)
    client.get(TARGET)
    with pytest.raises(errors.Busy):
        client.get(TARGET)
    assert len(transport.sent) == 2 + len(PAUSES)
    client, transport, clock = client_of(*[errors.Busy("503")] * 9, seconds=1.2)
    with pytest.raises(errors.Busy):
        client.get(TARGET)
    assert clock.pauses == [0.5]


@pytest.mark.parametrize(
    "failure", [errors.Unreachable("no route"), errors.Interrupted("no answer", passing=False)], ids=["away", "silent"]
)
def test_a_device_that_never_answered_is_not_tried_again(failure):
    client, transport, _clock = client_of(failure, SETTINGS)
    with pytest.raises(errors.Unreachable):
        client.get(TARGET)
    assert len(transport.sent) == 1


@pytest.mark.parametrize(
    "failure", [errors.Unreachable("refused", passing=True), errors.Interrupted("reset")], ids=["refused", "reset"]
)
def test_a_first_contact_that_is_refused_while_the_engine_wakes_is_tried_again_as_a_reset_is(failure):
    client, transport, clock = client_of(failure, SETTINGS)
    client.get(TARGET)
    assert len(transport.sent) == 2
    assert clock.pauses == [0.5]


@pytest.mark.parametrize("failure", SILENCE, ids=["interrupted", "deadline"])
def test_a_device_that_never_answers_is_unreachable_after_one_more_try(failure):
    client, transport, _clock = client_of(failure, failure, SETTINGS)
    with pytest.raises(errors.Unreachable, match="does not answer"):
        client.get(TARGET)
    assert len(transport.sent) <= 2


def test_a_device_that_answered_before_may_be_away_for_a_moment():
    client, transport, _clock = client_of(SETTINGS, errors.Unreachable("refused"), SETTINGS)
    client.get(TARGET)
    client.get(TARGET)
    assert len(transport.sent) == 3


LOST = [
    errors.Interrupted("reset"),
    errors.ProtocolError("garbage", sent=True),
    errors.DeadlineExceeded("late", sent=True),
    fault("TimedOut"),
    fault("InternalError"),
    Reply(200, b"garbage"),
]


@pytest.mark.parametrize("loss", LOST, ids=["reset", "garbage", "late", "timed-out", "internal", "no-xml"])
@pytest.mark.parametrize("write", ["put", "create", "delete", "invoke"])
def test_a_write_whose_answer_is_lost_is_indeterminate_and_never_repeated(loss, write):
    client, transport, _clock = client_of(loss, SETTINGS)
    instance = Instance("AMT_GeneralSettings", {"HostName": "x"})
    calls = {
        "put": lambda: client.put(TARGET, instance),
        "create": lambda: client.create(instance),
        "delete": lambda: client.delete(TARGET),
        "invoke": lambda: client.invoke(TARGET, "Do", {}),
    }
    with pytest.raises(errors.Indeterminate):
        calls[write]()
    assert len(transport.sent) == 1


def test_an_empty_answer_to_a_method_leaves_open_what_it_did():
    client, transport, _clock = client_of(answer(""))
    with pytest.raises(errors.Indeterminate):
        client.invoke(TARGET, "Do", {})
    assert len(transport.sent) == 1


CERTAIN = [
    errors.Unreachable("refused"),
    errors.Busy("503"),
    errors.AuthenticationRefused("no"),
    errors.DeadlineExceeded("x"),
]


@pytest.mark.parametrize("failure", CERTAIN, ids=lambda failure: type(failure).__name__)
def test_a_write_that_was_certainly_not_carried_out_says_so(failure):
    client, transport, _clock = client_of(failure, SETTINGS)
    with pytest.raises(type(failure)) as caught:
        client.put(TARGET, Instance("AMT_GeneralSettings"))
    assert caught.value is failure
    assert len(transport.sent) == 1


ABSENT = [errors.Unreachable("refused"), errors.Interrupted("reset", sent=False)]


@pytest.mark.parametrize("absence", ABSENT, ids=["refused", "reset at log-in"])
def test_a_write_that_the_device_never_had_is_sent_when_it_is_back(absence):
    client, transport, clock = client_of(SETTINGS, absence, absence, answer(""))
    client.get(TARGET)
    client.delete(TARGET)
    assert len(transport.sent) == 4
    assert clock.pauses == [0.5, 1.0]


ENUMERATED = answer(
    '<n:EnumerateResponse xmlns:n="n"><n:EnumerationContext>1</n:EnumerationContext></n:EnumerateResponse>'
)


def pulled(name: str, end: bool):
    rest = "<n:EndOfSequence/>" if end else "<n:EnumerationContext>2</n:EnumerationContext>"
    item = "<x:AMT_X><x:Name>{0}</x:Name></x:AMT_X>".format(name)
    return answer(
        '<n:PullResponse xmlns:n="n" xmlns:x="x"><n:Items>{0}</n:Items>{1}</n:PullResponse>'.format(item, rest)
    )


def test_an_enumeration_is_pulled_to_its_end_and_begun_again_when_it_breaks():
    client, transport, _clock = client_of(
        ENUMERATED, errors.Interrupted("reset"), ENUMERATED, pulled("a", False), pulled("b", True)
    )
    assert [item.properties["Name"] for item in client.enumerate(TARGET)] == ["a", "b"]
    assert b">2</n:EnumerationContext>" in transport.sent[-1]


@pytest.mark.parametrize("times", [1, 3])
def test_an_enumeration_whose_context_the_firmware_lost_is_begun_again(times):
    lost = [ENUMERATED, pulled("a", False), fault("InvalidEnumerationContext")] * times
    client, _transport, _clock = client_of(*lost, ENUMERATED, pulled("a", False), pulled("b", True))
    assert [item.properties["Name"] for item in client.enumerate(TARGET)] == ["a", "b"]


def test_an_enumeration_that_is_lost_every_time_says_so_within_the_deadline():
    client, _transport, clock = client_of(*[ENUMERATED, fault("InvalidEnumerationContext")] * 20, seconds=10)
    with pytest.raises(errors.Interrupted, match="lost what it was listing"):
        client.enumerate(TARGET)
    assert clock.time < 10


def test_all_pulls_of_an_enumeration_together_are_limited():
    many = pulled("x" * (MAX_BYTES // 8), False)
    client, transport, _clock = client_of(ENUMERATED, *[many] * 20)
    with pytest.raises(errors.ProtocolError, match="larger than we accept"):
        client.enumerate(TARGET)
    assert len(transport.sent) < 12


def test_an_enumeration_that_never_ends_is_a_protocol_error():
    client, _transport, _clock = client_of(ENUMERATED, *[pulled("a", False)] * 1000)
    with pytest.raises(errors.ProtocolError, match="does not end"):
        client.enumerate(TARGET)


def output(value: str):
    return answer("<p:X_OUTPUT xmlns:p='p'><p:ReturnValue>{0}</p:ReturnValue></p:X_OUTPUT>".format(value))


def machine_of(*script):
    client, _transport, clock = client_of(*script)
    return Machine(client, clock, client.deadline)


def test_a_method_that_returns_something_else_than_success_is_refused_with_its_name():
    with pytest.raises(errors.Refused) as caught:
        machine_of(output("4097")).invoke(POWER_SERVICE, "RequestPowerStateChange")
    assert (caught.value.code, caught.value.name) == (4097, "INVALID_STATE_TRANSITION")
    with pytest.raises(errors.Refused, match=r"returned 12345 \(unknown\)"):
        machine_of(output("12345")).invoke(POWER_SERVICE, "RequestPowerStateChange")


@pytest.mark.parametrize("value", ["", "yes", "-1"])
def test_an_answer_without_a_return_value_is_no_success(value):
    with pytest.raises(errors.ProtocolError):
        machine_of(output(value)).invoke(POWER_SERVICE, "RequestPowerStateChange")


def test_an_exchange_is_reported_without_content():
    seen = []
    client, _transport, _clock = client_of(SETTINGS, fault("AccessDenied"))
    client.observe = lambda exchange: seen.append((str(exchange), exchange.writes))
    client.get(TARGET)
    with pytest.raises(errors.AccessDenied):
        client.put(TARGET, Instance("AMT_GeneralSettings", {"HostName": "secret"}))
    assert seen == [
        ("Get AMT_GeneralSettings: ok", False),
        ("Put AMT_GeneralSettings: HTTP 400 (AccessDenied)", True),
    ]


def test_a_status_inside_a_fault_gets_its_name_and_its_hint():
    code = "<e:Code><e:Value>e:Receiver</e:Value><e:Subcode><e:Value>w:InternalError</e:Value></e:Subcode></e:Code>"
    detail = "<e:Reason><e:Text>no</e:Text></e:Reason><e:Detail><x>AMT-STATUS 38</x></e:Detail>"
    worn = answer("<e:Fault>{0}{1}</e:Fault>".format(code, detail), 500)
    with pytest.raises(errors.Fault, match=r"AMT-STATUS 38 \(FLASH_WRITE_LIMIT_EXCEEDED\)") as caught:
        machine_of(worn).delete(POWER_SERVICE)
    assert "write less often" in caught.value.hint
    assert caught.value.details["name"] == "FLASH_WRITE_LIMIT_EXCEEDED"


PAGE = b"""<html><head><title>x</title><style>p {color: red}</style></head><body><h1>Not &amp; here</h1>
<p>Ask <b>nobody</b>\x1b[2J\xc2\x9b\xe2\x80\xae.</p><script>alert(1)</script></body></html>"""
HTTP = [
    (400, PAGE, errors.Fault),
    (404, PAGE, errors.Fault),
    (405, b"no such method", errors.Fault),
    (403, PAGE, errors.AccessDenied),
    (302, PAGE, errors.ProtocolError),
    (500, PAGE, errors.Fault),
    (501, b"", errors.ProtocolError),
]


@pytest.mark.parametrize(("status", "body", "kind"), HTTP, ids=lambda value: str(value)[:12])
def test_an_answer_that_is_a_page_keeps_its_status_and_its_words(status, body, kind):
    client, _transport, _clock = client_of(Reply(status, body))
    with pytest.raises(kind, match="HTTP {0}".format(status)) as caught:
        client.get(TARGET)
    message = str(caught.value)
    assert ("Not & here Ask nobody" in message) == (body is PAGE)
    assert ("no such method" in message) == body.startswith(b"no such")
    assert message.isprintable()
    assert "color" not in message and "alert" not in message


HTML = {"content-type": "text/html; charset=utf-8"}
WELCOMES = [
    (
        b"<!DOCTYPE html><html><head><title>Guest &amp; Wi-Fi\n log-in</title></head><body>x</body></html>",
        {},
        "Guest & Wi-Fi log-in",
    ),
    (b"\xef\xbb\xbf <!-- a --><!-- b --><HTML><body><h1>Welcome</h1></body></HTML>", {}, "Welcome"),
    (
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><title>Sound XML</title></html>',
        {},
        "Sound XML",
    ),
    (b"<p>no more than a piece", HTML, "no more than a piece"),
    (b"<html><title>\x1b[2J\xe2\x80\xae{{ 7 }}" + b"a" * 5000 + b"</title>", {}, "\\x1b[2J\\u202e{{ 7 }}aaa"),
]


@pytest.mark.parametrize(("body", "headers", "called"), WELCOMES, ids=lambda value: str(value)[:16])
def test_a_page_in_the_place_of_an_answer_is_told_by_its_title(body, headers, called):
    client, _transport, _clock = client_of(*[Reply(200, body, headers)] * 2)
    with pytest.raises(errors.ProtocolError, match="a web page answered, and not WS-Management") as caught:
        client.get(TARGET)
    assert ': "' + called in str(caught.value) and str(caught.value).isprintable() and len(str(caught.value)) < 150
    assert "guest network" in caught.value.hint
    with pytest.raises(errors.Indeterminate, match="a web page answered"):
        client.invoke(TARGET, "Do", {})


def test_a_page_that_says_nothing_is_one_all_the_same_and_sound_soap_is_none():
    client, _transport, _clock = client_of(Reply(200, b"", HTML), Reply(200, SETTINGS.body, HTML), Reply(200, b"<a>"))
    with pytest.raises(errors.ProtocolError, match=r"a web page answered, and not WS-Management$"):
        client.get(TARGET)
    client.get(TARGET)
    with pytest.raises(errors.ProtocolError, match="not well-formed XML"):
        client.get(TARGET)


@given(st.binary(max_size=80), st.sampled_from([b"", b"<html><title>", b"<!DOCTYPE html>", b"<p>"]))
def test_any_page_makes_one_short_line(octets, beginning):
    for told in (title(beginning + octets), words(beginning + octets)):
        assert DANGEROUS_IN_A_LINE.search(told) is None and len(told) <= 200
    is_page(octets.decode("latin-1"), beginning + octets)


@pytest.mark.parametrize("piece", [b"<!---->", b"<!--", b" <?xml>", b"<title>", b"<script>", b"<", b"\n"])
def test_a_page_that_is_all_beginnings_takes_no_time(piece):
    started = time.process_time()
    assert is_page("", piece * 100_000) is False
    title(piece * 100_000)
    assert time.process_time() - started < 5


def test_words_of_a_page_without_end_are_few():
    client, _transport, _clock = client_of(Reply(404, b"x" * 1_000_000))
    with pytest.raises(errors.Fault) as caught:
        client.get(TARGET)
    assert len(str(caught.value)) < 400


def test_a_method_that_a_page_refused_did_nothing_and_one_that_broke_a_gateway_may_have():
    for status, kind in ((404, errors.Fault), (403, errors.AccessDenied), (502, errors.Indeterminate)):
        client, transport, _clock = client_of(Reply(status, PAGE))
        with pytest.raises(kind):
            client.invoke(TARGET, "Do", {})
        assert len(transport.sent) == 1


def test_a_gateway_that_got_no_answer_is_asked_again():
    client, transport, _clock = client_of(SETTINGS, Reply(504, PAGE), Reply(502, b""), SETTINGS)
    client.get(TARGET)
    client.get(TARGET)
    assert len(transport.sent) == 4


def test_503_is_busy_and_says_how_long_and_in_which_words():
    client, transport, _clock = client_of(*[Reply(503, b"restarting", {"retry-after": "7"})] * 9)
    with pytest.raises(errors.Busy, match="HTTP 503: restarting") as caught:
        client.put(TARGET, Instance("AMT_GeneralSettings"))
    assert "pause of 7" in caught.value.hint
    assert len(transport.sent) == 1


@pytest.mark.parametrize(
    ("subcode", "kind"), [("AccessDenied", errors.AccessDenied), ("DestinationUnreachable", errors.Unsupported)]
)
def test_a_fault_in_503_is_read(subcode, kind):
    within = fault(subcode)
    client, transport, _clock = client_of(Reply(503, within.body), SETTINGS)
    with pytest.raises(kind):
        client.get(TARGET)
    assert len(transport.sent) == 1


def test_a_busy_fault_in_503_is_asked_again():
    client, _transport, _clock = client_of(SETTINGS, Reply(503, fault("TimedOut").body), SETTINGS)
    client.get(TARGET)
    assert client.get(TARGET).properties == {"HostName": "pc"}


@pytest.mark.parametrize("write", ["create", "put", "invoke"])
def test_a_full_table_is_not_busy(write):
    client, transport, _clock = client_of(fault("QuotaLimit"), SETTINGS)
    calls = {
        "create": lambda: client.create(Instance("AMT_GeneralSettings")),
        "put": lambda: client.put(TARGET, Instance("AMT_GeneralSettings")),
        "invoke": lambda: client.invoke(TARGET, "Do", {}),
    }
    with pytest.raises(errors.TableFull) as caught:
        calls[write]()
    assert "busy" not in str(caught.value) + caught.value.hint
    assert "remove something" in caught.value.hint
    assert len(transport.sent) == 1
