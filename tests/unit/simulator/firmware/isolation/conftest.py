# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device's System Defense by hand: what goes over the wire, without the wire."""

from __future__ import annotations

import base64
import ipaddress

import pytest

from simulator.clock import ManualClock
from simulator.firmware import Firmware
from simulator.frames import Flow
from simulator.values import Epr

HOST, PEER, OTHER = "192.0.2.10", "198.51.100.7", "203.0.113.9"
HOST6, PEER6, OTHER6 = "2001:db8::10", "2001:db8:1::7", "2001:db8:2::9"
ZEROED = dict.fromkeys(("InstanceID", "CreationClassName", "SystemName", "SystemCreationClassName"), "0")
PASS_COUNT, DROP_COUNT, RATE, PASS, DROP = range(5)
TX, RX = 0, 1


def wired(fields):
    """Values as they arrive: texts, references, and an element for each member of an array."""
    listed = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return [
        (name, each if isinstance(each, Epr) else text_of(each)) for name, values in listed.items() for each in values
    ]


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def hexed(address):
    return ipaddress.ip_address(address).packed.hex()


class Bench:
    """A firmware with short ways to its System Defense. `say` names every object made after its kind and number."""

    def __init__(self, firmware, clock):
        self.firmware = firmware
        self.clock = clock
        self.made = 0

    def create(self, cls, **fields):
        return self.firmware.create(cls, wired(fields))

    def ip(self, profile=PASS, direction=TX, event=False, **fields):
        self.made += 1
        common = {"Name": "ip {0}".format(self.made), **ZEROED, "FilterProfile": profile, "FilterDirection": direction}
        return self.create("AMT_IPHeadersFilter", **{**common, "ActionEventOnMatch": event, **fields})

    def ethernet(self, ethertype, profile=PASS, direction=TX, event=False, **fields):
        self.made += 1
        common = {"Name": "eth {0}".format(self.made), **ZEROED, "FilterProfile": profile, "FilterDirection": direction}
        own = {"ActionEventOnMatch": event, "HdrProtocolID8021": ethertype, **fields}
        return self.create("AMT_Hdr8021Filter", **{**common, **own})

    def policy(self, *filters, drop=True, precedence=1, name=None, **fields):
        self.made += 1
        sides = {
            side + "Default" + what: drop if what == "Drop" else False
            for side in ("Tx", "Rx")
            for what in ("Drop", "MatchEvent", "Count")
        }
        handles = {"FilterCreationHandles": [handle(each) for each in filters]} if filters else {}
        own = {"InstanceID": "0", "PolicyName": name or "policy {0}".format(self.made), "PolicyPrecedence": precedence}
        return self.create("AMT_SystemDefensePolicy", **{**own, **sides, **handles, **fields})

    def bind(self, policy, port=0, cls="AMT_NetworkPortSystemDefensePolicy"):
        return self.create(cls, Antecedent=self.port(port), Dependent=policy)

    def release(self, port=0, cls="AMT_NetworkPortSystemDefensePolicy"):
        self.firmware.delete(cls, {"Antecedent": self.port(port)})

    def port(self, number=0):
        keys = {"CreationClassName": "CIM_EthernetPort", "DeviceID": "Intel(r) AMT Ethernet Port {0}".format(number)}
        return Epr("CIM_EthernetPort", keys)

    def delete(self, reference):
        self.firmware.delete(reference.resource, reference.selectors)

    def invoke(self, reference, method, **inputs):
        return self.firmware.invoke(reference.resource, reference.selectors, method, wired(inputs))

    def isolate(self, *filters, **fields):
        """Bind a policy with these filters; everything else is dropped."""
        policy = self.policy(*filters, **fields)
        self.bind(policy)
        return policy

    def sent(self, to=PEER, protocol="tcp", host=None, **fields):
        source = host or (HOST6 if ":" in to else HOST)
        return self.firmware.filter_packet(0, "transmit", Flow(source, to, protocol, **fields).frame())

    def received(self, sender=PEER, protocol="tcp", host=None, **fields):
        target = host or (HOST6 if ":" in sender else HOST)
        return self.firmware.filter_packet(0, "receive", Flow(sender, target, protocol, **fields).frame())

    def events(self, sensor=36):
        return [row for row in self.firmware.events.platform if row.sensor == sensor]


def handle(reference):
    return int(reference.selectors["InstanceID"])


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def bench(clock):
    """A device of AMT 16 in admin control mode."""
    return Bench(Firmware("16", clock), clock)


@pytest.fixture
def bench_with(clock):
    """bench_with(**settings): the same with other settings."""
    return lambda generation="16", **settings: Bench(Firmware(generation, clock, **settings), clock)
