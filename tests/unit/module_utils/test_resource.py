# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: what counts as changed, what check mode does, what is hidden, what a lost answer leads to."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.cim.network import GENERAL
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AuthenticationRefused,
    Indeterminate,
    InvalidOption,
    NotReached,
    Overtaken,
    Refused,
    Unreachable,
)
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN, Option, hide
from ansible_collections.outofband.amt.plugins.module_utils.resource import (
    BEGUN,
    Collection,
    Resource,
    Settings,
    converge,
)
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client

from .scripted import FakeClock, Scripted, answer


class Lamp(Resource):
    """The machine is a dict; `lose` makes the answer to the next write get lost, after or before it took effect."""

    options = (Option("state", choices=("on", "off"), required=True), Option("token", secret=True))
    aside = ("colour",)

    def read(self, machine, wanted):
        machine["reads"] += 1
        return {"state": machine["state"], "colour": "red"}

    def plan(self, present, wanted):
        return {**present, "state": wanted["state"]}

    def apply(self, machine, present, planned, wanted):
        machine["writes"] += 1
        if machine.get("lose") != "before":
            machine["state"] = planned["state"]
        if machine.get("lose"):
            raise Indeterminate("lost")
        return {"bulb": "warm"}


def lamp(**values):
    return {"state": "off", "reads": 0, "writes": 0, **values}


def test_a_dry_run_writes_nothing_and_predicts_the_real_outcome():
    machine = lamp()
    predicted = converge(Lamp(), machine, {"state": "on"}, dry_run=True)
    assert machine == lamp(reads=1)
    real = converge(Lamp(), machine, {"state": "on"})
    assert (predicted.changed, predicted.before, predicted.after) == (real.changed, real.before, real.after)
    assert (real.before, real.after) == ({"state": "off"}, {"state": "on"})
    assert real.facts == {"colour": "red", "bulb": "warm"}


def test_a_second_run_writes_nothing():
    machine = lamp()
    assert converge(Lamp(), machine, {"state": "on"}).changed
    assert not converge(Lamp(), machine, {"state": "on"}).changed
    assert machine["writes"] == 1


def test_a_lost_answer_is_read_back_and_found_done():
    machine = lamp(lose="after")
    outcome = converge(Lamp(), machine, {"state": "on"})
    assert outcome.changed
    assert "took effect" in outcome.note
    assert machine["writes"] == 1


def test_a_lost_answer_that_is_not_found_done_says_what_was_found():
    machine = lamp(lose="before")
    with pytest.raises(Indeterminate) as caught:
        converge(Lamp(), machine, {"state": "on"})
    assert caught.value.found == {"state": "off", "colour": "red"}
    assert machine["writes"] == 1


def test_secrets_are_hidden_at_every_depth():
    options = (
        Option("name"),
        Option("password", secret=True),
        Option("users", type="list", elements="dict", options=(Option("name"), Option("password", secret=True))),
    )
    values = {"name": "a", "password": "b", "users": [{"name": "c", "password": "d"}, {"name": "e", "password": None}]}
    assert hide(options, values) == {
        "name": "a",
        "password": HIDDEN,
        "users": [{"name": "c", "password": HIDDEN}, {"name": "e", "password": None}],
    }


class General(Settings):
    cim = GENERAL
    options = (
        Option("hostname", wire="HostName"),
        Option("answers_ping", type="bool", wire="PingResponseEnabled"),
        Option("privacy", choices=("default", "enhanced"), wire="PrivacyLevel"),
    )


INSTANCE = answer(
    "<g:AMT_GeneralSettings xmlns:g='http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings'>"
    "<g:DigestRealm>Digest:0</g:DigestRealm><g:HostName>old</g:HostName><g:NewerThanUs>7</g:NewerThanUs>"
    "<g:PingResponseEnabled>true</g:PingResponseEnabled><g:PrivacyLevel>0</g:PrivacyLevel></g:AMT_GeneralSettings>"
)
WRITTEN = answer(
    "<g:AMT_GeneralSettings xmlns:g='http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings'>"
    "<g:HostName>new</g:HostName><g:PingResponseEnabled>true</g:PingResponseEnabled><g:PrivacyLevel>1</g:PrivacyLevel>"
    "</g:AMT_GeneralSettings>"
)


def general_machine(*script):
    clock = FakeClock()
    transport = Scripted(*script)
    return Machine(Client(transport, clock), clock, None), transport


