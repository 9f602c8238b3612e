# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each capability costs, in lines that are not blank: the table of docs/add-a-capability.md.

Core: the resource's file, and those beside it that no other capability uses. Module: its documentation. Action: its
code. Salt: the functions and states that use the resource. Simulator: the files that answer for what it writes.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from simulator.firmware.domains import DOMAINS, rulebook
from tests.capabilities import CAPABILITIES
from tests.capabilities.capability import Capability

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("core", "module", "action", "salt", "simulator")


def lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


def file_of(capability: Capability) -> Path:
    return Path(inspect.getfile(type(capability.resource())))


def beside(path: Path) -> set[Path]:
    """A file and those of its folder that it is made of."""
    found, waiting = set(), [path]
    while waiting:
        at = waiting.pop()
        found.add(at)
        for node in ast.walk(ast.parse(at.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                named = [node.module] if node.module else [alias.name for alias in node.names]
                files = {path.parent / "{0}.py".format(name) for name in named}
                waiting += [file for file in files - found if file.is_file()]
    return found


def using(name: str) -> Iterator[str]:
    """The source of every function of the Salt extension that names a class."""
    for folder in ("modules", "states"):
        for path in sorted((ROOT / "extensions/salt/amt" / folder).glob("*.py")):
            text = path.read_text(encoding="utf-8")
            for node in ast.parse(text).body:
                if isinstance(node, ast.FunctionDef) and any(
                    isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node)
                ):
                    yield ast.get_source_segment(text, node) or ""


def answering(capability: Capability) -> set[Path]:
    book = rulebook(int(capability.generations[-1]))
    written = {effect.partition(" ")[0] for effect in capability.effects}
    domains = {answer.domain for (_verb, cls, _method), answer in book.items() if cls in written and answer.writes}
    return {Path(inspect.getfile(DOMAINS[domain])) for domain in domains}


def cost(name: str, capability: Capability, shared: Counter[Path]) -> dict[str, int]:
    own = {path for path in beside(file_of(capability)) if shared[path] == 1} | {file_of(capability)}
    return {
        "core": sum(lines(path.read_text(encoding="utf-8")) for path in own),
        "module": lines((ROOT / "plugins/modules" / (name + ".py")).read_text(encoding="utf-8")),
        "action": lines((ROOT / "plugins/action" / (name + ".py")).read_text(encoding="utf-8")),
        "salt": sum(map(lines, using(type(capability.resource()).__name__))),
        "simulator": sum(lines(path.read_text(encoding="utf-8")) for path in answering(capability)),
    }


def measure() -> Iterator[str]:
    """The rows of a table."""
    shared = Counter(path for each in CAPABILITIES.values() for path in beside(file_of(each)))
    yield "| capability | {0} |".format(" | ".join(COLUMNS))
    yield "| --- |{0}".format(" --- |" * len(COLUMNS))
    for name, capability in sorted(CAPABILITIES.items()):
        costs = cost(name, capability, shared)
        yield "| `{0}` | {1} |".format(name, " | ".join(str(costs[column]) for column in COLUMNS))
