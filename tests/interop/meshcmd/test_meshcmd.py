# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MeshCentral's own clients of the management engine, on a simulated machine: AMTHI, and HTTP through LME."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import pytest

from tests.interop.meshcmd.bridge import Bridge
from tests.interop.node_packages import MESHCMD, run_script
from tests.unit.simulator.asking import get
from tests.unit.simulator.mei.lme_host import local_account

CLIENT = Path(__file__).parent / "client.js"
UUID = "00112233-4455-4677-8899-aabbccddeeff"


def ask(device, tmp_path, *steps, request=None):
    path = tmp_path / "mei"
    with Bridge(device.mei(), path):
        return run_script(CLIENT, MESHCMD, {"socket": str(path), "steps": list(steps), "request": request})


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
    assert ask(device, tmp_path / "..", ["stopConfiguration"], ["unprovision", 0])["steps"] == [0, 0x20]


@pytest.mark.parametrize(("generation", "control_mode"), [("9", "none"), ("12", "client"), ("16", "admin")])
def test_http_through_lme(fleet, tmp_path, generation, control_mode):
    device = fleet([{"name": "pc", "generation": generation, "control_mode": control_mode}]).device("pc")
    user, password = local_account(device.mei())
    request = {"user": user, "password": password, "body": get().decode(), "ports": 4}
    answered = ask(device, tmp_path, request=request)["http"]
    assert (answered["ports"], answered["first"], answered["second"]) == (["623", "664", "16992", "16993"], 401, 200)
    assert "AMT_GeneralSettings>" in answered["body"]
