# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is served has the names, types and keys that real firmware was recorded with."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.clock import ManualClock
from simulator.firmware import GENERATIONS, Firmware, schema
from simulator.firmware.domains import rulebook
from simulator.firmware.intake import read
from simulator.firmware.inventory.platforms import PLATFORMS
from simulator.firmware.power.alarms import Alarm
from simulator.firmware.schema import lookup
from simulator.firmware.security.key_store import Stored
from simulator.values import Datetime, Epr, Interval

from .conftest import SHARED, local, self_signed

KEYS = [rsa.generate_private_key(65537, 2048) for _each in range(2)]
CERTIFICATE = self_signed(KEYS[0])

# Recordings made by hand: a value that no firmware would send.
BY_HAND = {
    "ips/alarmclock/get.xml": "StartTime is a word",
    "ips/alarmclock/pull.xml": "StartTime is a word",
}

# Properties that are served although no recording shows them, and why.
NOT_RECORDED = {
    "CIM_WiFiEndpointCapabilities": dict.fromkeys(
        ("InstanceID", "SupportedAuthenticationMethods", "SupportedEncryptionMethods"),
        "recorded from a machine without an adapter",
    ),
    "AMT_AlarmClockService": {"NextAMTAlarmTime": "recorded without an alarm"},
    "AMT_BootCapabilities": dict.fromkeys(
        (
            "AMTSecureBootControl",
            "ForceUEFIHTTPSBoot",
            "ForceUEFIPBABoot",
            "ForceWinREBoot",
            "PlatformErase",
            "UEFIWiFiCoExistenceAndProfileShare",
        ),
        "of newer firmware; recorded from before 16",
    ),
    "AMT_EthernetPortSettings": {
        "IPAddress": "taken out of the recordings by those who made them",
        "PhysicalNicMedium": "of newer firmware",
    },
    "AMT_PublicKeyCertificate": {
        "ReadOnlyCertificate": "of newer firmware's built-in certificate, which no one showed"
    },
    "AMT_TLSSettingData": {"NonSecureConnectionsSupported": "came with 16"},
    "CIM_BootSourceSetting": {
        "BIOSBootString": "belongs to one-click recovery, which was not recorded",
        "BootString": "belongs to one-click recovery, which was not recorded",
    },
    "CIM_Processor": {"NumberOfEnabledCores": "of newer firmware"},
}

# Classes of which a recording shows an instance, and the simulator none, and why.
NONE_TO_SHOW = {
    "AMT_MPSUsernamePassword": "no server of remote access can be added",
    "AMT_ManagementPresenceRemoteSAP": "no server of remote access can be added",
    "AMT_RemoteAccessPolicyAppliesToMPS": "no server of remote access can be added",
    "AMT_RemoteAccessPolicyRule": "no server of remote access can be added",
    "CIM_CredentialContext": "by itself that of wireless 802.1x, which is not there",
    "CIM_IEEE8021xSettings": "no profile of 802.1x can be added",
    "CIM_WiFiEndpointSettings": "no wireless profile can be added",
}

# Properties in published recordings that are not beside the project: the names alone.
RECORDED_ELSEWHERE = {
    "AMT_AssetTableService": "CreationClassName ElementName Name SystemCreationClassName SystemName TableTypes",
    "CIM_EthernetPort": (
        "CreationClassName Description DeviceID ElementName EnabledDefault EnabledState LinkTechnology MaxSpeed"
        " NetworkAddresses OperationalStatus PortType RequestedState Speed SystemCreationClassName SystemName"
    ),
    "IPS_IPv6PortSettings": (
        "CurrentDefaultRouter CurrentPrimaryDNS CurrentSecondaryDNS DefaultRouter ElementName IPv6Address InstanceID"
        " InterfaceIDType ManualInterfaceID PrimaryDNS SecondaryDNS"
    ),
    "IPS_ProvisioningRecordLog": (
        "CurrentNumberOfRecords ElementName EnabledState HealthState InstanceID LogState MaxNumberOfRecords Name"
        " OverwritePolicy RequestedState"
    ),
    "IPS_SecIOService": (
        "CreationClassName DefaultScreen EnabledState Name RequestedLanguage Started Status SystemCreationClassName"
        " SystemName language zoom"
    ),
}

