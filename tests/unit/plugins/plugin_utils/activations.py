# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole activations in one process: the controller's part, the machine's part, simulated firmware, and kills."""

from __future__ import annotations

import copy

from ansible_collections.outofband.amt.plugins.action.mei_activation import open_certificate
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import (
    EscrowChanged,
    EscrowFailed,
    Record,
)
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.relay import Carrier
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation import KEPT_BACK, Activation
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_run import Run
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_steps import carry_out, judged
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import TLS_PORT
from cryptography.hazmat.primitives.hashes import SHA256

from tests.unit.module_utils.provisioning.machines import Host
from tests.unit.plugins.plugin_utils.provisioning.authority import intermediate, leaf, pem, root

SUFFIX = "example.com"
GIVEN = "Given-passw0rd"


class Killed(BaseException):
    """The process ends here, and cleans nothing up."""


class Shelf:
    """An escrow that lasts as long as the test. A kill comes before or after it has what it was given."""

    can_be_asked = True
    where = "on the shelf"

    def __init__(self, host, one=False):
        self.host = host
        self.keeps_mebx = not one
        self.kept = Record()
        self.one = one
        self.history = []

    def recall(self):
        self.host.operation("recall")
        return self.kept

    def store(self, record, over):
        self.host.operation("store")
        if self.kept != over:
            raise EscrowChanged(self.where)
        if self.one and record.earlier:
            raise EscrowFailed("room for one")
        self.kept = record
        self.history.append(record.password)
        self.host.operation("stored")


class Site:
    """A controller with files and a shelf, and one machine."""

    def __init__(self, folder, generation="15", one=False, **settings):
        trusted = {"Test Root": root().certificate.fingerprint(SHA256()).hex()}
        self.host = Host(generation, **{"dns_suffix": SUFFIX, "trusted_hashes": trusted, **settings})
        self.shelf = Shelf(self.host, one)
        self.file = folder / "provisioning.pem"
        self.file.write_bytes(chain_file())
        self.relay = None
        self.seen = []

    def wanted(self, state, **given):
        options = {option.name: option.default for option in (*Activation.options, *KEPT_BACK)}
        certificate = {"file": str(self.file)} if state == "admin" else None
        return {**options, "state": state, "certificate": certificate, **given}

    def machine_for(self, wanted):
        options = {option.name: wanted[option.name] for option in Activation.options}

        def step(name, given):
            """A run of the module: what it is given has been text on the way."""
            self.host.operation("module")
            self.seen.append((name, copy.deepcopy(dict(given))))
            try:
                return self._carried(name, options, given)
            finally:
                self.host.died()

        return step

    def _carried(self, name, options, given):
        if name == "start_relay":
            machine = self.host.machine(nodes=[])
            self.relay = Carrier(lambda deadline: machine.ports.carrier(TLS_PORT, deadline))
            self.end_relay = machine.close
            return {"relay": "here"}
        if name == "exchange":
            return {"answer": judged(self._relayed(given["message"]))}
        if name == "read" and self.relay is not None and not given.get("dry"):
            self._relayed({"end": True})
        return carry_out(name, options, given, self.host.machine)

    def _relayed(self, message):
        """In place of the process that `relay.start` leaves behind."""
        if not message.get("end"):
            return self.relay.carry(message)
        self.relay.close()
        self.end_relay()
        self.relay = None
        return {}

    def run(self, state, dry=False, **given):
        wanted = self.wanted(state, **given)
        run = Run(wanted, self.machine_for(wanted), self.shelf, open_certificate, dry)
        run.resource.check(wanted)
        return run.carry_out()

    def killed_at(self, number, state, **given):
        """Whether the run came to operation `number`, at which it was killed: nothing it does afterwards succeeds."""
        self.host.operations = 0

        def strike(kind):
            if self.host.operations >= number:
                raise Killed

        self.host.before = strike
        try:
            self.run(state, **given)
            return False
        except Killed:
            return True
        finally:
            self.host.before = lambda kind: None
            self.host.died()


def chain_file():
    return pem(leaf("provisioning." + SUFFIX), intermediate(), root())
