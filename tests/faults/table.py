# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was observed as a page: one table for each moment at which a fault can strike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simulator.faults import CONNECT, TABLE, FaultKind
from tests.faults.matrix import OPERATIONS, Observed

TITLES = {
    "first": "Once, at the first occasion",
    "write": "Once, when something is written",
    "always": "Every time",
}
SENTENCES = {
    "first": """The first connection, or the first request after the log-in, and nothing after that. For
`amt_wsman invoke` that request is the write.""",
    "write": "The first request that changes something.",
    "always": "The fault strikes and goes on striking.",
}
HEAD = """<!--
SPDX-FileCopyrightText: 2026 The outofband.amt contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made by: python -m pytest tests/faults --update
-->
# What each fault comes to

What a task ends with when a device misbehaves. Every cell was observed: real requests over a network to a simulated
device that was told to misbehave in this way. Every one of them also ended within its deadline, did nothing twice,
sent a refused password once only, and told the truth: *ok* means that the device was looked at and is as wanted.

- *ok*: the result is right. Where that took more than one try, reads were repeated.
- *ok, in part*: what could be read was returned, and `unread` lists the rest.
- *ok, read back*: the answer to a write was lost; the device was read, it is as wanted, and the result has a `note`.
- *Indeterminate*: the answer to a write was lost, and reading the device did not show that it had taken effect, or
  there was nothing to read. `details.found` holds what was read.
- The other words are the kinds of error that a failed task has as `error`.
- An empty cell: nothing in this operation gives the fault an occasion.

`amt_wsman invoke` hands on what a method returns and does not judge it: *ok* there means that an answer was had.
"""


def document(observed: Mapping[str, list[Observed]]) -> str:
    parts = [HEAD]
    for moment, title in TITLES.items():
        parts.append("## {0}\n\n{1}\n\n{2}\n".format(title, SENTENCES[moment], "\n".join(rows(observed, moment))))
    return "\n".join(parts)


def rows(observed: Mapping[str, list[Observed]], moment: str, kinds: Iterable[FaultKind] = TABLE) -> Iterator[str]:
    operations = [operation for operation in OPERATIONS if moment != "write" or operation.write]
    yield row("fault", "what happens", *("`{0}`".format(operation.name) for operation in operations))
    yield row(*["---"] * (len(operations) + 2))
    for kind in kinds:
        words = {seen.case.operation: seen.word for seen in observed[kind.name] if seen.case.moment == moment}
        if moment == "write" and (kind.stage == CONNECT or not any(words.values())):
            continue
        yield row("`{0}`".format(kind.name), kind.description, *(words.get(each, "") for each in operations))


def row(*cells: str) -> str:
    return "| {0} |".format(" | ".join(cells))
