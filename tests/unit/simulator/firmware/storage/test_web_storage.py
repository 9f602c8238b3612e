# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web storage of simulated firmware over HTTP, asked by requests."""

from __future__ import annotations

import pytest
import requests
from requests.auth import HTTPDigestAuth

HEAD = b"<metadata><headers><h>Content-Type: text/plain</h></headers><link>Help</link></metadata>"


@pytest.fixture
def ask(fleet):
    running = fleet([{"name": "pc", "generation": 12, "tls": False}, {"name": "old", "generation": 9, "tls": False}])

    def send(method, path, body=None, device="pc", **headers):
        there = running.device(device)
        url = "http://{0}:{1}/amt-storage/{2}".format(there.address, running.ports.plain, path)
        auth = HTTPDigestAuth("admin", there.password)
        return requests.request(method, url, data=body, auth=auth, headers=headers, timeout=60)

    send.journal = running.journal
    return send


def test_a_file_is_written_in_pieces_listed_served_and_deleted(ask):
    assert ask("PUT", "V/A/n", HEAD + b"one ").status_code == 200
    assert ask("PUT", "V/A/n?append=", b"two").status_code == 200
    assert ask("PUT", "V/A/n?append=1", b"<metadata></metadata> three").status_code == 200
    served = ask("GET", "V/A/n")
    assert (served.content, served.headers["Content-Type"]) == (b"one two three", "text/plain")
    row = {"vendor": "V", "app": "A", "name": "n", "size": 13, "link": "Help"}
    assert ask("GET", "").json()["content"] == [row]
    assert [ask("DELETE", path).status_code for path in ("V", "V/A/n", "V/A", "V", "V")] == [400, 200, 200, 200, 404]
    assert len(ask.journal.writes(cls="amt-storage")) == 8


@pytest.mark.parametrize(
    ("status", "path", "body", "headers"),
    [
        (400, "V/A/twelve-chars", HEAD, {}),
        (400, "Intel/A/n", HEAD, {}),
        (400, "V/A/..%2Fn", HEAD, {}),
        (400, "other.htm", HEAD, {}),
        (400, "V/A/n", b"no metadata", {}),
        (400, "V/A/n", b"<metadata><link>L</link><headers></headers></metadata>", {}),
        (400, "V/A/n", HEAD, {"Content-Type": "text/plain"}),
        (404, "V/A/n?append=", b"x", {}),
        (500, "V/A/n", HEAD + b"x" * 8192, {}),
    ],
)
def test_what_firmware_refuses(ask, status, path, body, headers):
    assert ask("PUT", path, body, **headers).status_code == status
    assert ask("GET", "").json()["content"] == []


def test_old_firmware_has_none(ask):
    assert ask("GET", "", device="old").status_code == 404


def test_it_wants_a_log_in_for_this_very_place(ask, monkeypatch):
    build = HTTPDigestAuth.build_digest_header
    monkeypatch.setattr(HTTPDigestAuth, "build_digest_header", lambda self, method, url: build(self, method, url + "x"))
    assert ask("GET", "").status_code == 401
