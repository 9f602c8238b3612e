# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A session of the port forwarding protocol without input and output: bytes in, events out, bytes to send (AMT.md 13).

`HostSession` is the side of LMS, of a local agent and of a CIRA server; `FirmwareSession` is the other one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container
from typing import Any

from ..errors import ProtocolError, Unavailable
from . import events
from .channel import Channel
from .messages import Message, Parser, build

AUTH = "auth@amt.intel.com"
PORT_FORWARDING = "pfwd@amt.intel.com"
LME_TRIGGER = 254
WINDOW = 4096
LARGEST_PACKET = 4096
MOST_CHANNELS = 64
PROTOCOL_ERROR, VERSION_UNSUPPORTED, BY_APPLICATION = 2, 8, 11
PROHIBITED, CONNECT_FAILED, UNKNOWN_TYPE, RESOURCE_SHORTAGE = 1, 2, 3, 4
CHANNEL_TYPES = ("forwarded-tcpip", "direct-tcpip")
ANY_PORT = range(1, 65536)


class Session:
    """What both sides have in common: versions, channels, keep-alives, disconnects.

    `largest_packet`: bytes of data in one message; LME takes no message longer than its client's maximum.
    """

    def __init__(self, window: int = WINDOW, largest_packet: int = LARGEST_PACKET) -> None:
        self.over = False
        self.version_seen = False
        self._window = window
        self._largest_packet = largest_packet
        self._parser = Parser(self._port_due)
        self._outgoing: list[bytes] = []
        self._channels: dict[int, Channel] = {}
        self._next_channel = 1
        self._keep_alive: events.KeepAliveAgreed | None = None
        self._heard: float | None = None
        self._cookie = 0
        self._asked = False

    def receive(self, data: bytes) -> list[events.Event]:
        """What the bytes mean. After ProtocolError the session is over, and a disconnect waits to be sent."""
        found: list[events.Event] = []
        self._parser.feed(data)
        try:
            while not self.over:
                message = self._parser.next()
                if message is None:
                    break
                found += self._understand(message)
        except ProtocolError:
            self._end(PROTOCOL_ERROR)
            raise
        return found

    def messages_to_send(self) -> list[bytes]:
        """Whole messages, each of which LME wants in a write of its own. They are handed out once."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def data_to_send(self) -> bytes:
        return b"".join(self.messages_to_send())

    def disconnect(self, reason: int = BY_APPLICATION) -> None:
        """Say so to the peer; what it sends from here on is not looked at."""
        self._end(reason)

    def open_channel(
        self, target: str, target_port: int, source: str, source_port: int, kind: str = CHANNEL_TYPES[0]
    ) -> int:
        """The new channel's number. `target` and `source` are of one address family."""
        channel = self._new_channel()
        address = {"target": target, "target_port": target_port, "source": source, "source_port": source_port}
        self._send("channel_open", kind=kind, sender=channel.number, window=self._window, **address)
        return channel.number

    def accept(self, number: int) -> None:
        channel = self._wanted(number)
        channel.open = True
        self._send("channel_open_confirmation", recipient=channel.peer, sender=number, window=self._window)

    def refuse(self, number: int, reason: int = CONNECT_FAILED) -> None:
        channel = self._wanted(number)
        del self._channels[number]
        self._send("channel_open_failure", recipient=channel.peer, reason=reason)

    def send(self, number: int, data: bytes) -> None:
        """Sent as the peer's window allows; the rest waits."""
        channel = self._channel(number)
        if channel.closing or channel.close_seen:
            raise Unavailable("the channel {0} is closed".format(number))
        channel.queue(data)
        self._pump(channel)

    def waiting(self, number: int) -> int:
        """Bytes given to `send` for which the peer has no room yet."""
        return self._channel(number).waiting

    def consumed(self, number: int, size: int) -> None:
        """Let the peer send `size` bytes more. Nothing happens on a channel that is gone."""
        channel = self._channels.get(number)
        if channel is not None and size and not channel.close_seen:
            channel.may_receive += size
            self._send("channel_window_adjust", recipient=channel.peer, size=size)

    def close(self, number: int) -> None:
        """After what was given to `send`. Closing twice is allowed."""
        channel = self._channels.get(number)
        if channel is not None:
            channel.closing = True
            self._pump(channel)

    def offer_keep_alive(self, interval: int, timeout: int) -> None:
        """Ask the peer to send keep-alives every `interval` seconds."""
        self._send("keepalive_options_request", interval=interval, timeout=timeout)

    def tick(self, now: float) -> list[events.Event]:
        """To be called now and then once keep-alives are agreed: sends what is due. `now`: monotonic seconds."""
        if self._keep_alive is None or self.over or not self._keep_alive.interval:
            return []
        if self._heard is None:
            self._heard = now
        if self._asked and now - self._heard >= self._keep_alive.interval + self._keep_alive.timeout:
            self._end(BY_APPLICATION)
            return [events.PeerSilent()]
        if not self._asked and now - self._heard >= self._keep_alive.interval:
            self._asked, self._cookie = True, self._cookie + 1
            self._send("keepalive_request", cookie=self._cookie)
        return []

    def _port_due(self) -> bool:
        return True

    def _send(self, name: str, **values: Any) -> None:
        if self.over:
            raise Unavailable("the APF session is over")
        self._outgoing.append(build(name, **values))

    def _end(self, reason: int) -> None:
        if self.over:
            return
        self._outgoing.append(build("disconnect", reason=reason))
        self._finish()

    def _finish(self) -> None:
        self.over = True
        self._channels.clear()

    def _new_channel(self) -> Channel:
        channel = Channel(self._next_channel, self._window)
        self._channels[channel.number] = channel
        self._next_channel += 1
        return channel

    def _channel(self, number: int) -> Channel:
        if number not in self._channels:
            raise Unavailable("there is no APF channel {0}".format(number))
        return self._channels[number]

    def _wanted(self, number: int) -> Channel:
        channel = self._channel(number)
        if channel.open or not channel.wanted:
            raise Unavailable("the APF channel {0} waits for no answer of ours".format(number))
        return channel

    def _pump(self, channel: Channel) -> None:
        for piece in channel.packets(self._largest_packet):
            self._send("channel_data", recipient=channel.peer, data=piece)
        if channel.close_due():
            self._send("channel_close", recipient=channel.peer)

    def _understand(self, message: Message) -> list[events.Event]:
        if not self.version_seen and message.name not in ("protocol_version", "disconnect"):
            raise ProtocolError("APF {0} came before any protocol version".format(message.name))
        understand: Callable[..., list[events.Event]] | None = getattr(self, "_on_" + message.name, None)
        if understand is None:
            raise ProtocolError("APF {0} came from the side that never sends it".format(message.name))
        return understand(**message.values)

    def _on_protocol_version(self, major: int, minor: int, trigger: int, uuid: bytes) -> list[events.Event]:
        if major != 1:
            self._end(VERSION_UNSUPPORTED)
            raise ProtocolError("APF version {0}.{1} is not 1".format(major, minor))
        self.version_seen = True
        return [events.VersionSeen(major, minor, trigger, uuid)]

    def _on_disconnect(self, reason: int) -> list[events.Event]:
        self._finish()
        return [events.Disconnected(reason)]

    def _on_channel_open(self, kind: str, sender: int, window: int, **address: Any) -> list[events.Event]:
        reason = 0 if kind in CHANNEL_TYPES else UNKNOWN_TYPE
        if len(self._channels) >= MOST_CHANNELS:
            reason = RESOURCE_SHORTAGE
        if reason:
            self._send("channel_open_failure", recipient=sender, reason=reason)
            return []
        channel = self._new_channel()
        channel.peer, channel.may_send, channel.wanted = sender, window, True
        return [events.ChannelWanted(channel.number, kind, **address)]

    def _asked_for(self, number: int) -> Channel:
        channel = self._channels.get(number)
        if channel is None or channel.open or channel.wanted:
            raise ProtocolError("the APF peer answers for the channel {0}, which we did not ask for".format(number))
        return channel

    def _on_channel_open_confirmation(self, recipient: int, sender: int, window: int) -> list[events.Event]:
        channel = self._asked_for(recipient)
        channel.opened(sender, window)
        self._pump(channel)
        return [events.ChannelOpened(recipient)]

    def _on_channel_open_failure(self, recipient: int, reason: int) -> list[events.Event]:
        del self._channels[self._asked_for(recipient).number]
        return [events.ChannelRefused(recipient, reason)]

    def _open(self, number: int) -> Channel | None:
        """None for a channel that was, since a peer may speak of one that it does not know to be gone."""
        channel = self._channels.get(number)
        if channel is None and not 0 < number < self._next_channel:
            raise ProtocolError("the APF peer speaks of the channel {0}, which never was".format(number))
        if channel is not None and not channel.open:
            raise ProtocolError("the APF peer uses the channel {0} before it is open".format(number))
        return channel

    def _on_channel_window_adjust(self, recipient: int, size: int) -> list[events.Event]:
        channel = self._open(recipient)
        if channel is not None:
            channel.widened(size)
            self._pump(channel)
        return []

    def _on_channel_data(self, recipient: int, data: bytes) -> list[events.Event]:
        channel = self._open(recipient)
        if channel is None:
            raise ProtocolError("the APF peer sends data on the channel {0}, which is gone".format(recipient))
        channel.received(len(data))
        if channel.closing:
            self.consumed(recipient, len(data))
            return []
        return [events.DataReceived(recipient, data)]

    def _on_channel_close(self, recipient: int) -> list[events.Event]:
        """AMT may still close what it remembers of a session before this one, as channel 0 (rpc-go): no error."""
        channel = self._open(recipient) if recipient in self._channels else None
        if channel is None:
            return []
        channel.close_seen = True
        self._pump(channel)
        del self._channels[recipient]
        return [events.ChannelClosed(recipient)]

    def _on_keepalive_request(self, cookie: int) -> list[events.Event]:
        self._send("keepalive_reply", cookie=cookie)
        return []

    def _on_keepalive_reply(self, cookie: int) -> list[events.Event]:
        if not self._asked or cookie != self._cookie:
            raise ProtocolError("the APF peer answers a keep-alive that was not sent")
        self._asked, self._heard = False, None
        return [events.KeepAliveAnswered(cookie)]

    def _on_keepalive_options_request(self, interval: int, timeout: int) -> list[events.Event]:
        self._keep_alive = events.KeepAliveAgreed(interval, timeout)
        self._send("keepalive_options_reply", interval=interval, timeout=timeout)
        return [self._keep_alive]

    def _on_keepalive_options_reply(self, interval: int, timeout: int) -> list[events.Event]:
        return [events.KeepAliveAgreed(interval, timeout)]


