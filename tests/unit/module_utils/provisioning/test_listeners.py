# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who listens, by tables as the kernel prints them, and by those of the kernel that runs this."""

from __future__ import annotations

import os
import socket
import sys

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.listeners import address_of

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "   0: {0}:{1:04X} {2}:0000 {3} 00000000:00000000 00:00000000 00000000 {4:5d}        0 1 1 0 100 0 0 10 0\n"
V4, V6 = "0100007F", "00000000000000000000000001000000"


def table(tmp_path, name, *rows):
    (tmp_path / "proc/net").mkdir(parents=True, exist_ok=True)
    text = "".join(ROW.format(address, port, "0" * len(address), state, uid) for address, port, state, uid in rows)
    (tmp_path / "proc/net" / name).write_text(HEAD + text)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "address", "found"),
    [("tcp", V4, "127.0.0.1"), ("tcp", "00000000", "127.0.0.1"), ("tcp6", V6, "::1"), ("tcp6", "0" * 32, "::1")],
)
def test_a_listener_of_root_is_found(tmp_path, name, address, found):
    assert address_of(16992, table(tmp_path, name, (address, 16992, "0A", 0))) == found


@pytest.mark.parametrize(
    "row",
    [(V4, 16992, "0A", 1000), (V4, 16993, "0A", 0), (V4, 16992, "01", 0), ("0200007F", 16992, "0A", 0)],
    ids=["another user", "another port", "a connection", "another address"],
)
def test_what_is_no_lms_of_root_does_not_count(tmp_path, row):
    assert address_of(16992, table(tmp_path, "tcp", row)) == ""


def test_where_there_is_no_table_nobody_listens(tmp_path):
    assert address_of(16992, tmp_path) == ""


@pytest.mark.skipif(sys.byteorder != "little" or os.getuid() != 0, reason="needs root on a little-endian machine")
def test_the_kernel_prints_what_we_read():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert address_of(port) == "127.0.0.1"
    assert address_of(port) == ""
