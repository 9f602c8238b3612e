# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
The management engine in the minion's own machine
=================================================

Through the kernel's MEI driver: no network, no LMS and no password of AMT. What runs on the minion of a PC that has an
engine; the functions ``amt.*`` are for firmware elsewhere.
"""

from salt.exceptions import CommandExecutionError
from saltext.amt.core.resources.host.mei_facts import MeiFacts
from saltext.amt.here import ELSEWHERE, is_elsewhere

__virtualname__ = "mei"


def __virtual__():
    return __virtualname__


def info(answer_timeout=10.0):
    """
    What the machine knows of its engine and of AMT, and for everything that is missing why, and what to do.

    answer_timeout
        Seconds that one answer of the engine may take.

    CLI Example:

    .. code-block:: bash

        salt 'pc-*' mei.info
    """
    if is_elsewhere(__opts__):
        raise CommandExecutionError(ELSEWHERE)
    return MeiFacts(seconds=float(answer_timeout)).read()
