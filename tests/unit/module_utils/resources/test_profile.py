# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document of a device: every capability that is a state has its part, and an export is a document that fits."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import PARTS, DeviceProfile
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.store import read_pem

from simulator.foreign import Foreign
from tests import certificate_maker as made
from tests.capabilities import CAPABILITIES
from tests.in_process import machine
from tests.interop.own_requests import defaults

NO_PARTS = {
    "amt_posture": "its counters are reset by an act, and no firmware of today has it",
    "amt_asset_note": "facts about a machine are no configuration of it",
    "amt_data_store": "what programs keep is no configuration, and no firmware of today has it",
    "amt_event_log": "what a machine remembers is no configuration of it",
    "amt_profile": "a document has no document in it",
    "amt_storage": "what is in a file is no setting, and cannot be told in a document",
    "amt_tls_certificate": "an authority signs while it runs; what comes of it are certificates and tls",
}
"""Capabilities that are no part, each with the reason."""
WHOLE = DeviceProfile()


def settings_of(module):
    return CAPABILITIES[module].settings if module in CAPABILITIES else {}


def brought(part, generation):
    """A device on which the part is as its capability's first wish has it, if that has a row."""
    capability = CAPABILITIES.get("amt_" + part.name)
    device = machine(generation, **settings_of("amt_" + part.name))
    if capability is not None and generation in capability.generations:
        converge(part.resource, device, defaults(part.resource, **capability.first))
    return device


def test_every_capability_is_a_part_of_the_document():
    """One that is not has to get a line in PARTS, or in NO_PARTS with the reason."""
    assert set(CAPABILITIES) - set(NO_PARTS) <= {"amt_" + part.name for part in PARTS}
    assert [part.name for part in PARTS if len(part.why) < 20] == []


def test_the_documentation_has_the_order_and_its_reasons():
    lines = (Path(__file__).resolve().parents[4] / "docs/profile.md").read_text().splitlines()
    rows = ["| `{0}` | {1} |".format(part.name, part.why) for part in PARTS]
    assert [line for line in lines if line in rows] == rows


@pytest.mark.parametrize("generation", ["9", "11", "12", "15", "16", "19"])
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_an_export_that_is_fed_back_changes_nothing(part, generation):
    device = brought(part, generation)
    exported = converge(WHOLE, device, defaults(WHOLE, state="exported", parts=[part.name]))
    document = json.loads(json.dumps(exported.after["profile"]))
    assert set(document) | {row["part"] for row in exported.facts["unsupported"]} == {part.name}
    assert exported.facts["unread"] == []
    if document:
        written = device.written
        again = converge(WHOLE, device, defaults(WHOLE, profile=document))
        assert (again.changed, again.facts["deviations"], device.written) == (False, [], written)


def test_certificates_of_a_document_can_be_named_by_its_other_parts():
    device = machine("16", tls=False, wireless=True)
    leaf = {"certificate": made.leaf("a", "One"), "private_key": made.key_pem("a")}
    fingerprint = next(iter(read_pem("certificate", leaf["certificate"]))).fingerprint
    named = {"method": "tls", "username": "pc", "client_certificate": fingerprint}
    profiles = [{"name": "office", "security": "wpa2_8021x", "ieee8021x": named}]
    document = {
        "certificates": {"certificates": [leaf]},
        "8021x": {"enabled": True, **named},
        "wireless": {"profiles": profiles},
    }
    predicted = converge(WHOLE, device, defaults(WHOLE, profile=document), dry_run=True)
    assert device.written == 0
    outcome = converge(WHOLE, device, defaults(WHOLE, profile=document))
    assert outcome.facts["applied"] == ["certificates", "8021x", "wireless"]
    assert (predicted.before, predicted.after) == (outcome.before, outcome.after)
    assert not converge(WHOLE, device, defaults(WHOLE, profile=document)).changed


@pytest.mark.parametrize(
    ("part", "wish"),
    [
        (part.name, wish)
        for part in PARTS
        if "amt_" + part.name in CAPABILITIES and part.name != "certificates"
        for wish in CAPABILITIES["amt_" + part.name].wishes
    ],
)
def test_what_one_part_brings_is_no_change_of_another(part, wish):
    """A certificate that comes, and the clock that is set, beside each part as its capability wishes it."""
    device = machine("16", **{"tls": False, **settings_of("amt_" + part)})
    roots = {"roots": [made.root("One")]}
    document = {"certificates": roots, "time": {}, part: CAPABILITIES["amt_" + part].wishes[wish]}
    assert "certificates" in converge(WHOLE, device, defaults(WHOLE, profile=document)).facts["applied"]
    written = device.written
    for dry_run in (True, False):
        again = converge(WHOLE, device, defaults(WHOLE, profile=document), dry_run)
        assert (again.changed, again.facts["deviations"], device.written) == (False, [], written)


