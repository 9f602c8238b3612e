# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users on simulated firmware: who is made, changed and removed, what is refused before any write, and who stays."""

from __future__ import annotations

import hashlib

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    Indeterminate,
    Interrupted,
    InvalidOption,
    Overtaken,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.users import Users

from simulator.digest import secret
from tests.in_process import is_read, machine

OPS = {"name": "ops", "password": "Op3rator!", "realms": ["remote_control", "redirection"]}
GROUP = {"sid": "S-1-5-21-1004336348-1177238915-682003330-512", "realms": ["administration"]}
DESK = {"helpdesk": {"password": "Help-d3sk", "realms": ["hardware_asset", "general_info", "user_access_control"]}}


def run(device, *users, dry_run=False, **given):
    wanted = {"users": list(users), "update_password": "on_create", "purge": False, **given}
    return converge(Users(), device, wanted, dry_run=dry_run)


def firmware(device):
    return device.client.transport.firmware


def names(device):
    return sorted(member.get("name") or member["sid"] for member in run(device).after["users"])


def written(device):
    return [sent for sent in device.client.transport.sent if not is_read(sent)]


def as_helpdesk(**settings):
    device = machine("16", users={**DESK, "other": {"password": "Other-2!", "realms": ["storage"]}}, **settings)
    device.reopen(username="helpdesk", password="Help-d3sk")
    return device


def refused(device, *users, match, error=InvalidOption, **given):
    before = len(written(device))
    for dry_run in (True, False):
        with pytest.raises(error, match=match) as caught:
            run(device, *users, dry_run=dry_run, **given)
        assert "Op3rator" not in str(caught.value)
    assert len(written(device)) == before


@pytest.mark.parametrize("generation", ["9", "12", "19"])
def test_a_digest_user_is_made_with_the_digest_of_his_password(generation):
    device = machine(generation)
    outcome = run(device, OPS)
    assert outcome.after["users"] == [
        {
            "name": "ops",
            "password": HIDDEN,
            "realms": ["redirection", "remote_control"],
            "access": "any",
            "enabled": True,
        }
    ]
    realm = firmware(device).digest_realm
    assert firmware(device).users.secret_of("ops") == hashlib.md5(f"ops:{realm}:Op3rator!".encode()).hexdigest()
    assert outcome.facts == {"administrator": "admin", "login": "admin"}


def test_a_kerberos_user_is_known_by_the_sid_that_people_have():
    device = machine()
    run(device, GROUP)
    (sid,) = (account.sid for account in firmware(device).users.accounts.values() if account.sid)
    assert sid.hex() == "010500000000000515000000dcf4dc3b833d2b46828ba62800020000"
    assert run(device).after["users"] == [{**GROUP, "access": "any", "enabled": True}]
    assert not run(device, {**GROUP, "sid": GROUP["sid"].lower()}).changed


def test_what_is_read_and_given_back_changes_nothing():
    device = machine("16", users=DESK)
    run(device, OPS, GROUP, {"name": "off", "password": "Op3rator!", "realms": ["7"], "enabled": False})
    told = run(device).after["users"]
    for purge in (True, False):
        for update in ("on_create", "always"):
            assert not run(device, *told, purge=purge, update_password=update).changed
    assert next(member for member in told if member.get("name") == "off")["realms"] == ["event_manager"]


def test_only_what_is_given_of_a_user_is_changed():
    device = machine("16", users=DESK)
    secret = firmware(device).secret_of("helpdesk")
    outcome = run(device, {"name": "helpdesk", "access": "local"})
    assert outcome.after["users"][0] == {
        "name": "helpdesk",
        "realms": ["hardware_asset", "general_info", "user_access_control"],
        "access": "local",
        "enabled": True,
    }
    assert firmware(device).secret_of("helpdesk") is None
    assert firmware(device).local_secret_of("helpdesk") == secret
    assert run(device, {"name": "helpdesk", "enabled": False}).after["users"][0]["enabled"] is False
    assert firmware(device).local_secret_of("helpdesk") is None
    assert len(written(device)) == 2


def test_a_user_that_is_made_disabled_and_cannot_be_is_not_left_enabled():
    device = machine("16", flash_limit=1)
    with pytest.raises(Refused, match="FLASH_WRITE_LIMIT_EXCEEDED"):
        run(device, {**OPS, "enabled": False})
    assert len(written(device)) == 3
    assert b"RemoveUserAclEntry_INPUT" in written(device)[-1]


