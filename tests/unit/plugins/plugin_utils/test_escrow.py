# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where passwords are kept: real files of Ansible Vault, real programs, several writers, and kills in between."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import sys
import time

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import trust_as_template
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import (
    EscrowChanged,
    EscrowFailed,
    Nowhere,
    Program,
    Record,
)
from ansible_collections.outofband.amt.plugins.plugin_utils import shared_file
from ansible_collections.outofband.amt.plugins.plugin_utils.vault_file import VaultFile

SECRET = VaultSecret(b"opens the vault")
PASSWORD = "Pl4nted-password"


def vault(*secrets):
    return VaultLib(list(secrets) or [("default", SECRET)])


def keep(escrow, record):
    """In the place of what is there."""
    escrow.store(record, escrow.recall())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vault.yml"


@pytest.fixture
def file(path):
    return VaultFile(str(path), vault(), "pc-01")


def content(path):
    return yaml.safe_load(vault().decrypt(path.read_bytes()))


def test_what_is_stored_is_recalled(file, path):
    record = Record(PASSWORD, ("Earlier-1",), "Mebx-1pass", True)
    assert file.recall() == Record()
    keep(file, record)
    assert file.recall() == record
    assert PASSWORD.encode() not in path.read_bytes()


def test_the_password_is_there_as_a_variable(file, path):
    keep(file, Record(PASSWORD))
    assert content(path) == {"amt_passwords": {"pc-01": PASSWORD}, "amt_activation": {"pc-01": {}}}


def test_no_password_is_no_variable(file, path):
    keep(file, Record(mebx_password="Mebx-1pass"))
    assert content(path) == {"amt_activation": {"pc-01": {"mebx_password": "Mebx-1pass"}}}


def test_text_as_ansible_hands_it_out_is_text(file):
    tagged = trust_as_template(PASSWORD)
    assert type(tagged) is not str
    keep(file, Record(tagged, (tagged + "1",), tagged))
    assert file.recall() == Record(PASSWORD, (PASSWORD + "1",), PASSWORD)


def test_only_its_owner_may_read_the_file(file, path):
    keep(file, Record(PASSWORD))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_else_is_in_the_file_is_kept(file, path):
    path.write_bytes(vault().encrypt("other: {a: [1, 2]}\namt_passwords: {pc-02: theirs}\n", SECRET))
    path.chmod(0o640)
    keep(file, Record(PASSWORD))
    assert content(path)["other"] == {"a": [1, 2]}
    assert content(path)["amt_passwords"] == {"pc-01": PASSWORD, "pc-02": "theirs"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


OTHERS = """
zebra: first
amt_passwords:
numbers: {1: one, 2: two}
day: 2026-11-21
octets: !!binary AAECAw==
set: !!set {a, b}
name: Zürich
"""


def test_other_content_is_of_the_same_kinds_and_in_the_same_order(file, path):
    path.write_bytes(vault().encrypt(OTHERS, SECRET))
    keep(file, Record(PASSWORD))
    kept, before = content(path), yaml.safe_load(OTHERS)
    assert list(kept) == [*before, "amt_activation"]
    assert {name: kept[name] for name in before} == {**before, "amt_passwords": {"pc-01": PASSWORD}}


def test_a_file_stays_with_the_secret_that_opens_it(path):
    """The run's first secret is another one; without that, the file can still be opened."""
    first, second = ("first", VaultSecret(b"one")), ("second", SECRET)
    path.write_bytes(vault().encrypt("{}", SECRET, vault_id="second"))
    keep(VaultFile(str(path), vault(first, second), "pc-01"), Record(PASSWORD))
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;second\n")
    assert VaultFile(str(path), vault(second), "pc-01").recall() == Record(PASSWORD)


def test_a_file_goes_over_to_the_vault_id_that_is_asked_for(path):
    both = vault(("first", VaultSecret(b"one")), ("second", SECRET))
    path.write_bytes(both.encrypt("{}", both.secrets[0][1], vault_id="first"))
    keep(VaultFile(str(path), both, "pc-01", "second"), Record(PASSWORD))
    assert content(path)["amt_passwords"] == {"pc-01": PASSWORD}


def test_owner_and_group_of_the_file_are_kept(file, path, monkeypatch):
    path.write_bytes(vault().encrypt("{}", SECRET))
    path.chmod(0o640)
    given = []
    monkeypatch.setattr(os, "fchown", lambda descriptor, user, group: given.append((user, group)))
    before = path.stat()
    keep(file, Record(PASSWORD))
    assert given == [(before.st_uid, -1), (-1, before.st_gid)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_group_that_cannot_be_kept_gives_nobody_a_right(file, path, monkeypatch):
    path.write_bytes(vault().encrypt("{}", SECRET))
    path.chmod(0o660)

    def refuse(descriptor, user, group):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    keep(file, Record(PASSWORD))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_lock_of_another_user_is_a_lock(file, path, monkeypatch):
    keep(file, Record(PASSWORD))
    opened, refused = os.open, []

    def only_to_read(place, flags, *arguments, **options):
        if str(place).endswith(".lock") and flags & os.O_RDWR:
            refused.append(place)
            raise PermissionError(13, "Permission denied")
        return opened(place, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", only_to_read)
    keep(file, Record("Newer-1pass"))
    assert refused and file.recall() == Record("Newer-1pass")


@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0o600), (0o644, 0o640), (0o660, 0o660)])
def test_the_lock_is_for_those_whom_the_file_is_for(file, path, mode, expected):
    lock = path.with_name(".vault.yml.lock")
    keep(file, Record(PASSWORD))
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    path.chmod(mode)
    keep(file, Record("Newer-1pass"))
    assert stat.S_IMODE(lock.stat().st_mode) == expected


