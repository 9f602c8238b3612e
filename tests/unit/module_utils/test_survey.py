# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be read costs itself: a property until somebody asks for it, a class for a reader."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.cim.schema import CimClass, integer, text
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.report import failure, success
from ansible_collections.outofband.amt.plugins.module_utils.resource import Reader, converge, told
from ansible_collections.outofband.amt.plugins.module_utils.survey import Survey
from ansible_collections.outofband.amt.plugins.module_utils.unread import Unread
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client

from .scripted import FakeClock, Reply, Scripted, answer, fault

CHASSIS = CimClass("CIM_Chassis", (text("Model"), integer("PackageType")))
PORT = CimClass("AMT_EthernetPortSettings", (text("MACAddress"),), instances=({"InstanceID": "0"}, {"InstanceID": "1"}))
GOOD = answer("<C><Model>X1</Model><PackageType>3</PackageType></C>")
EMPTY_NUMBER = answer("<C><Model>X1</Model><PackageType/></C>")
DOUBLED = answer("<C><Model>X1</Model><Model>X2</Model><PackageType>3</PackageType></C>")
MAC = answer("<C><MACAddress>00-11-22-33-44-55</MACAddress></C>")
DENIED, ABSENT, ODD = fault("AccessDenied"), fault("DestinationUnreachable"), fault("Whatever")
PULL = (
    '<n:PullResponse xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration">'
    "<n:Items>{0}</n:Items><n:EndOfSequence/></n:PullResponse>"
)


def machine(*script):
    clock = FakeClock()
    deadline = Deadline(clock, 120)
    return Machine(Client(Scripted(*script), clock, deadline), clock, deadline)


def survey(*script):
    return Survey(machine(*script), Unread())


@pytest.mark.parametrize(("reply", "name"), [(EMPTY_NUMBER, "PackageType"), (DOUBLED, "Model")])
def test_a_property_that_cannot_be_read_costs_who_asks_for_it(reply, name):
    row = machine(reply).get(CHASSIS)
    other = {"PackageType": "Model", "Model": "PackageType"}[name]
    assert row[other] in ("X1", 3)
    assert row.known(name) is None
    assert name in row
    for ask in (row.get, row.__getitem__):
        with pytest.raises(errors.Unreadable, match=r"^CIM_Chassis\.{0} holds ".format(name)) as raised:
            ask(name)
        assert raised.value.details == {"class": "CIM_Chassis", "property": name}


def test_what_must_be_there_and_is_missing_is_an_error_of_ours():
    row = machine(answer("<C/>")).get(PORT, InstanceID="0")
    assert row.get("MACAddress") is None
    with pytest.raises(errors.Unreadable, match=r"AMT_EthernetPortSettings\.MACAddress is missing") as raised:
        row["MACAddress"]
    assert raised.value.hint == "a user without the realm administration (3) is not shown it"


@pytest.mark.parametrize("number", ["", "1_0", "\u0661", "0x10", "1.5", "9" * 5000, "1 0"])
def test_only_decimal_numbers_are_numbers(number):
    row = CHASSIS.decode({"PackageType": number})
    with pytest.raises(errors.Unreadable) as raised:
        row["PackageType"]
    assert len(str(raised.value)) < 200


def test_a_refusal_names_class_and_realm():
    with pytest.raises(errors.AccessDenied, match=r"^CIM_Chassis: the firmware refused the request") as raised:
        machine(DENIED).get(CHASSIS)
    assert raised.value.hint.startswith("give the user the realm hardware asset (4)")
    assert raised.value.details["class"] == "CIM_Chassis"
    assert raised.value.details["realm"] == "hardware_asset"


MARKUP = Reply(200, b"<html>")


@pytest.mark.parametrize("script", [[DENIED], [ABSENT], [ODD, ABSENT], [MARKUP], [Reply(404, b""), ABSENT]])
def test_a_survey_goes_on_without_a_class(script):
    seen = survey(GOOD, *script, GOOD)
    assert seen.get(CHASSIS)["Model"] == "X1"
    lost = seen.get(CHASSIS)
    assert (lost["Model"], lost.get("PackageType")) == (None, None)
    assert seen.get(CHASSIS)["Model"] == "X1"
    (row,) = seen.unread.rows
    assert (row["class"], row["property"], row["count"]) == ("CIM_Chassis", None, 1)
    seen.judge(strict=False)
    with pytest.raises(errors.Unread, match=r"^1 part could not be read: .*CIM_Chassis"):
        seen.judge(strict=True)


def test_a_survey_notes_a_property_when_it_is_asked_for():
    seen = survey(DOUBLED)
    row = seen.get(CHASSIS)
    assert seen.unread.rows == []
    with seen.unread.part("system"):
        assert row.get("Model") is None
        assert row["Model"] is None
    (noted,) = seen.unread.rows
    assert (noted["part"], noted["property"], noted["error"], noted["count"]) == ("system", "Model", "Unreadable", 2)