def test_purge_removes_those_that_are_not_listed_and_absent_removes_one():
    device = machine("16", users=DESK)
    run(device, OPS, GROUP)
    assert names(device) == [GROUP["sid"], "helpdesk", "ops"]
    assert run(device, {"name": "ops", "state": "absent"}, {"name": "nobody", "state": "absent"}).changed
    assert names(device) == [GROUP["sid"], "helpdesk"]
    assert run(device, GROUP, purge=True).changed
    assert names(device) == [GROUP["sid"]]
    assert firmware(device).users.administrator in firmware(device).users.accounts


def test_a_purge_passes_over_whom_this_run_is_logged_in_as():
    device = as_helpdesk()
    assert run(device, purge=True).changed
    assert names(device) == ["helpdesk"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"state": "absent"}, "state: 'absent' .* shut itself out"),
        ({"enabled": False}, "enabled: False .* shut itself out"),
        ({"access": "local"}, "access: 'local' .* shut itself out"),
        ({"realms": ["hardware_asset"]}, "realms: .* shut itself out"),
    ],
)
def test_nobody_shuts_himself_out(change, match):
    device = as_helpdesk()
    refused(device, {"name": "helpdesk", **change}, match=match)
    assert run(machine("16", users=DESK), {"name": "helpdesk", **change}).changed


def test_who_this_run_is_logged_in_as_may_gain_and_change_the_password_last():
    device = as_helpdesk()
    change = {"name": "helpdesk", "password": "N3w-password", "realms": ["administration"]}
    run(device, change, {"name": "other", "access": "local"}, update_password="always")
    assert b">other<" in written(device)[0] and b">helpdesk<" in written(device)[1]
    endpoint = device.client.transport.endpoint
    assert (endpoint.username, endpoint.password) == ("helpdesk", "N3w-password")


def test_with_a_ticket_nobody_knows_as_whom_we_are_logged_in_so_no_sid_is_purged():
    device = machine("16", users=DESK)
    run(device, GROUP)
    device.reopen(auth="kerberos")
    refused(device, purge=True, match="cannot tell as which", error=Unavailable)
    assert run(device, GROUP, purge=True).changed
    assert names(device) == [GROUP["sid"]]


def test_a_password_is_written_when_it_is_asked_for():
    device = machine("16", users=DESK)
    given = {"name": "helpdesk", "password": "N3w-password"}
    assert not run(device, given).changed
    outcome = run(device, given, update_password="always")
    assert outcome.changed
    assert (outcome.before["users"][0].get("password"), outcome.after["users"][0]["password"]) == (None, HIDDEN)
    realm = firmware(device).digest_realm
    wanted = hashlib.md5(f"helpdesk:{realm}:N3w-password".encode()).hexdigest()
    assert firmware(device).users.secret_of("helpdesk") == wanted
    assert run(device, given, update_password="always").changed


class Losing:
    """Loses the answer to the first request that has these words."""

    def __init__(self, real, words):
        self.real, self.words = real, words

    def __getattr__(self, name):
        return getattr(self.real, name)

    def post(self, body, *how):
        reply = self.real.post(body, *how)
        if self.words and self.words in body:
            self.words = b""
            raise Interrupted("the connection broke off")
        return reply


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"name": "helpdesk", "password": "N3w-password"}, False),
        ({"name": "helpdesk", "password": "N3w-password", "access": "local"}, True),
    ],
)
def test_a_lost_answer_to_a_password_alone_proves_nothing(given, shown):
    device = machine("16", users=DESK)
    device.client.transport = Losing(device.client.transport, b"UpdateUserAclEntryEx_INPUT")
    if shown:
        assert "an answer was lost" in run(device, given, update_password="always").note
    else:
        with pytest.raises(Indeterminate):
            run(device, given, update_password="always")
    assert len(written(device)) == 1


