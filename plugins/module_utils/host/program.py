# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A program of this core's own files: one file that a Python runs by itself, wherever it is put (the module zipapp)."""

from __future__ import annotations

import ast
import importlib.util
import io
import zipfile
from collections.abc import Iterator
from types import ModuleType

CORE = __name__.rpartition(".host.")[0]
PACKAGE = "amt_core"
"""What the core is called inside the program."""
MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every file, so that the same files always make the same program."""


def name_of(module: ModuleType) -> str:
    """What a module of the core is called in it."""
    return module.__name__.removeprefix(CORE + ".")


def program(interpreter: str, main: str, *modules: str) -> bytes:
    """`main` is the text of __main__; `modules` are what it needs of the core, such as resources.host.mei_facts."""
    sources = dict(_closure(modules))
    made = io.BytesIO()
    made.write(b"#!" + interpreter.encode() + b"\n")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(sources):
            archive.writestr(zipfile.ZipInfo(_path(name), MOMENT), sources[name])
        for folder in sorted({folder for name in sources for folder in _folders(name)} - set(sources)):
            archive.writestr(zipfile.ZipInfo(_path((folder + ".__init__").lstrip(".")), MOMENT), "")
        archive.writestr(zipfile.ZipInfo("__main__.py", MOMENT), main)
    return made.getvalue()


def _folders(name: str) -> Iterator[str]:
    """Those that a module lies in; the first is the program itself, which has no name."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(len(parts)))


def _path(name: str) -> str:
    return "{0}/{1}.py".format(PACKAGE, name.replace(".", "/"))


def _closure(modules: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Files of the core, by name, that these need, and they themselves."""
    waiting, seen = list(modules), set(modules)
    while waiting:
        name = waiting.pop()
        source = _source(name)
        if source is None:
            continue
        yield name, source
        new = set(_imported(name, source)) - seen
        seen |= new
        waiting += sorted(new)


def _imported(name: str, source: str) -> Iterator[str]:
    """What relative imports may mean: a module, or a name of one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = name.split(".")[: -node.level]
            base += node.module.split(".") if node.module else []
            if base:
                yield ".".join(base)
            yield from (".".join((*base, alias.name)) for alias in node.names)


def _source(name: str) -> str | None:
    """Also out of the archive in which Ansible carries modules. None for what is no module of its own."""
    try:
        spec = importlib.util.find_spec("{0}.{1}".format(CORE, name))
    except ModuleNotFoundError:
        return None
    source_of = getattr(spec.loader, "get_source", None) if spec else None
    if spec is None or source_of is None or spec.submodule_search_locations is not None:
        return None
    text: str | None = source_of(spec.name)
    return text
