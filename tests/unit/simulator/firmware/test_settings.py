# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user may say about a device, consent, wear, and the services that one sets."""

from __future__ import annotations

import pytest

from simulator.firmware import Settings
from simulator.values import Fault

GENERAL_NAME = ("ElementName", "Intel(r) AMT: General Settings")
OPT_IN = "IPS_OptInService"
CLOCK = "AMT_TimeSynchronizationService"


def put_general(firmware, *fields, bare=False):
    """`bare`: without the name for people."""
    return firmware.put("AMT_GeneralSettings", {}, [*(() if bare else (GENERAL_NAME,)), *fields])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("power", "asleep"),
        ("control_mode", "user"),
        ("consent", "some"),
        ("durations", {"of": 1}),
        ("platform", "toaster"),
        ("version", "16"),
        ("uuid", "x"),
        ("mac", "00-11"),
        ("version", "15.0.42"),
    ],
)
def test_a_word_that_is_no_choice_is_refused(make, setting, value):
    with pytest.raises(ValueError, match=setting):
        make("16", **{setting: value})


def test_settings_can_be_checked_before_there_is_a_generation():
    with pytest.raises(ValueError, match=r"power: 'asleep' is none of on, light_sleep, sleep, hibernate, off"):
        Settings(power="asleep").check()
    Settings().check()


def test_a_setting_that_does_not_exist_is_refused(make):
    with pytest.raises(TypeError):
        make("16", colour="blue")


def test_passwords_are_those_given(make):
    firmware = make(password="Secret1!", users={"operator": "Other2!"})
    assert firmware.password_of("admin") == "Secret1!"
    assert firmware.password_of("operator") == "Other2!"
    assert firmware.password_of("nobody") is None


def test_a_realm_is_a_device_s_own(make):
    first, second = make(number=1), make(number=2)
    assert first.digest_realm != second.digest_realm
    assert first.digest_realm == first.get("AMT_GeneralSettings", {})["DigestRealm"]
    assert first.digest_realm.startswith("Digest:")
    assert len(first.digest_realm) == 39


def test_names_are_set_and_audited(make):
    firmware = make(hostname="pc1", domain="example.test")
    changed = put_general(firmware, ("HostName", "pc2"), ("PingResponseEnabled", "false"))
    assert (changed["HostName"], changed["DomainName"], changed["PingResponseEnabled"]) == (
        "pc2",
        "example.test",
        False,
    )
    assert [(row.code, row.extended) for row in firmware.events.audited] == [(2201, b"\3pc2")]


def test_read_only_names_are_ignored(make):
    firmware = make()
    realm = firmware.digest_realm
    assert put_general(firmware, ("DigestRealm", "Digest:0"))["DigestRealm"] == realm


@pytest.mark.parametrize(
    ("name", "value"),
    [("IdleWakeTimeout", "0"), ("DDNSPeriodicUpdateInterval", "5"), ("PrivacyLevel", "3"), ("AMTNetworkEnabled", "2")],
)
def test_values_out_of_bounds_are_refused(make, name, value):
    firmware = make()
    before = firmware.get("AMT_GeneralSettings", {})
    with pytest.raises(Fault) as caught:
        put_general(firmware, (name, value))
    assert caught.value.detail.endswith("InvalidValues: " + name)
    assert firmware.get("AMT_GeneralSettings", {}) == before


def test_writes_wear_the_flash_even_when_they_change_nothing(make):
    firmware = make(flash_limit=3)
    for _time in range(3):
        put_general(firmware)
    with pytest.raises(Fault) as caught:
        put_general(firmware)
    assert caught.value.detail == "AMT-STATUS 38"
    assert firmware.flash.writes == 3


