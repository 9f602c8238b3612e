# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Networks, ranges, names and files as the addresses they mean."""

from __future__ import annotations

import ipaddress
import itertools
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from ..errors import InvalidOption

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Span = tuple[Address, Address]

LOOKUPS_AT_ONCE = 16


@dataclass(frozen=True)
class Target:
    """An address to knock at, and the name by which it was given, if it was a name."""

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


def network_span(text: str, option: str = "networks", whole: bool = False) -> Span:
    """First and last address of `10.0.0.0/24` that a host can have, or of all its addresses; host bits may be set."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise InvalidOption(option, text, "write an address and a prefix length, such as 10.0.0.0/24") from None
    first, last = network[0], network[-1]
    if network.version == 4 and network.prefixlen < 31 and not whole:
        return first + 1, last - 1
    return first, last


def range_span(text: str, option: str = "ranges") -> Span:
    """`10.0.0.5-10.0.1.9`, or `10.0.0.5-99` where the end replaces the last number."""
    way_out = "write the first and the last address, such as 10.0.0.5-10.0.1.9 or 10.0.0.5-99"
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        raise InvalidOption(option, text, way_out)
    if end.isdigit():
        end = start.rpartition(".")[0] + "." + end
    try:
        first, last = ipaddress.ip_address(start), ipaddress.ip_address(end)
    except ValueError:
        raise InvalidOption(option, text, way_out) from None
    if first.version != last.version or int(first) > int(last):
        raise InvalidOption(option, text, "the first address must not come after the last")
    return first, last


def any_span(text: str, option: str) -> Span | None:
    """The addresses that a word means without asking DNS, or None for a name."""
    if "/" in text:
        return network_span(text, option, whole=option == "exclude")
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        start = text.partition("-")[0].strip()
        return range_span(text, option) if is_address(start) else None
    return address, address


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


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


def resolve(name: str) -> str:
    """The first address of a name, or an empty text when there is none."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ""
    return str(found[0][4][0])


def addresses_of(spans: Iterable[Span]) -> Iterator[str]:
    for first, last in spans:
        build = type(first)
        for number in range(int(first), int(last) + 1):
            yield str(build(number))


def count(spans: Iterable[Span]) -> int:
    return sum(int(last) - int(first) + 1 for first, last in spans)


def excluded_numbers(words: Iterable[str]) -> list[Span]:
    spans = []
    for word in words:
        span = any_span(word, "exclude")
        if span is None:
            raise InvalidOption("exclude", word, "name addresses, networks or ranges; names are not looked up here")
        spans.append(span)
    return spans


def is_excluded(address: str, spans: list[Span]) -> bool:
    if not spans:
        return False
    number = ipaddress.ip_address(address.partition("%")[0])
    return any(first.version == number.version and int(first) <= int(number) <= int(last) for first, last in spans)


def spans_and_names(wanted: Wanted) -> tuple[list[Span], list[str]]:
    spans = [network_span(text) for text in wanted.networks] + [range_span(text) for text in wanted.ranges]
    names = []
    words = itertools.chain(wanted.hosts, *(file_lines(path) for path in wanted.files))
    for word in words:
        span = any_span(word, "hosts")
        if span is None:
            names.append(word)
        else:
            spans.append(span)
    return spans, names


def expand(wanted: Wanted) -> tuple[list[Target], list[str]]:
    """Each address once, in the order given, and the names that no address was found for.

    Raises InvalidOption for what cannot be read and for more than `wanted.limit` addresses.
    """
    spans, names = spans_and_names(wanted)
    excluded = excluded_numbers(wanted.exclude)
    total = count(spans) + len(names)
    if total > wanted.limit:
        raise InvalidOption("limit", wanted.limit, "{0} addresses are listed: list fewer or raise it".format(total))
    with ThreadPoolExecutor(LOOKUPS_AT_ONCE) as pool:
        looked_up = list(zip(names, pool.map(resolve, names)))
    found: dict[str, str] = {address: name for name, address in looked_up if address}
    everything = dict.fromkeys(itertools.chain(addresses_of(spans), found))
    kept = [Target(address, found.get(address, "")) for address in everything if not is_excluded(address, excluded)]
    return kept, [name for name, address in looked_up if not address]
