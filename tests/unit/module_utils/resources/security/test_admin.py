# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's log-in: compared by logging in, set, proven, and gone on with."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AuthenticationRefused,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin import Admin
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin_rotation import check
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from simulator.digest import secret
from tests.in_process import is_read, machine

FIRST, NEW = "P@ssw0rd", "An0ther!Password"
OPS = {"ops": {"password": "Op3rator!", "realms": ["user_access_control", "general_info"]}}


def run(device, dry_run=False, **wanted):
    return converge(Admin(), device, {"username": None, "password": None, **wanted}, dry_run=dry_run)


def firmware(device):
    return device.client.transport.firmware


def has(device, name, password):
    users = firmware(device).users
    return users.administrator == name and users.secret_of(name) == secret(
        name, firmware(device).digest_realm, password
    )


def written(device):
    return [sent for sent in device.client.transport.sent if not is_read(sent)]


def log_in(device):
    return device.user, device.password


@pytest.mark.parametrize("generation", ["9", "12", "16", "19"])
def test_the_connection_goes_on_with_the_new_log_in(generation):
    device = machine(generation)
    assert run(device, password=NEW).changed
    assert has(device, "admin", NEW) and log_in(device) == ("admin", NEW)
    assert run(device, username="boss").changed
    assert has(device, "boss", NEW) and log_in(device) == ("boss", NEW)
    assert not run(device, username="boss", password=NEW).changed
    assert len(written(device)) == 2


def test_who_has_the_password_of_before_sees_that_it_is_as_wanted():
    device = machine()
    run(device, password=NEW)
    late = machine()
    late.client.transport.__dict__.update(device.client.transport.moved({"password": FIRST}).__dict__)
    assert not run(late, password=NEW).changed
    assert log_in(late) == ("admin", NEW)
    late.reopen(password=FIRST)
    with pytest.raises(AuthenticationRefused):
        run(late)


def test_who_is_logged_in_as_somebody_else_stays_so():
    device = machine("16", users=OPS)
    device.reopen(username="ops", password="Op3rator!")
    assert not run(device, password=FIRST).changed
    assert run(device, password=NEW).changed
    assert not run(device, password=NEW).changed
    assert has(device, "admin", NEW) and log_in(device) == ("ops", "Op3rator!")
    with pytest.raises(Unavailable, match="cannot be renamed"):
        run(device, username="boss")
    assert run(device, username="boss", password=NEW).changed


def test_a_ticket_is_enough_to_set_a_password():
    device = machine()
    device.reopen(auth="kerberos")
    assert run(device, password=NEW).changed
    assert has(device, "admin", NEW) and device.user == ""


@pytest.mark.parametrize(
    ("wanted", "match"),
    [
        ({"password": "weak"}, "8 to 32"),
        ({"username": ""}, "1 to 16"),
        ({"username": "$$boss"}, "the firmware's own"),
        ({"username": "a:b"}, "refuses the character :"),
        ({"rotate": True}, "must be recorded somewhere"),
        ({"rotate": True, "password": NEW, "escrow": {"vault_file": "x"}}, "either this or password"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(wanted, match):
    with pytest.raises(InvalidOption, match=match):
        check(wanted)


def test_a_name_that_a_user_has_is_refused_by_the_firmware():
    device = machine("16", users=OPS)
    with pytest.raises(Refused, match="DUPLICATE"):
        run(device, username="ops")
    assert has(device, "admin", FIRST)


TAKEN = (
    b'<a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope"><a:Body>'
    b'<g:SetAdminAclEntryEx_OUTPUT xmlns:g="http://intel.com/wbem/wscim/1/amt-schema/1/AMT_AuthorizationService">'
    b"<g:ReturnValue>0</g:ReturnValue></g:SetAdminAclEntryEx_OUTPUT></a:Body></a:Envelope>"
)


class Unsteady:
    """`lose`: the answer to the write is lost; `drop`: the write is. `deny`: how often the new password is refused."""

    def __init__(self, real, how):
        self.real, self.how = real, how

    def __getattr__(self, name):
        return getattr(self.real, name)

    def moved(self, changes):
        return Unsteady(self.real.moved(changes), self.how)

    def post(self, body, *_how):
        if self.real.endpoint.password == NEW and self.how.get("deny"):
            self.how["deny"] -= 1
            raise AuthenticationRefused("not yet")
        if b"SetAdminAclEntryEx_INPUT" not in body:
            return self.real.post(body)
        reply = HttpReply(200, {}, TAKEN) if self.how.get("drop") else self.real.post(body)
        if self.how.get("lose"):
            raise Interrupted("the connection broke off")
        return reply


def unsteady(**how):
    device = machine()
    device.client.transport = Unsteady(device.client.transport, how)
    return device


def test_a_lost_answer_is_cleared_up_by_a_log_in():
    device = unsteady(lose=True)
    assert run(device, password=NEW).changed
    assert has(device, "admin", NEW)


def test_a_write_that_never_came_is_indeterminate_and_the_former_log_in_is_good():
    device = unsteady(lose=True, drop=True)
    with pytest.raises(Indeterminate):
        run(device, password=NEW)
    assert has(device, "admin", FIRST)


def test_a_log_in_that_is_refused_for_a_moment_is_waited_for():
    """While it is, the one before is refused as well."""
    device = unsteady(deny=1)
    assert run(device, password=NEW).changed
    assert log_in(device) == ("admin", NEW)


def test_a_firmware_that_does_not_keep_it_is_found_out():
    device = unsteady(drop=True)
    with pytest.raises(NotReached, match="the one before still does"):
        run(device, password=NEW)
    assert has(device, "admin", FIRST) and log_in(device) == ("admin", FIRST)