def test_each_family_says_in_its_own_way_that_the_flash_is_worn(make):
    firmware = make(flash_limit=0)
    assert firmware.invoke("AMT_MessageLog", {}, "ClearLog", []) == {"ReturnValue": 0x26}
    assert firmware.invoke("CIM_BootConfigSetting", {}, "ChangeBootOrder", []) == {"ReturnValue": 32806}
    enable = [("RequestedState", "2")]
    assert firmware.invoke("AMT_AuditLog", {}, "RequestStateChange", enable) == {"ReturnValue": 32806}


def test_power_and_reads_do_not_wear_the_flash(make, request_power):
    firmware = make(flash_limit=0)
    assert request_power(firmware, 10) == 0
    firmware.get("AMT_GeneralSettings", {})
    assert firmware.flash.writes == 0


def opt_in(firmware, method, *fields):
    return firmware.invoke(OPT_IN, {}, method, list(fields))["ReturnValue"]


def test_consent_is_given_by_the_code_on_the_screen_for_a_while(make, clock):
    firmware = make(consent="all")
    assert not firmware.consent.given
    assert opt_in(firmware, "SendOptInCode", ("OptInCode", "1")) == 2
    assert opt_in(firmware, "StartOptIn") == 0
    assert opt_in(firmware, "StartOptIn") == 2
    assert firmware.get(OPT_IN, {})["OptInState"] == 2
    assert opt_in(firmware, "SendOptInCode", ("OptInCode", str(int(firmware.consent.code)))) == 0
    assert firmware.consent.given
    clock.advance(120)
    assert not firmware.consent.given
    assert firmware.get(OPT_IN, {})["OptInState"] == 0


def test_three_wrong_codes_block(make):
    firmware = make(consent="all")
    assert opt_in(firmware, "StartOptIn") == 0
    wrong = str((int(firmware.consent.code) + 1) % 10**6)
    assert [opt_in(firmware, "SendOptInCode", ("OptInCode", wrong)) for _time in range(3)] == [2, 2, 3]
    assert opt_in(firmware, "StartOptIn") == 3


def test_a_request_for_consent_can_be_withdrawn(make):
    firmware = make(consent="all")
    assert opt_in(firmware, "CancelOptIn") == 2
    opt_in(firmware, "StartOptIn")
    assert opt_in(firmware, "CancelOptIn") == 0
    assert firmware.consent.code == ""


def put_consent(firmware, required):
    fields = [
        (name, str(required) if name == "OptInRequired" else str(value))
        for name, value in firmware.get(OPT_IN, {}).items()
    ]
    return firmware.put(OPT_IN, {}, fields)


def test_the_policy_is_the_administrator_s_alone(make):
    firmware = make(consent="all")
    assert put_consent(firmware, 0)["OptInRequired"] == 0
    assert firmware.events.audited[-1].extended == b"\x02\x00"
    client = make(control_mode="client")
    assert client.get(OPT_IN, {})["OptInRequired"] == 4294967295
    assert client.get(OPT_IN, {})["CanModifyOptInPolicy"] == 0
    with pytest.raises(Fault) as caught:
        put_consent(client, 0)
    assert caught.value.subcode == "AccessDenied"


@pytest.mark.parametrize("state", [32768, 32769, 32770, 32771])
def test_redirection_is_switched_per_feature(make, state):
    firmware = make(redirection=False)
    fields = [("RequestedState", str(state))]
    assert firmware.invoke("AMT_RedirectionService", {}, "RequestStateChange", fields) == {"ReturnValue": 0}
    assert firmware.get("AMT_RedirectionService", {})["EnabledState"] == state
    assert not firmware.listens(16995)
    keys = {"Name": "Intel(r) AMT Redirection Service"}
    service = [
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in firmware.get("AMT_RedirectionService", keys).items()
    ]
    firmware.put(
        "AMT_RedirectionService",
        keys,
        [field for field in service if field[0] != "ListenerEnabled"] + [("ListenerEnabled", "true")],
    )
    assert firmware.listens(16995)
    assert firmware.redirection.sol_enabled is bool(state & 2)