class HostSession(Session):
    """Answers what the firmware starts. `ports`: what it may have forwarded; `log_in`: it must name itself first."""

    def __init__(self, ports: Container[int] = ANY_PORT, log_in: bool = False, **sizes: int) -> None:
        super().__init__(**sizes)
        self.forwarded: set[int] = set()
        self._ports = ports
        self._log_in_needed = log_in
        self._log_in_asked = False
        self._greeted = False

    def greet(self, trigger: int = LME_TRIGGER) -> None:
        """Say the version first, once, to a peer that waits for it."""
        if not self._greeted:
            self._greeted = True
            self._send("protocol_version", major=1, minor=0, trigger=trigger, uuid=bytes(16))

    def accept_log_in(self) -> None:
        self._answer_log_in("userauth_success")
        self._log_in_needed = False

    def refuse_log_in(self) -> None:
        self._answer_log_in("userauth_failure", methods="password", partial=False)

    def _answer_log_in(self, name: str, **values: Any) -> None:
        if not self._log_in_asked:
            raise Unavailable("no APF log-in waits for an answer")
        self._log_in_asked = False
        self._send(name, **values)

    def _understand(self, message: Message) -> list[events.Event]:
        if self._log_in_needed and message.name in ("global_request", "channel_open"):
            raise ProtocolError("APF {0} came before the log-in".format(message.name))
        return super()._understand(message)

    def _on_protocol_version(self, major: int, minor: int, trigger: int, uuid: bytes) -> list[events.Event]:
        first = not self.version_seen
        found = super()._on_protocol_version(major, minor, trigger, uuid)
        if first and not self._greeted:
            self._greeted = True
            self._send("protocol_version", major=1, minor=0, trigger=trigger, uuid=uuid)
        return found

    def _on_service_request(self, service: str) -> list[events.Event]:
        if service not in (AUTH, PORT_FORWARDING):
            self._end(7)
            raise ProtocolError("the APF service {0!r} is not known".format(service))
        self._send("service_accept", service=service)
        return [events.ServiceAgreed(service)]

    def _on_userauth_request(self, user: str, method: str, **others: str) -> list[events.Event]:
        self._log_in_asked = True
        return [events.LogInWanted(user, method, others.get("password"))]

    def _on_global_request(self, request: str, want_reply: bool, **values: Any) -> list[events.Event]:
        if request.startswith("udp-send-to"):
            return [events.DatagramReceived(**values)]
        port, cancelled = values["port"], request.startswith("cancel")
        accepted = port in self.forwarded if cancelled else port in self._ports
        if accepted:
            (self.forwarded.discard if cancelled else self.forwarded.add)(port)
        if want_reply and accepted:
            self._send("request_success", **({} if cancelled else {"port": port}))
        elif want_reply:
            self._send("request_failure")
        return [events.ForwardAnswered(values["address"], port, accepted, cancelled)]