# Keys whose values are a machine's own.
FREE_KEYS = {
    "IPS_AlarmClockOccurrence": {"InstanceID"},
    "CIM_Battery": {"DeviceID"},
    "CIM_BIOSElement": {"Version", "SoftwareElementID"},
    "CIM_BIOSFeature": {"IdentifyingNumber", "ProductName", "Vendor", "Version"},
    "AMT_SystemPowerScheme": {"SchemeGUID"},
}


def reference_in(element):
    parameters = next(child for child in element if local(child.tag) == "ReferenceParameters")
    resource = next(child for child in parameters if local(child.tag) == "ResourceURI")
    selectors = {
        selector.get("Name"): selector.text or ""
        for part in parameters
        if local(part.tag) == "SelectorSet"
        for selector in part
    }
    return Epr((resource.text or "").rpartition("/")[2], selectors)


def value_of(element):
    children = list(element)
    if not children:
        return element.text or ""
    if local(children[0].tag) in ("Datetime", "Interval"):
        return {"Datetime": Datetime, "Interval": Interval}[local(children[0].tag)](children[0].text)
    return reference_in(element)


def own_instances(cls, clock):
    """Every instance of a class that any generation serves on any platform."""
    for generation in GENERATIONS:
        if ("instances", cls, "") in rulebook(int(generation)):
            for platform in PLATFORMS:
                firmware = Firmware(generation, clock, platform=platform.name)
                firmware.login_failed("somebody")
                firmware.remote.suffixes = ["example.test"]
                firmware.alarms.alarms["a"] = Alarm("a", "a", int(clock.now()) + 60, 60, True)
                fill(firmware.key_store, generation)
                yield from firmware.present(cls)


def fill(store, generation):
    """Keys and certificates, as many as a recorded device had."""
    store.keys = dict(enumerate(KEYS))
    built_in = int(generation) >= 16
    store.certificates = {handle: Stored(CERTIFICATE, handle != 1, built_in and handle == 1) for handle in range(3)}
    store.in_use = 1


def recorded_names(recorded, cls):
    names = {name for instance in recorded if instance.cls == cls for name in instance.values}
    return names | set(RECORDED_ELSEWHERE.get(cls, "").split())


@pytest.fixture(scope="module")
def classes(recorded):
    return sorted({one.cls for one in recorded if one.cls in schema.CLASSES} | set(RECORDED_ELSEWHERE))


def served_and_recorded(classes):
    return [cls for cls in classes if any(("instances", cls, "") in rulebook(int(one)) for one in GENERATIONS)]


def test_there_are_recordings_of_most_of_what_is_served(classes):
    assert len(served_and_recorded(classes)) >= 45


def test_recorded_properties_are_in_the_schema(recorded):
    for instance in recorded:
        if instance.cls in schema.CLASSES:
            assert set(instance.values) <= set(lookup(instance.cls).properties), instance.source


def test_recorded_values_decode_as_the_schema_says(recorded):
    for instance in recorded:
        if instance.cls not in schema.CLASSES or instance.source in BY_HAND:
            continue
        for name, elements in instance.values.items():
            row = lookup(instance.cls).properties[name]
            assert row.many or len(elements) == 1, (instance.source, name)
            for element in elements:
                value = value_of(element)
                if value != "":
                    read(row, value, empties_refused=False)


def test_hand_made_recordings_are_still_what_they_are_excused_for(recorded):
    excused = {instance.source for instance in recorded} & set(BY_HAND)
    assert excused == set(BY_HAND)


@pytest.fixture(scope="module")
def names_served(classes):
    """Class -> the names of everything that any generation serves on any platform."""
    clock = ManualClock()
    return {
        cls: {name for instance in own_instances(cls, clock) for name in instance}
        for cls in served_and_recorded(classes)
    }


