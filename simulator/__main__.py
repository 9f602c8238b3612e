# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""`python -m simulator`."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
