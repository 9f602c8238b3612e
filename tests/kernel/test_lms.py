# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mei_lms, and who has LME, on a real systemd and the stock driver.

In place of LMS is a program that is none: it takes the client LME, answers on the port as AMT does and carries nothing.
"""

from __future__ import annotations

import pytest

from .conftest import CORE

UNIT = """[Unit]
Description=Not Intel's LMS
BindsTo=dev-mei.device
After=dev-mei.device

[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/not_lms.py
RuntimeDirectory=not-lms

[Install]
WantedBy=multi-user.target
"""
RULES = 'ACTION=="add", SUBSYSTEM=="mei", DEVPATH=="*/????:??:??.0/mei/*", SYMLINK+="mei", TAG+="systemd"\n'
BANNER = "Intel(R) Active Management Technology 16.1.30"
PROGRAM = """
import http.server, sys
sys.path.insert(0, {core!r})
from ansible_collections.outofband.amt.plugins.module_utils.mei import guids, node

class Answer(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = {banner!r}, ""
    def do_GET(self):
        self.send_response(303)
        self.send_header("Content-Length", "0")
        self.end_headers()

lme = node.Node("/dev/mei0")
lme.connect(guids.LME)
http.server.HTTPServer(("127.0.0.1", 16992), Answer).serve_forever()
"""
TASK = "Have LMS run"
HOLD_LME = """
held = node.Node("/dev/mei0")
held.connect(guids.LME)
print("holding", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def attempt(controller):
    def run(machine, *arguments, **options):
        return controller.on(machine, [{"name": TASK, "outofband.amt.mei_lms": options}], *arguments).result(TASK)

    return run


@pytest.fixture
def machine(plug):
    """With a service in LMS's place, which does not run."""
    plugged = plug()
    guest = plugged.guest
    guest.put("/usr/local/lib/not_lms.py", PROGRAM.format(core=CORE, banner=BANNER))
    guest.put("/usr/lib/systemd/system/lms.service", UNIT)
    guest.put("/usr/lib/udev/rules.d/70-persistent-mei.rules", RULES)
    guest.run("systemctl daemon-reload")
    yield plugged
    guest.run("systemctl disable --now -q lms.service; rm -rf /usr/lib/systemd/system/lms.service /etc/lms")
    guest.run("systemctl daemon-reload")


def who_has_lme(machine, controller):
    played = controller.on(machine, [{"name": "ask", "outofband.amt.mei_info": {}}])
    found = played.result("ask")["mei"]
    return found["lme"], found["lms"]


def test_it_runs_and_answers_and_has_lme(machine, attempt, controller):
    assert who_has_lme(machine, controller)[0] == {"connected": False, "process": None, "how": "nobody"}
    predicted = attempt(machine, "--check", "--diff")
    assert predicted["changed"] and machine.guest.run("systemctl is-active lms", check=False).strip() == "inactive"
    real = attempt(machine, "--diff", log_level="debug")
    assert "error" not in real, real
    assert (real["running"], real["enabled"], real["healthy"]) == (True, True, True)
    assert real["banner"] == BANNER and real["lme"]["process"]["unit"] == "lms.service"
    assert machine.guest.run("od -An -tx1 /etc/lms/IntelAMTUNS_/LMSLoggingSeverity").split() == [
        "34",
        "02",
        *["00"] * 7,
    ]
    assert not attempt(machine, log_level="debug")["changed"]
    lme, lms = who_has_lme(machine, controller)
    assert (lme["connected"], lme["how"], lme["process"]["unit"]) == (True, "listens", "lms.service")
    assert lms["healthy"] and lms["banner"] == BANNER
    gone = attempt(machine, state="absent")
    assert gone["changed"] and not gone["running"] and not attempt(machine, state="absent")["changed"]


def test_another_owner_of_lme_is_named(machine, attempt):
    holding = machine.start_python(HOLD_LME)
    try:
        assert holding.stdout.readline().strip() == "holding"
        refused = attempt(machine)
        assert refused["error"] == "LmeTaken" and refused["details"]["command"] == "python3", refused
    finally:
        holding.communicate("")
    assert attempt(machine)["healthy"]


def test_one_that_carries_nothing_is_restarted_and_then_told(machine, attempt):
    machine.guest.run("sed -i 's/^http.*/import time; time.sleep(600)/' /usr/local/lib/not_lms.py")
    refused = attempt(machine, wait_timeout=20)
    assert refused["error"] == "NotHealthy" and refused["details"]["connected"] is True, refused


def test_without_lms_the_way_out_is_told(plug, attempt):
    refused = attempt(plug())
    assert refused["error"] == "NotInstalled" and "role lms" in refused["hint"]
