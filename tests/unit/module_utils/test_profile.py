# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several resources as one document: what is asked, in which order, at what cost, and what a refusal leaves."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.network import GENERAL
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    InvalidOption,
    PartsRefused,
    Refused,
    Unavailable,
    Unsupported,
)
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN, Option, answerable
from ansible_collections.outofband.amt.plugins.module_utils.profile import Part, Profile, options_of
from ansible_collections.outofband.amt.plugins.module_utils.resource import UNVERIFIED, Collection, Settings, converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies

from tests.in_process import machine
from tests.interop.own_requests import defaults

MAIL = {"name": "no mail", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}
OFFICE = {"policies": [{"name": "office", "ports": ["wired"], "filters": [MAIL]}]}


class Names(Settings):
    cim = GENERAL
    options = (Option("hostname", wire="HostName"), Option("domain", wire="DomainName"))

    def check(self, wanted):
        if wanted.get("hostname") == "no name":
            raise InvalidOption("hostname", "no name", "letters and digits")


class Ping(Settings):
    cim = GENERAL
    options = (Option("answers", type="bool", wire="PingResponseEnabled"), Option("color"))

    def plan(self, present, wanted):
        if wanted.get("color"):
            raise Unavailable("color: this firmware has no color", "leave it out", option="color")
        return super().plan(present, wanted)


class Missing(Settings):
    cim = GENERAL
    options = (Option("anything", wire="Anything"),)

    def read(self, machine, wanted):
        raise Unsupported("this firmware has no such class")


class Refusing(Ping):
    def apply(self, machine, present, planned, wanted):
        raise Refused("AMT_GeneralSettings.Put", "AMT", 1, "INTERNAL_ERROR")


class Accounts(Collection):
    members, key = "accounts", "name"
    options = (
        Option(
            "accounts",
            type="list",
            elements="dict",
            required=True,
            options=(Option("name", required=True), Option("password", secret=True), Option("level", type="int")),
        ),
        Option("purge", type="bool", default=False),
    )
    held = ({"name": "eve", "password": None, "level": 1}, {"name": "bob", "password": None, "level": 2})

    def read_members(self, machine):
        return [dict(member) for member in self.held]


def profile(*resources):
    parts = tuple(Part(type(each).__name__.lower(), each, "") for each in resources)
    return type("Some", (Profile,), {"parts": parts, "options": options_of(parts)})()


def bring(document, device, *resources, dry_run=False, **more):
    whole = profile(*resources)
    return converge(whole, device, defaults(whole, profile=document, **more), dry_run)


def classes(device):
    """The class of every request so far."""
    return [
        body.split(b"ResourceURI>")[1].split(b"<")[0].rpartition(b"/")[2].decode()
        for body in device.client.transport.sent
    ]


def test_a_class_is_read_once_for_the_whole_document():
    device = machine()
    outcome = bring(
        {"names": {}, "ping": {}, "defensepolicies": {"policies": []}}, device, Names(), Ping(), DefensePolicies()
    )
    assert not outcome.changed
    asked = classes(device)
    assert asked.count("AMT_GeneralSettings") == 1
    alone = machine()
    for resource in (Names(), Ping()):
        converge(resource, alone, defaults(resource))
    converge(DefensePolicies(), alone, defaults(DefensePolicies(), policies=[]))
    assert len(asked) < len(alone.client.transport.sent)


def test_parts_are_applied_in_the_order_of_the_table_each_as_if_asked_alone():
    device = machine()
    document = {"defensepolicies": OFFICE, "ping": {"answers": False}, "names": {"hostname": "desk-7"}}
    predicted = bring(document, device, Names(), DefensePolicies(), Ping(), dry_run=True)
    outcome = bring(document, device, Names(), DefensePolicies(), Ping())
    assert outcome.changed
    assert outcome.facts["applied"] == ["names", "defensepolicies", "ping"]
    assert (predicted.before, predicted.after) == (outcome.before, outcome.after)
    assert outcome.after["profile"]["names"]["hostname"] == "desk-7"
    assert device.get(GENERAL)["HostName"] == "desk-7"
    assert device.get(GENERAL)["PingResponseEnabled"] is False
    again = bring(document, device, Names(), DefensePolicies(), Ping())
    assert not again.changed
    assert again.facts["deviations"] == []


