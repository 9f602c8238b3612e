# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that are served on a network."""

from __future__ import annotations

import ssl

import pytest

from simulator.certificates import Authority
from simulator.device import Description
from simulator.pytest_plugin import fleet, simulator_state

__all__ = ["fleet", "simulator_state"]


@pytest.fixture(scope="session")
def authority_certificate(simulator_state):
    return pem_octets(Authority(simulator_state).ca_file)


@pytest.fixture(scope="session")
def own_certificate(simulator_state):
    return Authority(simulator_state).certificate(Description("pc", "127.1.0.1"))


def pem_octets(file):
    return ssl.PEM_cert_to_DER_cert(file.read_text())
