# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""JMESPath over what was found. The package is imported only when somebody asks a query."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption


class Query:
    """A compiled expression. Raises InvalidOption for one that cannot be read, AmtError where jmespath is missing."""

    def __init__(self, expression: str, option: str = "query") -> None:
        try:
            import jmespath
            from jmespath.exceptions import JMESPathError
        except ImportError:
            raise AmtError(
                "{0} needs the Python package jmespath on the controller".format(option),
                "install jmespath for the Python that runs Ansible, or leave {0} out".format(option),
            ) from None
        self.expression = expression
        self.option = option
        self.problem: type[Exception] = JMESPathError
        try:
            self.compiled = jmespath.compile(expression)
        except JMESPathError as error:
            raise self.invalid(error) from None

    def search(self, values: Any) -> Any:
        """What the expression selects; None when it selects nothing."""
        try:
            return self.compiled.search(values)
        except self.problem as error:
            raise self.invalid(error) from None

    def invalid(self, error: Exception) -> InvalidOption:
        reason = " ".join(str(error).split())
        return InvalidOption(self.option, self.expression, "{0}; see jmespath.org for the language".format(reason))