def test_settings_write_back_the_whole_instance_without_what_is_read_only():
    machine, transport = general_machine(INSTANCE, INSTANCE, INSTANCE, WRITTEN)
    outcome = converge(General(), machine, {"hostname": "new", "answers_ping": None, "privacy": "enhanced"})
    assert outcome.after == {"hostname": "new", "answers_ping": True, "privacy": "enhanced"}
    assert len(transport.sent) == 4
    put = transport.sent[2].decode()
    assert "<p:HostName>new</p:HostName>" in put
    assert "<p:NewerThanUs>7</p:NewerThanUs>" in put
    assert "<p:PingResponseEnabled>true</p:PingResponseEnabled>" in put
    assert "<p:PrivacyLevel>1</p:PrivacyLevel>" in put
    assert "DigestRealm" not in put


def test_settings_that_are_as_wanted_are_not_written():
    machine, transport = general_machine(INSTANCE)
    assert not converge(General(), machine, {"hostname": "old", "answers_ping": True, "privacy": None}).changed
    assert len(transport.sent) == 1


class Shared(Lamp):
    """A lamp that others switch as well: `others` maps the number of a write to what becomes of the lamp then, and
    `refuses` numbers of writes to what they are refused with."""

    def apply(self, machine, present, planned, wanted):
        machine["writes"] += 1
        number = machine["writes"]
        if number not in machine.get("refuses", {}):
            machine["state"] = planned["state"]
        machine["state"] = machine.get("others", {}).get(number, machine["state"])
        if number in machine.get("refuses", {}):
            raise machine["refuses"][number]


class Switched(dict):
    """A machine that counts how often a run stood back."""

    def stand_back(self, turn):
        self["stood_back"] = turn


def shared(**values):
    return Switched(lamp(state="off", **values))


def test_a_refusal_is_no_failure_when_the_machine_is_as_wanted_all_the_same():
    machine = shared(others={1: "on"}, refuses={1: Refused("Switch", "PT_STATUS", 16, "NOT_PERMITTED")})
    outcome = converge(Shared(), machine, {"state": "on"})
    assert (outcome.changed, outcome.before, outcome.after) == (False, {"state": "on"}, {"state": "on"})
    assert outcome.note == "somebody else has brought the device to this state meanwhile"


def test_a_refusal_is_a_failure_when_it_is_not():
    machine = shared(refuses={1: Refused("Switch", "PT_STATUS", 16, "NOT_PERMITTED")})
    with pytest.raises(Refused):
        converge(Shared(), machine, {"state": "on"})
    assert machine["writes"] == 1


def test_who_was_overtaken_stands_back_and_starts_again():
    machine = shared(refuses={1: Overtaken("gone"), 2: Overtaken("gone")})
    outcome = converge(Shared(), machine, {"state": "on"})
    assert outcome.changed and machine["state"] == "on" and machine["stood_back"] == 2
    assert outcome.note == "somebody else was at work on the device; this took 3 turns"


def test_who_is_overtaken_for_ever_says_so():
    machine = shared(refuses=dict.fromkeys(range(1, 99), Overtaken("gone")))
    with pytest.raises(Overtaken, match="gone"):
        converge(Shared(), machine, {"state": "on"})
    assert machine["writes"] == Shared.turns


def test_success_is_not_told_of_what_does_not_last():
    machine = shared(others=dict.fromkeys(range(1, 99), "off"))
    with pytest.raises(NotReached, match="does not read so") as caught:
        converge(Shared(), machine, {"state": "on"})
    assert caught.value.details["found"] == {"state": "off", "colour": "red"}
    assert machine["writes"] == 1


def test_what_another_made_of_it_is_changed_again():
    machine = shared(others={1: "blinking"})
    outcome = converge(Shared(), machine, {"state": "on"})
    assert (outcome.before, outcome.after, machine["writes"]) == ({"state": "off"}, {"state": "on"}, 2)


def test_a_machine_that_cannot_be_read_back_is_not_told_as_changed():
    class Mute(Lamp):
        def read(self, machine, wanted):
            if machine["writes"]:
                raise Unreachable("nobody answers")
            return super().read(machine, wanted)

    with pytest.raises(Indeterminate, match="took the change, and could not be read back: nobody answers"):
        converge(Mute(), lamp(), {"state": "on"})


class Wire:
    """Counts what is written, as a machine does."""

    def __init__(self, lost_at):
        self.written = 0
        self.lost_at = lost_at

    def write(self):
        if self.written == self.lost_at:
            raise AuthenticationRefused("the password is another one now", "ask")
        self.written += 1


class TwoSteps(Lamp):
    def read(self, machine, wanted):
        return {"state": "off", "colour": "red"}

    def apply(self, machine, present, planned, wanted):
        machine.write()
        machine.write()


