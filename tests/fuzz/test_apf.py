# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of the port forwarding protocol come back as they were, and the cuts of a stream do not matter."""

from __future__ import annotations

import os
import random

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.apf import messages
from ansible_collections.outofband.amt.plugins.module_utils.apf.messages import Message, Parser, build
from ansible_collections.outofband.amt.plugins.module_utils.apf.session import FirmwareSession, HostSession
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.apf_sessions import outcome, replay, streams
from tests.fuzz.mutation import inputs

EXAMPLES = settings(max_examples=300, deadline=None)
INPUTS = int(os.environ.get("FUZZ_INPUTS", "100000"))

VALUES = {
    messages.Number: st.integers(0, 2**32 - 1),
    messages.Flag: st.booleans(),
    messages.Octets: st.binary(max_size=300),
    messages.Text: st.text(max_size=100),
    messages.Fixed: st.binary(min_size=16, max_size=16),
}


def fields_of(layout):
    """Every shape of a layout, as fields and the values that select it."""
    if not layout.switch:
        return [(layout.fields, {})]
    return [((*layout.fields, *more), {layout.switch: choice}) for choice, more in layout.variants.items()]


def message_of(layout, fields, fixed):
    values = {row.name: VALUES[type(row)] for row in fields if row.name}
    values.update({name: st.just(value) for name, value in fixed.items()})
    return st.builds(Message, st.just(layout.name), st.fixed_dictionaries(values))


LAYOUTS = [layout for layout in messages.LAYOUTS if layout.name != "request_success"] + [messages.PORT_FORWARDED]
any_message = st.one_of([message_of(layout, *shape) for layout in LAYOUTS for shape in fields_of(layout)])


def parsed(pieces):
    parser, found = Parser(), []
    for piece in pieces:
        parser.feed(piece)
        while (message := parser.next()) is not None:
            found.append(message)
    assert parser.waiting == 0
    return found


def cut(data, cuts):
    places = sorted(place % (len(data) + 1) for place in cuts)
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)])]


@EXAMPLES
@given(st.lists(any_message, max_size=5), st.lists(st.integers(0, 10**6), max_size=8))
def test_messages_come_back_however_they_are_cut(sent, cuts):
    data = b"".join(build(message.name, **message.values) for message in sent)
    assert parsed(cut(data, cuts)) == sent


@pytest.mark.parametrize("name", ["host", "firmware"])
def test_a_session_is_the_same_for_every_cut(name):
    chance = random.Random("apf cuts")
    data = streams()[name]
    whole = replay(name, data)
    assert len(whole[0]) > 5
    for _time in range(200):
        splits = tuple(sorted(chance.randrange(len(data) + 1) for _cut in range(chance.randint(1, 9))))
        assert replay(name, data, splits) == whole, splits
    assert replay(name, data, tuple(range(1, len(data)))) == whole


@pytest.mark.parametrize("name", ["host", "firmware"])
def test_neither_do_the_cuts_of_a_spoilt_stream(name):
    chance = random.Random("spoilt cuts")
    for data in inputs([streams()[name]], INPUTS // 10, "apf splits " + name):
        splits = tuple(sorted(chance.randrange(len(data) + 1) for _cut in range(chance.randint(1, 6))))
        assert outcome(name, data, splits) == outcome(name, data), (data, splits)


@EXAMPLES
@given(
    st.lists(st.binary(min_size=1, max_size=3000), max_size=8),
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(1, 500),
)
def test_what_is_sent_arrives_whole_and_in_order(pieces, window, largest, bite):
    """Whatever the window, the size of packets, and how much the receiver takes at once."""
    host, firmware = HostSession(largest_packet=largest), FirmwareSession(window=window)
    firmware.start(bytes(16))
    host.receive(firmware.data_to_send())
    mine = host.open_channel("::1", 1, "::1", 1)
    firmware.receive(host.data_to_send())
    (theirs,) = firmware._channels
    firmware.accept(theirs)
    for piece in pieces:
        host.send(mine, piece)
    got = b""
    for _turn in range(100_000):
        host.receive(firmware.data_to_send())
        new = b"".join(event.data for event in firmware.receive(host.data_to_send()) if hasattr(event, "data"))
        got += new
        for start in range(0, len(new), bite):
            firmware.consumed(theirs, len(new[start : start + bite]))
        if not new and not host.waiting(mine):
            break
    assert got == b"".join(pieces)
