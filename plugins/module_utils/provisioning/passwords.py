# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Passwords as AMT takes them (AMT.md 10.1, 11.9). Pure but for the random source."""

from __future__ import annotations

import secrets
import string

from ..errors import InvalidOption

SHORTEST, LONGEST = 8, 32
FORBIDDEN = '",:'
"""Refused by older firmware; never generated and never accepted, so that a password serves every device."""
SPECIAL = "!@#$%^&*()-=+"
"""Without `_`, which counts as alphanumeric for AMT: a password in which it is the only one of these is refused."""
KINDS = {
    "a lower-case letter": string.ascii_lowercase,
    "an upper-case letter": string.ascii_uppercase,
    "a digit": string.digits,
    "a special character other than _": "".join(sorted(set(string.punctuation) - set('",:_'))),
}
_GENERATED = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIAL)
GENERATED_LENGTH = 24


def generate(length: int = GENERATED_LENGTH) -> str:
    """A new password with a character of each kind."""
    chosen = [secrets.choice(kind) for kind in _GENERATED]
    chosen += [secrets.choice("".join(_GENERATED)) for _each in range(length - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def check(option: str, password: str) -> None:
    """InvalidOption, which never shows the password, for one that AMT would refuse."""
    trouble = _trouble(password)
    if trouble:
        raise InvalidOption(option, "the password", trouble)


def _trouble(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        return "AMT takes {0} to {1} characters".format(SHORTEST, LONGEST)
    if not all(" " < character <= "~" for character in password):
        return "AMT takes printable ASCII without blanks"
    for character in FORBIDDEN:
        if character in password:
            return "AMT refuses the character {0}".format(character)
    missing = [name for name, kind in KINDS.items() if not set(kind) & set(password)]
    return "AMT asks for " + " and ".join(missing) if missing else ""
