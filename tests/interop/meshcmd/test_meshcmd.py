# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MeshCentral's own clients of the management engine, on a simulated machine: AMTHI, and its AMT stack through LME."""

from __future__ import annotations

import base64
import hashlib
import uuid
from pathlib import Path

import pytest

from tests.interop.meshcmd.bridge import Bridge
from tests.interop.node_packages import MESHCMD, run_script
from tests.unit.simulator.mei.lme_host import local_account, md5
from tests.unit.simulator.provisioning import chain, der, key_pem, pem, signature, text, trusted
from tests.unit.simulator.test_readme import amthi_commands

CLIENT = Path(__file__).parent / "client.js"
UUID = "00112233-4455-4677-8899-aabbccddeeff"


def ask(device, tmp_path, *steps, local=None):
    path = tmp_path / "mei"
    with Bridge(device.mei(), path):
        answer = run_script(CLIENT, MESHCMD, {"socket": str(path), "steps": list(steps), "local": local})
    path.unlink()
    return answer


def call(device, tmp_path, *calls, account=None, tls=None):
    """What the AMT stack makes of the answers, and the ports at which it is asked to listen."""
    user, password = account or local_account(device.mei())
    local = {"user": user, "password": password, "calls": list(calls), "tls": tls}
    return ask(device, tmp_path, local=local)["local"]


@pytest.mark.parametrize("generation", ["9", "12", "16", "19"])
def test_it_reads_what_the_device_is(fleet, tmp_path, generation):
    settings = {"name": "pc", "generation": generation, "uuid": UUID, "mac": "00-00-5e-00-53-07"}
    device = fleet([{**settings, "dns_suffix": "lab.test"}]).device("pc")
    names = ("getVersion", "getUuid", "getProvisioningState", "getControlMode", "getMACAddresses", "getDnsSuffix")
    steps = [[name] for name in (*names, "getEHBCState", "getProvisioningMode", "getCertHashEntries")]
    steps += [["getLanInterfaceSettings", 0], ["getLanInterfaceSettings", 7], ["getLocalSystemAccount"]]
    answers = ask(device, tmp_path, *steps)["steps"]
    version, identity, state, mode, addresses, suffix, embedded, provisioning, hashes, wired, none, account = answers
    told = {row["Description"]: row["Version"] for row in version["Versions"]}
    assert told["AMT"] == device.call(lambda firmware: firmware.settings.version)
    assert version["BiosVersion"] == device.call(lambda firmware: firmware.platform.bios[1])
    assert uuid.UUID(identity["uuid"]) == uuid.UUID(UUID)
    assert (state["stateStr"], mode["controlModeStr"], provisioning["modeStr"]) == ("POST", "ADMIN", "ENTERPRISE")
    assert addresses["DedicatedMAC"].lower() == "00:00:5e:00:53:07"
    assert (suffix, embedded["EHBC"]) == ("lab.test", False)
    assert next(entry["name"] for entry in hashes if entry["isDefault"]) == "Go Daddy Class 2 CA"
    assert hashes[0]["certificateHash"].startswith("c3846bf24b9e93ca")
    assert wired["enabled"] == 1 and wired["mac"].lower() == "00:00:5e:00:53:07"
    assert none is None
    assert account["user"] == "$$OsAdmin" and len(account["pass"]) == 32


def test_it_starts_and_stops_a_set_up(fleet, tmp_path):
    running = fleet([{"name": "pc", "generation": 16, "control_mode": "none"}])
    device = running.device("pc")
    digest = {"hex": hashlib.sha256(b"certificate").hexdigest()}
    stopped, started = ask(
        device, tmp_path, ["stopConfiguration"], ["startConfigurationHBasedEx", digest, False, None]
    )["steps"]
    assert stopped == 3
    assert started == {"status": 0, "hash": device.fingerprint}
    assert device.call(lambda firmware: firmware.setup.session.digest.hex()) == digest["hex"]
    assert ask(device, tmp_path, ["stopConfiguration"], ["unprovision", 0])["steps"] == [0, 0x20]
    running.clock.advance(5)
    listed = ["startConfigurationHBased", digest, True, ["lab.test", "example.test"]]
    assert ask(device, tmp_path, listed)["steps"] == [{"status": 0, "hash": device.fingerprint}]


