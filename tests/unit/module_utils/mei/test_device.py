# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the engine through everything that the driver may answer."""

from __future__ import annotations

import errno

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import Busy, DeadlineExceeded, Interrupted
from ansible_collections.outofband.amt.plugins.module_utils.mei import device
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import AMTHI, MKHI
from ansible_collections.outofband.amt.plugins.module_utils.mei.node import Node

from tests.unit.module_utils.mei.engine import Clock, Engine

TABLE = {AMTHI: {b"question": b"answer"}}


def client(engine, guid=AMTHI):
    return device.Client(guid, clock=Clock(), open_node=engine.open_node)


def test_a_question_and_its_answer_over_one_connection():
    engine = Engine(TABLE)
    with client(engine) as amthi:
        assert [amthi.ask(b"question"), amthi.ask(b"question")] == [b"answer"] * 2
        assert engine.open == 1
    assert engine.open == 0


@pytest.mark.parametrize("number", [errno.ENODEV, errno.ENOTCONN])
@pytest.mark.parametrize("step", ["write", "read"])
def test_a_reset_of_the_engine_is_survived(step, number):
    engine = Engine(TABLE, **{step: [0, number]})
    with client(engine) as amthi:
        amthi.ask(b"question")
        assert amthi.ask(b"question") == b"answer"
        assert engine.open == 1


def test_what_must_not_be_sent_twice_is_not():
    engine = Engine(TABLE, read=[errno.ENODEV])
    with pytest.raises(Interrupted) as caught:
        client(engine).ask(b"question", repeatable=False)
    assert caught.value.sent and len(engine.asked) == 1 and engine.open == 0


def test_what_did_not_leave_is_sent_again_in_any_case():
    engine = Engine(TABLE, write=[errno.ENODEV])
    assert client(engine).ask(b"question", repeatable=False) == b"answer"
    assert len(engine.asked) == 1


def test_an_engine_that_resets_again_and_again_is_given_up():
    with pytest.raises(Interrupted):
        client(Engine(TABLE, read=[errno.ENODEV] * 2)).ask(b"question")


@pytest.mark.parametrize("number", [errno.EBUSY, errno.ENODEV])
def test_a_busy_client_and_an_engine_in_reset_are_waited_for(number):
    engine = Engine(TABLE, connect=[number] * 3)
    amthi = client(engine)
    assert amthi.ask(b"question") == b"answer"
    assert amthi._clock.slept == [0.75, 1.5, 2.25]
    assert engine.open == 1


TROUBLE = [
    ("open", errno.ENOENT, device.NoDevice, "mei_me"),
    ("open", errno.EACCES, device.NoPermission, "root"),
    ("open", errno.EPERM, device.NoPermission, "root"),
    ("open", errno.EBUSY, device.ClientBusy, "lms"),
    ("open", errno.ENODEV, device.EngineAway, "dev_state"),
    ("connect", errno.ENOTTY, device.NoClient, "disabled"),
    ("connect", errno.EBUSY, device.ClientBusy, "lms"),
    ("connect", errno.ENODEV, device.EngineAway, "dev_state"),
]


@pytest.mark.parametrize(("step", "number", "kind", "hint"), TROUBLE)
def test_what_stays_wrong_is_told_apart(step, number, kind, hint):
    engine = Engine(TABLE, **{step: [number] * 8})
    with pytest.raises(kind) as caught:
        client(engine).ask(b"question")
    assert hint in caught.value.hint
    assert engine.open == 0 and engine.asked == []


def test_busy_is_busy():
    assert issubclass(device.ClientBusy, Busy)


def test_a_missing_client_that_amt_does_not_own_says_nothing_of_amt():
    with pytest.raises(device.NoClient) as caught:
        client(Engine(TABLE), MKHI).ask(b"question")
    assert caught.value.hint == ""


def test_silence_ends_and_its_connection_with_it():
    engine = Engine(TABLE)
    with pytest.raises(DeadlineExceeded) as caught:
        client(engine).ask(b"unheard of")
    assert caught.value.sent and engine.open == 0


def test_a_message_longer_than_the_client_takes_is_not_sent():
    engine = Engine(TABLE, largest=4)
    with client(engine) as amthi, pytest.raises(ValueError, match="4 bytes"):
        amthi.ask(b"question")
    assert engine.asked == []


def test_the_real_node_on_files_that_are_no_engine(tmp_path):
    with pytest.raises(device.NoDevice):
        device.Client(AMTHI, str(tmp_path / "mei0")).ask(b"question")
    with pytest.raises(device.NoClient):
        device.Client(AMTHI, "/dev/null").ask(b"question")


def test_the_real_node_reads_whole_messages(tmp_path):
    node = Node("/dev/zero")
    assert node.write(b"abc") == 3
    assert node.read(5, 1) == bytes(5)
    node.close()
