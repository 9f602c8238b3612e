# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet as one page for a browser, on a desk or on a phone. It holds everything that it needs and loads nothing.

Everything that a firmware said is text from a stranger. It is escaped by the template engine wherever it stands, and
the page's own policy lets a browser run the one script and use the one style whose digests it names.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).resolve().parent
SPDX = re.compile(r"^.*SPDX-.*\n", re.MULTILINE)


def page(fleet: Mapping[str, Any], title: str) -> str:
    """HTML of what the core's `fleet` returns: who needs attention first, then by name."""
    devices = ordered(fleet["devices"])
    return rendered(
        "page.html.j2",
        fleet=fleet,
        title=title,
        devices=devices,
        isolated=[device for device in devices if device["isolated"]],
        choices={
            "worry": sorted({word for device in devices for word in device["attention"]}),
            "state": sorted({state_of(device) for device in devices}),
            "version": sorted({device["version"] for device in devices if device["version"]}, key=natural),
        },
        state_of=state_of,
    )


def compliance_page(report: Mapping[str, Any], title: str) -> str:
    """HTML of what the core's `compliance` returns: who deviates first, then who could not be read, then by name."""
    devices = sorted(
        report["devices"],
        key=lambda each: (not each["deviations"], not (each["problem"] or each["unread"]), natural(each["name"])),
    )
    rows = [row for device in devices for row in device["deviations"]]
    return rendered(
        "compliance.html.j2",
        report=report,
        title=title,
        devices=devices,
        choices={
            "worry": sorted({"{part}.{setting}".format(**row) for row in rows}),
            "state": sorted({device["status"] for device in devices}),
        },
    )


def log_page(report: Mapping[str, Any], title: str) -> str:
    """HTML of what the core's `log_summary` returns: what is grave first, then what to look at, then by name."""
    devices = sorted(report["devices"], key=_gravest_first)
    return rendered(
        "logs.html.j2",
        report=report,
        title=title,
        devices=devices,
        choices={
            "worry": sorted({word for device in devices for word in device["worries"]}),
            "state": sorted({device["status"] for device in devices}),
        },
    )


def _gravest_first(device: Mapping[str, Any]) -> tuple[Any, ...]:
    return -device["grave"], not (device["worries"] or device["problem"]), natural(device["name"])


def rendered(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    style, script = (SPDX.sub("", (HERE / name).read_text(encoding="utf-8")) for name in ("page.css", "page.js"))
    return environment.get_template(template).render(
        **values,
        sort_key=sort_key,
        style=Markup(style),  # noqa: S704 - a file of this collection
        script=Markup(script),  # noqa: S704 - a file of this collection
        style_digest=digest(style),
        script_digest=digest(script),
    )


def digest(text: str) -> str:
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


def state_of(device: Mapping[str, Any]) -> str:
    return str(device["power"] if device["status"] == "ok" else device["status"])


def ordered(devices: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that could not be asked, those that somebody should look at, the others; each by name."""
    return sorted(devices, key=lambda each: (not each["problem"], not each["attention"], natural(each["name"])))


def sort_key(text: str) -> str:
    """`natural` as a text, which the page's script compares."""
    return "".join("{0:>12}".format(piece) if piece.isdecimal() else piece.lower() for piece in split(text))


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key by which pc-9 stands before pc-10."""
    return [(1, int(piece), "") if piece.isdecimal() else (0, 0, piece.lower()) for piece in split(text)]


def split(text: str) -> list[str]:
    return [piece for piece in re.split(r"([0-9]{1,12})", text) if piece]