def test_screens_are_switched(make):
    firmware = make()
    assert firmware.get("CIM_KVMRedirectionSAP", {})["EnabledState"] == 6
    fields = [("RequestedState", "3")]
    assert firmware.invoke("CIM_KVMRedirectionSAP", {}, "RequestStateChange", fields) == {"ReturnValue": 0}
    assert firmware.get("CIM_KVMRedirectionSAP", {})["EnabledState"] == 3
    assert firmware.get("CIM_RedirectionService", {})["EnabledState"] == 3


def test_a_power_package_is_chosen(make):
    firmware = make()
    assert firmware.invoke("AMT_SystemPowerScheme", {"InstanceID": "SCHEME 0"}, "SetPowerScheme", []) == {
        "ReturnValue": 0
    }
    current = [
        row["SettingData"].selectors["InstanceID"]
        for row in firmware.instances("CIM_ElementSettingData")
        if row["IsCurrent"] == 1
    ]
    assert current == ["SCHEME 0"]


def test_six_domain_suffixes_are_one_too_many(make):
    firmware = make()
    name = "Intel(r) AMT Environment Detection Settings"
    fields = [("DetectionAlgorithm", "0"), ("ElementName", name)]
    suffixes = [("DetectionStrings", "d{0}.test".format(index)) for index in range(6)]
    assert len(firmware.put("AMT_EnvironmentDetectionSettingData", {}, fields + suffixes[:5])["DetectionStrings"]) == 5
    with pytest.raises(Fault):
        firmware.put("AMT_EnvironmentDetectionSettingData", {}, fields + suffixes)


def texts(instance, **changes):
    """The fields of a Put that sends an instance back with changes."""
    values = {**instance, **changes}
    return [
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in values.items()
        for one in (value if isinstance(value, list) else [value])
        if one not in ("", None)
    ]


def test_screen_settings_are_kept_and_passwords_have_eight_letters(make):
    firmware = make()
    cls = "IPS_KVMRedirectionSettingData"
    before = firmware.get(cls, {})
    changed = firmware.put(cls, {}, texts(before, SessionTimeout=10, RFBPassword="P@ssw0rd"))
    assert (changed["SessionTimeout"], changed["RFBPassword"]) == (10, "")
    firmware.put(cls, {}, [*texts(before), ("RFBPassword", None)])
    for password in ("P@ssw0rd1", "Passw0rd", "p@ssw0rd", "P@ssword", "P,ssw0rd"):
        with pytest.raises(Fault) as caught:
            firmware.put(cls, {}, texts(before, RFBPassword=password))
        assert caught.value.detail == "AMT-STATUS 2054"


def test_wireless_is_switched_and_synchronised(make):
    firmware = make(wireless=True)
    states = [("RequestedState", "32769")]
    assert firmware.invoke("CIM_WiFiPort", {}, "RequestStateChange", states) == {"ReturnValue": 0}
    assert firmware.get("CIM_WiFiPort", {})["EnabledState"] == 32769
    assert firmware.invoke("CIM_WiFiPort", {}, "RequestStateChange", [("RequestedState", "2")]) == {"ReturnValue": 5}
    cls = "AMT_WiFiPortConfigurationService"
    before = firmware.get(cls, {})
    changed = firmware.put(cls, {}, texts(before, localProfileSynchronizationEnabled=3))
    assert changed["localProfileSynchronizationEnabled"] == 3
    with pytest.raises(Fault):
        firmware.put(cls, {}, texts(before, localProfileSynchronizationEnabled=4))


def test_local_time_may_be_followed_or_not(make):
    firmware = make()
    cls = "AMT_TimeSynchronizationService"
    for enable, state in (("false", 2), ("true", 1)):
        assert firmware.invoke(cls, {}, "EnableLocalTimeSync", [("Enable", enable)]) == {"ReturnValue": 0}
        assert firmware.get(cls, {})["LocalTimeSyncEnabled"] == state