def test_the_readme_tells_what_it_has_sent(fleet, tmp_path):
    running = fleet([{"name": "pc", "generation": 16, "control_mode": "none"}])
    asked = ["Version", "Uuid", "ProvisioningState", "ProvisioningMode", "EHBCState", "ControlMode", "MACAddresses"]
    asked += ["DnsSuffix", "CertHashEntries", "LocalSystemAccount", "RemoteAccessConnectionStatus"]
    steps = [["get" + name] for name in asked]
    steps += [["getLanInterfaceSettings", 0], ["unprovision", 0], ["startConfiguration"], ["stopConfiguration"]]
    steps += [["startConfigurationHBasedEx", {"hex": "00" * 32}, False, None]]
    ask(running.device("pc"), tmp_path, *steps)
    sent = {entry.method for entry in running.journal.entries(verb="mei", cls="AMTHI")}
    assert sent == next(names for who, names in amthi_commands().items() if "amt-mei.js" in who)


def test_it_starts_the_legacy_way_and_asks_about_tunnels(fleet, tmp_path):
    device = fleet([{"name": "pc", "generation": 9, "control_mode": "none"}]).device("pc")
    steps = [["startConfiguration"], ["startConfiguration"], ["getProvisioningState"], ["getHashHandles"]]
    first, again, state, handles, tunnel = ask(device, tmp_path, *steps, ["getRemoteAccessConnectionStatus"])["steps"]
    assert (first, again, state["stateStr"]) == (0, 3, "IN")
    assert handles == [1, 2, 3, 4, 5, 6]
    told = ("status", "networkStatus", "remoteAccessStatus", "remoteAccessTrigger", "mpsHostname")
    assert [tunnel[name] for name in told] == [0, 0, 0, 0, ""]


@pytest.mark.parametrize(("generation", "control_mode"), [("9", "none"), ("12", "client"), ("16", "admin")])
def test_its_stack_reads_through_lme(fleet, tmp_path, generation, control_mode):
    settings = {"name": "pc", "generation": generation, "control_mode": control_mode, "hostname": "desk"}
    device = fleet([settings]).device("pc")
    calls = [["Get", "AMT_GeneralSettings"], ["Get", "IPS_HostBasedSetupService"], ["Get", "AMT_NoSuchClass"]]
    answered = call(device, tmp_path, *calls)
    assert answered["ports"] == ["623", "664", "16992", "16993"]
    general, service, none = answered["answers"]
    assert general["body"]["HostName"] == "desk"
    assert service["body"]["CurrentControlMode"] == {"none": 0, "client": 1, "admin": 2}[control_mode]
    assert none["status"] == 400


GENERAL = ["Get", "AMT_GeneralSettings"]
PASSWORD = "Secret1!"


def hashed(general):
    return md5("admin", general["body"]["DigestRealm"], PASSWORD)


def modes(device, tmp_path):
    state, mode = ask(device, tmp_path, ["getProvisioningState"], ["getControlMode"])["steps"]
    return state["stateStr"], mode["controlMode"]


BEFORE_19 = ["9", "11", "12", "15", "16"]
ADMIN = ("admin", PASSWORD)


def value_of(answers):
    return [answer["body"]["ReturnValue"] for answer in answers["answers"]]


@pytest.fixture
def fresh(fleet):
    """fresh(generation): a running fleet of one device that nobody has set up."""
    settings = {"name": "pc", "control_mode": "none", "domain": "example.test", "trusted_hashes": trusted()}
    return lambda generation: fleet([{**settings, "generation": generation}])


def in_client_mode(running, tmp_path, tls=None):
    device = running.device("pc")
    (general,) = call(device, tmp_path, GENERAL, tls=tls)["answers"]
    setup = ["IPS_HostBasedSetupService_Setup", 2, hashed(general), None, None, None, None]
    assert value_of(call(device, tmp_path, setup, setup, tls=tls)) == [0, 2]
    assert modes(device, tmp_path) == ("IN", 1)
    if tls is not None:
        commit = ["AMT_SetupAndConfigurationService_CommitChanges", None]
        assert value_of(call(device, tmp_path, commit, account=ADMIN, tls=tls)) == [0]
    running.clock.advance(3)
    assert modes(device, tmp_path) == ("POST", 1)
    return device


def proven(device, tmp_path, method, *arguments, account=None, tls=None):
    """The chain, and a method with a signature of ours: AdminSetup or UpgradeClientToAdmin."""
    (service,) = call(device, tmp_path, ["Get", "IPS_HostBasedSetupService"], account=account, tls=tls)["answers"]
    nonce, own = base64.b64decode(service["body"]["ConfigurationNonce"]), bytes(range(20))
    calls = [
        ["IPS_HostBasedSetupService_AddNextCertInChain", text(der(each)), number == 0, number == 2]
        for number, each in enumerate(chain())
    ]
    calls.append([method, *arguments, text(own), 2, text(signature(nonce + own))])
    return value_of(call(device, tmp_path, *calls, account=account, tls=tls))


