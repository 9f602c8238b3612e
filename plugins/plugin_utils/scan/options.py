# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody wrote into a source of `amt_scan`, checked before anything is sent."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import file_lines
from ansible_collections.outofband.amt.plugins.module_utils.x509.fingerprint import plain_fingerprint

LISTS = ("networks", "ranges", "hosts", "files", "exclude", "hostnames", "gather_subset")
ABOVE_ZERO = (
    "limit",
    "rate",
    "concurrency",
    "ping_timeout",
    "banner_timeout",
    "answer_timeout",
    "login_forks",
    "connect_timeout",
    "read_timeout",
    "deadline",
)
PORTS = ("port", "tls_port", "rmcp_port")
FILES = ("ca_file", "client_certificate", "client_key")
TLS_WORDS = ("required", "preferred", "never")
GROUP = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: What is applied to what the cache holds, so that it does not change what is kept there.
AFTER_THE_CACHE = (
    "plugin",
    "cache",
    "cache_plugin",
    "cache_timeout",
    "cache_connection",
    "cache_prefix",
    "compose",
    "groups",
    "keyed_groups",
    "strict",
    "use_extra_vars",
    "leading_separator",
    "hostnames",
    "group",
    "set_connection",
    "query",
    "limit",
)
CACHE_FORMAT = 2
ROUNDS = 200_000

Options = dict[str, Any]


def refuse_unknown(given: Iterable[Any], known: Iterable[str]) -> None:
    names = sorted(known)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(str(name), names, 1)
            way_out = "did you mean {0}? ".format(near[0]) if near else ""
            raise InvalidOption(str(name), given[name] if isinstance(given, Mapping) else "", UNKNOWN.format(way_out))


UNKNOWN = "amt_scan has no such option; {0}ansible-doc -t inventory outofband.amt.amt_scan lists them"


def refuse_unclear(given: Mapping[str, Any], booleans: Iterable[str]) -> None:
    """Ansible takes what is neither yes nor no for no."""
    for name in booleans:
        try:
            boolean(given.get(name, False))
        except TypeError:
            raise InvalidOption(name, given[name], "it is true or false") from None


def normalised(options: Options, folder: Path) -> Options:
    """Lists as lists of texts, files found from the folder of the source, `tls` as a word."""
    for name in LISTS:
        options[name] = texts(name, options[name])
    options["fingerprints"] = options["fingerprints"] or {}
    options["files"] = [str(folder / Path(each).expanduser()) for each in options["files"]]
    options["tls"] = tls_word(options)
    return options


def texts(name: str, value: Any) -> list[str]:
    """None is nothing, and one text a list of one."""
    listed = [] if value is None else [value] if isinstance(value, (str, int)) else value
    if not isinstance(listed, list):
        raise InvalidOption(name, value, "give a list of texts")
    for each in listed:
        if not isinstance(each, str) or not each.strip():
            raise InvalidOption(name, each, "each entry is a text; quote what YAML takes for something else")
    return [str(each).strip() for each in listed]


def tls_word(options: Mapping[str, Any]) -> str:
    """`required`, `preferred` or `never`. Whoever gave a CA, a pin or a client certificate wants it required."""
    given = options["tls"]
    if given in (None, ""):
        trusting = any(options[name] for name in ("ca_file", "client_certificate", "fingerprints"))
        return "required" if trusting else "preferred"
    if given in TLS_WORDS:
        return str(given)
    try:
        return "required" if boolean(given) else "never"
    except TypeError:
        raise InvalidOption("tls", given, "one of {0}".format(", ".join(TLS_WORDS))) from None


def check(options: Mapping[str, Any]) -> None:
    """InvalidOption names the first that cannot be used."""
    for name in ABOVE_ZERO:
        if not (options[name] > 0 and math.isfinite(options[name])):
            raise InvalidOption(name, options[name], "give a number above 0")
    for name in PORTS:
        if not 1 <= options[name] <= 65535:
            raise InvalidOption(name, options[name], "a port is 1 to 65535")
    if not any(options[name] for name in ("networks", "ranges", "hosts", "files")):
        raise InvalidOption("networks", [], "list what to scan in networks, ranges, hosts or files")
    if not options["ping"] and options["banner"] != "all":
        raise InvalidOption("banner", options["banner"], "with ping: false only banner: all finds anything")
    if options["group"] in ("all", "ungrouped") or not GROUP.fullmatch(str(options["group"])):
        raise InvalidOption("group", options["group"], "letters, digits and _, and neither all nor ungrouped")
    if options["port"] == options["tls_port"]:
        raise InvalidOption("tls_port", options["tls_port"], "it is that of port, which has no TLS")
    if options["login"]:
        check_login(options)


def check_login(options: Mapping[str, Any]) -> None:
    if options["auth"] == "digest" and not options["password"]:
        raise InvalidOption("password", "", "login: true needs it: as an option, in AMT_PASSWORD or as amt_password")
    for name in FILES:
        if options[name] and not Path(options[name]).is_file():
            raise InvalidOption(name, options[name], "there is no such file")
    for place, pin in options["fingerprints"].items():
        if not plain_fingerprint(str(pin)):
            raise InvalidOption("fingerprints", {place: pin}, "the SHA-256 of a certificate is 64 hex digits")
    Inventory().check({"gather_subset": options["gather_subset"]})


def fingerprint_of(options: Mapping[str, Any], path: str, slow: Callable[..., bytes] = hashlib.pbkdf2_hmac) -> str:
    """Changes with everything that changes what a scan finds, the lines of its files and the log-in included.

    It becomes part of a file's name: the password goes in by way of a function that is slow to try guesses with.
    """
    relevant = {name: value for name, value in options.items() if name not in (*AFTER_THE_CACHE, "password")}
    lines = {each: list(file_lines(each)) for each in options["files"]}
    told = json.dumps([CACHE_FORMAT, relevant, lines], sort_keys=True, default=str)
    secret = b""
    if options["login"] and options["password"]:
        secret = slow("sha256", str(options["password"]).encode(errors="surrogatepass"), path.encode(), ROUNDS)
    return hashlib.sha256(told.encode(errors="surrogatepass") + secret).hexdigest()[:16]