@pytest.mark.parametrize("part", ["8021x", "wireless"])
def test_a_certificate_that_a_document_takes_away_is_none_that_its_other_parts_can_name(part):
    device = machine("16", tls=False, wireless=True)
    root = made.root("One")
    converge(WHOLE, device, defaults(WHOLE, profile={"certificates": {"roots": [root]}}))
    fingerprint = next(iter(read_pem("roots", root))).fingerprint
    named = {"method": "peap_mschapv2", "username": "pc", "password": "s3cret", "root_certificate": fingerprint}
    wishes = {
        "8021x": {"enabled": True, **named},
        "wireless": {"profiles": [{"name": "office", "security": "wpa2_8021x", "ieee8021x": named}]},
    }
    document = {"certificates": {"roots": [], "purge": True}, part: wishes[part]}
    written = device.written
    with pytest.raises(InvalidOption, match=r"root_certificate: .*the device has no trusted root"):
        converge(WHOLE, device, defaults(WHOLE, profile=document))
    assert device.written == written


def test_a_part_that_a_device_has_no_hardware_for_is_left_out_where_that_is_wanted():
    """A document for desktops and laptops."""
    device, document = machine("16"), {"name": {}, "wireless": {}}
    with pytest.raises(Unavailable, match=r"^wireless: "):
        converge(WHOLE, device, defaults(WHOLE, profile=document))
    outcome = converge(WHOLE, device, defaults(WHOLE, profile=document, skip_unsupported=True))
    assert [(row["part"], row["option"]) for row in outcome.facts["unsupported"]] == [("wireless", None)]
    exported = converge(WHOLE, device, defaults(WHOLE, state="exported"))
    assert "wireless" not in exported.after["profile"]
    assert exported.facts["unread"] == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_an_export_has_what_its_part_needs_whatever_the_device_says(part):
    """What is refused as an option may be what nobody may leave out: then the part is no document, and is named."""
    device = brought(part, "15")
    device.client.transport.service.foreign = Foreign("twice the same word, and too long for any name of a user", True)
    outcome = converge(WHOLE, device, defaults(WHOLE, state="exported", parts=[part.name, "time"]))
    document = outcome.after["profile"].get(part.name)
    needed = {row.name for row in part.resource.options if row.required}
    assert document is None or needed <= set(document)
    missing = document is None and not outcome.facts["unsupported"]
    assert not missing or part.name in {row["part"] for row in outcome.facts["unread"]}


def test_every_class_is_read_once_for_all_parts():
    device = machine("16", wireless=True)
    converge(WHOLE, device, defaults(WHOLE, profile={part.name: part.asked({}) for part in PARTS}), dry_run=True)
    asked = Counter(request for request in map(read_of, device.client.transport.sent) if request)
    assert len(asked) > 40
    assert [request for request, times in asked.items() if times > 1] == []


def read_of(body):
    """Verb, class and selectors of a Get or an Enumerate; None for everything else."""
    verb = re.search(rb"/transfer/(Get)<|/enumeration/(Enumerate)<", body)
    return verb and (
        verb[0],
        re.search(rb"ResourceURI>[^<]*/(\w+)<", body)[1],
        *re.findall(rb"<w:Selector .*?</w:Selector>", body),
    )


@pytest.mark.parametrize("generation", ["9", "19"])
def test_a_document_serves_old_and_new_devices(generation):
    """What is asked of all is brought about where it can be had, and the rest is named."""
    document = {
        part.name: dict(CAPABILITIES["amt_" + part.name].first)
        for part in PARTS
        if "amt_" + part.name in CAPABILITIES and not settings_of("amt_" + part.name)
    }
    device = machine(generation)
    wanted = defaults(WHOLE, profile=document, skip_unsupported=True)
    predicted = converge(WHOLE, device, wanted, dry_run=True)
    outcome = converge(WHOLE, device, wanted)
    assert (predicted.before, predicted.after) == (outcome.before, outcome.after)
    assert outcome.facts["applied"] == [part.name for part in PARTS if part.name in outcome.facts["applied"]]
    assert not converge(WHOLE, device, wanted).changed
