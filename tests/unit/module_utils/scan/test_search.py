# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scan among peers that were not made for it: silent, slow, endless, lying ones."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import socket
import threading
import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.scan import banner as banner_module
from ansible_collections.outofband.amt.plugins.module_utils.scan import pace
from ansible_collections.outofband.amt.plugins.module_utils.scan.banner import Banner, Certificate, parse_head
from ansible_collections.outofband.amt.plugins.module_utils.scan.device import Device, Limits
from ansible_collections.outofband.amt.plugins.module_utils.scan.presence import Pong
from ansible_collections.outofband.amt.plugins.module_utils.scan.search import estimate, one_for_each_name, scan
from ansible_collections.outofband.amt.plugins.module_utils.scan.talk import HEAD_LIMIT, Asking
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import Target
from hypothesis import given
from hypothesis import strategies as st

from .peers import ANSWER, Peers

PATIENT = 60.0
DEVICE = "127.0.12.254"


@pytest.fixture
def peers():
    made = Peers()
    yield made
    made.close()


def found_among(peers, *addresses, **others):
    limits = Limits(
        **{
            "ping": False,
            "tls": "never",
            "plain_port": peers.port,
            "connect_timeout": PATIENT,
            "answer_timeout": 0.3,
            **others,
        }
    )
    seen = scan([Target(each) for each in addresses], limits, lambda der: None)
    return [each.target.address for each in seen.devices], [each.address for each in seen.mute]


