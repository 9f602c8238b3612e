# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the firmware keeps for others: files that it serves beside WS-Man, and blocks of the third-party data store."""

from __future__ import annotations

import re

#: The list of files, and the beginning of each one's place (MeshCommander, meshcentral 1.1.55).
ROOT = "/amt-storage/"
#: Vendor, application and name (MeshCommander's form takes 11 characters of each). Which characters firmware takes
#: nobody has published: these need no escape in a URL.
PART = re.compile(r"[A-Za-z0-9._-]{1,11}")
#: A vendor that firmware refuses.
RESERVED_VENDOR = "intel"
#: What may stand at the top: shown in the place of the firmware's own pages (MeshCommander).
TOP_PAGES = ("index.htm", "logon.htm")
#: Bytes of one request, metadata included. MeshCommander sends 7000; 8192 is what others begin with, and is too much
#: for some firmware.
PIECE = 7000
#: Bytes of all files together: "about 200 kB", by the vendor's guide as MeshCentral's issue 3928 cites it.
CAPACITY = 196_608
#: What firmware is told of a file precedes the first piece, in this order; a browser gets the headers.
METADATA = "<metadata><headers>{0}</headers>{1}</metadata>"
HEADER, LINK = "<h>{0}: {1}</h>", "<link>{0}</link>"
#: How a piece begins that firmware would take for metadata, whatever it belongs to.
METADATA_MARK = b"<metadata"
TYPE, ENCODING = "Content-Type", "Content-Encoding"
#: Media types (RFC 6838) without parameters, which no known client gives.
MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$^_.+-]{0,63}")
DEFAULT_TYPE = "application/octet-stream"
#: By the ending of a name (IANA's registry of media types).
TYPES = {
    "css": "text/css",
    "csv": "text/csv",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/vnd.microsoft.icon",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "xml": "application/xml",
}
#: Characters of a link's text. Firmware writes it into a list that is JSON, and into a page, and nobody has seen it
#: escape anything: what would need that is refused here. Fields of 32 characters were seen to be filled up with NULs.
LINK_TEXT = re.compile(r"[A-Za-z0-9 ._,:;()+*/#@!?=\[\]-]{0,32}")
