# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate, Pull and Release on the wire."""

from __future__ import annotations

import pytest

from simulator.enumerations import LIFETIME, QUOTA, Enumerations

from .asking import ENUMERATION, envelope, uri, wsman

CLASS = "CIM_SoftwareIdentity"


def enumerate_(running, cls: str = CLASS, mode: str = ""):
    inner = "<w:EnumerationMode>{0}</w:EnumerationMode>".format(mode) if mode else ""
    body = '<Enumerate xmlns="{0}">{1}</Enumerate>'.format(ENUMERATION, inner)
    return wsman(running, "pc", envelope(ENUMERATION + "/Enumerate", uri(cls), body))


def pull(running, context: str, limit: str = "<MaxElements>999</MaxElements>", cls: str = CLASS):
    body = '<Pull xmlns="{0}"><EnumerationContext>{1}</EnumerationContext>{2}</Pull>'.format(
        ENUMERATION, context, limit
    )
    return wsman(running, "pc", envelope(ENUMERATION + "/Pull", uri(cls), body))


@pytest.fixture
def pc(fleet):
    return fleet([{"name": "pc", "generation": 12, "tls": False}])


def everything(running) -> list[str]:
    return pull(running, enumerate_(running).texts("EnumerationContext")[0]).texts("InstanceID")


def test_a_context_has_the_length_of_recorded_ones():
    """36 characters, which there are programs that count on; the number has its lowest octet first."""
    contexts, names = Enumerations(), []
    for _each in range(600):
        names.append(contexts.open(CLASS, "objects", [], 0.0))
        contexts.release(names[-1])
    assert {len(name) for name in names} == {36}
    assert (names[0][:8], names[255][:8], len(set(names))) == ("01000000", "00010000", 600)


def test_one_pull_can_bring_everything(pc):
    answer = pull(pc, enumerate_(pc).texts("EnumerationContext")[0])
    assert len(answer.texts("InstanceID")) > 5
    assert answer.texts("EndOfSequence") == [""]
    assert answer.texts("EnumerationContext") == []


def test_the_client_says_how_many_it_wants_and_gets_one_when_it_does_not(pc):
    context = enumerate_(pc).texts("EnumerationContext")[0]
    first = pull(pc, context, "")
    second = pull(pc, context, "<MaxElements>2</MaxElements>")
    rest = pull(pc, context)
    assert [len(each.texts("InstanceID")) for each in (first, second)] == [1, 2]
    assert first.texts("EndOfSequence") == second.texts("EndOfSequence") == []
    assert [*first.texts("InstanceID"), *second.texts("InstanceID"), *rest.texts("InstanceID")] == everything(pc)
    assert pull(pc, context).texts("Value")[1].endswith("InvalidEnumerationContext")


def test_short_pulls_end_with_an_empty_one(pc):
    wanted = everything(pc)
    pc.device("pc").fail("short_pulls", verb="pull")
    context = enumerate_(pc).texts("EnumerationContext")[0]
    found = []
    while True:
        answer = pull(pc, context)
        if answer.texts("EndOfSequence"):
            break
        found += answer.texts("InstanceID")
    assert found == wanted
    assert answer.texts("InstanceID") == []


def test_a_context_expires(pc):
    context = enumerate_(pc).texts("EnumerationContext")[0]
    pc.clock.advance(LIFETIME + 1)
    assert pull(pc, context).status == 400


def test_a_context_is_of_one_class(pc):
    context = enumerate_(pc).texts("EnumerationContext")[0]
    assert pull(pc, context, cls="CIM_Chip").status == 400


def test_few_enumerations_at_a_time_until_they_are_released_or_expire(pc):
    contexts = [enumerate_(pc).texts("EnumerationContext")[0] for _each in range(QUOTA)]
    assert enumerate_(pc).texts("Value")[1].endswith("QuotaLimit")
    body = '<Release xmlns="{0}"><EnumerationContext>{1}</EnumerationContext></Release>'.format(
        ENUMERATION, contexts[0]
    )
    assert wsman(pc, "pc", envelope(ENUMERATION + "/Release", uri(CLASS), body)).status == 200
    assert enumerate_(pc).status == 200
    pc.clock.advance(LIFETIME + 1)
    assert enumerate_(pc).status == 200


def test_references_instead_of_instances_or_with_them(pc):
    references = pull(pc, enumerate_(pc, mode="EnumerateEPR").texts("EnumerationContext")[0])
    assert references.texts("Selector") == everything(pc)
    assert references.texts("VersionString") == []
    both = pull(pc, enumerate_(pc, mode="EnumerateObjectAndEPR").texts("EnumerationContext")[0])
    assert both.texts("Selector") == both.texts("InstanceID") == everything(pc)
    assert enumerate_(pc, mode="Nonsense").status == 400


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_is_no_number_is_refused(pc, limit):
    context = enumerate_(pc).texts("EnumerationContext")[0]
    assert pull(pc, context, "<MaxElements>{0}</MaxElements>".format(limit)).status == 400
