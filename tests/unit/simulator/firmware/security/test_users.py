# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user does what the realms allow, and nothing else."""

from __future__ import annotations

import pytest

from simulator.firmware.schema import CLASSES
from simulator.firmware.security.permissions import FEATURES, REALMS, realms_for
from simulator.values import Fault

GENERAL = [("ElementName", "Intel(r) AMT: General Settings"), ("HostName", "x")]


@pytest.fixture
def user(make):
    """user(*realms): a firmware that such a user talks to."""

    def make_user(*realms):
        firmware = make(users={"operator": {"password": "Other2!", "realms": list(realms)}})
        firmware.caller = "operator"
        return firmware

    return make_user


def denied(function, *arguments):
    with pytest.raises(Fault) as caught:
        function(*arguments)
    return caught.value.subcode == "AccessDenied"


def test_remote_control_is_power_and_no_more(user, request_power):
    firmware = user("remote_control")
    assert request_power(firmware, 10) == 0
    assert firmware.get("AMT_BootCapabilities", {})
    assert denied(firmware.get, "CIM_Chassis", {})
    assert denied(firmware.instances, "CIM_Chip")
    assert denied(firmware.get, "AMT_GeneralSettings", {})


def test_general_information_is_read_and_not_written(user):
    firmware = user("general_info")
    assert firmware.get("AMT_GeneralSettings", {})
    assert denied(firmware.put, "AMT_GeneralSettings", {}, GENERAL)
    assert firmware.invoke("AMT_SetupAndConfigurationService", {}, "GetUuid", [])["ReturnValue"] == 0
    assert denied(firmware.invoke, "AMT_SetupAndConfigurationService", {}, "CommitChanges", [])


def test_a_reader_of_the_event_log_does_not_clear_it(user):
    reader, manager = user("event_log_reader"), user("event_manager")
    assert reader.get("AMT_MessageLog", {})
    assert denied(reader.invoke, "AMT_MessageLog", {}, "ClearLog", [])
    assert manager.invoke("AMT_MessageLog", {}, "ClearLog", []) == {"ReturnValue": 0}


def test_administration_is_everything(user, request_power):
    firmware = user("administration")
    assert request_power(firmware, 10) == 0
    assert firmware.put("AMT_GeneralSettings", {}, GENERAL)["HostName"] == "x"


def test_a_password_alone_opens_everything(make):
    firmware = make(users={"operator": "Other2!"})
    firmware.caller = "operator"
    assert firmware.put("AMT_GeneralSettings", {}, GENERAL)["HostName"] == "x"


def test_a_create_takes_the_realm_too(user):
    assert denied(user("general_info").create, "AMT_SystemDefensePolicy", [])


@pytest.mark.parametrize("account", [{"password": "x"}, {"password": "x", "realms": ["everything"]}, 7])
def test_an_account_that_makes_no_sense_is_refused(make, account):
    with pytest.raises(ValueError, match=r"users: operator"):
        make(users={"operator": account})


def test_every_pattern_is_for_classes_that_exist():
    for pattern, _realms in FEATURES:
        assert any(pattern.fullmatch(name) for name in CLASSES), pattern.pattern


def test_what_no_feature_claims_is_the_administrator_s():
    assert realms_for("AMT_KerberosSettingData", changes=False) == {REALMS["administration"]}
