# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.plugin_utils.query import Query


def test_selects():
    assert Query("[?a > `1`].b").search([{"a": 1, "b": 2}, {"a": 2, "b": 3}]) == [3]


def test_nothing_selected_is_none():
    assert Query("a.b").search({}) is None


@pytest.mark.parametrize("expression", ["[?", "a..b", "no_such_function(@)", "a['"])
def test_a_wrong_expression_is_named(expression):
    with pytest.raises(InvalidOption, match=r"query: .* cannot be used: .*jmespath\.org"):
        Query(expression).search({})


def test_a_wrong_use_of_a_function_is_named():
    with pytest.raises(InvalidOption, match="length"):
        Query("length(a)").search({"a": 1})


def test_without_the_package_the_way_out_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "jmespath", None)
    with pytest.raises(AmtError, match="jmespath") as caught:
        Query("a")
    assert "install jmespath" in caught.value.hint
