# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The WS-Man service of one device: a request document in, an answer document out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .enumerations import Enumerations
from .firmware.flash import return_value
from .foreign import NOTHING, Foreign
from .soap_reply import Reply, fault_envelope
from .soap_request import ENUMERATION, TRANSFER, WSMAN, Request, braced, check_class, parse_fields, text_of
from .values import Fault, FirmwareModel, Instance

MODES = {"": "objects", "EnumerateEPR": "references", "EnumerateObjectAndEPR": "both"}

WORN = "The service cannot comply with the request due to internal processing errors."

ACCEPTED = (None, 0, 4096)
"""Return values after which a method has had its effect: success, and a job that was started."""


@dataclass
class Answer:
    """`took_effect`: the firmware did what was asked, so that sending it again would do it twice."""

    status: int
    body: bytes
    took_effect: bool = False
    subcode: str = ""


class Service:
    """Dispatches WS-Man requests to a firmware; `clock` times its enumeration contexts, `foreign` is what it says."""

    def __init__(self, firmware: FirmwareModel, clock, foreign: Foreign = NOTHING) -> None:
        self.firmware = firmware
        self.foreign = foreign
        self.clock = clock
        self.enumerations = Enumerations()
        self._messages = 0

    def answer(self, request: Request, flash_worn: bool = False, short_pulls: bool = False) -> Answer:
        """Do what is asked. With `flash_worn` the firmware refuses writes; `short_pulls`: see `Enumerations.take`."""
        try:
            check_class(request)
            if flash_worn:
                return self._worn(request)
            if request.verb == "pull":
                return self._pull(request, short_pulls)
            return getattr(self, "_" + request.verb)(request)
        except Fault as fault:
            return self.refusal(fault, request.message_id)

    def refusal(self, fault: Fault, relates_to: str) -> Answer:
        self._messages += 1
        return Answer(fault.status, fault_envelope(fault, relates_to, self._messages), subcode=fault.subcode)

    def _reply(self, request: Request, reply: Reply, took_effect: bool = True) -> Answer:
        self._messages += 1
        body = reply.envelope(request.action + "Response", request.message_id, self._messages, request.resource)
        return Answer(200, body, took_effect)

    def _worn(self, request: Request) -> Answer:
        if request.verb != "invoke":
            raise Fault("InternalError", WORN, "AMT-STATUS 38", 500)
        return self._output(request, {"ReturnValue": return_value(request.cls, request.method)})

    def _get(self, request: Request) -> Answer:
        reply = Reply(self.foreign)
        reply.instance(request.cls, self.firmware.get(request.cls, request.selectors))
        return self._reply(request, reply)

    def _put(self, request: Request) -> Answer:
        fields = parse_fields(request, request.cls)
        changed = self.firmware.put(request.cls, request.selectors, fields)
        reply = Reply(self.foreign)
        if changed is not None:
            reply.instance(request.cls, changed)
        return self._reply(request, reply)

    def _create(self, request: Request) -> Answer:
        made = self.firmware.create(request.cls, parse_fields(request, request.cls))
        reply = Reply(self.foreign)
        reply.value("{0}:ResourceCreated".format(reply.prefix(TRANSFER)), made)
        return self._reply(request, reply)

    def _delete(self, request: Request) -> Answer:
        self.firmware.delete(request.cls, request.selectors)
        return self._reply(request, Reply(self.foreign))

    def _invoke(self, request: Request) -> Answer:
        fields = parse_fields(request, request.method + "_INPUT")
        return self._output(request, self.firmware.invoke(request.cls, request.selectors, request.method, fields))

    def _output(self, request: Request, values: Instance) -> Answer:
        reply = Reply(self.foreign)
        reply.instance(request.cls, values, request.method + "_OUTPUT")
        return self._reply(request, reply, values.get("ReturnValue") in ACCEPTED)

    def _enumerate(self, request: Request) -> Answer:
        mode = find(request, WSMAN, "EnumerationMode") or ""
        if mode not in MODES:
            raise Fault("UnsupportedFeature", "The specified feature is not supported.", "EnumerationMode")
        items = self.firmware.instances(request.cls)
        context = self.enumerations.open(request.cls, MODES[mode], items, self.clock.now())
        reply = Reply(self.foreign)
        prefix = reply.prefix(ENUMERATION)
        reply.add(
            "<{0}:EnumerateResponse><{0}:EnumerationContext>{1}</{0}:EnumerationContext></{0}:EnumerateResponse>".format(
                prefix, context
            )
        )
        return self._reply(request, reply)

    def _pull(self, request: Request, short: bool) -> Answer:
        context = find(request, ENUMERATION, "EnumerationContext") or ""
        limit = max_elements(find(request, ENUMERATION, "MaxElements"))
        mode, items, exhausted = self.enumerations.take(context, request.cls, limit, self.clock.now(), short)
        reply = Reply(self.foreign)
        prefix = reply.prefix(ENUMERATION)
        reply.add("<{0}:PullResponse>".format(prefix))
        if not exhausted:
            reply.add("<{0}:EnumerationContext>{1}</{0}:EnumerationContext>".format(prefix, context))
        reply.add("<{0}:Items>".format(prefix))
        for item in items:
            cls, instance = item if isinstance(item, tuple) else (request.cls, item)
            self._item(reply, mode, cls, instance)
        reply.add("</{0}:Items>".format(prefix))
        reply.add("<{0}:EndOfSequence></{0}:EndOfSequence>".format(prefix) if exhausted else "")
        reply.add("</{0}:PullResponse>".format(prefix))
        return self._reply(request, reply)

    def _item(self, reply: Reply, mode: str, cls: str, instance: Instance) -> None:
        reply.add("<c:Item>" if mode == "both" else "")
        if mode != "references":
            reply.instance(cls, instance)
        if mode != "objects":
            reply.value("b:EndpointReference", self.firmware.reference(cls, instance))
        reply.add("</c:Item>" if mode == "both" else "")

    def _release(self, request: Request) -> Answer:
        self.enumerations.release(find(request, ENUMERATION, "EnumerationContext") or "")
        return self._reply(request, Reply(self.foreign))


def find(request: Request, uri: str, name: str) -> Optional[str]:
    found = None if request.body is None else request.body.find(braced(uri) + name)
    return None if found is None else text_of(found)


def max_elements(text: Optional[str]) -> int:
    """One when it is left out (WS-Enumeration, 3.2)."""
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise Fault("SchemaValidationError", "MaxElements is not a positive number.", text)
    return int(text)
