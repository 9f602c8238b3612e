# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Any class and any method, in wire names and wire values: the way out where no capability covers a need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cim.known import read_only
from ..errors import AccessDenied, Fault, InvalidOption, Unsupported
from ..machine import Machine, about, sendable
from ..option import Option
from ..resource import Resource, Values
from ..wsman.values import CLASS_NAMESPACES, Datetime, Instance, Reference, name, resource_uri

READS = ("get", "enumerate")
NEEDS = {"put": "properties", "create": "properties", "invoke": "method"}


def to_wire(value: Any) -> Any:
    """A YAML value as a wire value. `{class: X, selectors: {...}}` is a reference, `{class: X, properties: {...}}` an
    embedded instance, `{datetime: ...}` and `{interval: ...}` times."""
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"class", "selectors"}:
        return Reference(value["class"], {name: to_wire(item) for name, item in value["selectors"].items()})
    if set(value) == {"class", "properties"}:
        return Instance(value["class"], {name: to_wire(item) for name, item in value["properties"].items()})
    if len(value) == 1 and set(value) <= {"datetime", "interval"}:
        ((form, moment),) = value.items()
        return Datetime(str(moment), form.capitalize())
    raise InvalidOption(
        "value",
        value,
        "a mapping is {class, selectors}, {class, properties}, {datetime} or {interval}",
    )


def from_wire(value: Any) -> Any:
    """The inverse of `to_wire`; text stays text, since without a schema nobody knows its type."""
    if isinstance(value, list):
        return [from_wire(item) for item in value]
    if isinstance(value, Reference):
        return {
            "class": value.class_name,
            "selectors": {name: from_wire(item) for name, item in value.selectors.items()},
        }
    if isinstance(value, Instance):
        return {"class": value.class_name, "properties": plain(value)}
    if isinstance(value, Datetime):
        return {value.form.lower(): value.text}
    return value


def plain(instance: Instance) -> Values:
    return {name: from_wire(value) for name, value in instance.properties.items()}


def same(present: Any, asked: Any) -> bool:
    """Whether a property already reads as asked; numbers and booleans are compared as the wire spells them."""
    if isinstance(asked, (list, tuple)):
        items = present if isinstance(present, list) else [present]
        return len(items) == len(asked) and all(same(*pair) for pair in zip(items, asked))
    if isinstance(asked, bool):
        return str(present).lower() == str(asked).lower()
    if isinstance(asked, (int, str)):
        return str(present) == str(asked)
    return bool(present == from_wire(to_wire(asked)))


def check_names(option: str, values: Mapping[str, Any]) -> None:
    """InvalidOption, with the option in it, for a name that could not be sent, however deep it is."""
    for key, value in values.items():
        name(option, key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, (Reference, Instance)):
                resource_uri(item.class_name)
                check_names(option, item.selectors if isinstance(item, Reference) else item.properties)


class Raw(Resource):
    """`get` and `enumerate` only read. `put` changes the properties given and is compared first; `omit` names the
    read-only ones that this class refuses to be sent. `create`, `delete`, `invoke` happen whenever asked for; an
    invocation with `changes: false` is one that only tells."""

    options = (
        Option("action", choices=("get", "enumerate", "put", "create", "delete", "invoke"), default="get"),
        Option("class_name", required=True),
        Option("selectors", type="dict", default={}),
        Option("properties", type="dict", default={}),
        Option("omit", type="list", elements="str", default=[]),
        Option("method"),
        Option("arguments", type="dict", default={}),
        Option("changes", type="bool", default=True),
    )
    aside = ("result",)

    def check(self, wanted: Values) -> None:
        prefix = wanted["class_name"].partition("_")[0]
        if prefix not in CLASS_NAMESPACES:
            raise InvalidOption("class_name", wanted["class_name"], "a class name starts with AMT_, CIM_ or IPS_")
        needed = NEEDS.get(wanted["action"])
        if needed and not wanted[needed]:
            raise InvalidOption(needed, wanted[needed], "action {0} needs it".format(wanted["action"]))
        name("class_name", wanted["class_name"])
        if wanted["method"]:
            name("method", wanted["method"])
        for option in ("selectors", "properties", "arguments"):
            check_names(option, _wire(wanted[option]))

    def read(self, machine: Machine, wanted: Values) -> Values:
        with about(wanted["class_name"]):
            return self._look(machine, wanted)

    @staticmethod
    def _look(machine: Machine, wanted: Values) -> Values:
        target = _target(wanted)
        client = machine.client
        if wanted["action"] == "enumerate":
            return {"result": [plain(instance) for instance in client.enumerate(target)]}
        if wanted["action"] in ("get", "put"):
            return {"result": plain(client.get(target))}
        if wanted["action"] == "invoke" and not wanted["changes"]:
            return {"result": plain(client.invoke(target, wanted["method"], _wire(wanted["arguments"]), writes=False))}
        return {"result": None}

    def plan(self, present: Values, wanted: Values) -> Values:
        action = wanted["action"]
        if action in READS or (action == "invoke" and not wanted["changes"]):
            return present
        if action == "put":
            was = {name: present["result"].get(name) for name in wanted["properties"]}
            changes = {k: v for k, v in wanted["properties"].items() if not same(was[k], v)}
            return {**present, "properties": changes} if changes else present
        return {**present, action: wanted["class_name"], **({"method": wanted["method"]} if wanted["method"] else {})}

    def is_event(self, wanted: Values) -> bool:
        return bool(wanted["action"] not in (*READS, "put"))

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values | None:
        with about(wanted["class_name"]):
            return self._act(machine, planned, wanted)

    @staticmethod
    def _act(machine: Machine, planned: Values, wanted: Values) -> Values | None:
        target = _target(wanted)
        client = machine.client
        if wanted["action"] == "put":
            current = {**sendable(client.get(target).properties), **_wire(planned["properties"])}
            kept = {name: current[name] for name in sorted(current) if name not in wanted["omit"]}
            try:
                client.put(target, Instance(target.class_name, kept))
            except Fault as refusal:
                _name_read_only(refusal, target.class_name, kept)
                raise
            return None
        if wanted["action"] == "create":
            return {"result": from_wire(client.create(Instance(target.class_name, _wire(wanted["properties"]))))}
        if wanted["action"] == "delete":
            client.delete(target)
            return None
        return {"result": plain(client.invoke(target, wanted["method"], _wire(wanted["arguments"])))}


def _name_read_only(refusal: Fault, class_name: str, sent: Values) -> None:
    """Firmware says that a Put is refused, and not for which property."""
    if isinstance(refusal, (AccessDenied, Unsupported)):
        return
    names = sorted(read_only(class_name) & set(sent))
    refusal.details.update(read_only=names, sent=sorted(sent))
    known = "of these only the firmware writes {0}: ".format(", ".join(names)) if names else ""
    refusal.hint = "{0}name in omit what only the firmware writes; the Put had {1}".format(
        known, ", ".join(sorted(sent))
    )


def _target(wanted: Values) -> Reference:
    return Reference(wanted["class_name"], _wire(wanted["selectors"]))


def _wire(values: Values) -> Values:
    return {name: to_wire(value) for name, value in values.items()}
