# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MeshCentral's own AMT stack reads and powers simulated devices, over plain HTTP and over TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.interop.node_packages import MESHCENTRAL, run_script

CLIENT = Path(__file__).parent / "client.js"
PLACES = [(generation, tls) for generation in ("9", "11", "12", "15", "16", "19") for tls in (False, True)]
PLACES = [(generation, tls) for generation, tls in PLACES if tls or int(generation) < 16]
"""AMT 16.1 and later take no plain HTTP from the network."""
SOURCE = (
    '<Address xmlns="http://schemas.xmlsoap.org/ws/2004/08/addressing">http://schemas.xmlsoap.org/ws/2004/08/addressing'
    '</Address><ReferenceParameters xmlns="http://schemas.xmlsoap.org/ws/2004/08/addressing"><ResourceURI '
    'xmlns="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
    'CIM_BootSourceSetting</ResourceURI><SelectorSet xmlns="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><Selector '
    'Name="InstanceID">Intel(r) AMT: Force PXE Boot</Selector></SelectorSet></ReferenceParameters>'
)
"""The stack leaves this argument to its caller."""

CHANGES = {"BIOSSetup": False, "BIOSPause": False, "UseSOL": False, "UseIDER": False, "BootMediaIndex": 0}
READ_ONLY = [
    "BIOSLastStatus",
    "BootguardStatus",
    "OptionsCleared",
    "OwningEntity",
    "RPEEnabled",
    "SecureBootControlEnabled",
]
READ_ONLY += ["UEFIHTTPSBootEnabled", "UEFILocalPBABootEnabled", "WinREBootEnabled"]
"""What MeshCentral changes, and what it takes out, between reading the boot settings and putting them back."""


def ask(running: Any, device: Any, *steps: dict[str, Any], tls: bool = False, **other: Any) -> Any:
    given = {
        "host": device.address,
        "port": running.ports.tls if tls else running.ports.plain,
        "user": "admin",
        "password": device.password,
        "tls": tls,
        "fingerprint": device.fingerprint if tls else 0,
        "steps": list(steps),
    }
    return run_script(CLIENT, MESHCENTRAL, {**given, **other})


@pytest.mark.parametrize(("generation", "tls"), PLACES)
def test_it_reads(fleet, generation, tls):
    running = fleet([{"name": "pc", "generation": generation, "hostname": "pc-7", "tls": tls}])
    reads = ("AMT_SetupAndConfigurationService", "AMT_BootCapabilities", "CIM_AssociatedPowerManagementService")
    lists = ("CIM_SoftwareIdentity", "CIM_PhysicalMemory", "CIM_BootSourceSetting", "CIM_Realizes")
    steps = [{"do": "get", "class": "AMT_GeneralSettings"}]
    steps += [{"do": "get", "class": name} for name in reads] + [{"do": "enumerate", "class": name} for name in lists]
    answers = ask(running, running.device("pc"), *steps, tls=tls)
    assert [answer["status"] for answer in answers] == [200] * len(steps)
    assert answers[0]["body"]["HostName"] == "pc-7"
    versions = {row["InstanceID"]: row["VersionString"] for row in answers[4]["body"]}
    assert versions["AMT"].partition(".")[0] == generation
    assert int(answers[3]["body"]["PowerState"]) == 2
    assert all(answer["body"] for answer in answers)
    assert not running.journal.writes()


LOOKED_FOR = ["AMT_ManagementPresenceRemoteSAP", "AMT_MPSUsernamePassword", "AMT_RemoteAccessCredentialContext"]
LOOKED_FOR += ["AMT_RemoteAccessPolicyAppliesToMPS", "AMT_RemoteAccessPolicyRule"]
LOOKED_FOR += ["CIM_WiFiEndpointSettings", "CIM_IEEE8021xSettings", "CIM_CredentialContext"]
"""Lists that its server reads of every device, empty ones too; it gives up a device that refuses one."""


@pytest.mark.parametrize("generation", ["9", "15"])
def test_what_its_server_looks_for_is_not_refused(fleet, generation):
    running = fleet([{"name": "pc", "generation": generation}])
    answers = ask(running, running.device("pc"), *[{"do": "enumerate", "class": name} for name in LOOKED_FOR])
    assert [(answer["status"], answer["body"]) for answer in answers] == [(200, [])] * len(LOOKED_FOR)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_it_switches_off_and_on(fleet, tls):
    running = fleet([{"name": "pc", "generation": 16 if tls else 15, "tls": tls}])
    device = running.device("pc")
    (answer,) = ask(running, device, {"do": "power", "state": 8}, tls=tls)
    assert (answer["status"], answer["body"]["ReturnValueStr"]) == (200, "SUCCESS")
    running.advance(60)
    state = {"do": "get", "class": "CIM_AssociatedPowerManagementService"}
    before, switched = ask(running, device, state, {"do": "power", "state": 2}, tls=tls)
    assert (int(before["body"]["PowerState"]), switched["body"]["ReturnValue"]) == (8, 0)
    running.advance(60)
    (after,) = ask(running, device, state, tls=tls)
    assert int(after["body"]["PowerState"]) == 2
    assert len(running.journal.writes(cls="CIM_PowerManagementService")) == 2


def test_it_sets_a_boot_source(fleet):
    running = fleet([{"name": "pc", "generation": 15}])
    cleared, put, role, ordered = ask(
        running,
        running.device("pc"),
        {"do": "order", "source": None},
        {"do": "modify", "class": "AMT_BootSettingData", "changes": CHANGES, "without": READ_ONLY},
        {"do": "role", "role": 1},
        {"do": "order", "source": SOURCE},
    )
    assert [answer["status"] for answer in (cleared, put, role, ordered)] == [200] * 4
    assert [answer["body"]["ReturnValue"] for answer in (cleared, role, ordered)] == [0, 0, 0]
    order = {"do": "enumerate", "class": "CIM_OrderedComponent"}
    (answer,) = ask(running, running.device("pc"), order)
    assert "Force PXE Boot" in str([row for row in answer["body"] if row["AssignedSequence"]])


def test_it_is_told_of_a_wrong_password(fleet):
    running = fleet([{"name": "pc", "generation": 15}])
    (answer,) = ask(running, running.device("pc"), {"do": "get", "class": "AMT_GeneralSettings"}, password="Wr0ng!pass")
    assert answer["status"] == 401


def test_it_does_not_trust_another_certificate(fleet):
    running = fleet([{"name": "pc", "tls": True}])
    read = {"do": "get", "class": "AMT_GeneralSettings"}
    assert ask(running, running.device("pc"), read, tls=True, fingerprint="ab" * 32) == []
    assert not running.journal.entries()
