# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises that every reader inherits: each class that it asks is broken in every way, each property too, and costs
no more than itself; nothing that is told is untrue, and what is lost is named.

A new reader adds a row to READERS.
"""

from __future__ import annotations

import re

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import Reader, converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import SUBSETS, Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation_info import IsolationInfo
from ansible_collections.outofband.amt.plugins.module_utils.wsman.characters import ILLEGIBLE
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client
from ansible_collections.outofband.amt.plugins.module_utils.wsman.envelope import XSI
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from tests.in_process import Before, machine

from .scripted import fault
from .test_every_resource import ALLOW, wanted

pytestmark = pytest.mark.once

READERS = {
    **{"inventory, " + name: (Inventory, {"gather_subset": [name]}) for name in SUBSETS},
    "isolation": (IsolationInfo, {"snapshot": True}),
}
MARKUP = b"<html><body>Something went wrong</body></html>"

#: What a class answers with -> whether that says that this firmware does not have it, which is no loss.
CLASS_BROKEN = {
    "refused": (fault("AccessDenied"), False),
    "refused in an unknown way": (fault("NoSuchThing"), False),
    "absent": (fault("DestinationUnreachable"), True),
    "not an action": (fault("ActionNotSupported"), True),
    "without an instance": (fault("InvalidSelectors"), False),
    "400 without a reason": (HttpReply(400, {}, b""), False),
    "400 in HTML": (HttpReply(400, {}, MARKUP), False),
    "404": (HttpReply(404, {}, MARKUP), False),
    "200 in HTML": (HttpReply(200, {}, MARKUP), False),
    "nothing": (HttpReply(200, {}, b""), False),
    "no XML": (HttpReply(200, {}, b"\x00\xff<"), False),
}


#: How a property is spoilt -> whether the device can be said to have told it. `found` matches the whole element.
PROPERTY_BROKEN = {
    "empty": lambda found: b"<%s%s/>" % (found[1], found[2]),
    "doubled": lambda found: found[0] * 2,
    "another type": lambda found: b"<%s%s>x%s</%s%s>" % (found[1], found[2], b"y" * 9, found[1], found[2]),
    "a structure": lambda found: (
        b"<%s%s><%sz>1</%sz></%s%s>" % (*found.groups(), *found.groups()[:1] * 2, *found.groups())
    ),
    "missing": lambda _found: b"",
    "nil": lambda found: b"<%s%s xmlns:nil='%s' nil:nil='true'/>" % (found[1], found[2], XSI.encode()),
    "digits without end": lambda found: b"<%s%s>%s</%s%s>" % (*found.groups(), b"9" * 5000, *found.groups()),
    "with a bell": lambda found: found[0].replace(b">", b">\x07", 1),
}
#: These may leave another text, or nothing, without a word: that is what the device says.
SAYS_SO = ("empty", "another type", "missing", "nil", "digits without end", "with a bell")


class Broken(Before):
    """A transport before another one: what `spoil` makes of the answers about one class."""

    def __init__(self, real, class_name, spoil):
        super().__init__(real)
        self.class_name = class_name
        self.spoil = spoil
        self.struck = 0
        self.others = 0

    def post(self, body, only_on=0, slow=False):
        if class_of(body) != self.class_name:
            self.others += 1
            return super().post(body)
        answer = self.spoil(body, self.real)
        self.struck += 1
        return answer


def class_of(body):
    return re.search(rb"<w:ResourceURI>[^<]*/(\w+)<", body)[1].decode()


def device(reader, number=0):
    found = machine("12", number=number)
    if reader is IsolationInfo:
        converge(Isolation(), found, wanted(Isolation(), {"state": "isolated", "allow": ALLOW, "expires": 60}))
    return found


def the_same(reader):
    """Devices without end: the same one, met anew, while no time has passed on it, for reading changes nothing else."""
    found, began = None, 0.0
    while True:
        if found is None or found.clock.now() != began:
            found = device(reader)
            transport, began = found.client.transport, found.clock.now()
        yield Machine(Client(transport, found.clock), found.clock, Deadline(found.clock, 3600))


def told(reader, given, found, strict=False):
    outcome = converge(reader(), found, {**wanted(reader(), given), "strict": strict})
    return outcome.after, outcome.facts["unread"]


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value


def untrue(told_now, told_before):
    """What is said now and was not so before; nothing, and texts with a mark of what is illegible, are not untrue."""
    before = dict(leaves(told_before))
    return {
        path: value
        for path, value in leaves(told_now)
        if not _is_true(value, before.get(path)) and path[:3] not in MAYBE_THERE
    }


def lost(told_now, told_before):
    now = dict(leaves(told_now))
    return any(path not in now or not _is_true(value, now[path]) for path, value in leaves(told_before))


def _is_true(value, before):
    """An array may be told twice over: it was sent so."""
    same = isinstance(value, list) and isinstance(before, list) and set(map(str, value)) <= set(map(str, before))
    return same or value in (None, [], {}, "unknown", before) or ILLEGIBLE in str(value)


#: An adapter that is not fitted is told by its address alone.
MAYBE_THERE = [("network", "ports", "wireless")]
FRAME = re.compile(rb"Envelope|Header|Body|Items|[a-z]|\w+Response|\w+_OUTPUT|(CIM|AMT|IPS)_|Enumer|EndOf")


def spoilt(case):
    """(class, way, what spoils its answers, says_so) for everything that this reader asks."""
    for name, answers in asked(case).items():
        for way, (reply, is_absent) in CLASS_BROKEN.items():
            yield name, way, (lambda body, real, reply=reply: reply), is_absent
        for prefix, element in sorted(set(re.findall(rb"<(\w+:)(\w+)(?: [^>]*)?>", b"".join(answers)))):
            if FRAME.match(element):
                continue
            end = b"</" + prefix + element + b">"
            whole = re.compile(b"<(%s)(%s)(?: [^>]*)?>(?:(?!%s).)*%s" % (prefix, element, end, end), re.DOTALL)
            for way, change in PROPERTY_BROKEN.items():
                yield name, "{0} {1}".format(element.decode(), way), within(whole, change), way in SAYS_SO


def asked(case):
    """Class -> the sound answers that this reader has from it."""
    reader, given = READERS[case]
    found = device(reader)
    transport = found.client.transport
    start = len(transport.sent)
    told(reader, given, found)
    answers = {}
    for request, answer in zip(transport.sent[start:], transport.answered[start:]):
        answers.setdefault(class_of(request), []).append(answer)
    return answers


def within(whole, change):
    def spoil(body, real):
        answer = real.post(body)
        head, mark, content = answer.body.partition(b"Body>")
        return answer._replace(body=head + mark + whole.sub(change, content))

    return spoil


@pytest.mark.parametrize("case", READERS)
def test_a_part_that_cannot_be_read_costs_that_part(case):
    reader, given = READERS[case]
    sound = device(reader)
    before, unread = told(reader, given, sound)
    assert unread == []
    for (class_name, way, spoil, says_so), found in zip(spoilt(case), the_same(reader)):
        about = "{0}: {1}".format(class_name, way)
        found.client.transport = broken = Broken(found.client.transport, class_name, spoil)
        try:
            now, unread = told(reader, given, found)
        except errors.AmtError as error:
            assert class_name in str(error), about
            assert not broken.others, about
            continue
        assert broken.struck, about
        assert set(now) == set(before), about
        if not says_so:
            assert not untrue(now, before), about
            if lost(now, before):
                assert class_name in {row["class"] for row in unread}, about
        for row in unread:
            assert row["class"] == class_name and row["reason"] and row["error"], about
        strict_says_the_same(reader, given, found, unread, about)


def strict_says_the_same(reader, given, found, unread, about):
    if not unread:
        told(reader, given, found, strict=True)
        return
    with pytest.raises(errors.Unread) as raised:
        told(reader, given, found, strict=True)
    assert raised.value.details["unread"] == unread, about


def test_no_reader_is_left_out():
    core = {each for each in Reader.__subclasses__() if "module_utils.resources" in each.__module__}
    assert {reader for reader, _given in READERS.values()} == core
