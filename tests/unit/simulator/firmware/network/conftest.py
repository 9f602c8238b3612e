# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authority whose certificate a device may trust."""

from __future__ import annotations

import ssl

import pytest

from simulator.certificates import Authority


@pytest.fixture(scope="session")
def authority_certificate(tmp_path_factory):
    return ssl.PEM_cert_to_DER_cert(Authority(tmp_path_factory.mktemp("authority")).ca_file.read_text())
