# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's files over HTTP, beside WS-Man: a request in, status, headers and body out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from .digest import parse_authorization
from .firmware.storage.web_storage import CLASS, ROOT, Refused

VERBS = {"GET": "get", "PUT": "put", "DELETE": "delete"}
STRUCK = {"access_denied": 403, "unsupported": 404}
"""What faults of SOAP are for a file."""
WORN = 500
__all__ = ["CLASS", "VERBS", "FileAnswer", "answer", "is_proven", "is_stored"]


class FileAnswer(NamedTuple):
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    took_effect: bool = False


def is_stored(target: str) -> bool:
    """Whether a request is about files that are kept for others."""
    return target.partition("?")[0].startswith(ROOT)


def is_proven(target: str, authorization: str) -> bool:
    """Whether a log-in is for this request: some programs prove it with the query, and some without."""
    uri = parse_authorization(authorization).get("uri", target)
    return uri in (target, target.partition("?")[0])


def answer(
    firmware: Any, method: str, target: str, headers: Mapping[str, str], body: bytes, faults: Sequence[str] = ()
) -> FileAnswer:
    """With the names of `faults` that strike."""
    refused = [STRUCK[fault] for fault in faults if fault in STRUCK]
    if "flash_write_limit" in faults and method != "GET":
        refused.append(WORN)
    return FileAnswer(refused[0]) if refused else served(firmware, method, target, headers, body)


def served(firmware: Any, method: str, target: str, headers: Mapping[str, str], body: bytes) -> FileAnswer:
    place, _mark, query = target.partition("?")
    path = tuple(unquote(part) for part in place[len(ROOT) :].split("/") if part)
    storage = firmware.web_storage
    try:
        if method == "GET":
            file = storage.get(path)
            if file is None:
                return FileAnswer(200, (("Content-Type", "text/html"),), storage.listing(), True)
            return FileAnswer(200, file.headers, file.octets, True)
        if headers.get("content-type") or method not in VERBS:
            raise Refused(400)
        if method == "PUT":
            storage.put(path, body, append=query.partition("=")[0] == "append")
        else:
            storage.delete(path)
    except Refused as refused:
        return FileAnswer(refused.status)
    return FileAnswer(200, took_effect=True)
