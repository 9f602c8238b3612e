# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""StartConfigurationHBased: the host announces a TLS client, and learns by which certificate to know the device.

Two programs disagree about the request, and both are taken: rpc-go sends one octet for the host's VPN and the length of
the list of suffixes (390 octets), MeshCentral 32 bits and the number of suffixes (393, or 73 without a list).
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from .amthi_commands import CERTIFICATE_NOT_READY, INVALID_MESSAGE_LENGTH, INVALID_PARAMETER, Refused, padded

if TYPE_CHECKING:
    from .engine import Engine

SHA256, SHA384 = 2, 3
DIGESTS = {SHA256: hashlib.sha256, SHA384: hashlib.sha384}
FIELD, LIST_SIZE, MOST_SUFFIXES = 64, 320, 5
SHORT_FORM, LONG_FORM = struct.Struct("<B64sBI"), struct.Struct("<B64sII")


def read_request(payload: bytes) -> tuple[int, bytes, tuple[str, ...]]:
    """Algorithm, digest of the client's certificate, suffixes of the home network. Raises Refused."""
    if len(payload) == SHORT_FORM.size + LIST_SIZE:
        algorithm, digest, _vpn, length = SHORT_FORM.unpack_from(payload)
        listed = payload[SHORT_FORM.size :]
        count = listed[:length].count(b"\0")
    elif len(payload) in (LONG_FORM.size, LONG_FORM.size + LIST_SIZE):
        algorithm, digest, _vpn, count = LONG_FORM.unpack_from(payload)
        listed, length = payload[LONG_FORM.size :], LIST_SIZE
    else:
        raise Refused(INVALID_MESSAGE_LENGTH)
    if algorithm not in DIGESTS or count > MOST_SUFFIXES or length > LIST_SIZE:
        raise Refused(INVALID_PARAMETER)
    suffixes = listed.split(b"\0")[:count]
    return algorithm, digest[: DIGESTS[algorithm]().digest_size], tuple(name.decode("latin-1") for name in suffixes)


def start(engine: Engine, payload: bytes) -> bytes:
    """Which algorithm, and the digest of the device's own certificate."""
    algorithm, digest, _suffixes = read_request(payload)
    certificate = engine.firmware.certificate()
    if not certificate:
        raise Refused(CERTIFICATE_NOT_READY)
    status = engine.firmware.setup.start_host_based(algorithm, digest)
    if status:
        raise Refused(status)
    return bytes((algorithm,)) + padded(DIGESTS[algorithm](certificate).digest(), FIELD)