def test_what_was_recorded_is_served(recorded, names_served):
    """Each name by itself: a class cannot hide one that is new."""
    missing = {(cls, name) for cls, own in names_served.items() for name in recorded_names(recorded, cls) - own}
    assert {cls for cls, _name in missing} == set(NONE_TO_SHOW)
    assert not any(names_served[cls] for cls in NONE_TO_SHOW)


def test_nothing_is_served_beyond_recordings_without_a_reason(recorded, names_served):
    beyond = {(cls, name) for cls, own in names_served.items() for name in own - recorded_names(recorded, cls)}
    assert beyond == {(cls, name) for cls, names in NOT_RECORDED.items() for name in names}


def test_what_is_recorded_elsewhere_is_in_the_schema():
    for cls, names in RECORDED_ELSEWHERE.items():
        assert set(names.split()) <= set(lookup(cls).properties), cls


def test_keys_are_those_of_the_recordings(recorded, classes, clock):
    """Every value of a key that has a fixed name on real firmware is found among the simulated instances."""
    for cls in set(served_and_recorded(classes)) - set(NONE_TO_SHOW):
        own = list(own_instances(cls, clock))
        for instance in (one for one in recorded if one.cls == cls):
            for key in set(lookup(cls).keys) & set(instance.values) - FREE_KEYS.get(cls, set()):
                value = value_of(instance.values[key][0])
                if isinstance(value, str):
                    assert value in {str(row.get(key)) for row in own}, (instance.source, key)


IDENTITIES = SHARED / "reference" / "AMT.md"
NOT_SERVED_YET = {
    "AMT_MPSUsernamePassword",
    "AMT_ManagementPresenceRemoteSAP",
    "AMT_RemoteAccessPolicyRule",
}


def listed_identities():
    """(class, [(key, value)]) of each instance in the reference's appendix that was seen in a recording."""
    appendix = IDENTITIES.read_text().partition("## Appendix A")[2].partition("\nIdentities given by the guide")[0]
    for cls, cell in re.findall(r"^\| (\w+) \| (.*) \|$", appendix, re.MULTILINE):
        for instance in cell.split(" ; "):
            pairs = re.findall(r"(\w+)=`([^`]*)`", instance)
            if pairs:
                yield cls, pairs


@pytest.mark.skipif(not IDENTITIES.exists(), reason="the reference is not beside the project")
def test_identities_are_those_of_the_reference(clock):
    missing, classes = [], set()
    for cls, pairs in listed_identities():
        classes.add(cls)
        own = list(own_instances(cls, clock))
        if own and not any(all(str(row.get(key)) == value for key, value in pairs) for row in own):
            missing.append((cls, pairs))
    assert missing == []
    assert {cls for cls in classes if not list(own_instances(cls, clock))} == NOT_SERVED_YET


def moments_in(value):
    if isinstance(value, (Datetime, Interval)):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from moments_in(one)


def test_moments_are_written_as_recorded(recorded, clock):
    """Dates and intervals of the simulated firmware have the form that recorded ones have."""
    shape = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    seen = [
        child.text
        for instance in recorded
        for elements in instance.values.values()
        for element in elements
        for child in element
        if local(child.tag) == "Datetime"
    ]
    assert seen
    assert all(shape.fullmatch(text) for text in seen)
    own = [
        moment
        for cls in ("CIM_BIOSElement", "AMT_AuditLog", "IPS_AlarmClockOccurrence", "AMT_AlarmClockService")
        for instance in own_instances(cls, clock)
        for value in instance.values()
        for moment in moments_in(value)
    ]
    assert {type(moment) for moment in own} == {Datetime, Interval}
    assert all(shape.fullmatch(moment.text) for moment in own if isinstance(moment, Datetime))
    assert all(re.fullmatch(r"P\d+DT\d+H\d+M", moment.text) for moment in own if isinstance(moment, Interval))
