# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.provisioning import passwords


def test_what_is_made_is_accepted_and_never_the_same():
    made = {passwords.generate() for _each in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.check("password", password)
        assert len(password) == passwords.GENERATED_LENGTH
        assert any(not character.isalnum() and character != "_" for character in password)


def test_an_underscore_beside_a_special_character_is_welcome():
    passwords.check("password", "Loc_ation-1")


@pytest.mark.parametrize("length", [8, 32])
def test_every_length_that_amt_takes(length):
    passwords.check("password", passwords.generate(length))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Sh0rt-!", "8 to 32"),
        ("L0ng-" + "a" * 28, "8 to 32"),
        ("nocapital-1", "an upper-case letter"),
        ("NOSMALL-1", "a lower-case letter"),
        ("NoDigit-x", "a digit"),
        ("NoSpecial1", "a special character other than _"),
        ("Location_1", "a special character other than _"),
        ("__Under_0__", "a special character other than _"),
        ('Quot"ed-1', "the character"),
        ("Com,ma-12", "the character ,"),
        ("Co:lon-12", "the character :"),
        ("Bla nk-12", "without blanks"),
        ("Ümlaut-12", "printable ASCII"),
    ],
)
def test_what_amt_would_refuse_is_refused_before_and_not_shown(password, words):
    with pytest.raises(InvalidOption, match=words) as caught:
        passwords.check("password", password)
    assert password not in str(caught.value)
