# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation as a whole, on simulated firmware behind its MEI: ways there and back, and what goes wrong on them."""

from __future__ import annotations

import errno
import json

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.chain import ChainRefused
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import EscrowFailed, Nowhere, Record
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_run import (
    TOLD,
    UNTOLD,
    PasswordUnknown,
)

from tests.unit.plugins.plugin_utils.activations import GIVEN, Site
from tests.unit.plugins.plugin_utils.provisioning.authority import intermediate, leaf, pem, root

MEBX = "Mebx-passw0rd"
SECURE = ["start_secure_setup", "set_admin_password", "set_mebx_password", "commit"]
WAYS = {
    "client": ("15", [("client", {})], ["setup"]),
    "client on AMT 11": ("11", [("client", {})], ["setup"]),
    "client on AMT 16": ("16", [("client", {})], ["setup"]),
    "client on AMT 19": ("19", [("client", {})], ["setup"]),
    "admin": ("15", [("admin", {})], ["add_chain", "admin_setup"]),
    "admin with MEBx": ("15", [("admin", {"mebx_password": MEBX})], ["add_chain", "admin_setup", "set_mebx_password"]),
    "upgrade": ("15", [("client", {}), ("admin", {})], ["add_chain", "upgrade"]),
    "upgrade on AMT 16": ("16", [("client", {}), ("admin", {})], ["add_chain", "upgrade"]),
    "over TLS on AMT 15": ("15", [("admin", {"over_tls": "always", "mebx_password": MEBX})], SECURE),
    "over TLS on AMT 16": ("16", [("admin", {"over_tls": "always", "mebx_password": MEBX})], SECURE),
    "over TLS on AMT 19": ("19", [("admin", {"mebx_password": MEBX})], SECURE),
    "client to none": ("15", [("client", {}), ("absent", {})], ["unprovision_locally"]),
    "admin to none": ("15", [("admin", {}), ("absent", {})], ["unprovision"]),
    "admin to none on AMT 19": ("19", [("admin", {"mebx_password": MEBX}), ("absent", {})], ["unprovision"]),
}
MODES = {"absent": "none"}


def users(place, method):
    """Who called a method of the firmware."""
    return {entry.username for entry in place.host.device.surroundings.journal.entries(method=method, login="accepted")}


@pytest.fixture
def site(tmp_path):
    return lambda *arguments, **settings: Site(tmp_path, *arguments, **settings)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_predicted_gone_and_then_left_alone(site, way):
    generation, states, steps = WAYS[way]
    place = site(generation)
    for state, given in states[:-1]:
        place.run(state, **given)
    state, given = states[-1]
    before = (place.host.mode(), place.shelf.kept, place.host.writes())
    predicted = place.run(state, dry=True, **given)
    assert (place.host.mode(), place.shelf.kept, place.host.writes()) == before
    result = place.run(state, **given)
    assert place.host.mode() == MODES.get(state, state)
    assert (result["changed"], result["steps"]) == (True, steps)
    known = ("changed", "state", "control_mode", "steps", "before", "after", "version")
    assert {name: predicted[name] for name in known} == {name: result[name] for name in known}
    if state != "absent":
        assert result["password_proven"] is True
        assert result["password_in"] == "on the shelf"
        assert place.host.knows(place.shelf.kept.password)
    left = (len(place.shelf.history), place.host.writes())
    again = place.run(state, **given)
    assert (again["changed"], again["steps"]) == (False, [])
    assert (len(place.shelf.history), place.host.writes()) == left


@pytest.mark.parametrize("way", WAYS)
def test_neither_password_nor_key_come_to_the_machine(site, way):
    generation, states, _steps = WAYS[way]
    place = site(generation)
    for state, given in states:
        place.run(state, **given)
    said = json.dumps(place.seen)
    assert place.shelf.history
    for password in place.shelf.history:
        assert password not in said
    assert "PRIVATE" not in said
    if "start_secure_setup" in said:
        assert MEBX not in said
        assert not any("password_hash" in given for step, given in place.seen if step == "apply" and "shown" in given)


def test_a_given_password_is_the_one(site):
    place = site()
    place.run("client", password=GIVEN)
    assert place.shelf.kept.password == GIVEN
    assert place.host.knows(GIVEN)


