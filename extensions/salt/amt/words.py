# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What the core says of its capabilities, by the names that Salt has for them: it names modules of Ansible."""

from __future__ import annotations

import re
from functools import cache

_MODULE = re.compile(r"\b(amt|mei)_([a-z0-9_]+)\b")
#: A module of Ansible -> the state or function, where more than the dot is another.
OTHERWISE = {
    "amt_8021x": "amt.ieee8021x",
    "amt_admin": "amt.administrator",
    "amt_boot": "amt.booted_once",
    "amt_info": "amt.inventory",
    "amt_isolation": "amt.isolated",
    "amt_wsman": "amt.get",
    "mei_activation": "mei.activated",
    "mei_lms": "mei.lms_running",
    "mei_watchdog": "mei.watchdog_fed",
}


def in_words_of_salt(text: str) -> str:
    """`amt_tls` is `amt.tls`. What is no function and no state stays as it is: grains begin like that, too."""
    return _MODULE.sub(lambda found: _named(found[0], "{0}.{1}".format(found[1], found[2])), text)


def _named(module: str, here: str) -> str:
    return OTHERWISE.get(module) or (here if here in known() else module)


@cache
def known() -> frozenset[str]:
    """All functions and states."""
    import saltext.amt.modules
    import saltext.amt.states
    from saltext.amt.answers import written_in

    ours = {name for package in (saltext.amt.modules, saltext.amt.states) for name, _ in written_in(package)}
    return frozenset({"mei.info", *("amt." + name for name in ours)})
