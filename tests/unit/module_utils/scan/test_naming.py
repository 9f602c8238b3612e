# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of devices in an inventory, whatever the devices say."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.scan.naming import (
    CLAIMED,
    MEANS_US,
    NO_IDENTITY,
    NO_NAME,
    is_host_name,
    named,
)
from hypothesis import given
from hypothesis import strategies as st

TOLD = "amt_certificate.common_name"


def device(address, told="", listed="", **others):
    return {"amt_host": address, "amt_name": listed, "amt_certificate": {"common_name": told}, **others}


def names(*devices, paths=(TOLD, "amt_name", "amt_host"), objection=lambda claim, device: "", listed=()):
    return [each.name for each in named(devices, paths, objection, listed)]


def reasons(*devices, paths=(TOLD, "amt_name", "amt_host")):
    return [[reason for _claim, reason in each.refused] for each in named(devices, paths, lambda claim, device: "")]


HOSTILE = (
    "{{ lookup('pipe', 'id') }}",
    "{% raw %}",
    "pc\n[all:vars]",
    "pc-01\n",
    "../etc/passwd",
    "-oProxyCommand=x",
    "</script>",
    "\x1b[2Jpc",
    "pc\x00",
    "pc\u202e10",
    "p\u0441-01",
    "a" * 64,
    ".".join(["a"] * 200),
    "all:!pc",
    "~.*",
    "@hosts",
    "pc[1:5]",
    "pc 01",
    "pc,02",
    ".pc",
    "pc..x",
    "10.0.0.7",
    "127.1",
    "2130706433",
    "0x7f000001",
    "pc.0x1",
    "::1",
    "fe80::1%eth0",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_host_name_is_refused_and_the_next_is_taken(text):
    assert not is_host_name(text)
    assert names(device("192.0.2.1", text), device("192.0.2.2", text, "pc-02")) == ["192.0.2.1", "pc-02"]
    assert reasons(device("192.0.2.1", text)) == [[MEANS_US if text == "::1" else NO_NAME]]


@pytest.mark.parametrize("text", ["pc-01", "PC_01.floor-2.example.com", "a", "5CG1234ABC", "xn--bcher-kva.example"])
def test_host_names(text):
    assert names(device("192.0.2.1", text)) == [text]


@pytest.mark.parametrize("text", ["localhost", "LocalHost", "localhost.localdomain", "pc.localhost"])
def test_no_device_becomes_this_machine(text):
    assert names(device("192.0.2.1", text), device("192.0.2.2", "", text)) == ["192.0.2.1", "192.0.2.2"]
    assert reasons(device("192.0.2.1", text)) == [[MEANS_US]]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_not_even_one_at_an_address_of_this_machine(address):
    assert names(device(address, listed="localhost")) == ["amt-" + address]


def test_of_two_that_tell_the_same_name_none_gets_it_and_none_is_lost():
    three = (device("192.0.2.1", "pc-07"), device("192.0.2.2", "PC-07"), device("192.0.2.3", "pc-08"))
    assert names(*three) == ["192.0.2.1", "192.0.2.2", "pc-08"]
    assert reasons(*three) == [[CLAIMED], [CLAIMED], []]


def test_a_name_that_was_listed_is_no_others():
    owner, liar = device("192.0.2.1", "other", "pc-07"), device("192.0.2.2", "pc-07")
    assert names(owner, liar, paths=("amt_name", TOLD), listed=["pc-07"]) == ["pc-07", "192.0.2.2"]
    assert names(owner, liar, listed=["pc-07"]) == ["other", "192.0.2.2"]
    assert names(liar, listed=["pc-07"]) == ["192.0.2.2"]


def test_a_device_may_tell_the_name_that_it_is_listed_by():
    assert names(device("192.0.2.1", "PC-07", "pc-07"), listed=["pc-07"]) == ["PC-07"]


def test_two_devices_at_the_addresses_of_one_name():
    two = (device("192.0.2.1", listed="pc-07"), device("192.0.2.2", listed="pc-07"))
    assert names(*two, listed=["pc-07"]) == ["pc-07", "192.0.2.2"]


def test_a_name_that_was_lost_stays_lost():
    """The third falls back to the name over which the first two have fallen out."""
    first, second = device("192.0.2.1", "a"), device("192.0.2.2", "a")
    third = device("192.0.2.3", "b", amt={"name": "a"})
    fourth = device("192.0.2.4", "b")
    paths = (TOLD, "amt.name", "amt_host")
    assert names(first, second, third, fourth, paths=paths) == ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("uuid", "03000200-0400-0500-0006-000700080009"),
        ("uuid", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("serial_number", "SN-1234567890"),
        ("serial_number", "INVALID"),
        ("model", "Undefined"),
    ],
)
def test_filler_is_no_identity(key, text):
    told = device("192.0.2.1", amt={"system": {key: text}})
    assert names(told, paths=("amt.system." + key,)) == ["192.0.2.1"]
    assert reasons(told, paths=("amt.system." + key,)) == [[NO_IDENTITY]]


def test_what_only_the_front_end_knows_counts_for_every_name():
    taken = {"amt", "pc-01", "192.0.2.1"}
    found = names(
        device("192.0.2.1", "pc-01", "amt"), objection=lambda claim, device: "taken" if claim.name in taken else ""
    )
    assert found == ["amt-192.0.2.1"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "A", "b", "c", "localhost", "x y"]), st.sampled_from(["", "a", "d"])),
        max_size=12,
    )
)
def test_every_device_has_a_name_and_no_two_have_the_same(told):
    devices = [device("192.0.2.{0}".format(number), *each) for number, each in enumerate(told)]
    found = names(*devices, listed=[each for _told, each in told])
    assert len(found) == len(devices) == len({each.casefold() for each in found})


@given(st.text(max_size=300))
def test_any_text_is_judged(text):
    found = names(device("192.0.2.1", text))
    assert found == [text] if is_host_name(text) and text.isascii() and found != ["192.0.2.1"] else ["192.0.2.1"]