def test_a_part_that_is_not_asked_for_is_not_looked_at():
    device = machine()
    document = {"names": {"hostname": "desk-7"}, "defensepolicies": OFFICE}
    outcome = bring(document, device, Names(), DefensePolicies(), parts=["names"])
    assert outcome.facts["applied"] == ["names"]
    assert set(classes(device)) == {"AMT_GeneralSettings"}


def test_every_refusal_is_told_before_anything_is_written():
    device = machine()
    document = {"names": {"hostname": "desk-7"}, "ping": {"color": "red"}, "missing": {}}
    with pytest.raises(PartsRefused) as refusal:
        bring(document, device, Names(), Ping(), Missing())
    assert [row["part"] for row in refusal.value.details["parts"]] == ["ping", "missing"]
    assert "color" in str(refusal.value)
    assert device.written == 0
    with pytest.raises(InvalidOption, match=r"^names: hostname: 'no name'"):
        bring({"names": {"hostname": "no name"}}, device, Names())


def test_what_a_firmware_lacks_can_be_skipped_and_is_named():
    device = machine()
    document = {
        "names": {"hostname": "desk-7"},
        "ping": {"color": "red", "answers": False},
        "missing": {"anything": "x"},
    }
    outcome = bring(document, device, Names(), Ping(), Missing(), skip_unsupported=True)
    assert outcome.facts["applied"] == ["names", "ping"]
    lacks = [(row["part"], row["option"]) for row in outcome.facts["unsupported"]]
    assert lacks == [("ping", "color"), ("missing", None)]
    assert not bring(document, device, Names(), Ping(), Missing(), skip_unsupported=True).changed


def test_a_failure_says_what_was_applied_and_what_is_left():
    device = machine()
    document = {"names": {"hostname": "desk-7"}, "refusing": {"answers": False}, "defensepolicies": OFFICE}
    with pytest.raises(Refused, match=r"^refusing: ") as refusal:
        bring(document, device, Names(), Refusing(), DefensePolicies())
    assert refusal.value.details["applied"] == ["names"]
    assert refusal.value.details["left"] == ["defensepolicies"]
    assert bring(document, device, Names(), Ping(), DefensePolicies(), parts=["names"]).changed is False


class Leaving(Ping):
    def apply(self, machine, present, planned, wanted):
        super().apply(machine, present, planned, wanted)
        machine.client.transport = None
        return {UNVERIFIED: "it has gone to another address"}


def test_a_last_part_that_leads_out_of_sight_is_told_and_not_read_back():
    outcome = bring({"names": {"hostname": "desk-7"}, "leaving": {"answers": False}}, machine(), Names(), Leaving())
    assert outcome.changed
    assert outcome.facts["applied"] == ["names", "leaving"]
    assert outcome.note == "leaving: it has gone to another address"


def test_an_export_is_the_device_in_the_words_of_the_options():
    device = machine()
    bring({"names": {"hostname": "desk-7"}, "defensepolicies": OFFICE}, device, Names(), DefensePolicies())
    whole = profile(Names(), Missing(), DefensePolicies())
    exported = converge(whole, device, defaults(whole, state="exported"))
    assert not exported.changed
    document = exported.after["profile"]
    assert document["names"]["hostname"] == "desk-7"
    assert document["defensepolicies"]["purge"] is True
    assert [row["part"] for row in exported.facts["unsupported"]] == ["missing"]
    assert not bring(document, device, Names(), DefensePolicies()).changed


