# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MeshCommander's storage page, as MeshCentral ships it: it reads what we stored, and we read what it stored."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.storage import Storage
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from tests.interop.node_packages import COMMANDER, MESHCENTRAL, run_script, unpacked
from tests.interop.own_requests import defaults

PAGE = Path(__file__).parent / "storage.js"
CONTENT = bytes(range(256)) * 64
OURS = {"vendor": "Example", "app": "HelpDesk", "name": "ours", "content": "<p>" * 4000, "compression": "none"}


@pytest.mark.parametrize("generation", [11, 15])
def test_it_lists_what_we_wrote_and_we_read_what_it_wrote(fleet, generation):
    running = fleet([{"name": "pc", "generation": generation, "tls": False}])
    device = running.device("pc")
    given = {"host": device.address, "port": running.ports.plain, "user": "admin", "password": device.password}
    endpoint = Endpoint(device.address, running.ports.plain, password=device.password, tls=False)
    with open_machine(endpoint) as machine:
        converge(Storage(), machine, defaults(Storage(), files=[{**OURS, "link": "Help desk"}]))
    upload = {"do": "upload", "vendor": "Mesh", "app": "App", "name": "theirs", "type": "image/png", "link": "Look"}
    steps = [
        {"do": "list"},
        {**upload, "content": base64.b64encode(CONTENT).decode()},
        {"do": "download", "path": "Mesh/App/theirs"},
    ]
    given["commander"] = str(unpacked(COMMANDER) / "commander.htm")
    listed, uploaded, downloaded = run_script(PAGE, MESHCENTRAL, {**given, "steps": steps})
    assert "files" in listed, listed
    ours = listed["files"]["Example"]["HelpDesk"]["ours"]
    assert (ours["size"], ours["link"]) == (len(OURS["content"]), "Help desk")
    assert uploaded["files"]["Mesh"]["App"]["theirs"]["size"] == len(CONTENT)
    assert base64.b64decode(downloaded["octets"]) == CONTENT
    with open_machine(endpoint) as machine:
        told = {"type": "image/png", "compression": "none", "link": "Look", "vendor": "Mesh", "app": "App"}
        wished = {**told, "name": "theirs", "src": str(_kept(running, CONTENT))}
        assert not converge(
            Storage(), machine, defaults(Storage(), files=[wished, {**OURS, "link": "Help desk"}])
        ).changed
    deleted = run_script(
        PAGE, MESHCENTRAL, {**given, "steps": [{"do": "delete", "path": "Mesh/App/theirs"}, {"do": "list"}]}
    )
    assert "theirs" not in str(deleted[-1])


def _kept(running, content):
    file = running.ca_file.parent / "theirs"
    file.write_bytes(content)
    return file
