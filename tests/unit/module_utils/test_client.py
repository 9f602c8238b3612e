# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are repeated, which are not, and what each is called."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.cim.power import POWER_SERVICE
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Instance, Reference

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
    client, transport, _clock = client_of(*[errors.Busy("503")] * 9)
    with pytest.raises(errors.Busy):
        client.get(TARGET)
    assert len(transport.sent) == 5
    client, transport, clock = client_of(*[errors.Busy("503")] * 9, seconds=1.2)
    with pytest.raises(errors.Busy):
        client.get(TARGET)
    assert clock.pauses == [0.5]


def test_a_device_that_never_answered_is_not_tried_again():
    client, transport, _clock = client_of(errors.Unreachable("refused"), SETTINGS)
    with pytest.raises(errors.Unreachable):
        client.get(TARGET)
    assert len(transport.sent) == 1


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
