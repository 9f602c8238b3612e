# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the next boot is done once, if everything was said that has to be said."""

from __future__ import annotations

import base64
import struct

import pytest

from simulator.firmware.power.boot_data import count_parameters
from simulator.values import Epr, Fault

RESET = 10
CONFIGURATION = Epr("CIM_BootConfigSetting", {"InstanceID": "Intel(r) AMT: Boot Configuration 0"})
READ_ONLY = ("BIOSLastStatus", "BootguardStatus", "OptionsCleared", "RPEEnabled", "SecureBootControlEnabled")
READ_ONLY += ("UEFIHTTPSBootEnabled", "UEFILocalPBABootEnabled", "WinREBootEnabled")


def source(name):
    return Epr("CIM_BootSourceSetting", {"InstanceID": "Intel(r) AMT: Force {0} Boot".format(name)})


def change_order(firmware, *sources):
    fields = [("Source", reference) for reference in sources]
    return firmware.invoke("CIM_BootConfigSetting", {}, "ChangeBootOrder", fields)["ReturnValue"]


def set_role(firmware, role=1):
    fields = [("BootConfigSetting", CONFIGURATION), ("Role", str(role))]
    return firmware.invoke("CIM_BootService", {}, "SetBootConfigRole", fields)["ReturnValue"]


def writable(firmware, **changes):
    """The fields of a Put: what is there, less what is read-only or empty, with changes."""
    instance = {**firmware.get("AMT_BootSettingData", {}), **changes}
    return [
        (name, value if isinstance(value, (str, Epr)) else str(value).lower())
        for name, value in instance.items()
        if name not in READ_ONLY and value not in ("", None)
    ]


def put(firmware, **changes):
    return firmware.put("AMT_BootSettingData", {}, writable(firmware, **changes))


@pytest.fixture
def restart(clock, request_power):
    def reset(firmware):
        assert request_power(firmware, RESET) == 0
        clock.advance(2)
        firmware.settle()
        return firmware.boot.boots[-1]

    return reset


def prepare(firmware, *sources, **changes):
    """The sequence of the working clients."""
    assert change_order(firmware) == 0
    put(firmware, **changes)
    assert set_role(firmware) == 0
    if sources:
        assert change_order(firmware, *sources) == 0


def test_pxe_is_booted_once(make, restart):
    firmware = make()
    prepare(firmware, source("PXE"))
    assert restart(firmware).device == "pxe"
    assert restart(firmware).device == "default"


@pytest.mark.parametrize(("name", "word"), [("PXE", "pxe"), ("Hard-drive", "disk"), ("CD/DVD", "cd")])
def test_every_source_boots_what_it_says(make, restart, name, word):
    firmware = make(platform="workstation")
    prepare(firmware, source(name))
    assert restart(firmware).device == word


def test_a_source_without_the_role_is_ignored(make, restart):
    firmware = make()
    assert change_order(firmware, source("PXE")) == 0
    assert restart(firmware).device == "default"


def test_the_role_can_be_taken_back(make, restart):
    firmware = make()
    prepare(firmware, source("PXE"))
    assert set_role(firmware, 32768) == 0
    assert restart(firmware).device == "default"


def test_clearing_the_order_leaves_the_default(make, restart):
    firmware = make()
    prepare(firmware, source("PXE"))
    assert change_order(firmware) == 0
    assert restart(firmware).device == "default"


def test_setup_is_entered_once_and_the_options_are_cleared(make, restart):
    firmware = make()
    prepare(firmware, BIOSSetup=True)
    assert firmware.get("AMT_BootSettingData", {})["OptionsCleared"] is False
    start = restart(firmware)
    assert (start.device, start.flags) == ("bios_setup", ("BIOSSetup",))
    data = firmware.get("AMT_BootSettingData", {})
    assert data["BIOSSetup"] is False
    assert data["OptionsCleared"] is True


@pytest.mark.parametrize(("number", "word"), [(0, "ider_floppy"), (1, "ider_cd")])
def test_a_redirected_drive_is_booted(make, restart, number, word):
    firmware = make()
    prepare(firmware, UseIDER=True, IDERBootDevice=number, UseSOL=True)
    start = restart(firmware)
    assert (start.device, start.flags) == (word, ("UseIDER", "UseSOL"))


def test_redirection_that_is_off_has_no_effect(make, restart):
    firmware = make(redirection=False)
    prepare(firmware, UseIDER=True, UseSOL=True)
    start = restart(firmware)
    assert (start.device, start.flags) == ("default", ())


def test_sleep_does_not_consume(make, clock, request_power, restart):
    firmware = make("12")
    prepare(firmware, source("PXE"))
    for state in (4, 2):
        assert request_power(firmware, state) == 0
        clock.advance(10)
        firmware.settle()
    assert firmware.boot.boots == []
    assert restart(firmware).device == "pxe"