def test_an_export_has_no_value_that_its_option_does_not_take():
    options = (Option("foreign", type="bool"), Option("level", type="int", choices=(1, 2)), Option("tags", type="list"))
    assert answerable(options, {"foreign": ["other"], "level": 3, "tags": ("a",), "more": 1}) == {"tags": ("a",)}
    assert answerable(options, {"foreign": True, "level": 2, "tags": None}) == {"foreign": True, "level": 2}


def test_what_can_be_read_and_not_be_asked_for_is_named_in_an_export():
    device = machine()
    device.modify(GENERAL, {"HostName": "no name"})
    whole = profile(Names())
    exported = converge(whole, device, defaults(whole, state="exported"))
    assert list(exported.after["profile"]["names"]) == ["domain"]
    assert [(row["part"], row["error"]) for row in exported.facts["unread"]] == [("names", "InvalidOption")]


def test_where_it_deviates_is_told_setting_by_setting_without_secrets():
    wanted = {
        "accounts": [{"name": "eve", "level": 3}, {"name": "amy", "password": "s3cret", "level": 1}],
        "purge": True,
    }
    outcome = bring({"accounts": wanted}, machine(), Accounts(), dry_run=True)
    assert outcome.facts["deviations"] == [
        {
            "part": "accounts",
            "setting": "accounts[bob]",
            "found": {"name": "bob", "password": None, "level": 2},
            "wanted": None,
        },
        {"part": "accounts", "setting": "accounts[eve].level", "found": 1, "wanted": 3},
        {
            "part": "accounts",
            "setting": "accounts[amy]",
            "found": None,
            "wanted": {"name": "amy", "password": HIDDEN, "level": 1},
        },
    ]


class Closed(Ping):
    def read(self, machine, wanted):
        raise AccessDenied("the firmware refused the request")


def test_to_compare_writes_nothing_and_a_part_that_cannot_be_told_costs_itself():
    device = machine()
    whole = profile(Names(), Closed(), Ping(), Missing())
    document = {
        "names": {"hostname": "desk-7"},
        "closed": {"answers": False},
        "ping": {"color": "red"},
        "missing": {"anything": "x"},
    }
    asked = {"profile": document, "state": "compared", "skip_unsupported": True}
    outcome = converge(whole, device, defaults(whole, **asked, parts=["names", "closed", "missing"]))
    assert not outcome.changed and device.written == 0
    assert [(row["part"], row["setting"]) for row in outcome.facts["deviations"]] == [("names", "hostname")]
    assert [(row["part"], row["error"]) for row in outcome.facts["unread"]] == [("closed", "AccessDenied")]
    assert [row["part"] for row in outcome.facts["unsupported"]] == ["missing"]
    insisting = converge(whole, device, defaults(whole, profile=document, state="compared"))
    assert [row["part"] for row in insisting.facts["unread"]] == ["closed", "ping", "missing"]
    with pytest.raises(AccessDenied, match=r"^closed: "):
        converge(whole, device, defaults(whole, **asked, parts=["closed"]))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"state": "present"}, "say what is wanted"),
        ({"state": "compared"}, "say what is wanted"),
        ({"state": "exported", "profile": {"names": {}}}, "leave profile out"),
    ],
)
def test_what_makes_no_sense_is_refused(asked, sentence):
    whole = profile(Names())
    with pytest.raises(InvalidOption, match=sentence):
        converge(whole, machine(), defaults(whole, **asked))


def test_waiting_looks_anew_while_reads_are_remembered():
    device = machine()
    with device.remembering():
        device.get(GENERAL)
        device.get(GENERAL)
        assert len(device.client.transport.sent) == 1
        device.wait(lambda: bool(device.get(GENERAL)), 10, "never")
        assert len(device.client.transport.sent) == 2
        device.modify(GENERAL, {"HostName": "other"})
        assert device.get(GENERAL)["HostName"] == "other"
    before = len(device.client.transport.sent)
    device.get(GENERAL)
    device.get(GENERAL)
    assert len(device.client.transport.sent) == before + 2
