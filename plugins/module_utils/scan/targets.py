# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Networks, ranges, names and files as the addresses they mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidOption
from .spans import Span, any_span, is_within, network_span, range_span
from .words import checked_name, resolve

LOOKUPS_AT_ONCE = 32


@dataclass(frozen=True)
class Target:
    """An address to knock at, with its zone if it has one, and the name by which it was given, if it was a name."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Wanted:
    """What the user listed. `limit` is the number of addresses above which the list is taken for a mistake."""

    networks: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int = 65536


def file_lines(path: str) -> Iterator[str]:
    """One network, range, address or name a line; `#` starts a comment."""
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidOption("files", path, "it cannot be read: {0}".format(error)) from error
    for line in text.splitlines():
        word = line.partition("#")[0].strip()
        if word:
            yield word


def excluded_spans(words: Iterable[str]) -> list[Span]:
    spans = []
    for word in words:
        span = any_span(word, "exclude")
        if span is None:
            raise InvalidOption("exclude", word, "name addresses, networks or ranges; names are not looked up here")
        spans.append(span)
    return spans


def spans_and_names(wanted: Wanted) -> tuple[list[Span], list[str]]:
    spans = [network_span(text) for text in wanted.networks] + [range_span(text) for text in wanted.ranges]
    names: dict[str, None] = {}
    words = itertools.chain(wanted.hosts, *(file_lines(path) for path in wanted.files))
    for word in words:
        span = any_span(word, "hosts")
        if span is None:
            names[checked_name(word)] = None
        else:
            spans.append(span)
    return spans, list(names)


def listed_names(wanted: Wanted) -> list[str]:
    """The names among what is listed, found or not."""
    return spans_and_names(wanted)[1]


def expand(wanted: Wanted) -> tuple[list[Target], list[str]]:
    """Each address once, in the order given, all those of a name among them; and the names that none was found for.

    An address of several names has the first. Raises InvalidOption for what cannot be read and for more than
    `wanted.limit` addresses.
    """
    spans, names = spans_and_names(wanted)
    excluded = excluded_spans(wanted.exclude)
    total = sum(span.count for span in spans) + len(names)
    if total > wanted.limit:
        raise InvalidOption("limit", wanted.limit, "{0} addresses are listed: list fewer or raise it".format(total))
    with ThreadPoolExecutor(LOOKUPS_AT_ONCE) as pool:
        looked_up = list(zip(names, pool.map(resolve, names)))
    found: dict[str, str] = {}
    for name, addresses in looked_up:
        for address in addresses:
            found.setdefault(address, name)
    everything = dict.fromkeys(itertools.chain(*(span.addresses() for span in spans), found))
    kept = [Target(address, found.get(address, "")) for address in everything if not is_within(address, excluded)]
    return kept, [name for name, addresses in looked_up if not addresses]
