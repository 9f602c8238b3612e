# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as firmware does it, asked by curl, by requests and by bare sockets."""

from __future__ import annotations

import re
import socket

import pytest
import requests
from requests.auth import HTTPDigestAuth

from .asking import AMT, ENUMERATION, PASSWORD, TRANSFER, curl, envelope, get, power, uri, wsman


def url(running, name: str, path: str = "/wsman") -> str:
    return "http://{0}:{1}{2}".format(running.device(name).address, running.ports.plain, path)


def dialled(running, name: str = "pc") -> socket.socket:
    return socket.create_connection((running.device(name).address, running.ports.plain), timeout=60)


def until_closed(client: socket.socket) -> bytes:
    octets = b""
    while True:
        more = client.recv(65536)
        if not more:
            return octets
        octets += more


@pytest.fixture
def pc(fleet):
    return fleet([{"name": "pc", "generation": 12, "tls": False, "password": PASSWORD}])


def test_curl_logs_in_and_reads(pc):
    answer = wsman(pc, "pc", get())
    assert (answer.status, answer.texts("HostName")) == (200, ["pc"])
    assert "Transfer-Encoding: chunked" in answer.head
    assert "Server: Intel(R) Active Management Technology 12." in answer.head


def test_the_challenge_is_the_firmwares(pc):
    answer = curl(url(pc, "pc"), None, "--data-binary", "x")
    assert answer.status == 401
    assert "Connection: close" in answer.head
    assert re.search(
        r'WWW-Authenticate: Digest realm="Digest:[0-9A-F]{32}", nonce=".*",stale="false",qop="auth"', answer.head
    )


def test_requests_keeps_one_nonce_and_one_connection_for_many_reads(pc):
    with requests.Session() as session:
        session.auth = HTTPDigestAuth("admin", PASSWORD)
        statuses = [session.post(url(pc, "pc"), data=get(), timeout=60).status_code for _each in range(4)]
    assert statuses == [200] * 4
    logins = [entry.login for entry in pc.journal.entries()]
    assert logins == ["none", "accepted", "accepted", "accepted", "accepted"]
    assert len({entry.connection for entry in pc.journal.reads()}) == 1


def test_a_wrong_password_is_refused_and_told_to_the_firmware(pc):
    assert wsman(pc, "pc", get(), password="wrong").status == 401
    assert [entry.login for entry in pc.journal.entries()] == ["none", "refused"]


def test_the_web_page_gives_the_version_away(pc):
    answer = curl(url(pc, "pc", "/"))
    assert answer.status == 303
    assert "Location: /logon.htm" in answer.head
    assert re.search(r"Server: Intel\(R\) Active Management Technology 12\.\d+\.\d+", answer.head)
    assert curl(url(pc, "pc", "/elsewhere")).status == 404
    assert curl(url(pc, "pc"), None, "--request", "PUT").status == 405


def test_chunks_are_framed_as_recorded(pc):
    """Sizes are four upper-case hexadecimal digits, as in replies recorded from AMT."""
    raw = wsman(pc, "pc", get(), "--raw").body
    assert re.match(r"[0-9A-F]{4}\r\n<\?xml", raw)
    assert raw.endswith("\r\n0\r\n\r\n")


def test_a_new_nonce_is_asked_for_when_the_old_one_aged(pc):
    with requests.Session() as session:
        session.auth = HTTPDigestAuth("admin", PASSWORD)
        session.post(url(pc, "pc"), data=get(), timeout=60)
        pc.clock.advance(3600)
        reply = session.post(url(pc, "pc"), data=get(), timeout=60)
    assert reply.status_code == 200
    assert [entry.login for entry in pc.journal.entries()] == ["none", "accepted", "stale", "accepted"]


def test_a_request_may_come_in_chunks_and_in_pieces(pc):
    answer = wsman(pc, "pc", get(), "--header", "Transfer-Encoding: chunked")
    assert answer.status == 200


def test_only_so_many_connections_at_a_time(fleet):
    running = fleet([{"name": "pc", "generation": 12, "tls": False, "connections": 2}])
    held = [dialled(running) for _each in range(2)]
    assert curl(url(running, "pc", "/")).status == 0
    for client in held:
        client.close()


def test_an_idle_connection_is_closed(fleet):
    running = fleet([{"name": "pc", "generation": 12, "tls": False, "idle_timeout": 0.2}])
    with dialled(running) as client:
        assert until_closed(client) == b""