@pytest.mark.parametrize("name", READ_ONLY)
def test_strict_firmware_refuses_its_own_read_only_properties(make, name):
    firmware = make("16", refuses_read_only=True)
    value = firmware.get("AMT_BootSettingData", {})[name]
    texts = value if isinstance(value, list) else [value]
    with pytest.raises(Fault) as caught:
        firmware.put("AMT_BootSettingData", {}, [*writable(firmware), *((name, str(one).lower()) for one in texts)])
    assert caught.value.subcode == "InvalidRepresentation"
    assert name in caught.value.detail


@pytest.mark.parametrize("generation", ["12", "16", "19"])
def test_other_firmware_ignores_them(make, generation):
    """Intel's own console sends back what it has read, with what it changes."""
    firmware = make(generation)
    read_only = {name: value for name, value in firmware.get("AMT_BootSettingData", {}).items() if name in READ_ONLY}
    echoed = [
        (name, str(one).lower())
        for name, value in read_only.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    firmware.put("AMT_BootSettingData", {}, [*writable(firmware, UseSOL=True), *echoed])
    assert firmware.get("AMT_BootSettingData", {})["UseSOL"] is True
    assert {name: firmware.get("AMT_BootSettingData", {})[name] for name in read_only} == {
        **read_only,
        "OptionsCleared": False,
    }


def test_properties_that_a_generation_lacks_violate_its_schema(make):
    firmware = make("9")
    assert "SecureErase" not in firmware.get("AMT_BootSettingData", {})
    with pytest.raises(Fault) as caught:
        firmware.put("AMT_BootSettingData", {}, [*writable(firmware), ("SecureErase", "false")])
    assert (caught.value.subcode, caught.value.detail) == ("SchemaValidationError", "SecureErase")


def test_an_empty_password_read_and_sent_back_is_ignored(make):
    firmware = make("16")
    assert firmware.get("AMT_BootSettingData", {})["RSEPassword"] == ""
    firmware.put("AMT_BootSettingData", {}, [*writable(firmware, UseSOL=True), ("RSEPassword", None)])
    assert firmware.get("AMT_BootSettingData", {})["UseSOL"] is True


def test_what_the_platform_cannot_do_is_refused(make):
    for changes in ({"SecureErase": True}, {"BIOSPause": True}, {"FirmwareVerbosity": 2}, {"IDERBootDevice": 2}):
        with pytest.raises(Fault) as caught:
            put(make("16", platform="office"), **changes)
        assert (caught.value.subcode, caught.value.detail) == ("InternalError", "AMT-STATUS 2050")


def test_secure_erase_where_the_platform_can(make, restart):
    firmware = make("16", platform="notebook")
    assert firmware.get("AMT_BootCapabilities", {})["SecureErase"] is True
    prepare(firmware, SecureErase=True, RSEPassword="Passw0rd")
    assert restart(firmware).flags == ("SecureErase",)


def test_platform_erase_came_with_16(make):
    assert "PlatformErase" not in make("15", platform="notebook").get("AMT_BootCapabilities", {})
    assert make("16", platform="notebook").get("AMT_BootCapabilities", {})["PlatformErase"] & 1
    assert make("16", platform="office").get("AMT_BootCapabilities", {})["PlatformErase"] == 0


def test_one_click_recovery_came_with_16_and_can_be_switched_off(make):
    names = {row["InstanceID"] for row in make("15").instances("CIM_BootSourceSetting")}
    assert not any("OCR" in name for name in names)
    firmware = make("16")
    assert len([row for row in firmware.instances("CIM_BootSourceSetting") if "OCR" in row["InstanceID"]]) == 3
    firmware.invoke("CIM_BootService", {}, "RequestStateChange", [("RequestedState", "32768")])
    assert not any("OCR" in row["InstanceID"] for row in firmware.instances("CIM_BootSourceSetting"))
    assert firmware.get("AMT_BootSettingData", {})["UEFIHTTPSBootEnabled"] is False


def test_references_to_no_source_are_told(make):
    firmware = make("16", platform="workstation")
    assert change_order(firmware, source("Diagnostic")) == 4
    assert change_order(firmware, Epr("CIM_Fan", {"DeviceID": "Fan 0"})) == 4
    fields = [("BootConfigSetting", source("PXE")), ("Role", "1")]
    assert firmware.invoke("CIM_BootService", {}, "SetBootConfigRole", fields)["ReturnValue"] == 4
    assert set_role(firmware, 2) == 5


@pytest.mark.parametrize(("generation", "refused"), [("9", False), ("15", False), ("16", True), ("19", True)])
def test_an_empty_source_is_refused_from_16_on(make, generation, refused):
    firmware = make(generation)
    if not refused:
        assert firmware.invoke("CIM_BootConfigSetting", {}, "ChangeBootOrder", [("Source", None)]) == {"ReturnValue": 0}
        return
    with pytest.raises(Fault) as caught:
        firmware.invoke("CIM_BootConfigSetting", {}, "ChangeBootOrder", [("Source", None)])
    assert caught.value.reason == "The supplied SOAP violates the corresponding XML schema definition."
    assert caught.value.status == 400


def give_consent(firmware):
    firmware.invoke("IPS_OptInService", {}, "StartOptIn", [])
    firmware.invoke("IPS_OptInService", {}, "SendOptInCode", [("OptInCode", str(int(firmware.consent.code)))])


def test_in_client_control_mode_the_boot_is_changed_with_consent_or_not_at_all(make, restart):
    firmware = make(control_mode="client")
    assert change_order(firmware) == 0
    assert change_order(firmware, source("PXE")) == 6
    assert set_role(firmware) == 6
    with pytest.raises(Fault) as caught:
        put(firmware, UseIDER=True)
    assert caught.value.subcode == "AccessDenied"
    give_consent(firmware)
    prepare(firmware, UseIDER=True)
    assert restart(firmware).device == "ider_floppy"


def test_when_consent_runs_out_the_boot_is_an_ordinary_one(make, clock, restart):
    firmware = make(control_mode="client")
    give_consent(firmware)
    prepare(firmware, source("PXE"))
    clock.advance(120)
    assert restart(firmware).device == "default"


def test_the_first_of_several_sources_counts(make, restart):
    firmware = make()
    prepare(firmware, source("CD/DVD"), source("PXE"))
    assert restart(firmware).device == "cd"


@pytest.mark.parametrize("name", ["UseIDER", "BIOSSetup", "UseSOL"])
def test_a_setting_that_excludes_a_source_is_refused_beside_one(make, name):
    firmware = make()
    assert change_order(firmware, source("PXE")) == 0
    with pytest.raises(Fault) as caught:
        put(firmware, **{name: True})
    assert caught.value.detail == "AMT-STATUS 2050"


@pytest.mark.parametrize(("name", "answer"), [("UseIDER", 5), ("BIOSSetup", 5), ("UseSOL", 0)])
def test_a_source_is_refused_beside_a_setting_that_excludes_it(make, name, answer):
    firmware = make()
    put(firmware, **{name: True})
    assert change_order(firmware, source("PXE")) == answer


def test_what_latches_stays_until_the_next_boot(make, restart):
    firmware = make("16", platform="notebook", latches=["SecureErase"])
    prepare(firmware, SecureErase=True)
    put(firmware, SecureErase=False)
    assert firmware.get("AMT_BootSettingData", {})["SecureErase"] is True
    assert restart(firmware).flags == ("SecureErase",)
    assert firmware.get("AMT_BootSettingData", {})["SecureErase"] is False
    with pytest.raises(ValueError, match="latches: no such settings: Erase"):
        make(latches=["Erase"])


def test_a_pre_boot_application_needs_secure_boot(make, restart):
    firmware = make("16")
    application = Epr("CIM_BootSourceSetting", {"InstanceID": "Intel(r) AMT: Force OCR UEFI Boot Option 2"})
    assert change_order(firmware, application) == 2
    prepare(firmware, application, EnforceSecureBoot=True)
    assert restart(firmware).device == "preboot"


def record(kind, data):
    return struct.pack("<HHI", 0x8086, kind, len(data)) + data


def test_recovery_parameters_have_to_parse_and_to_be_counted(make):
    firmware = make("16")
    blob = record(1, b"https://boot.example.test/x.efi") + record(20, b"\x01")
    assert count_parameters(blob) == 2
    text = base64.b64encode(blob).decode()
    put(firmware, UefiBootParametersArray=text, UefiBootNumberOfParams=2)
    assert firmware.get("AMT_BootSettingData", {})["UefiBootParametersArray"] == blob
    for changes in ({"UefiBootNumberOfParams": 3}, {"UefiBootParametersArray": base64.b64encode(blob[:-1]).decode()}):
        with pytest.raises(Fault, match="InvalidRepresentation"):
            put(firmware, **{"UefiBootParametersArray": text, "UefiBootNumberOfParams": 2, **changes})


@pytest.mark.parametrize(
    ("power", "request_", "reason"),
    [("off", 2, (1, "Power Up", 5)), ("on", 5, (1, "Power Cycle", 5)), ("on", 10, (1, "Reset", 0))],
)
def test_a_boot_reason_tells_what_was_asked_and_the_state_before(make, clock, request_power, power, request_, reason):
    firmware = make("16", power=power)
    assert request_power(firmware, request_) == 0
    clock.advance(10)
    told = firmware.get("IPS_HostBootReason", {})
    assert (told["Reason"], told["ReasonDetails"], told["PreviousSxState"]) == reason


def test_a_person_is_no_reason(make, clock, request_power):
    firmware = make("16")
    assert request_power(firmware, RESET) == 0
    clock.advance(10)
    firmware.settle()
    firmware.power.set_state("off")
    firmware.power.set_state("on")
    assert firmware.get("IPS_HostBootReason", {})["Reason"] == 0


def test_parameters_and_passwords_have_a_longest(make):
    long = base64.b64encode(record(1, bytes(1017))).decode()
    for changes in ({"UefiBootParametersArray": long, "UefiBootNumberOfParams": 1}, {"RSEPassword": "x" * 33}):
        with pytest.raises(Fault, match="InvalidRepresentation"):
            put(make("16", platform="notebook"), **changes)
