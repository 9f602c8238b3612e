# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scan says beside its result."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.scan.device import Limits
from ansible_collections.outofband.amt.plugins.module_utils.scan.naming import named
from ansible_collections.outofband.amt.plugins.module_utils.scan.search import Progress, estimate
from ansible_collections.outofband.amt.plugins.plugin_utils.scan.telling import (
    NO_NAMES,
    Telling,
    duration,
    refusals,
    some_of,
)


@pytest.fixture
def said():
    lines = []
    display = SimpleNamespace(display=lambda words, stderr: lines.append((words, stderr)), warning=lines.append)
    return Telling(display), lines


def test_a_large_network_is_estimated_before_it_is_scanned_and_a_small_one_is_not(said):
    telling, lines = said
    telling.estimate(estimate(254, Limits(banner="answered")), 254)
    assert lines == []
    telling.estimate(estimate(65_534, Limits(banner="answered")), 65_534)
    assert lines == [("amt_scan: up to 68 s for 65,534 addresses", True)]


def test_progress_goes_to_standard_error(said):
    telling, lines = said
    telling.progress(Progress(65_534, 1_000, 12, 3, 180.0))
    assert lines == [("amt_scan: 1,000 of 65,534 addresses done after 3 min, 12 devices found", True)]


def test_a_warning_is_short_however_many_it_is_about_and_shows_no_escapes(said):
    telling, lines = said
    devices = [{"amt_host": "192.0.2.{0}".format(number), "said": "\x1b[2J\u202e" * 100} for number in range(200)]
    telling.warn(NO_NAMES, [])
    telling.warn(NO_NAMES, refusals(named(devices, ["said"], lambda claim, device: "")))
    (line,) = lines
    assert line.startswith("amt_scan: names that hosts do not get") and line.isascii() and line.isprintable()
    assert "and 180 more" in line and len(line) < 20_000


def test_words():
    assert (duration(119), duration(120), some_of(["a", "b"])) == ("119 s", "2 min", "a, b")