def test_an_upgrade_keeps_the_password(site):
    place = site()
    place.run("client", password=GIVEN)
    place.run("admin", password="Another-passw0rd")
    assert place.host.knows(GIVEN)
    assert place.shelf.kept.password == GIVEN


def test_an_upgrade_is_asked_for_by_the_administrator_where_the_password_is_known(site):
    place = site()
    place.run("client", password=GIVEN)
    place.host.device.surroundings.journal.clear()
    place.run("admin")
    assert users(place, "UpgradeClientToAdmin") == users(place, "AddNextCertInChain") == {"admin"}
    other = site()
    other.run("client", password=GIVEN)
    other.shelf.kept = Record()
    other.run("admin")
    assert users(other, "UpgradeClientToAdmin") == {"$$OsAdmin"}


def test_a_new_password_after_the_device_was_taken_back(site):
    place = site()
    place.run("client", password="First-passw0rd")
    place.run("absent")
    place.run("client", password=GIVEN)
    assert place.host.knows(GIVEN)
    assert place.shelf.kept == Record(GIVEN)


def test_the_password_on_record_is_used_again(site):
    place = site()
    place.run("client")
    first = place.shelf.kept.password
    place.run("absent")
    place.run("client")
    assert place.shelf.kept.password == first


def test_a_place_with_room_for_one_password_does_not_lose_it(site):
    place = site(one=True)
    place.run("client", password="First-passw0rd")
    place.run("absent")
    with pytest.raises(EscrowFailed):
        place.run("client", password=GIVEN)
    assert place.shelf.kept.password == "First-passw0rd"
    assert place.host.mode() == "none"


def test_an_earlier_password_that_the_device_has_takes_its_place_again(site):
    place = site()
    place.run("client", password=GIVEN)
    place.shelf.kept = Record("Newer-passw0rd", (GIVEN,))
    assert place.run("client")["password_proven"] is True
    assert place.shelf.kept == Record(GIVEN)


def test_two_runs_at_once_use_the_password_that_was_recorded_first(site):
    """As when a controller was killed and its worker lives on."""
    place = site()
    step = []

    def another(kind):
        if kind == "store" and not step:
            step.append(kind)
            place.shelf.kept = Record("Theirs-passw0rd")

    place.host.before = another
    result = place.run("client")
    assert result["password_proven"] is True
    assert place.shelf.kept == Record("Theirs-passw0rd")
    assert place.host.knows("Theirs-passw0rd")


@pytest.mark.parametrize("moment", ["module", "recall"])
def test_another_run_that_goes_all_the_way_before_this_one_looks_has_its_password_proven(site, moment):
    place = site()

    def another(kind):
        if kind == moment:
            place.host.before = lambda kind: None
            place.run("client")

    place.host.before = another
    assert place.run("client")["password_proven"] is True
    assert place.host.knows(place.shelf.kept.password)
    assert len(place.shelf.history) == 1


def test_a_given_password_beside_that_of_another_run_loses_neither(site):
    place = site()
    place.host.before = lambda kind: None
    place.shelf.kept = Record("Theirs-passw0rd")
    kept = []
    store = place.shelf.store
    place.shelf.store = lambda record, over: (kept.append(record), store(record, over))
    place.run("client", password=GIVEN)
    assert kept[0] == Record(GIVEN, ("Theirs-passw0rd",))
    assert place.shelf.kept == Record(GIVEN)


def test_a_device_that_has_no_password_on_record_says_so(site):
    place = site()
    place.run("client", password=GIVEN)
    place.shelf.kept = Record("Wrong-passw0rd")
    with pytest.raises(PasswordUnknown):
        place.run("client")
    place.shelf.kept = Record()
    assert place.run("client")["password_proven"] is None
    assert place.run("client", password="Wrong-passw0rd")["password_proven"] is False


def test_a_given_password_of_a_device_that_has_it_reaches_the_record(site):
    place = site()
    place.run("client", password=GIVEN)
    place.shelf.kept, history = Record(), len(place.shelf.history)
    result = place.run("client", password=GIVEN)
    assert (result["changed"], result["password_proven"], result["password_in"]) == (False, True, "on the shelf")
    assert place.shelf.kept == Record(GIVEN)
    place.run("client", password=GIVEN)
    assert len(place.shelf.history) == history + 1


