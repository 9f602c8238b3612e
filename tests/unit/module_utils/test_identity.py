# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""That a device is the machine that was meant is asked once on each connection, and before any write on it."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.identity import expecting
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Instance, Reference

from .scripted import FakeClock, Scripted, answer, fault
from .wsman.peer import Peer

UUID = "00112233-4455-6677-8899-aabbccddeeff"
PACKAGE = "<p:CIM_ComputerSystemPackage xmlns:p='p'><p:PlatformGUID>{0}</p:PlatformGUID></p:CIM_ComputerSystemPackage>"
RIGHT = answer(PACKAGE.format("33221100554477668899AABBCCDDEEFF"))
WRONG = answer(PACKAGE.format("33221100554477668899AABBCCDDEE00"))
TARGET = Reference("AMT_GeneralSettings")
SETTINGS = answer("<g:AMT_GeneralSettings xmlns:g='x'><g:HostName>pc</g:HostName></g:AMT_GeneralSettings>")
ASKED = b"CIM_ComputerSystemPackage"


class Kept(Scripted):
    """A connection that stays, until an error of the script breaks it."""

    def __init__(self, *script):
        super().__init__(*script)
        self.number = 1
        self.open = False

    def current(self):
        return self.number if self.open else 0

    def post(self, body, only_on=0, slow=False):
        if only_on and only_on != self.current():
            raise errors.Unreachable("gone", passing=True)
        try:
            reply = super().post(body)
        except errors.AmtError:
            self.number, self.open = self.number + self.open, False
            raise
        self.open = True
        return reply


def client_of(*script):
    clock = FakeClock()
    transport = Kept(*script)
    return Client(transport, clock, Deadline(clock, 300), None, expecting(UUID)), transport


def test_it_is_asked_once_on_a_connection_and_first():
    client, transport = client_of(RIGHT, SETTINGS, SETTINGS, answer(""))
    client.get(TARGET)
    client.get(TARGET)
    client.put(TARGET, Instance("AMT_GeneralSettings"))
    assert [ASKED in sent for sent in transport.sent] == [True, False, False, False]


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.get(TARGET),
        lambda client: client.enumerate(TARGET),
        lambda client: client.put(TARGET, Instance("AMT_GeneralSettings")),
        lambda client: client.create(Instance("AMT_GeneralSettings")),
        lambda client: client.delete(TARGET),
        lambda client: client.invoke(TARGET, "Do", {}),
    ],
)
@pytest.mark.parametrize(
    "other",
    [WRONG, answer(PACKAGE.format("nonsense")), answer(PACKAGE.format("")), fault("AccessDenied"), fault("Unknown")],
)
def test_another_machine_gets_nothing_but_the_question(call, other):
    client, transport = client_of(other, SETTINGS)
    with pytest.raises(errors.WrongMachine):
        call(client)
    assert len(transport.sent) == 1


def test_a_new_connection_is_asked_anew_before_the_write():
    client, transport = client_of(RIGHT, SETTINGS, errors.Interrupted("reset"), RIGHT, SETTINGS, answer(""))
    client.get(TARGET)
    client.get(TARGET)
    client.delete(TARGET)
    assert [ASKED in sent for sent in transport.sent] == [True, False, False, True, False, False]


def test_an_address_that_moved_meanwhile_is_noticed_before_the_write():
    client, transport = client_of(RIGHT, SETTINGS, errors.Interrupted("reset"), WRONG, SETTINGS)
    client.get(TARGET)
    with pytest.raises(errors.WrongMachine, match="00112233-4455-6677-8899-aabbccddee00"):
        client.get(TARGET)
    assert len(transport.sent) == 4


@pytest.mark.parametrize(
    "trouble", [errors.Interrupted("reset"), errors.ProtocolError("garbage", sent=True), fault("TimedOut")]
)
def test_a_question_that_fails_leaves_no_write_in_doubt(trouble):
    client, transport = client_of(
        RIGHT, SETTINGS, errors.Interrupted("reset"), RIGHT, SETTINGS, trouble, RIGHT, answer("")
    )
    client.get(TARGET)
    client.get(TARGET)
    transport.open = False
    try:
        client.delete(TARGET)
    except errors.AmtError as error:
        assert not isinstance(error, errors.Indeterminate)
        assert ASKED in transport.sent[-1]
    else:
        assert ASKED in transport.sent[-2]


def test_a_write_travels_on_no_connection_that_was_not_asked():
    def serve(conversation):
        for body in (RIGHT.body, SETTINGS.body):
            conversation.request()
            conversation.answer(body)

    def close_after_the_question(conversation):
        conversation.request()
        conversation.answer(RIGHT.body, "200 OK", "Connection: close")

    with Peer(serve, close_after_the_question, close_after_the_question) as peer:
        endpoint = Endpoint("127.0.0.1", port=peer.port, tls=False, password="P@ssw0rd", uuid=UUID.upper(), deadline=3)
        with open_machine(endpoint) as machine:
            machine.client.get(TARGET)
            with pytest.raises((errors.Unreachable, errors.DeadlineExceeded)):
                machine.client.delete(TARGET)
    assert len(peer.requests) > 2
    assert all(ASKED in request.body for request in peer.requests[2:])


@pytest.mark.parametrize("spelling", [UUID.upper(), UUID.replace("-", ""), "{" + UUID + "}", " " + UUID])
def test_spellings_of_a_uuid(spelling):
    assert Endpoint("pc", uuid=spelling).uuid == UUID


@pytest.mark.parametrize("uuid", ["pc-01", UUID[:-1], "0" * 32, "f" * 32, "03000200-0400-0500-0006-000700080009"])
def test_what_tells_no_machine_from_another_is_refused(uuid):
    with pytest.raises(errors.InvalidOption) as caught:
        open_machine(Endpoint("pc", password="x", uuid=uuid))
    assert caught.value.option == "uuid"
