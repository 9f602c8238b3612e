# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.outofband.amt.plugins.plugin_utils.report_page.page import log_page

from tests.unit.module_utils.fleet.test_logs import HOSTILE, READ, act, event, summary


def test_nothing_that_a_device_says_is_carried_out():
    report = summary((HOSTILE, READ, [[event(HOSTILE, HOSTILE, text=HOSTILE)], [act(HOSTILE, HOSTILE)]]))
    page = log_page(report, "What happened")
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert "\u202e" not in page


def test_an_empty_fleet_is_a_page_too():
    assert "Nothing to show" in log_page(summary(), "x")
