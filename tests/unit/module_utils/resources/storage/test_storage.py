# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the web storage: what is compared, what is refused before a write, what is left when a write is refused."""

from __future__ import annotations

import gzip
import os

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    Fault,
    InvalidOption,
    ProtocolError,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage import web_files
from ansible_collections.outofband.amt.plugins.module_utils.resources.storage.storage import Storage

from tests.capabilities.storage import noise
from tests.in_process import Before, is_read, machine
from tests.interop.own_requests import defaults

NOISE = noise(20_000)
PLACE = {"vendor": "Example", "app": "HelpDesk", "name": "note.txt"}


def run(device, *files, **other):
    return converge(Storage(), device, defaults(Storage(), files=list(files), **other))


def held(device):
    return {"/".join(path): file for path, file in device.client.transport.firmware.web_storage.files.items()}


def writes(device):
    return [body for body in device.client.transport.sent if not is_read(body)]


def test_what_a_browser_is_told_and_what_is_stored(tmp_path):
    device = machine("15")
    source = tmp_path / "picture"
    source.write_bytes(bytes(range(256)))
    run(
        device,
        {**PLACE, "content": "hi", "link": "Help"},
        {**PLACE, "name": "a.png", "src": str(source), "compression": "none"},
        {"name": "index.htm", "content": "<p>", "type": "text/x-own"},
    )
    note, picture, index = (
        held(device)[name] for name in ("Example/HelpDesk/note.txt", "Example/HelpDesk/a.png", "index.htm")
    )
    assert (gzip.decompress(note.octets), note.link) == (b"hi", "Help")
    assert note.headers == (("Content-Encoding", "gzip"), ("Content-Type", "text/plain"))
    assert (picture.octets, picture.headers) == (bytes(range(256)), (("Content-Type", "image/png"),))
    assert dict(index.headers)["Content-Type"] == "text/x-own"


def test_the_same_content_is_the_same_file_however_it_was_packed(tmp_path):
    device = machine("15")
    run(device, {**PLACE, "content": NOISE})
    packed = tmp_path / "note.gz"
    packed.write_bytes(gzip.compress(NOISE.encode(), 1, mtime=7))
    written = len(writes(device))
    assert not run(device, {**PLACE, "src": str(packed), "type": "text/plain"}).changed
    assert len(writes(device)) == written
    assert run(device, {**PLACE, "content": NOISE + "!"}).changed


@pytest.mark.parametrize("other", [{"type": "text/html"}, {"compression": "none"}, {"link": "Help"}, {"content": "ha"}])
def test_each_difference_is_one(other):
    device = machine("15")
    run(device, {**PLACE, "content": "hi"})
    assert run(device, {**PLACE, "content": "hi", **other}).changed
    assert not run(device, {**PLACE, "content": "hi", **other}).changed


@pytest.mark.parametrize("generation", ["11", "12"])
def test_one_file_goes_and_its_folders_with_it(generation):
    device = machine(generation)
    run(device, {**PLACE, "content": "1"}, {**PLACE, "name": "other", "content": "2"})
    run(device, {**PLACE, "state": "absent"})
    assert [*held(device)] == ["Example/HelpDesk/other"]
    run(device, {**PLACE, "name": "other", "state": "absent"})
    firmware = device.client.transport.firmware
    assert not firmware.web_storage.files and not firmware.web_storage.folders


def test_a_piece_never_looks_like_metadata():
    """Firmware would take it for its own, wherever it stands in a file."""
    device = machine("15")
    content = ("." * 6900 + "<metadata>" * 3000).encode()
    for shift in range(12):
        run(device, {**PLACE, "content": "x" * shift + content.decode(), "compression": "none"}, capacity=1 << 20)
        assert held(device)["Example/HelpDesk/note.txt"].octets == b"x" * shift + content


def test_pieces_are_no_larger_than_firmware_takes():
    file = web_files.File(os.urandom(30_000), "text/plain", "none", "x" * 32)
    pieces = [*web_files.pieces(file)]
    assert max(len(piece) for piece, _size in pieces) == 7000
    assert sum(size for _piece, size in pieces) == 30_000
    assert [size for _piece, size in web_files.pieces(file._replace(octets=b""))] == [0]


BAD = {
    "name": [
        {**PLACE, "name": "twelve-chars"},
        {**PLACE, "name": ".."},
        {**PLACE, "name": "a/b"},
        {**PLACE, "name": "a\n"},
        {"name": "other.htm"},
        {"name": "note.txt", "app": "x"},
    ],
    "vendor": [{**PLACE, "vendor": "intel"}, {**PLACE, "vendor": "a b"}],
    "app": [{**PLACE, "app": "\u00fc"}],
    "type": [{**PLACE, "type": "text/html\r\nX: 1"}, {**PLACE, "type": "<h>"}],
    "link": [{**PLACE, "link": text} for text in ("</link>", 'a"b', "\x1b[31m", "x" * 33, "a\\b", " a", "\u202e")],
    "src": [
        {**PLACE, "content": None},
        {**PLACE, "src": "/etc/hostname"},
        {**PLACE, "src": "/nowhere\0", "content": None},
    ],
    "files": [None],
}