def test_what_a_firmware_does_not_have_is_no_loss():
    seen = survey(ABSENT, ABSENT)
    assert seen.find(CHASSIS) is None
    assert seen.list(CHASSIS) == []
    seen.judge(strict=True)
    assert seen.unread.rows == []


def test_where_nothing_can_be_read_the_first_refusal_is_the_error():
    seen = survey(DENIED, DENIED)
    seen.get(CHASSIS)
    seen.list(CHASSIS)
    with pytest.raises(errors.AccessDenied):
        seen.judge(strict=False)


@pytest.mark.parametrize("error", [errors.AuthenticationRefused("no"), errors.DeadlineExceeded("late")])
def test_what_ends_the_conversation_ends_it_at_once_or_leaves_what_was_read(error):
    with pytest.raises((type(error), errors.Unreachable)):
        survey(error).get(CHASSIS)
    seen = survey(GOOD, error)
    seen.get(CHASSIS)
    assert seen.get(CHASSIS).get("Model") is None
    seen.judge(strict=False)


def test_a_device_that_is_gone_is_unreachable():
    seen = survey(GOOD, *([errors.Unreachable("gone")] * 20))
    seen.get(CHASSIS)
    with pytest.raises(errors.Unreachable):
        seen.get(CHASSIS)


@pytest.mark.parametrize("refusal", [ABSENT, ODD, fault("ActionNotSupported"), Reply(400, b"")])
def test_instances_that_a_firmware_does_not_list_are_got(refusal):
    """AMT 10 and older answer Get and not Enumerate (AMT.md 2.4), with whatever refusal."""
    assert [row["MACAddress"] for row in machine(refusal, MAC, ABSENT).list(PORT)] == ["00-11-22-33-44-55"]
    assert machine(refusal, ABSENT, ABSENT).client.transport.sent == []


def test_an_empty_list_of_what_is_known_to_be_there_is_not_believed():
    nothing = answer(PULL.format(""))
    opened = answer("<E><EnumerationContext>1</EnumerationContext></E>")
    assert len(machine(opened, nothing, MAC, MAC).list(PORT)) == 2


def test_no_list_and_no_instance_is_the_refusal_of_the_list():
    with pytest.raises(errors.Fault, match="Whatever"):
        machine(ODD, ABSENT, ABSENT).enumerate(PORT)
    assert machine(ABSENT, ABSENT, ABSENT).list(PORT) == []


def test_a_text_with_something_illegible_is_not_written_back():
    device = machine(answer("<C><Model>X\ufffd1</Model><PackageType>3</PackageType></C>"), answer("<C/>"))
    device.modify(CHASSIS, {"PackageType": 4})
    sent = device.client.transport.sent[1]
    assert b"PackageType>4<" in sent
    assert b"Model" not in sent


class Tells(Reader):
    options = (Option("x"), *Reader.options)

    def survey(self, machine, wanted):
        return {"model": machine.part("chassis", lambda: machine.get(CHASSIS)["Model"])}


def test_a_reader_tells_what_it_could_not_read_and_fails_where_that_is_asked_for():
    outcome = converge(Tells(), machine(DOUBLED), {"strict": False})
    assert outcome.after == {"model": None}
    assert [row["part"] for row in outcome.facts["unread"]] == ["chassis"]
    assert not outcome.changed
    with pytest.raises(errors.Unread) as raised:
        converge(Tells(), machine(DOUBLED), {"strict": True})
    assert raised.value.details["unread"][0]["property"] == "Model"


class Waiting(Reader):
    def survey(self, machine, wanted):
        seen = machine.find(CHASSIS)
        machine.attempt(self.ends)
        return {"seen": seen}

    def ends(self):
        raise errors.Interrupted("no answer to `username`", "raise `read_timeout`, or say `so`")


def test_options_of_the_log_in_are_called_as_the_front_end_calls_them_in_what_is_unread_too():
    names = {"username": "amt_user", "read_timeout": "amt_read_timeout"}
    spelled = {"reason": "no answer to amt_user", "hint": "raise amt_read_timeout, or say so"}
    outcome = converge(Waiting(), machine(GOOD), {})
    (row,) = success(outcome, names)["unread"]
    assert {name: row[name] for name in spelled} == spelled
    with pytest.raises(errors.Unread) as raised:
        converge(Waiting(), machine(GOOD), {"strict": True})
    failed = failure(raised.value, names)
    assert {name: failed["details"]["unread"][0][name] for name in spelled} == spelled
    assert "`" not in str((told(outcome), failed))