@pytest.mark.parametrize("dry", [True, False])
@pytest.mark.parametrize("words", ["no such entry in the store", "Given-passw0rd\nuser: admin"])
def test_what_a_place_says_instead_of_a_password_does_not_become_one(site, words, dry):
    place = site()
    place.shelf.kept = Record(words)
    with pytest.raises(InvalidOption, match="escrow") as caught:
        place.run("client", dry)
    assert words not in str(caught.value)
    assert place.host.mode() == "none"


def test_what_is_on_record_gives_way_to_a_given_password(site):
    place = site()
    place.shelf.kept = Record("of an older firmware")
    place.run("client", password=GIVEN)
    assert place.shelf.kept == Record(GIVEN)


GONE = {
    "bring it back; ": lambda: EscrowFailed("the store is gone", "bring it back"),
    "": lambda: InvalidOption("escrow.vault_file", "passwords.yml", "no secret of this run opens it"),
}


@pytest.mark.parametrize("hint", GONE, ids=["gone", "of no use"])
@pytest.mark.parametrize(("number", "known", "mode"), [(1, UNTOLD, "none"), (2, TOLD, "client")])
def test_a_record_that_cannot_be_read_tells_what_the_firmware_knows(site, number, known, mode, hint):
    place = site()
    count = iter(range(1, 100))

    def strike(kind):
        if kind == "recall" and next(count) == number:
            raise GONE[hint]()

    place.host.before = strike
    with pytest.raises((EscrowFailed, InvalidOption)) as caught:
        place.run("client")
    assert caught.value.hint == hint + known
    assert place.host.mode() == mode


def test_a_record_that_cannot_be_read_when_nothing_was_to_do_says_that_nothing_was_told(site):
    place = site()
    place.run("client")
    count = iter(range(1, 100))

    def strike(kind):
        if kind == "recall" and next(count) == 2:
            raise EscrowFailed("the store is gone")

    place.host.before = strike
    with pytest.raises(EscrowFailed) as caught:
        place.run("client")
    assert caught.value.hint == UNTOLD


def locked_out(place, seconds):
    """From the first log-in of the administrator on, the firmware refuses it for so long, as AMT 16 was seen to do."""
    users, clock, ends = place.host.device.firmware.users, place.host.clock, []
    known = users.local_secret_of

    def secret_of(username):
        if username != "admin" or known(username) is None:
            return known(username)
        ends.append(clock.now() + seconds)
        return None if clock.now() < ends[0] else known(username)

    users.local_secret_of = secret_of


def refusals(place):
    return len(place.host.device.surroundings.journal.entries(login="refused"))


@pytest.mark.parametrize("given", [{}, {"mebx_password": MEBX}])
def test_a_right_password_that_is_refused_for_a_while_after_the_activation_is_tried_again(site, given):
    place = site("16")
    locked_out(place, 8)
    assert place.run("admin", **given)["password_proven"] is True
    assert refusals(place) == 2


def test_a_password_that_stays_refused_is_not_tried_for_ever(site):
    place = site("16")
    locked_out(place, 3600)
    with pytest.raises(PasswordUnknown) as caught:
        place.run("client")
    assert "run again" in caught.value.hint
    assert refusals(place) == 5
    with pytest.raises(PasswordUnknown):
        place.run("client")
    assert refusals(place) == 6


def test_admin_mode_is_left_with_a_password_that_works_only(site):
    place = site()
    place.run("admin", password=GIVEN)
    place.shelf.kept = Record()
    with pytest.raises(PasswordUnknown, match="given or on record"):
        place.run("absent")
    with pytest.raises(PasswordUnknown):
        place.run("absent", password="Wrong-passw0rd")
    assert place.host.mode() == "admin"
    place.run("absent", password=GIVEN)
    assert place.host.mode() == "none"


def test_admin_mode_is_not_turned_into_client_mode(site):
    place = site()
    place.run("admin")
    with pytest.raises(Unavailable, match="cannot be brought to client") as caught:
        place.run("client")
    assert "absent" in caught.value.hint


def test_a_password_that_is_made_wants_a_place(site):
    place = site()
    place.shelf = Nowhere()
    with pytest.raises(InvalidOption, match="must be recorded"):
        place.run("client")
    assert place.host.mode() == "none"


