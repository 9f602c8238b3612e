# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A certificate of a request, by a program of the user's own where the task runs: openssl, step, a script."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...errors import AmtError
from ...harmless import one_line
from ...x509 import der
from ...x509.certificate import Certificate, certificates_in

REQUEST_FILE, CHAIN_FILE = "{csr}", "{chain}"
LONGEST_WORDS = 300


class NotIssued(AmtError):
    """The program made no certificate of the request, or none that is of use. The device is as it was."""


def issued(command: Sequence[str], csr: str, seconds: float) -> list[Certificate]:
    """What the program makes of the request: on its standard input, or in the file that it is told of as {csr}; the
    certificate and those of its issuers come on its standard output, or in the file {chain}. NotIssued."""
    with tempfile.TemporaryDirectory(prefix="amt-") as folder:
        asked, answer = Path(folder) / "request.pem", Path(folder) / "chain.pem"
        asked.write_text(csr, "ascii")
        files = {REQUEST_FILE: str(asked), CHAIN_FILE: str(answer)}
        words = [_filled(word, files) for word in command]
        by_file = any(REQUEST_FILE in word for word in command)
        said = _run(words, "" if by_file else csr, seconds)
        try:
            text = answer.read_text("ascii", "replace") if any(CHAIN_FILE in word for word in command) else said
        except OSError:
            raise NotIssued("command: {0} has not written {1}".format(words[0], CHAIN_FILE), _last(said)) from None
    try:
        found = certificates_in(text)
    except der.Malformed as error:
        raise NotIssued(
            "command: what {0} gave is none: {1}".format(words[0], error), "it has to be PEM text"
        ) from None
    if not found:
        raise NotIssued("command: {0} gave no certificate in PEM".format(words[0]), _last(said))
    return found


def _filled(word: str, files: dict[str, str]) -> str:
    for name, path in files.items():
        word = word.replace(name, path)
    return word


def _run(words: Sequence[str], text: str, seconds: float) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # pylint: disable=ansible-bad-function  # the user named it
            words, input=text, capture_output=True, text=True, errors="replace", timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        message = "command: {0} did not end within {1:g} seconds".format(words[0], seconds)
        raise NotIssued(message, "see by hand what it waits for, or raise command_timeout") from None
    except (OSError, ValueError) as error:
        raise NotIssued("command: {0} cannot be run: {1}".format(words[0], error), "try it by hand") from None
    if done.returncode:
        raise NotIssued("command: {0} ended with code {1}".format(words[0], done.returncode), _last(done.stderr))
    return done.stdout


def _last(said: str) -> str:
    """The end of what a program said."""
    words = one_line(said.strip())
    return "it said: " + words[-LONGEST_WORDS:] if words else "it said nothing"