@pytest.mark.parametrize(("option", "given"), [(name, each) for name, rows in BAD.items() for each in rows])
def test_what_no_firmware_takes_is_refused_before_any_request(option, given):
    device = machine("15")
    files = [{**PLACE, "content": "1"}] * 2 if given is None else [{"content": "1", **given}]
    with pytest.raises(InvalidOption) as refused:
        run(device, *files)
    assert refused.value.option == option
    assert not device.client.transport.sent


def test_purging_without_a_list_is_a_mistake():
    with pytest.raises(InvalidOption, match="purge"):
        converge(Storage(), machine("15"), defaults(Storage(), purge=True))


def test_what_does_not_fit_is_named_before_any_write():
    device = machine("15")
    run(device, {**PLACE, "content": NOISE, "compression": "none"})
    written = len(writes(device))
    with pytest.raises(
        Unavailable, match=r"room for 5000 bytes.*20001: Example/HelpDesk/more \(20001 bytes\)"
    ) as refused:
        run(device, {**PLACE, "name": "more", "content": NOISE + "!", "compression": "none"}, capacity=25_000)
    assert refused.value.details["files"] == {"Example/HelpDesk/more": 20001}
    assert len(writes(device)) == written
    run(device, {**PLACE, "content": NOISE + "!", "compression": "none"}, capacity=25_000)


def test_room_is_told_as_it_will_be():
    outcome = run(machine("15"), {**PLACE, "content": "1234", "compression": "none"}, capacity=1000)
    assert (outcome.before["room"], outcome.after["room"], outcome.after["used"]) == (1000, 996, 4)


def test_firmware_with_less_room_says_so_and_keeps_no_half():
    device = machine("15", web_storage=12_000)
    with pytest.raises(Fault, match=r"note.txt, 20000 bytes, was refused: .*500"):
        run(device, {**PLACE, "content": NOISE, "compression": "none"})
    assert not held(device)


def test_what_somebody_else_wrote_meanwhile_is_not_taken_back():
    device = machine("15", web_storage=7_000)
    real = device.client.transport

    class Meddling(Before):
        def send(self, request, only_on=0, slow=False):
            if request.target.endswith("?append="):
                real.firmware.web_storage.put(
                    ("Example", "HelpDesk", "note.txt"), b"<metadata></metadata>theirs", False
                )
            return super().send(request)

    device.client.transport = Meddling(real)
    with pytest.raises(Fault):
        run(device, {**PLACE, "content": NOISE, "compression": "none"})
    assert real.firmware.web_storage.files["Example", "HelpDesk", "note.txt"].octets == b"theirs"


def test_worn_flash_is_told():
    with pytest.raises(Fault, match="refused"):
        run(machine("15", flash_limit=0), {**PLACE, "content": "1"})


def test_firmware_without_web_storage_says_so():
    with pytest.raises(Unavailable) as refused:
        run(machine("9"))
    assert refused.value.details["lacks"] == "web storage"


def test_a_user_without_the_realm_is_told_which_one():
    device = machine("15", users={"ops": {"password": "Op3rator!", "realms": ["hardware_asset"]}})
    device.client.transport.firmware.caller = "ops"
    with pytest.raises(AccessDenied) as refused:
        run(device)
    assert "storage" in refused.value.hint


FLAT = b'{"content":[{"vendor":"V","app":"A","name":"n","size":3,"link":"L\x00\x00\xff"},{"vendor":"V"}]}'
NESTED = (
    b'{"content":{"V":{"A":{"n":{"size":3,"link":"L\x00\x00\xff"}},"empty":{}},"index.htm":{"size":1,"link":"\x01"}}}'
)


def test_both_forms_of_the_list():
    row = {"vendor": "V", "app": "A", "name": "n", "size": 3, "link": "L"}
    assert web_files.read_list(FLAT) == [row]
    assert web_files.read_list(NESTED) == [{"vendor": "", "app": "", "name": "index.htm", "size": 1, "link": ""}, row]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"content": 7}',
        b'{"content": [{"name": 7, "size": 1}]}',
        b'{"content": [{"name": "n", "size": "1"}]}',
        b'{"content": [{"name": "n", "size": true}]}',
        b'{"content": [{"name": "n", "size": -1}]}',
        b'{"content": {"a": {"b": {"c": {"d": {"size": 1}}}}}}',
        b'{"content":' + b"[" * 100_000,
        b'{"content": [%s]}' % b",".join(b'{"name": "n%d", "size": 1}' % number for number in range(1001)),
    ],
)
def test_a_list_that_is_none(body):
    with pytest.raises(ProtocolError):
        web_files.read_list(body)


def test_what_strangers_called_their_files_leads_nowhere_else():
    assert web_files.target_of(("V", "a b", "x?y#z")) == "/amt-storage/V/a%20b/x%3Fy%23z"
    for place in (("V", "..", "n"), ("V", "A", "../../wsman"), ("", "", "."), ("", "", "")):
        with pytest.raises(ProtocolError):
            web_files.target_of(place)


def test_a_bomb_is_a_file_that_cannot_be_read():
    bomb = gzip.compress(b"\0" * (17 << 20))
    assert web_files.unpacked(bomb) is None
    assert web_files.File(bomb, "text/plain", "gzip").sha256 == ""
