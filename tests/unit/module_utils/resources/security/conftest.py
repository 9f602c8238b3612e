# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices on the network, whose clock is right and passes when somebody waits."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from simulator.clock import SystemClock
from simulator.pytest_plugin import fleet, simulator_state
from tests import certificate_maker as made
from tests.interop.own_requests import defaults

__all__ = ["fleet", "simulator_state"]
BITS = 2048
CONSOLE = ("1.3.6.1.5.5.7.3.2", "2.16.840.1.113741.1.2.1")


class SkippedClock(SystemClock):
    def sleep(self, seconds):
        self.advance(seconds)

    def wall(self):
        return self.now()


class Site:
    """One device, the files of an authority, and log-ins."""

    def __init__(self, running, folder):
        self.running, self.folder = running, folder
        self.device = running.device("pc")
        self.root = made.certificate("Strong root", authority=True, bits=BITS)
        self.ca_file = folder / "root.pem"
        self.ca_file.write_text(made.pem(self.root) + running.ca_file.read_text())

    def endpoint(self, tls, **more):
        port = self.running.ports.tls if tls else self.running.ports.plain
        return Endpoint(self.device.address, port, password=self.device.password, tls=tls, connect_timeout=20, **more)

    def run(self, resource, endpoint, **given):
        """The outcome, and where the machine is at the end."""
        with open_machine(endpoint, self.running.clock) as machine:
            return converge(resource, machine, defaults(resource, **given)), machine.endpoint

    def leaf(self, name="pc.lab.test", issuer="Strong root", **more):
        addresses = [self.device.address]
        return made.certificate(name, issuer, dns_names=[name], addresses=addresses, bits=BITS, **more)

    def imported(self, name="pc.lab.test", **more):
        return {"certificate": made.pem(self.leaf(name, **more)), "private_key": made.key_pem(name, BITS)}

    def client(self, name="console.lab.test", usages=CONSOLE, **more):
        """A file with our certificate and key."""
        shown = made.certificate(name, "Strong root", usages=usages, bits=BITS, **more)
        file = self.folder / "{0}.pem".format(shown.serial_number)
        file.write_text(made.pem(shown) + made.key_pem(name, BITS))
        return str(file)


@pytest.fixture
def site(fleet, tmp_path):
    def build(generation=12, **settings):
        running = fleet([{"name": "pc", "generation": generation, **settings}], clock=SkippedClock())
        return Site(running, tmp_path)

    return build
