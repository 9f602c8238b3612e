# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The third-party data store: what is refused before a write, partial writes, locks, sessions that are taken away."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AccessDenied, InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.data_store import DataStore

from tests.capabilities.storage import ASIDE, PROGRAM
from tests.in_process import Before, is_read, machine
from tests.interop.own_requests import defaults

LONG = "".join(chr(97 + number % 26) for number in range(9000))


@pytest.fixture
def device():
    return machine("9")


def run(device, dry_run=False, **given):
    return converge(DataStore(), device, defaults(DataStore(), **given), dry_run)


def with_block(content, **other):
    return {**ASIDE, "application": PROGRAM, "blocks": [{"name": "facts", "content": content, **other}]}


def held(device):
    return device.client.transport.firmware.data_store.held


def writes(device, method=b""):
    return [body for body in device.client.transport.sent if not is_read(body) and method in body]


def test_a_block_is_written_whole_though_firmware_takes_less_at_once(device):
    outcome = run(device, **with_block(LONG))
    (block,) = held(device).blocks.values()
    assert bytes(block.data) == LONG.encode().ljust(12288, b"\0")
    assert len(writes(device, b"WriteBlock_INPUT")) == 5, "3000 of 4096, the rest, again, and what is left"
    assert block.lock == (0, 0.0)
    assert outcome.after["blocks"][0]["content"] == LONG
    assert not any(each.session for each in held(device).applications.values())


def test_only_what_differs_is_written(device):
    run(device, **with_block(LONG))
    before = len(writes(device, b"WriteBlock_INPUT"))
    assert run(device, **with_block(LONG[:5000] + "!" + LONG[5001:])).changed
    assert len(writes(device, b"WriteBlock_INPUT")) == before + 1
    assert not run(device, **with_block(LONG[:5000] + "!" + LONG[5001:])).changed


def test_looking_registers_nobody_and_wears_nothing(device):
    run(device, **ASIDE)
    worn = device.client.transport.firmware.flash.writes
    run(device, dry_run=True, **with_block("x"))
    run(device, application=PROGRAM, blocks=[])
    assert not held(device).applications
    assert device.client.transport.firmware.flash.writes == worn


def test_what_is_told_of_a_block_that_is_there(device):
    run(device, **with_block("hi", hidden=True))
    found = run(device, application=PROGRAM, blocks=[{"name": "facts"}])
    (row,) = found.after["blocks"]
    assert not found.changed
    assert (row["content"], row["size"], row["hidden"]) == ("hi", 4096, True)
    assert found.facts["writes_left"] > 0
    assert found.facts["applications"][0]["uuid"] == PROGRAM["uuid"].replace("-", "")


def test_another_size_is_another_block_and_names_become_unique(device):
    run(device, **with_block("hi"))
    (first,) = held(device).blocks
    block = held(device).blocks[first]
    held(device).blocks[99] = type(block)(block.owner, bytearray(4096), False, "facts")
    run(device, **with_block(LONG))
    assert len(held(device).blocks) == 1
    assert first not in held(device).blocks


def test_the_visibility_alone_is_changed_alone(device):
    run(device, **with_block("hi"))
    before = len(writes(device))
    run(device, application=PROGRAM, blocks=[{"name": "facts", "hidden": True}])
    assert [block.hidden for block in held(device).blocks.values()] == [True]
    assert len(writes(device)) == before + 1


def test_everything_goes_in_its_order(device):
    run(device, **with_block("hi"))
    run(device, enterprises=[], allocations=[], purge=True, application={**PROGRAM, "state": "absent"})
    found = held(device)
    assert not (found.enterprises or found.allocations or found.applications or found.blocks)


def test_an_enterprise_with_applications_stays_and_that_is_said_before_any_write(device):
    run(device, **with_block("hi"))
    before = len(writes(device))
    with pytest.raises(Unavailable, match="Acme/Inventory is registered in Example"):
        run(device, enterprises=[], purge=True)
    assert len(writes(device)) == before


class Intruding(Before):
    """Somebody with the same names begins a session when the first block is written."""

    seen = False

    def post(self, body, only_on=0, slow=False):
        if b"WriteBlock_INPUT" in body and not self.seen:
            self.seen = True
            (application,) = held_by(self.real).applications.values()
            application.session = b"them"
        return super().post(body, only_on, slow)


def held_by(transport):
    return transport.firmware.data_store.held


def test_who_loses_the_session_begins_again(device):
    real = device.client.transport
    device.client.transport = Intruding(real)
    run(device, **with_block(LONG))
    (block,) = held_by(real).blocks.values()
    assert bytes(block.data) == LONG.encode().ljust(12288, b"\0")


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("enterprises", {"enterprises": ["x" * 65]}),
        ("enterprises", {"enterprises": ["\u202ename"]}),
        ("size", {"allocations": [{"vendor": "a", "application": "b", "size": 4095}]}),
        ("size", {"allocations": [{"vendor": "a", "application": "b"}]}),
        ("allocations", {"allocations": [{"vendor": "a", "application": "b", "size": 4096}] * 2}),
        ("uuid", {"application": {**PROGRAM, "uuid": "none"}}),
        ("blocks", {"blocks": []}),
        ("name", {"application": PROGRAM, "blocks": [{"name": "x" * 33}]}),
        ("blocks", {"application": PROGRAM, "blocks": [{"name": "x"}, {"name": "x"}]}),
        ("blocks", {"application": {**PROGRAM, "state": "absent"}, "blocks": [{"name": "x"}]}),
    ],
)
def test_what_no_firmware_takes_is_refused_before_any_request(device, option, given):
    with pytest.raises(InvalidOption) as refused:
        run(device, **given)
    assert refused.value.option == option
    assert not device.client.transport.sent


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("room for 4", {"enterprises": list("abcde")}),
        ("163840 bytes are to be set aside", {"allocations": [{"vendor": "a", "application": "b", "size": 163_840}]}),
        ("no such enterprise", {"application": PROGRAM, "blocks": [{"name": "x"}]}),
    ],
)
def test_what_this_device_cannot_take_is_refused_before_any_write(device, words, given):
    with pytest.raises((InvalidOption, Unavailable), match=words):
        run(device, **given)
    assert not writes(device)


def test_worn_flash_is_seen_before_a_write():
    device = machine("9", flash_limit=0)
    held(device).enterprises[7] = "Example"
    with pytest.raises(Unavailable, match="spare its flash"):
        run(device, application=PROGRAM, blocks=[{"name": "x"}])


def test_new_firmware_has_none():
    with pytest.raises(Unavailable) as refused:
        run(machine("16"))
    assert refused.value.details["lacks"] == "third-party data store"


def test_who_lacks_the_realm_is_told_which_one():
    device = machine("9", users={"ops": {"password": "Op3rator!", "realms": ["storage"]}})
    device.client.transport.firmware.caller = "ops"
    with pytest.raises(AccessDenied, match="Administration") as refused:
        run(device)
    assert "storage admin (8)" in refused.value.hint