class FirmwareSession(Session):
    """The side that starts: `start`, then services, then ports, each as its owner says."""

    def __init__(self, **sizes: int) -> None:
        super().__init__(**sizes)
        self._forwards: deque[events.ForwardAnswered] = deque()
        self._services: deque[str] = deque()

    def start(self, uuid: bytes, trigger: int = LME_TRIGGER) -> None:
        self._send("protocol_version", major=1, minor=0, trigger=trigger, uuid=uuid)

    def ask_service(self, service: str = PORT_FORWARDING) -> None:
        self._services.append(service)
        self._send("service_request", service=service)

    def log_in(self, user: str, password: str | None = None) -> None:
        method = {"method": "none"} if password is None else {"method": "password", "password": password}
        self._send("userauth_request", user=user, service=PORT_FORWARDING, **method)

    def forward(self, address: str, port: int, cancel: bool = False) -> None:
        self._forwards.append(events.ForwardAnswered(address, port, False, cancel))
        request = "cancel-tcpip-forward" if cancel else "tcpip-forward"
        self._send("global_request", request=request, want_reply=True, address=address, port=port)

    def _port_due(self) -> bool:
        return not self._forwards or not self._forwards[0].cancelled

    def _on_service_accept(self, service: str) -> list[events.Event]:
        if not self._services or self._services.popleft() != service:
            raise ProtocolError("the APF service {0!r} was not asked for".format(service))
        return [events.ServiceAgreed(service)]

    def _on_userauth_success(self) -> list[events.Event]:
        return [events.LogInAnswered(True)]

    def _on_userauth_failure(self, methods: str, partial: bool) -> list[events.Event]:
        return [events.LogInAnswered(False)]

    def _forward_answered(self, accepted: bool) -> list[events.Event]:
        if not self._forwards:
            raise ProtocolError("the APF peer answers a request that was not sent")
        asked = self._forwards.popleft()
        return [events.ForwardAnswered(asked.address, asked.port, accepted, asked.cancelled)]

    def _on_request_success(self, port: int = 0) -> list[events.Event]:
        return self._forward_answered(True)

    def _on_request_failure(self) -> list[events.Event]:
        return self._forward_answered(False)
