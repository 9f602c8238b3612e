# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents as files: read again they are the same, and as variables of Ansible nothing in them is a template."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.outofband.amt.plugins.plugin_utils.document import from_document, to_document

RUN = "lookup('pipe','touch {0}')"
WORDS = [
    "{{{{{0}}}}}",
    "{{%if {0}%}}x{{%endif%}}",
    "#jinja2:variable_start_string:'[['\n[[{0}]]",
    "a: [b]\n- c #d\n\u202e\x1b",
    "- !!python/object/apply:os.system ['id']",
    "&a *a ~ null on 1e3",
    "on",
    "~",
    "",
]


@pytest.fixture
def document(tmp_path):
    texts = [word.format(RUN.format(tmp_path / "owned")) for word in WORDS]
    return {"wireless": {"profiles": [{"name": text, "priority": 1} for text in texts], "purge": True}, "admin": {}}


def test_what_was_written_is_read(document):
    assert from_document(to_document(document)) == document
    assert from_document("") is None and from_document("name: {ping: false}") == {"name": {"ping": False}}


def test_taken_for_variables_nothing_in_it_is_run(document, tmp_path):
    place = tmp_path / "pc.yml"
    place.write_text(to_document(document))
    loader = DataLoader()
    found = Templar(loader=loader, variables={}).template(loader.load_from_file(str(place)))
    assert found == document
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("text", ["a: !vault x", "a: [", "[" * 5000, "a: 2026-99-99"])
def test_what_is_no_document_is_told(text):
    with pytest.raises(AnsibleFilterError, match="no YAML of a document"):
        from_document(text)
