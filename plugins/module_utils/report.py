# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An outcome, or an error, as the result of a task that runs on a target."""

from __future__ import annotations

from typing import Any

from .errors import AmtError
from .resource import Outcome


def success(outcome: Outcome) -> dict[str, Any]:
    result = {**outcome.facts, **outcome.after, "changed": outcome.changed}
    if outcome.note:
        result["note"] = outcome.note
    result["diff"] = {"before": outcome.before, "after": outcome.after}
    return result


def failure(error: AmtError) -> dict[str, Any]:
    """For people `msg` and `hint`, for playbooks `error` and `details`."""
    hint = error.hint[:1].upper() + error.hint[1:]
    sentence = "{0}. {1}".format(str(error).rstrip("."), hint) if hint else str(error)
    return {"msg": sentence, "hint": error.hint, "error": type(error).__name__, "details": error.details}
