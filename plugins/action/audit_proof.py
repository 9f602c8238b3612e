# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_proof import judged, read_export
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.harmless import harmless
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.x509 import der
from ansible_collections.outofband.amt.plugins.module_utils.x509.certificate import Certificate, certificates_in
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import FileAction


class ActionModule(FileAction):
    options = (Option("path", required=True), Option("roots", type="list", elements="str", default=[]))

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        place = controller_file.located(wanted["path"])
        text = controller_file.text_of("path", place)
        if text is None:
            raise InvalidOption("path", str(place), "there is none; name what amt_audit_log has exported")
        roots = [each for pem in wanted["roots"] for each in certificates(pem)]
        return dict(harmless(judged(read_export("path", str(place), text), roots)))


def certificates(pem: str) -> list[Certificate]:
    try:
        found = certificates_in(pem)
    except der.Malformed as error:
        raise InvalidOption("roots", pem[:40], str(error)) from None
    if not found:
        raise InvalidOption("roots", pem[:40], "give certificates in PEM, as lookup('file', 'root.pem') does")
    return found
