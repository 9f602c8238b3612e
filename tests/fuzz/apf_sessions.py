# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams of the port forwarding protocol through a session, in one piece or in several."""

from __future__ import annotations

from functools import cache
from typing import Union

from ansible_collections.outofband.amt.plugins.module_utils.apf import events
from ansible_collections.outofband.amt.plugins.module_utils.apf.messages import build
from ansible_collections.outofband.amt.plugins.module_utils.apf.session import FirmwareSession, HostSession
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError

UUID = bytes(range(16))
Session = Union[HostSession, FirmwareSession]


def pair() -> tuple[HostSession, FirmwareSession]:
    """Both sides after their versions, each with what it asks of the other waiting to be sent."""
    host, firmware = HostSession(), FirmwareSession()
    firmware.start(UUID)
    host.receive(firmware.data_to_send())
    host.offer_keep_alive(30, 10)
    firmware.receive(host.data_to_send())
    firmware.tick(0)
    firmware.tick(30)
    firmware.ask_service()
    for port in (16992, 16993):
        firmware.forward("127.0.0.1", port)
    firmware.forward("127.0.0.1", 16992, cancel=True)
    firmware.open_channel("::1", 5, "::1", 6)
    firmware.open_channel("::1", 5, "::1", 6, kind="session")
    host.open_channel("::1", 16992, "::1", 40000)
    return host, firmware


def _answer(session: Session, found: list[events.Event]) -> None:
    for event in found:
        if isinstance(event, events.ChannelWanted):
            session.accept(event.channel)
            session.send(event.channel, b"HTTP/1.1 200 OK\r\n\r\n" * 20)
            session.close(event.channel)


def _about_own(session: Session) -> bytes:
    """What a session says, without closes of a channel that the replay never accepts."""
    foreign = [build("channel_close", recipient=number) for number in (2, 3)]
    return b"".join(message for message in session.messages_to_send() if message not in foreign)


@cache
def streams() -> dict[str, bytes]:
    """What each side of the pair receives from the other."""
    host, firmware = pair()
    to_host, to_firmware = b"", b""
    for _turn in range(5):
        new_to_host, new_to_firmware = _about_own(firmware), _about_own(host)
        to_host, to_firmware = to_host + new_to_host, to_firmware + new_to_firmware
        _answer(host, host.receive(new_to_host))
        _answer(firmware, firmware.receive(new_to_firmware))
    host.disconnect()
    firmware.disconnect()
    return {"host": to_host + firmware.data_to_send(), "firmware": to_firmware + host.data_to_send()}


def replay(name: str, data: bytes, splits: tuple[int, ...] = ()) -> tuple[list[events.Event], bytes]:
    """What a side makes of the bytes, and what it says to them. Raises ProtocolError."""
    session: Session = pair()[name == "firmware"]
    found: list[events.Event] = []
    said = session.data_to_send()
    for start, end in zip((0, *splits), (*splits, len(data))):
        found += session.receive(data[start:end])
        said += session.data_to_send()
    return found, said


def outcome(name: str, data: bytes, splits: tuple[int, ...] = ()) -> object:
    try:
        return replay(name, data, splits)
    except ProtocolError as error:
        return str(error)