@pytest.mark.parametrize(("lost_at", "begun"), [(0, False), (1, True)])
def test_a_device_that_is_lost_on_the_way_is_told_apart_from_one_that_was_never_reached(lost_at, begun):
    with pytest.raises(AuthenticationRefused) as caught:
        converge(TwoSteps(), Wire(lost_at), {"state": "on"})
    assert caught.value.details == ({"begun": True} if begun else {})
    assert caught.value.hint == ("ask; " + BEGUN if begun else "ask")


class Users(Collection):
    members, key = "users", "name"
    options = (Option("users", type="list", elements="dict"), Option("purge", type="bool", default=False))

    def read_members(self, machine):
        return [dict(member) for member in machine["users"]]

    def create(self, machine, member):
        machine["users"].append(member)
        machine["calls"].append(("create", member["name"]))

    def delete(self, machine, member):
        machine["users"].remove(member)
        machine["calls"].append(("delete", member["name"]))


def users():
    return {"users": [{"name": "b", "realm": 3}, {"name": "a", "realm": 2}], "calls": []}


def test_a_collection_creates_changes_and_keeps():
    machine = users()
    wanted = {"users": [{"name": "c", "realm": 1}, {"name": "a", "realm": 9}, {"name": "b", "realm": None}]}
    outcome = converge(Users(), machine, wanted)
    assert machine["calls"] == [("delete", "a"), ("create", "a"), ("create", "c")]
    assert [member["realm"] for member in outcome.after["users"]] == [9, 3, 1]
    assert not converge(Users(), machine, wanted).changed


def test_a_collection_removes_others_only_when_asked():
    machine = users()
    assert not converge(Users(), machine, {"users": [], "purge": False}).changed
    outcome = converge(Users(), machine, {"users": [{"name": "a"}], "purge": True})
    assert machine["calls"] == [("delete", "b")]
    assert outcome.after == {"users": [{"name": "a", "realm": 2}]}


def test_options_become_an_ansible_argument_spec():
    options = (
        Option("state", choices=("on", "off"), required=True),
        Option("password", secret=True),
        Option("key_name"),
        Option("users", type="list", elements="dict", options=(Option("wait", type="bool", default=False),)),
    )
    assert argument_spec(options) == {
        "state": {"type": "str", "choices": ["on", "off"], "required": True},
        "password": {"type": "str", "no_log": True},
        "key_name": {"type": "str", "no_log": False},
        "users": {"type": "list", "elements": "dict", "options": {"wait": {"type": "bool", "default": False}}},
    }


def test_what_no_machine_could_do_is_refused_before_any_connection():
    class Picky(Lamp):
        def check(self, wanted):
            raise InvalidOption("state", wanted["state"], "not today")

    machine = lamp()
    with pytest.raises(InvalidOption, match="state: 'on' cannot be used: not today"):
        converge(Picky(), machine, {"state": "on"})
    assert machine["reads"] == 0


def test_of_several_members_with_one_key_one_is_kept():
    """As two runs at once leave them on a device that tells them apart by something else."""
    device = {"users": [{"name": "eve", "id": 1}, {"name": "eve", "id": 2}], "calls": []}
    outcome = converge(Users(), device, {"users": [{"name": "eve"}]})
    assert outcome.changed and device["users"] == [{"name": "eve", "id": 2}]
    assert not converge(Users(), device, {"users": [{"name": "eve"}]}).changed


class Elsewhere(dict):
    """A device on which somebody else is at work."""

    def stand_back(self, _turn):
        pass


class Overtaking(Users):
    def create(self, machine, member):
        if not machine["calls"]:
            super().create(machine, dict(member))
            raise Refused("Users.Add", "AMT", 2058, "DUPLICATE")
        super().create(machine, member)


def test_a_refusal_that_shows_somebody_elses_work_needs_no_word_of_the_resource():
    device = Elsewhere(users=[], calls=[])
    outcome = converge(Overtaking(), device, {"users": [{"name": "eve"}, {"name": "bob"}]})
    assert outcome.changed
    assert sorted(each["name"] for each in device["users"]) == ["bob", "eve"]


def test_the_same_refusal_of_a_device_that_is_as_it_was_read_is_told():
    class Stubborn(Users):
        def create(self, machine, member):
            raise Refused("Users.Add", "AMT", 2058, "DUPLICATE")

    with pytest.raises(Refused, match="DUPLICATE"):
        converge(Stubborn(), Elsewhere(users=[], calls=[]), {"users": [{"name": "eve"}]})