def taken_back(running, tmp_path, tls=None):
    """Admin control mode ends over WS-Man alone."""
    device = running.device("pc")
    assert ask(device, tmp_path, ["unprovision", 0])["steps"] == [3]
    unprovision = ["AMT_SetupAndConfigurationService_Unprovision", 1]
    assert value_of(call(device, tmp_path, unprovision, account=ADMIN, tls=tls)) == [0]
    running.clock.advance(5)
    return modes(device, tmp_path) == ("PRE", 0)


@pytest.mark.parametrize("generation", [*BEFORE_19, "19"])
def test_its_stack_sets_a_device_up_and_takes_it_back(fresh, tmp_path, generation):
    """As meshcmd's amtccm and amtdeactivateccm do."""
    tls = {} if generation == "19" else None
    running = fresh(generation)
    device = in_client_mode(running, tmp_path, tls)
    (general,) = call(device, tmp_path, GENERAL, account=ADMIN, tls=tls)["answers"]
    assert general["status"] == 200
    assert ask(device, tmp_path, ["unprovision", 0])["steps"] == [0]
    running.clock.advance(5)
    assert modes(device, tmp_path) == ("PRE", 0)


@pytest.mark.parametrize("generation", BEFORE_19)
def test_its_stack_goes_on_to_admin_control_mode(fresh, tmp_path, generation):
    """As meshcmd's amtacm does, with a signature of ours."""
    running = fresh(generation)
    device = running.device("pc")
    (general,) = call(device, tmp_path, GENERAL)["answers"]
    answers = proven(device, tmp_path, "IPS_HostBasedSetupService_AdminSetup", 2, hashed(general))
    assert answers == [0, 0, 0, 0]
    running.clock.advance(3)
    assert modes(device, tmp_path) == ("POST", 2)
    assert taken_back(running, tmp_path)


@pytest.mark.parametrize("generation", [*BEFORE_19, "19"])
def test_its_stack_upgrades_client_control_mode(fresh, tmp_path, generation):
    """From 19 on the host has no plain port, and who set up client control mode has to commit."""
    tls = {} if generation == "19" else None
    running = fresh(generation)
    device = in_client_mode(running, tmp_path, tls)
    answers = proven(device, tmp_path, "IPS_HostBasedSetupService_UpgradeClientToAdmin", account=ADMIN, tls=tls)
    assert answers == [0, 0, 0, 0]
    running.clock.advance(3)
    assert modes(device, tmp_path) == ("POST", 2)
    assert taken_back(running, tmp_path, tls)


@pytest.mark.parametrize("generation", ["15", "16", "19"])
def test_its_stack_sets_up_admin_control_mode_with_a_client_certificate(fresh, tmp_path, generation):
    """As rpc-go goes about it: the commit's answer may be lost, and two seconds later the device is set up."""
    running = fresh(generation)
    device = running.device("pc")
    digest = {"hex": hashlib.sha256(der(chain()[0])).hexdigest()}
    (started,) = ask(device, tmp_path, ["startConfigurationHBasedEx", digest, False, None])["steps"]
    assert started == {"status": 0, "hash": device.fingerprint}
    tls = {"cert": pem(chain()).decode(), "key": key_pem().decode()}
    (general,) = call(device, tmp_path, GENERAL, account=ADMIN, tls=tls)["answers"]
    acl = ["AMT_AuthorizationService_SetAdminAclEntryEx", "admin", text(bytes.fromhex(hashed(general)))]
    mebx = ["AMT_SetupAndConfigurationService_SetMEBxPassword", PASSWORD]
    assert value_of(call(device, tmp_path, acl, mebx, account=ADMIN, tls=tls)) == [0, 0]
    commit = ["AMT_SetupAndConfigurationService_CommitChanges", None]
    (answer,) = call(device, tmp_path, commit, account=ADMIN, tls=tls)["answers"]
    assert answer.get("status") in (None, 200)
    running.clock.advance(2)
    assert modes(device, tmp_path) == ("POST", 2)
    running.clock.advance(3)
    assert taken_back(running, tmp_path, tls={} if generation == "19" else None)