@pytest.mark.parametrize(
    ("member", "match"),
    [
        ({"name": "ops", "sid": GROUP["sid"]}, "give either name"),
        ({"realms": ["storage"]}, "give either name"),
        ({**OPS, "name": "Admin"}, "amt_admin changes"),
        ({**OPS, "name": "administrator"}, "amt_admin changes"),
        ({**OPS, "name": ""}, "1 to 16 characters"),
        ({**OPS, "name": "a" * 17}, "1 to 16 characters"),
        ({**OPS, "name": "o ps"}, "without blanks"),
        ({**OPS, "name": "öps"}, "printable ASCII"),
        *(({**OPS, "name": "o{0}ps".format(each)}, "refuses the character " + each) for each in ':,<>&"'),
        ({**OPS, "name": "$$ops"}, "only the firmware itself"),
        ({**OPS, "password": "short"}, "password: 'the password' .* 8 to 32"),
        ({**OPS, "password": "Op3rator_"}, "a special character other than _"),
        ({**OPS, "realms": []}, "state: absent removes"),
        ({**OPS, "realms": ["power"]}, "'power' cannot be used: one of redirection, administration"),
        ({"name": "ops", "realms": ["storage"]}, "password: 'nothing' .* ops is new"),
        ({"name": "ops", "password": "Op3rator!"}, "realms: 'nothing' .* ops is new"),
        ({**GROUP, "sid": "EXAMPLE\\admins"}, "a SID looks like"),
        ({**GROUP, "password": "Op3rator!"}, "whose password is AD's"),
    ],
)
def test_what_firmware_would_refuse_is_refused_before_any_write(member, match):
    refused(machine(), member, match=match)


def test_one_user_twice_is_refused():
    refused(machine(), OPS, OPS, match="listed twice")
    refused(machine(), GROUP, {**GROUP, "sid": GROUP["sid"].lower()}, match="listed twice")


def test_no_more_users_than_firmware_holds():
    device = machine()
    many = [{**OPS, "name": "user{0}".format(number)} for number in range(8)]
    refused(device, *many, match="8 digest users, and firmware has room for 7")
    groups = [{**GROUP, "sid": "S-1-5-21-1-2-3-{0}".format(number)} for number in range(33)]
    refused(device, *groups, match="33 Kerberos users, and firmware has room for 32")
    assert run(device, *many[:7], *groups[:32]).changed
    assert run(device, *many[1:], purge=True).changed
    assert names(device) == [member["name"] for member in many[1:]]


def test_all_pages_are_read():
    device = machine()
    groups = [{**GROUP, "sid": "S-1-5-21-1-2-3-{0}".format(number)} for number in range(25)]
    run(device, *groups)
    device.client.transport.sent.clear()
    assert len(names(device)) == 25
    pages = [sent for sent in device.client.transport.sent if b"EnumerateUserAclEntries_INPUT" in sent]
    assert [b"StartIndex>%d<" % index in page for index, page in zip((1, 11, 21), pages)] == [True] * 3


def test_an_account_of_the_firmware_itself_is_disabled_and_not_removed():
    device = machine("16", users={"$$agent": {"password": "x", "realms": ["agent_presence_local"]}})
    refused(device, {"name": "$$agent", "state": "absent"}, match="enabled: false is possible")
    refused(device, {"name": "$$agent", "realms": ["storage"]}, match="only enabled can be changed")
    assert not run(device, purge=True).changed
    assert run(device, {"name": "$$agent", "enabled": False}).changed


def test_the_administrator_under_another_name_is_no_user_either():
    device = machine()
    firmware(device).users.set_administrator("boss", secret("boss", firmware(device).digest_realm, "P@ssw0rd"))
    device.reopen(username="boss")
    refused(device, {**OPS, "name": "boss"}, match="this is the administrator")


def test_without_the_realm_the_error_names_it():
    device = machine("16", users={"reader": {"password": "Other-2!", "realms": ["general_info"]}})
    device.reopen(username="reader", password="Other-2!")
    with pytest.raises(AccessDenied) as caught:
        run(device)
    assert "user access control (21)" in caught.value.hint


def test_a_user_that_goes_away_meanwhile_is_not_taken_for_another():
    """Handles are given again: whoever has the one of before is somebody else."""
    device = machine("16", users=DESK)
    present = Users().read(device, {"users": []})["users"][0]
    firmware(device).users.accounts.pop("helpdesk")
    run(device, OPS)
    with pytest.raises(Overtaken, match="helpdesk is not there any more"):
        Users().delete(device, present)
    assert names(device) == ["ops"]
