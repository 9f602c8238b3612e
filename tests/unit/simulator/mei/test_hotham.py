# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HOTHAM as its two public readers ask it: the octets are those that they send, and what they check is checked."""

from __future__ import annotations

import pytest

HOTHAM = "082ee5a7-7c25-470a-9643-0c06f0466ea1"
SIZE, LOG = bytes.fromhex("06800000"), bytes.fromhex("06810000")


@pytest.fixture
def client(make):
    node = make("16", amt="disabled").mei()
    with node.connect(HOTHAM) as connected:
        yield connected
    node.close()


def test_the_log_is_empty(client):
    client.write(SIZE)
    assert client.read(1) == bytes.fromhex("06100800 00000000")


def test_the_log_is_as_long_as_it_always_is(client):
    client.write(LOG)
    answer = client.read(1)
    assert (answer[1], len(answer)) == (0x10, 4 + 8192)


@pytest.mark.parametrize("request_", ["06820000", "05800000"])
def test_what_is_not_known_is_refused(client, request_):
    client.write(bytes.fromhex(request_))
    answer = client.read(1)
    assert (answer[0], answer[1], len(answer)) == (bytes.fromhex(request_)[0], 0x89, 4)


def test_a_sequence_number_comes_back(client):
    client.write(bytes.fromhex("a6800000"))
    assert client.read(1)[0] == 0xA6


def test_there_is_one_connection(make):
    device = make("16")
    with device.mei().connect(HOTHAM), pytest.raises(OSError, match="busy"):
        device.mei().connect(HOTHAM)