def test_admin_mode_wants_a_certificate(site):
    with pytest.raises(InvalidOption, match="certificate"):
        site().run("admin", certificate=None)


@pytest.mark.parametrize("dry", [True, False])
def test_a_chain_that_cannot_work_stops_before_anything_is_recorded(site, dry):
    place = site(dns_suffix="elsewhere.test")
    with pytest.raises(ChainRefused) as caught:
        place.run("admin", dry)
    assert caught.value.cause == "wrong_suffix"
    assert place.shelf.history == []
    assert place.host.mode() == "none"


def test_a_dns_suffix_is_set_on_the_way(site):
    place = site(dns_suffix="elsewhere.test")
    result = place.run("admin", dns_suffix="example.com")
    assert result["steps"] == ["set_dns_suffix", "add_chain", "admin_setup"]
    assert place.host.mode() == "admin"


def test_a_dns_suffix_that_comes_too_late_says_so(site):
    place = site(dns_suffix="elsewhere.test")
    place.run("client")
    with pytest.raises(AmtError, match="set_dns_suffix") as caught:
        place.run("admin", dns_suffix="example.com")
    assert "leave dns_suffix out" in caught.value.hint
    assert place.host.mode() == "client"


def overtaken(place, **given):
    """Another run activates it over TLS, between the reading and the first step of this one."""
    carried, others = place._carried, iter([given])

    def carry_out(name, options, told):
        other = next(others, None) if name == "start_relay" else None
        if other is not None:
            place.run("admin", **other)
        return carried(name, options, told)

    place._carried = carry_out


def test_a_device_that_came_into_its_mode_meanwhile_is_there(site):
    place = site("15")
    overtaken(place, over_tls="always")
    result = place.run("admin", over_tls="always")
    assert result["password_proven"] is True
    assert place.host.mode() == "admin"


def test_a_device_that_came_into_its_mode_meanwhile_is_not_told_what_was_not_prepared(site):
    place = site("19")
    overtaken(place, mebx_password=MEBX)
    with pytest.raises(Unavailable, match="not as it was when this was prepared"):
        place.run("admin", mebx_password=MEBX)
    assert place.run("admin", mebx_password=MEBX)["changed"] is False


def test_a_dry_run_beside_an_activation_over_tls_does_not_end_it(site):
    place = site("19")
    carried, refused = place._carried, []

    def carry_out(name, options, told):
        answer = carried(name, options, told)
        if name == "exchange" and not refused:
            with pytest.raises(AmtError) as caught:
                place.run("client", dry=True)
            refused.append(type(caught.value).__name__)
        return answer

    place._carried = carry_out
    assert place.run("admin", mebx_password=MEBX)["password_proven"] is True
    assert refused == ["ClientBusy"] and place.host.mode() == "admin"


@pytest.mark.parametrize(
    ("generation", "state", "given"),
    [("19", "client", {}), ("15", "client", {}), ("15", "admin", {}), ("19", "absent", {})],
)
def test_what_an_activation_over_tls_left_in_the_middle_is_brought_elsewhere(site, generation, state, given):
    """In the middle of it, the firmware of AMT 19 speaks with the owner of the certificate only."""
    place = site(generation)
    place.host.device.scripts.add(fault="lost_answer", verb="invoke", cls="AMT_AuthorizationService", times=1)
    with pytest.raises(AmtError):
        place.run("admin", over_tls="always", mebx_password=MEBX)
    predicted = place.run(state, dry=True, **given)["steps"]
    result = place.run(state, **given)
    assert result["steps"] == predicted and predicted[0] == "stop_configuration"
    assert place.host.mode() == MODES.get(state, state)
    if state != "absent":
        assert place.host.knows(place.shelf.kept.password)
    assert len(set(place.shelf.history)) == 1
    assert place.run(state, **given)["changed"] is False


def test_the_other_certificates_order_and_extras_do_not_matter(site):
    place = site()
    place.file.write_bytes(pem(leaf(), root(), intermediate()))
    place.run("admin")
    assert place.host.mode() == "admin"


@pytest.mark.parametrize(("generation", "wish"), [("11", "always"), ("19", "never")])
def test_a_way_that_the_version_does_not_have(site, generation, wish):
    with pytest.raises(Unavailable, match="over TLS"):
        site(generation).run("admin", over_tls=wish)


