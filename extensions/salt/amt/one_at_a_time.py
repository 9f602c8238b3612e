# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Salt's reactor calls runners in ten threads of one process, and there Salt's loaders stumble over each other: what
they do to Python's finders of modules is not for two at once, and a KeyError comes in place of an answer.
"""

from __future__ import annotations

import threading

#: To be held while something is done that may load a module of Salt.
LOADING = threading.RLock()