NOT_HTTP = {
    "a TLS hello": b"\x16\x03\x01\x00\x05hello",
    "words": b"hello\r\n\r\n",
    "two hosts": b"POST /wsman HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no number for a length": b"POST /wsman HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    "no chunk": b"POST /wsman HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("octets", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_no_http_is_answered_and_written_down(pc, octets):
    with dialled(pc) as client:
        client.sendall(octets)
        assert until_closed(client).startswith(b"HTTP/1.1 400 Bad Request\r\nServer: Intel(R)")
    assert [(entry.verb, entry.status, entry.login) for entry in pc.journal.entries()] == [("unreadable", 400, "none")]


def test_who_leaves_in_the_middle_is_written_down(pc):
    with dialled(pc) as client:
        client.sendall(b"POST /wsman HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
        client.shutdown(socket.SHUT_WR)
        assert until_closed(client) == b""
    assert [(entry.verb, entry.status) for entry in pc.journal.entries()] == [("unreadable", 0)]


@pytest.mark.parametrize("head", [b"POST /wsman HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", b"POST /"])
def test_what_does_not_end_is_not_read(pc, head):
    with dialled(pc) as client:
        client.sendall(head)
        with pytest.raises(ConnectionError):
            for _each in range(200):
                client.sendall(b"x" * 65536)
    assert [(entry.verb, entry.status) for entry in pc.journal.entries()] == [("unreadable", 413)]


def digest_for(running, challenge: str):
    """A function that writes the value of Authorization for one request after the other."""
    login = HTTPDigestAuth("admin", PASSWORD)
    login.init_per_thread_state()
    login._thread_local.chal = dict(re.findall(r'(realm|nonce|qop)="([^"]*)"', challenge))
    return lambda: login.build_digest_header("POST", url(running, "pc"))


def asked(running, version: str, target: str, before: bytes = b"", spoil=str) -> bytes:
    """What comes back for a request that is logged in, until the connection is closed."""
    head = "POST {0} HTTP/{1}\r\nHost: pc\r\nContent-Length: {2}\r\nConnection: close\r\n{3}\r\n"
    with dialled(running) as client:
        client.sendall(head.format(target, version, 0, "").encode("ascii"))
        write = digest_for(running, until_closed(client).decode("latin-1"))
    with dialled(running) as client:
        login = "Authorization: {0}\r\n".format(spoil(write()))
        client.sendall(before + head.format(target, version, len(get()), login).encode("ascii") + get())
        return until_closed(client)


ODD = {
    "an empty line too many": {"before": b"\r\n\r\n"},
    "the whole address": {"target": "http://pc:16992/wsman"},
    "blanks around the equals sign": {"spoil": lambda login: login.replace("=", " = ", 3)},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_odd_and_legal_is_answered(pc, odd):
    assert asked(pc, **{"version": "1.1", "target": "/wsman", **odd}).startswith(b"HTTP/1.1 200 OK")


def test_who_speaks_the_older_http_gets_no_chunks(pc):
    head, _blank, body = asked(pc, "1.0", "/wsman").partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert int(re.search(rb"Content-Length: (\d+)", head)[1]) == len(body)


def test_a_head_alone_has_no_body(pc):
    with dialled(pc) as client:
        client.sendall(b"HEAD /logon.htm HTTP/1.1\r\nHost: pc\r\n\r\n")
        head, _blank, body = until_closed(client).partition(b"\r\n\r\n")
    assert (head[:15], body) == (b"HTTP/1.1 200 OK", b"")


def test_what_is_announced_and_too_long_is_refused_at_once(pc):
    with dialled(pc) as client:
        client.sendall(b"POST /wsman HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n")
        assert until_closed(client).startswith(b"HTTP/1.1 413 ")


def test_a_prefix_for_nothing_stands_for_the_class(pc):
    """XML forbids it, and rpc-go sends it when it tells AMT the host's name."""
    body = '<h:AMT_GeneralSettings xmlns:h=""><h:HostName>desk</h:HostName></h:AMT_GeneralSettings>'
    answer = wsman(pc, "pc", envelope(TRANSFER + "/Put", AMT + "AMT_GeneralSettings", body))
    assert (answer.status, answer.texts("HostName")) == (200, ["desk"])


FRAMINGS = {
    "length": "Content-Length: {0}\r\n\r\n{2}",
    "chunks": "Transfer-Encoding: chunked\r\n\r\n{1:x}\r\n{2}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
def test_a_request_needs_no_host(pc, framing):
    """Programs for the host write HTTP/1.1 by themselves over port forwarding, and leave Host out. Two in one piece."""
    body = get().decode("ascii")
    sent = framing.format(len(body), len(body), body)
    with dialled(pc) as client:
        client.sendall(("POST /wsman HTTP/1.1\r\n" + sent).encode("ascii"))
        challenge = until_closed(client).decode("latin-1")
    write = digest_for(pc, challenge)
    logged_in = [
        "POST /wsman HTTP/1.1\r\nAuthorization: {0}\r\n{1}{2}".format(write(), last, sent)
        for last in ("", "Connection: close\r\n")
    ]
    with dialled(pc) as client:
        client.sendall("".join(logged_in).encode("ascii"))
        assert until_closed(client).count(b"HTTP/1.1 200 OK") == 2
    assert [entry.login for entry in pc.journal.entries()] == ["none", "accepted", "accepted"]


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("generation", [9, 11, 12, 15, 16, 19])
def test_requests_logs_in_to_every_generation(fleet, generation):
    running = fleet([{"name": "pc", "generation": generation, "version": {16: "16.0.15"}.get(generation, "")}])
    device = running.device("pc")
    plain = device.firmware.listens(16992)
    place = url(running, "pc") if plain else "https://{0}:{1}/wsman".format(device.address, running.ports.tls)
    reply = requests.post(place, data=get(), auth=HTTPDigestAuth("admin", device.password), verify=False, timeout=60)
    assert reply.status_code == 200


def subcode(answer) -> str:
    return answer.texts("Subcode")[0] or answer.texts("Value")[1].partition(":")[2]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (get("AMT_NoSuchClass"), "DestinationUnreachable"),
        (envelope(TRANSFER + "/Get", AMT + "CIM_ComputerSystem"), "DestinationUnreachable"),
        (envelope("http://example.test/Dance", uri("AMT_GeneralSettings")), "ActionNotSupported"),
        (envelope(TRANSFER + "/Put", uri("AMT_GeneralSettings")), "SchemaValidationError"),
        (b"<a>no envelope</a>", "SchemaValidationError"),
        (b"not xml at all", "SchemaValidationError"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "SchemaValidationError"),
        (envelope(ENUMERATION + "/Pull", uri("CIM_Chip")), "InvalidEnumerationContext"),
    ],
)
def test_what_cannot_be_is_a_fault_in_http_400(pc, body, expected):
    answer = wsman(pc, "pc", body)
    assert (answer.status, subcode(answer)) == (400, expected)
    assert pc.journal.entries(login="accepted")[0].took_effect is False


def test_a_power_request_takes_effect_when_its_time_has_come(pc):
    assert wsman(pc, "pc", power(8)).texts("ReturnValue") == ["0"]
    assert wsman(pc, "pc", get("CIM_AssociatedPowerManagementService")).texts("PowerState") == ["2"]
    pc.clock.advance(60)
    assert wsman(pc, "pc", get("CIM_AssociatedPowerManagementService")).texts("PowerState") == ["8"]
    assert [(entry.method, entry.took_effect) for entry in pc.journal.writes()] == [("RequestPowerStateChange", True)]


def test_two_devices_share_a_port_and_nothing_else(fleet):
    running = fleet(
        [{"name": "a", "generation": 9, "tls": False}, {"name": "b", "generation": 15, "tls": False}],
        sockets_each=False,
    )
    assert wsman(running, "a", get()).texts("HostName") == ["a"]
    assert wsman(running, "b", get()).texts("HostName") == ["b"]
    realms = {running.device(name).firmware.digest_realm for name in ("a", "b")}
    assert len(realms) == 2


def tls_settings(enabled: bool) -> bytes:
    fields = {
        "AcceptNonSecureConnections": "true",
        "ElementName": "Intel(r) AMT 802.3 TLS Settings",
        "Enabled": str(enabled).lower(),
        "InstanceID": "Intel(r) AMT 802.3 TLS Settings",
        "MutualAuthentication": "false",
    }
    inner = "".join("<t:{0}>{1}</t:{0}>".format(*pair) for pair in fields.items())
    body = '<t:AMT_TLSSettingData xmlns:t="{0}">{1}</t:AMT_TLSSettingData>'.format(uri("AMT_TLSSettingData"), inner)
    selectors = (
        '<w:SelectorSet><w:Selector Name="InstanceID">Intel(r) AMT 802.3 TLS Settings</w:Selector></w:SelectorSet>'
    )
    return envelope(TRANSFER + "/Put", uri("AMT_TLSSettingData"), body, selectors)


def test_a_commit_of_tls_settings_restarts_the_listeners(pc):
    setup = uri("AMT_SetupAndConfigurationService")
    commit = envelope(setup + "/CommitChanges", setup, '<p:CommitChanges_INPUT xmlns:p="{0}"/>'.format(setup))
    secure = "https://{0}:{1}/".format(pc.device("pc").address, pc.ports.tls)
    assert wsman(pc, "pc", tls_settings(True)).status == 200
    assert curl(secure, None, "--insecure").status == 0
    assert wsman(pc, "pc", commit).texts("ReturnValue") == ["0"]
    assert wsman(pc, "pc", get()).status == curl(secure, None, "--insecure").status == 0
    pc.clock.advance(5)
    assert wsman(pc, "pc", get()).status == 200
    assert curl(secure, None, "--insecure").status == 303
    assert wsman(pc, "pc", commit).texts("ReturnValue") == ["0"]
    assert wsman(pc, "pc", get()).status == 200