def test_a_lock_that_is_held_for_ever_is_told_of(file, path):
    keep(file, Record(PASSWORD))
    words = r"vault\.yml\.lock was held by another process for 0\.1 s"
    with shared_file.locked(path, EscrowFailed), pytest.raises(EscrowFailed, match=words) as caught:
        shared_file.locked(path, EscrowFailed, 0.1).__enter__()
    assert "fuser" in caught.value.hint


@pytest.mark.parametrize("act", [VaultFile.recall, lambda file: keep(file, Record("Newer-1pass"))])
def test_what_a_killed_run_left_is_cleared_away_and_no_more(file, path, act):
    keep(file, Record(PASSWORD))
    path.with_name(".vault.yml.new-abcdefgh").write_bytes(b"half")
    path.with_name(".vault.yml.mine").write_bytes(b"whole")
    act(file)
    names = sorted(each.name for each in path.parent.iterdir())
    assert names == [".vault.yml.lock", ".vault.yml.mine", "vault.yml"]


def test_what_a_run_at_work_has_is_left_to_it(file, path):
    keep(file, Record(PASSWORD))
    half = path.with_name(".vault.yml.new-abcdefgh")
    with shared_file.locked(path, EscrowFailed):
        half.write_bytes(b"half")
        assert file.recall() == Record(PASSWORD)
        assert half.exists()


IN_THE_WAY = {
    "a FIFO": os.mkfifo,
    "a directory": os.mkdir,
    "circle": lambda place: place.symlink_to(place),
}


@pytest.mark.parametrize("name", ["vault.yml", ".vault.yml.lock"])
@pytest.mark.parametrize("what", IN_THE_WAY)
def test_what_is_no_file_in_its_place_is_an_error_that_says_so(tmp_path, name, what):
    IN_THE_WAY[what](tmp_path / name)
    with pytest.raises(EscrowFailed) as caught:
        keep(VaultFile(str(tmp_path / "vault.yml"), vault(), "pc-01"), Record(PASSWORD))
    assert name in str(caught.value)
    assert what in str(caught.value) or "symbolic links" in str(caught.value)


def test_a_link_stays_a_link(file, path, tmp_path):
    there = tmp_path / "elsewhere.yml"
    there.write_bytes(vault().encrypt("{}", SECRET))
    path.symlink_to(there)
    keep(VaultFile(str(path), vault(), "pc-01"), Record(PASSWORD))
    assert path.is_symlink()
    assert content(there)["amt_passwords"] == {"pc-01": PASSWORD}


def test_the_vault_id_is_written_into_the_file(path):
    two = vault(("first", VaultSecret(b"one")), ("second", SECRET))
    keep(VaultFile(str(path), two, "pc-01", "second"), Record(PASSWORD))
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;second\n")


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"plain: text\n", "not encrypted"),
        (VaultLib([]).encrypt("a: 1", VaultSecret(b"another")), "no secret of this run opens it"),
        (VaultLib([]).encrypt("- a\n", SECRET), "variables by name"),
        (VaultLib([]).encrypt("a: !tag b\n", SECRET), "not plain YAML"),
        (VaultLib([]).encrypt("amt_passwords: pc-01\n", SECRET), "amt_passwords in it does not hold"),
    ],
)
def test_a_file_that_is_something_else_is_left_alone(file, path, octets, words):
    path.write_bytes(octets)
    for act in (file.recall, lambda: keep(file, Record(PASSWORD))):
        with pytest.raises(InvalidOption, match=words):
            act()
    assert path.read_bytes() == octets


def test_without_a_secret_nothing_is_written(path):
    with pytest.raises(InvalidOption, match="no vault secret"):
        keep(VaultFile(str(path), VaultLib([]), "pc-01"), Record(PASSWORD))
    assert not path.exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(EscrowFailed, match="no such file"):
        keep(VaultFile(str(tmp_path / "none" / "vault.yml"), vault(), "pc-01"), Record(PASSWORD))


def store_many(path, name, count):
    for number in range(count):
        keep(VaultFile(path, vault(), name), Record("{0}-{1}".format(name, number)))


def test_several_writers_lose_nothing(path):
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=store_many, args=(str(path), "pc-{0}".format(each), 5)) for each in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert content(path)["amt_passwords"] == {"pc-{0}".format(each): "pc-{0}-4".format(each) for each in range(4)}


