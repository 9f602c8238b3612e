# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asset notes: what is told of one that is old, forged, another machine's or half there; what a kill leaves."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage import notes
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.asset_note import AssetNote

from simulator.firmware.storage.web_storage import File
from tests.capabilities.storage import noise
from tests.in_process import Before, is_read, machine
from tests.interop.own_requests import defaults

KEY, FORMER = "a key of the whole fleet", "the key of last year"
FACTS = {"owner": "Ann", "packages": {"bash": "5.2", "vim": "9.1"}, "rooms": ["B-204"], "age": 3, "none": None}
DAY = 86400


def run(device, **given):
    return converge(AssetNote(), device, defaults(AssetNote(), **{"signing_key": KEY, **given}))


def storage(device):
    return device.client.transport.firmware.web_storage


def written(device):
    return len([body for body in device.client.transport.sent if not is_read(body)])


def files(device):
    return {path[-1]: file.octets for path, file in storage(device).files.items()}


def put(device, octets, name="a"):
    storage(device).files["outofband", "assets", name] = File(octets)
    storage(device).folders |= {("outofband",), ("outofband", "assets")}


@pytest.fixture
def device():
    return machine("15")


def test_facts_come_back_and_a_second_run_writes_nothing(device):
    assert run(device, facts=FACTS).changed
    before = written(device)
    second = run(device, facts=FACTS)
    assert not second.changed and written(device) == before
    assert second.after["facts"] == FACTS
    assert (second.after["state"], second.after["age"], second.after["stale"]) == ("verified", 0, False)


def test_the_signature_is_that_of_rfc_2104_over_what_is_stored(device):
    run(device, facts=FACTS)
    (octets,) = files(device).values()
    mark, signature, payload = octets.split(b"\n", 2)
    assert hmac.new(KEY.encode(), mark + b"\n" + payload, hashlib.sha256).hexdigest() == signature.decode()


def test_age_makes_stale_and_renews(device):
    run(device, facts=FACTS)
    device.clock.advance(6 * DAY)
    assert not run(device, facts=FACTS).changed
    device.clock.advance(2 * DAY)
    assert run(device).after["age"] == 8 * DAY
    assert run(device, max_age=7).after["stale"]
    assert run(device, facts=FACTS).changed
    assert run(device, max_age=7).after["stale"] is False


def test_another_key_verifies_and_signs_anew(device):
    run(device, facts=FACTS, signing_key=FORMER)
    assert run(device).after["state"] == "forged"
    assert run(device).after["facts"] == {}
    assert run(device, former_keys=[FORMER]).after["state"] == "verified"
    assert run(device, facts=FACTS, former_keys=[FORMER]).changed
    assert not run(device, facts=FACTS, former_keys=[FORMER]).changed
    assert run(device).after["state"] == "verified"


def test_without_a_key_nothing_is_verified(device):
    run(device, facts=FACTS)
    found = run(device, signing_key=None).after
    assert (found["state"], found["facts"]) == ("unverified", FACTS)


def test_a_note_of_another_machine(device):
    other = machine("15", number=2)
    run(other, facts=FACTS)
    put(device, *files(other).values())
    found = run(device).after
    assert (found["state"], found["facts"]) == ("foreign", {})


def told(**changes):
    whole = {"facts": FACTS, "uuid": "u", "taken": 5, "serial": 1, **changes}
    return notes.packed(json.dumps({name: each for name, each in whole.items() if each != "left out"}).encode())


UNSIGNED = notes.MARK + notes.NO_SIGNATURE + b"\n"