@pytest.mark.parametrize(("way_out", "way_back"), [(0, 0), (2, 2), (0, 6)])
def test_the_clock_is_set_by_the_vendors_formula(make, clock, way_out, way_back):
    """He adds ((Tm1 + Tm2) - (Ta0 + Ta3)) / 2: wrong by half of what the ways there and back differ by."""
    firmware = make(clock_offset=-500)
    told = firmware.invoke(CLOCK, {}, "GetLowAccuracyTimeSynch", [])["Ta0"]
    assert told == int(clock.now()) - 500
    clock.advance(way_back)
    arrived = sent = int(clock.now())
    clock.advance(way_out)
    times = [("Ta0", str(told)), ("Tm1", str(arrived)), ("Tm2", str(sent))]
    assert firmware.invoke(CLOCK, {}, "SetHighAccuracyTimeSynch", times) == {"ReturnValue": 0}
    assert firmware.device_time() - clock.now() == (way_back - way_out) / 2
    assert firmware.get(CLOCK, {})["TimeSource"] == 1


@pytest.mark.parametrize("times", [("1072915200", "1072915201"), ("1767225600", "1767225599")])
def test_times_that_no_console_can_have(make, times):
    firmware = make()
    fields = [("Ta0", "1767225600"), ("Tm1", times[0]), ("Tm2", times[1])]
    assert firmware.invoke(CLOCK, {}, "SetHighAccuracyTimeSynch", fields) == {"ReturnValue": 0x22}
    assert firmware.get(CLOCK, {})["TimeSource"] == 0


def test_a_sparse_put_changes_what_it_names(make):
    """As amtc sends it: the key and one value."""
    firmware = make("9")
    before = firmware.get("AMT_GeneralSettings", {})
    changed = put_general(firmware, ("InstanceID", before["InstanceID"]), ("PingResponseEnabled", "false"), bare=True)
    assert changed == {**before, "PingResponseEnabled": False}


def test_a_strict_device_misses_the_name_for_people(make):
    with pytest.raises(Fault) as caught:
        put_general(make(needs_element_name=True), ("PingResponseEnabled", "false"), bare=True)
    assert "ElementName" in caught.value.detail


def test_pages_for_browsers_are_switched_off_and_on(make):
    firmware = make()
    for state, shown in ((3, False), (2, True)):
        reply = firmware.invoke("AMT_WebUIService", {}, "RequestStateChange", [("RequestedState", str(state))])
        assert (reply, firmware.has_pages) == ({"ReturnValue": 0}, shown)
        assert firmware.get("AMT_WebUIService", {})["EnabledState"] == state
    assert firmware.invoke("AMT_WebUIService", {}, "RequestStateChange", [("RequestedState", "9")]) == {
        "ReturnValue": 5
    }


@pytest.mark.parametrize(
    ("setting", "refused"), [({"control_mode": "client"}, True), ({"consent_is_remote": False}, False)]
)
def test_the_time_outs_of_consent_are_read_only_in_client_control_mode(make, setting, refused):
    firmware = make(**setting)
    fields = [("ElementName", "x"), ("OptInDisplayTimeout", "600")]
    if not refused:
        assert firmware.put(OPT_IN, {}, fields)["OptInDisplayTimeout"] == 600
        return
    with pytest.raises(Fault) as caught:
        firmware.put(OPT_IN, {}, fields)
    assert caught.value.subcode == "AccessDenied"


def test_a_firmware_menu_that_keeps_the_policy_of_consent(make):
    firmware = make(consent_is_remote=False)
    assert firmware.get(OPT_IN, {})["CanModifyOptInPolicy"] == 0
    with pytest.raises(Fault):
        firmware.put(OPT_IN, {}, [("OptInRequired", "1")])


@pytest.mark.parametrize("seconds", ["59", "901"])
def test_consent_holds_for_one_to_fifteen_minutes(make, seconds):
    with pytest.raises(Fault) as caught:
        make().put(OPT_IN, {}, [("OptInCodeTimeout", seconds)])
    assert "OptInCodeTimeout" in caught.value.detail