def test_a_device_that_wants_its_mebx_password_says_so(site):
    place = site("19")
    with pytest.raises(AmtError, match="DATA_MISSING") as caught:
        place.run("admin")
    assert "mebx_password" in caught.value.hint
    place.run("admin", mebx_password=MEBX)
    assert place.host.mode() == "admin"


@pytest.mark.parametrize("generation", ["12", "16", "19"])
def test_client_control_mode_is_upgraded(site, generation):
    place = site(generation)
    place.run("client")
    assert "upgrade" in place.run("admin")["steps"]
    assert place.host.mode() == "admin"


def test_a_device_that_cannot_be_upgraded_says_how_it_gets_there(site):
    place = site("19", upgradable=False)
    place.run("client")
    with pytest.raises(AmtError, match="METHOD_DISABLED") as caught:
        place.run("admin", mebx_password=MEBX)
    assert "state: absent" in caught.value.hint
    place.run("absent")
    place.run("admin", mebx_password=MEBX)
    assert place.host.mode() == "admin"


def test_a_new_mebx_password_is_set_once(site):
    place = site()
    place.run("admin", mebx_password=MEBX)
    assert place.run("admin", mebx_password=MEBX)["changed"] is False
    assert place.run("admin", mebx_password="Other-Mebx-1")["steps"] == ["set_mebx_password"]
    assert place.run("admin", mebx_password="Other-Mebx-1")["changed"] is False
    assert place.run("admin", mebx_password="Other-Mebx-1", update_mebx="always")["changed"] is True


def test_a_mebx_password_that_is_given_later_is_set_where_that_is_remembered(site):
    place = site()
    place.run("admin")
    assert place.run("admin", dry=True, mebx_password=MEBX)["steps"] == ["set_mebx_password"]
    assert place.run("admin", mebx_password=MEBX)["steps"] == ["set_mebx_password"]
    assert place.run("admin", mebx_password=MEBX)["changed"] is False
    forgetful = site(one=True)
    forgetful.run("admin")
    assert forgetful.run("admin", mebx_password=MEBX)["changed"] is False


def test_a_mebx_password_that_was_recorded_and_not_told_is_told(site):
    place = site()
    place.run("admin")
    place.shelf.kept = Record(place.shelf.kept.password, mebx_password=MEBX, told=False)
    assert place.run("admin", mebx_password=MEBX)["steps"] == ["set_mebx_password"]
    assert place.shelf.kept.told is True


ERRORS = {"engine reset": errno.ENODEV, "gone": errno.ENOTCONN, "busy": errno.EBUSY}
STRIKES = [(kind, number) for kind in ("open", "connect", "write", "read") for number in (1, 9, 40)]


@pytest.mark.once
@pytest.mark.parametrize("state", ["client", "admin"])
@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize(("step", "number"), STRIKES)
def test_an_error_of_the_driver_anywhere_is_gone_through_or_the_next_run_goes_on(site, state, name, step, number):
    place = site()
    count = iter(range(1, 100000))

    def strike(kind):
        if kind == step and next(count) == number:
            if name == "engine reset":
                place.host.device.restart_engine(2.0)
            raise OSError(ERRORS[name], name)

    place.host.before = strike
    try:
        place.run(state)
    except AmtError as error:
        assert str(error) and place.host.mode() in ("none", state)
    place.host.before = lambda kind: None
    place.run(state)
    assert place.host.mode() == state
    assert place.host.knows(place.shelf.kept.password)


LOSSES = ("lost_answer", "drop_during_answer", "drop_before_answer", "busy", "busy_fault", "garbage", "empty_answer")


@pytest.mark.parametrize("state", ["client", "admin"])
@pytest.mark.parametrize("fault", LOSSES)
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_an_answer_that_is_lost_at_a_command_is_read_back(site, state, fault, nth):
    place = site()
    place.host.device.scripts.add(fault=fault, verb="invoke", nth=nth, times=1)
    try:
        place.run(state)
    except AmtError as error:
        assert str(error)
    place.run(state)
    assert place.host.mode() == state
    assert place.host.knows(place.shelf.kept.password)
    assert len(set(place.shelf.history)) == 1
