# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Man on the machine itself without LMS: through the client LME of the stock driver, as the local system account."""

from __future__ import annotations

import pytest

from .guest import wait_for

LOCAL = """
from ansible_collections.outofband.amt.plugins.module_utils.cim.schema import CimClass
from ansible_collections.outofband.amt.plugins.module_utils.clock import SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.local import open_local
SETTINGS = CimClass("AMT_GeneralSettings", ())
"""
READ_AGAIN_AND_AGAIN = """
with open_local(110) as machine:
    names = []
    while not told_to_stop():
        names.append(machine.get(SETTINGS)["HostName"])
tell([sorted(set(names)), len(names)])
"""


@pytest.mark.parametrize(("generation", "port"), [(12, 16992), (19, 16993)], ids=["plain", "tls"])
def test_the_same_firmware_from_inside(plug, generation, port):
    machine = plug(generation=generation, hostname="pc-inside")
    code = """
with open_local(110) as machine:
    tell([machine.get(SETTINGS)["HostName"], machine.ports.served()])
"""
    assert machine.python(LOCAL + code) == ["pc-inside", port]
    assert machine.running.journal.count(verb="get", cls="AMT_GeneralSettings", username="$$OsAdmin", status=200) == 1


def test_more_than_a_window_holds(plug):
    """A message over LME has at most 4 KiB; the answers here are many of them."""
    machine = plug()
    code = """
with open_local(110) as machine:
    size = 0
    found = machine.enumerate(CimClass("CIM_SoftwareIdentity", ()))
    while size < 20000:
        size += len(json.dumps(machine.enumerate(CimClass("CIM_SoftwareIdentity", ()))))
    tell([len(found) > 1, size >= 20000])
"""
    assert machine.python(LOCAL + code) == [True, True]


def test_reads_go_on_after_a_reset_of_the_engine(plug):
    machine = plug(hostname="pc-inside")
    reading = machine.start_python(LOCAL + READ_AGAIN_AND_AGAIN)

    def reads():
        return machine.running.journal.count(verb="get", cls="AMT_GeneralSettings", status=200)

    wait_for(lambda: reads() > 2, "reads to arrive")
    machine.device.restart_engine()
    before = reads()
    wait_for(lambda: reads() > before + 2, "reads to go on")
    names, number = machine.told_by(reading)
    assert names == ["pc-inside"]
    assert number > 5


def test_who_holds_lme_is_named(plug):
    machine = plug()
    code = """
class Impatient(SystemClock):
    def sleep(self, seconds):
        time.sleep(seconds / 20)

held = node.Node("/dev/mei0")
held.connect(guids.LME)
try:
    with open_local(60, Impatient()) as machine:
        machine.get(SETTINGS)
except AmtError as error:
    tell([type(error).__name__, str(error)])
"""
    name, sentence = machine.python(LOCAL + code)
    assert name == "ClientBusy"
    assert "python3 (process " in sentence