def test_a_writer_killed_anywhere_leaves_the_old_file_or_the_new_one(path):
    keep(VaultFile(str(path), vault(), "pc-01"), Record("pc-01-0"))
    for moment in range(20):
        child = os.fork()
        if not child:
            try:
                store_many(str(path), "pc-01", 50)
            finally:
                os._exit(0)
        time.sleep(0.003 * moment)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert VaultFile(str(path), vault(), "pc-01").recall().password.startswith("pc-01-")
    keep(VaultFile(str(path), vault(), "pc-01"), Record("the last one"))
    assert VaultFile(str(path), vault(), "pc-01").recall().password == "the last one"


def test_what_somebody_else_has_recorded_is_not_overwritten(file, path, program):
    for escrow, other in ((file, VaultFile(str(path), vault(), "pc-01")), (program, program)):
        seen = escrow.recall()
        keep(other, Record("theirs"))
        with pytest.raises(EscrowChanged):
            escrow.store(Record("ours"), seen)
        assert escrow.recall().password == "theirs"


@pytest.mark.parametrize("start", ["{{", "{%", "{#"])
def test_what_ansible_would_take_for_a_template_is_not_recorded(file, path, start):
    """It reads another password there, or none of any host."""
    keep(file, Record(PASSWORD))
    with pytest.raises(InvalidOption, match="template") as refused:
        keep(file, Record("Aa1!" + start + "raw", (PASSWORD,)))
    assert start + "raw" not in str(refused.value) and file.recall() == Record(PASSWORD)
    keep(file, Record("An0ther-password", ("Aa1!" + start,)))


def test_two_runs_that_end_at_the_same_are_not_in_each_others_way(file, path, program):
    """Each has told the device the one on record, and forgets what was before."""
    changing = (Record("new", ("old",)), Record("first"))
    for (escrow, other), seen in zip(((file, VaultFile(str(path), vault(), "pc-01")), (program, program)), changing):
        keep(escrow, seen)
        for each in (escrow, other):
            each.store(Record("new"), seen)
        assert escrow.recall() == Record("new")


def test_a_password_that_changes_keeps_those_before():
    record = Record("a").with_password("b").with_password("c")
    assert (record.password, record.earlier) == ("c", ("b", "a"))
    assert record.with_password("b").earlier == ("c", "a")
    assert record.with_password("c") is record


STORE = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
RECALL = """
import sys, pathlib
place = pathlib.Path(sys.argv[1])
sys.exit(3) if not place.exists() else print(place.read_text(), end="")
"""


def python(source, *arguments):
    return [sys.executable, "-c", source, *map(str, arguments)]


@pytest.fixture
def program(tmp_path):
    place = tmp_path / "kept"
    return Program(python(STORE, place), python(RECALL, place), [3])


def test_a_program_keeps_a_password(program, tmp_path):
    assert program.recall() == Record()
    keep(program, Record(PASSWORD))
    assert program.recall() == Record(PASSWORD)
    assert (tmp_path / "kept").read_text() == PASSWORD + "\n"


def test_a_program_has_room_for_one_password(program):
    keep(program, Record("first"))
    with pytest.raises(EscrowFailed, match="room for one"):
        keep(program, program.recall().with_password("second"))
    assert program.recall().password == "first"


def test_a_program_that_is_out_of_order_is_no_empty_place(tmp_path):
    broken = Program(python(STORE, tmp_path / "kept"), python("raise SystemExit(5)"), [3])
    with pytest.raises(EscrowFailed, match="code 5"):
        broken.recall()


def test_a_program_that_fails_or_lies_stops_everything(tmp_path):
    place = tmp_path / "kept"
    for command in (python("raise SystemExit(1)"), python("pass")):
        with pytest.raises(EscrowFailed):
            keep(Program(command, python(RECALL, place), [3]), Record(PASSWORD))


def test_a_program_that_prints_no_text_is_told_of_and_not_shown(tmp_path):
    binary = python("import sys; sys.stdout.buffer.write(bytes([255, 254]) + b'{0}')".format(PASSWORD))
    with pytest.raises(EscrowFailed, match="no text") as caught:
        Program(binary, binary, []).recall()
    assert caught.value.__suppress_context__ and PASSWORD not in str(caught.value)


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidOption, match=r"escrow.recall: '/nowhere/pass'"):
        Program(["/nowhere/pass"], ["/nowhere/pass"], []).recall()


def test_what_a_program_prints_is_in_no_error(tmp_path):
    loud = python("import sys; print(sys.stdin.read()); print('{0}', file=sys.stderr); sys.exit(1)".format(PASSWORD))
    with pytest.raises(EscrowFailed) as caught:
        keep(Program(loud, python(RECALL, tmp_path / "kept"), [3]), Record(PASSWORD))
    assert PASSWORD not in str(caught.value) + caught.value.hint


def test_no_representation_shows_a_password(file):
    assert PASSWORD not in repr(Record(PASSWORD, (PASSWORD,), PASSWORD))


def test_a_password_that_the_user_keeps_is_remembered_for_the_run():
    nowhere = Nowhere()
    keep(nowhere, Record(PASSWORD))
    assert nowhere.recall() == Record(PASSWORD)