def test_a_device_behind_hundreds_of_hosts_that_say_nothing_is_found_and_they_are_named(peers):
    pits = ["127.0.{0}.{1}".format(11 + number // 200, 1 + number % 200) for number in range(300)]
    peers.silent(*pits)
    peers.saying(DEVICE, ANSWER)
    assert found_among(peers, *pits, DEVICE, concurrency=64) == ([DEVICE], pits)


def test_who_is_connected_is_asked_at_once_and_no_more_are_connected_than_allowed(peers):
    addresses = ["127.0.13.{0}".format(number) for number in range(1, 13)]
    gate = threading.Event()

    async def answer(writer):
        await asyncio.get_running_loop().run_in_executor(None, gate.wait, PATIENT)
        writer.write(ANSWER)

    for address in addresses:
        peers.answering(address, answer)
    found = []
    patient = {"concurrency": 2, "answer_timeout": PATIENT}
    scanning = threading.Thread(target=lambda: found.append(found_among(peers, *addresses, **patient)))
    scanning.start()
    end = time.monotonic() + PATIENT
    while len(peers.asked) < 4 and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.2)
    assert peers.open == len(peers.asked) == 4
    gate.set()
    scanning.join(PATIENT)
    assert found == [(addresses, [])]


def test_a_trickle_does_not_outlast_the_time_allowed_and_harms_nobody(peers):
    peers.saying("127.0.13.40", *(ANSWER[:1] for _second in range(400)), every=0.2)
    peers.saying("127.0.13.41", ANSWER)
    found, mute = found_among(peers, "127.0.13.40", "127.0.13.41", connect_timeout=2)
    assert found == ["127.0.13.41"] and mute == ["127.0.13.40"]


@pytest.mark.parametrize("piece", [b"x" * 65536, b"X: y\r\n" * 1000, b"\0", b"HTTP/1.1 200 OK\r\n"])
def test_a_flood_is_cut_off(peers, piece):
    peers.flooding("127.0.13.50", piece)
    peers.saying("127.0.13.51", ANSWER)
    assert found_among(peers, "127.0.13.50", "127.0.13.51") == (["127.0.13.51"], [])


def test_who_leaves_without_a_word_is_no_silent_host(peers):
    peers.saying("127.0.13.60")
    assert found_among(peers, "127.0.13.60") == ([], [])


def test_a_scan_tells_how_far_it_is(peers):
    peers.silent("127.0.13.70")
    told = []
    limits = Limits(ping=False, tls="never", plain_port=peers.port, answer_timeout=0.5)
    scan([Target("127.0.13.70")], limits, lambda der: None, told.append, every=0.1)
    assert told and (told[0].total, told[0].settled, told[0].found) == (1, 0, 0)
    assert told[-1].seconds > 0


@given(st.lists(st.binary(max_size=9000), max_size=12))
def test_no_more_of_an_answer_is_kept_than_its_head(pieces):
    asking = Asking(b"")
    for piece in pieces:
        if asking.finished:
            break
        asking.feed(piece)
    whole = b"".join(pieces)
    assert whole.startswith(asking.head) and len(asking.head) <= HEAD_LIMIT
    end = whole[:HEAD_LIMIT].find(b"\r\n\r\n")
    if end >= 0:
        assert asking.finished and asking.head == whole[: end + 4]


NAMES = (
    "Active Management Technology",
    "Standard Manageability",
    "Small Business Technology",
    "Con. Management Engine",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("written", "version"), [(" 8.1.20.1336", "8.1.20.1336"), (" 16.1.27", "16.1.27"), ("", "")])
def test_every_name_that_public_scanners_know(name, written, version):
    head = "HTTP/1.1 302 Found\r\nLocation: http:///logon.htm\r\nServer: Intel(R) {0}{1}\r\n\r\n".format(name, written)
    assert parse_head(head.encode()) == version


def test_firmware_that_calls_itself_amt_and_no_more():
    assert parse_head(b"HTTP/1.1 303 See Other\r\nLocation: /logon.htm\r\nServer: AMT\r\n\r\n") == ""
    assert parse_head(b"HTTP/1.1 200 OK\r\nServer: AMTron 3\r\n\r\n") is None


@pytest.mark.parametrize(
    ("written", "version"),
    [
        (" .", ""),
        (" ..5", ""),
        (" " + "9" * 9000, ""),
        (" 1." * 500, ""),
        (" 16.1.27{{ 7 * 7 }}", "16.1.27"),
        (" 2.0.5-b1", "2.0.5"),
    ],
)
def test_a_version_is_numbers_and_nothing_else(written, version):
    head = b"HTTP/1.1 200 OK\r\nServer: Intel(R) Active Management Technology" + written.encode() + b"\r\n\r\n"
    assert parse_head(head) == version
    variables = Device(Target("192.0.2.1"), banners=(Banner(16992, False, parse_head(head)),)).variables()
    assert variables["amt_generation"] == (int(version.partition(".")[0]) if version else None)


PLAIN, SECURE = Banner(16992, False, "9.0.3"), Banner(16993, True, "9.0.3")


@pytest.mark.parametrize(
    ("tls", "banners", "port", "secured"),
    [
        ("preferred", (SECURE, PLAIN), 16993, True),
        ("preferred", (PLAIN,), 16992, False),
        ("required", (PLAIN,), 16993, True),
        ("required", (SECURE, PLAIN), 16993, True),
        ("never", (PLAIN,), 16992, False),
        ("required", (), 16993, True),
        ("never", (), 16992, False),
    ],
)
def test_what_is_asked_for_decides_about_tls_and_not_what_is_offered(tls, banners, port, secured):
    told = Device(Target("192.0.2.1"), banners=banners).variables(Limits(tls=tls))
    assert (told["amt_port"], told["amt_tls"]) == (port, secured)
    assert told["amt_ports"] == [each.port for each in banners]
    assert told["amt_version"] == ("9.0.3" if banners else "")


@pytest.mark.parametrize(
    ("named", "tls", "port", "secured"),
    [
        (16992, "preferred", 16992, False),
        (16993, "preferred", 16993, True),
        (22, "preferred", 16993, True),
        (16992, "required", 16993, True),
        (16993, "never", 16992, False),
    ],
)
def test_a_pong_names_no_port_but_ours(named, tls, port, secured):
    told = Device(Target("192.0.2.1"), Pong(named, "", "post", False)).variables(Limits(tls=tls))
    assert (told["amt_port"], told["amt_tls"]) == (port, secured)


def test_a_machine_that_is_out_of_sockets_for_a_moment_waits(monkeypatch):
    refusals = [errno.EMFILE, errno.ENFILE]

    def scarce(*arguments):
        if refusals and arguments[0] == socket.AF_INET:
            raise OSError(refusals.pop(), "Too many open files")
        return opened(*arguments)

    opened = socket.socket
    monkeypatch.setattr(banner_module, "PAUSE", 0.0)
    monkeypatch.setattr(banner_module.socket, "socket", scarce)
    sock, place = asyncio.run(banner_module.open_socket("127.0.0.1", 4711))
    sock.close()
    assert place[:2] == ("127.0.0.1", 4711) and refusals == []


def test_a_machine_that_has_no_socket_says_so(monkeypatch):
    def none(*arguments):
        if arguments[0] == socket.AF_INET:
            raise OSError(errno.EMFILE, "Too many open files")
        return opened(*arguments)

    opened = socket.socket
    monkeypatch.setattr(banner_module, "PAUSE", 0.0)
    monkeypatch.setattr(banner_module.socket, "socket", none)
    with pytest.raises(AmtError, match="no more sockets"):
        asyncio.run(banner_module.open_socket("127.0.0.1", 4711))


@contextlib.contextmanager
def file_limit(soft):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_connections_are_bounded_by_the_limit_of_open_files():
    with file_limit(pace.open_files() + pace.RESERVED_FILES + 40):
        assert 30 <= pace.files_to_spare() <= 40


def at(address, *banners, name="pc-07"):
    return Device(Target(address, name), Pong(16993, "", "post", False), banners=banners)


def showing(digest):
    return Banner(16993, True, "16.1.27", "TLSv1.2", Certificate(digest))


@pytest.mark.parametrize(
    ("devices", "kept"),
    [
        ([at("2001:db8::1", showing("a")), at("192.0.2.1", showing("a"))], ["2001:db8::1"]),
        ([at("2001:db8::1"), at("192.0.2.1", showing("a"))], ["192.0.2.1"]),
        ([at("2001:db8::1"), at("192.0.2.1")], ["2001:db8::1"]),
        ([at("2001:db8::1", PLAIN), at("192.0.2.1", PLAIN)], ["2001:db8::1"]),
        ([at("192.0.2.1", showing("a")), at("192.0.2.2", showing("b"))], ["192.0.2.1", "192.0.2.2"]),
        ([at("192.0.2.1", PLAIN, name=""), at("192.0.2.2", PLAIN, name="")], ["192.0.2.1", "192.0.2.2"]),
        ([at("192.0.2.1", PLAIN, name="a"), at("192.0.2.2", PLAIN, name="b")], ["192.0.2.1", "192.0.2.2"]),
    ],
)
def test_a_name_with_several_addresses_is_one_device_unless_it_shows_that_it_is_two(devices, kept):
    assert [each.target.address for each in one_for_each_name(devices)] == kept


def test_an_estimate_grows_with_the_addresses_and_with_what_is_asked():
    pings, looks = Limits(banner="answered"), Limits(concurrency=100)
    assert estimate(65534, pings) == pytest.approx(65534 * 2 / 2000 + 2)
    assert estimate(65534, looks) > estimate(65534, pings) + 65534 / 100 * 2
    assert estimate(65534, Limits(ping=False)) < estimate(65534, Limits())