@pytest.mark.parametrize(
    ("state", "octets"),
    [
        ("unsigned", UNSIGNED + told()),
        ("forged", notes.MARK + b"0" * 64 + b"\n" + told()),
        ("forged", notes.MARK + b"\xff" * 64 + b"\n" + told()),
        ("damaged", b""),
        ("damaged", b"<html>"),
        ("damaged", UNSIGNED),
        ("damaged", UNSIGNED + told()[:-4]),
        ("damaged", UNSIGNED + notes.packed(b"\0" * (17 << 20))),
        ("damaged", UNSIGNED + notes.packed(b"[" * 100_000)),
        ("damaged", UNSIGNED + notes.packed(b"\xff")),
        ("damaged", UNSIGNED + told(facts=[])),
        ("damaged", UNSIGNED + told(taken="left out")),
        ("damaged", UNSIGNED + told(taken=-1)),
        ("damaged", UNSIGNED + told(serial=True)),
        ("damaged", UNSIGNED + told(taken=1 << 60)),
    ],
)
def test_what_is_no_note_of_ours_is_told_and_replaced(device, state, octets):
    put(device, octets)
    found = run(device).after
    assert (found["state"], found["facts"]) == (state, {})
    assert run(device, facts=FACTS).changed
    assert (run(device).after["state"], len(files(device))) == ("verified", 1)


def test_of_two_notes_the_newest_verified_one_counts(device):
    run(device, facts={"owner": "old"})
    (old,) = files(device).values()
    device.clock.advance(DAY)
    run(device, facts=FACTS)
    put(device, old, "a" if "b" in files(device) else "b")
    assert run(device).after["facts"] == FACTS
    assert run(device, facts=FACTS).changed
    assert len(files(device)) == 1


class Gone(Exception):
    """The run ends here, whatever is half done."""


class Killing(Before):
    def __init__(self, real, number):
        super().__init__(real)
        self.number = number

    def send(self, request, only_on=0, slow=False):
        if request.method != "GET":
            self.number -= 1
            if self.number < 0:
                raise Gone
        return super().send(request)


@pytest.mark.parametrize("number", range(4))
def test_a_kill_at_any_write_leaves_a_whole_note_and_the_next_run_finishes(number):
    device = machine("15")
    run(device, facts={"owner": "old"})
    device.clock.advance(60)
    real = device.client.transport
    new = {"owner": "new", "noise": noise(20_000)}
    device.client.transport = Killing(real, number)
    try:
        run(device, facts=new)
    except Gone:
        assert number < 3
    device.client.transport = real
    found = run(device).after
    assert found["state"] == "verified"
    assert found["facts"]["owner"] == ("old" if number < 2 else "new")
    run(device, facts=new)
    assert (run(device).after["facts"], len(files(device))) == (new, 1)


def test_it_goes(device):
    run(device, facts=FACTS)
    assert run(device, state="absent").changed
    assert not run(device, state="absent").changed
    assert (run(device).after["state"], files(device), storage(device).folders) == ("absent", {}, set())


def test_what_does_not_fit_beside_the_present_one_is_refused_before_any_write(device):
    run(device, facts=FACTS)
    before = written(device)
    with pytest.raises(Unavailable, match=r"takes [0-9]+ bytes, compressed, and there is room for [0-9]+") as refused:
        run(device, facts={"noise": noise(20_000)}, capacity=4_000)
    assert refused.value.details["size"] > refused.value.details["room"]
    assert written(device) == before


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("signing_key", {"facts": FACTS, "signing_key": None}),
        ("signing_key", {"signing_key": "short"}),
        ("former_keys", {"former_keys": ["short"]}),
        ("facts", {"facts": FACTS, "state": "absent"}),
        ("facts", {"facts": {"a": float("nan")}}),
        ("facts", {"facts": {"a": object()}}),
        ("max_age", {"max_age": -1}),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(device, option, given):
    with pytest.raises(InvalidOption) as refused:
        run(device, **given)
    assert refused.value.option == option
    assert "short" not in str(refused.value)
    assert not device.client.transport.sent


def test_others_files_are_left_alone(device):
    storage(device).put(("V", "A", "n"), b"<metadata></metadata>x", append=False)
    run(device, facts=FACTS)
    run(device, state="absent")
    assert [*storage(device).files] == [("V", "A", "n")]
