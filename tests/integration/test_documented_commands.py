# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command that a document or the header of a playbook shows: collected from the files, and run as it stands."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.integration.conftest import PROGRAMS, ROOT, SECONDS

DOCUMENTS = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("roles/*/README.md")),
    ROOT / "simulator/README.md",
]
PLAYBOOKS = sorted(ROOT.glob("playbooks/*.yml"))
RUN_HERE = ("ansible", "ansible-playbook", "ansible-inventory", "ansible-doc")
ELSEWHERE = {
    "make": "these are the commands of this repository: the suites themselves, and the demonstration",
    ".venv/bin/python": "the suites themselves",
    "nox": "the suites themselves",
    "ansible-galaxy": "the Makefile installs the artefact that it builds, so everything here runs from it or beside it",
    "pip": "needs the network; requirements/ansible.txt has the same package",
    "salt-pip": "suite salt: test_packaging",
    "salt": "suite salt: real daemons",
    "salt-run": "suite salt: test_runner",
    "python3": "suite salt: test_file_roots",
    "export": "of the environment, which the test sets",
    "ansible-test": "the suites themselves",
    "sh": "pins packages anew, which needs the network",
    "openssl": "below, with a device that is there",
    "mkdir": "below, with the vault",
    "ansible-vault": "below, with the vault",
}
"""Programs of other commands, and what runs them."""
TERMINAL = "--ask-vault-pass"
"""What makes a program ask for a password at its terminal."""


def at_a_terminal(command, says, **process):
    """The output and the code of a command that is asked for a password and is told `says`."""
    here, there = pty.openpty()
    with subprocess.Popen(
        ["sh", "-c", command],
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  the tests have no other thread now
        **process,
    ) as running:
        os.close(there)
        output = seen = b""
        while octets := piece(here):
            output, seen = output + octets, seen + octets
            if seen.endswith(b"assword: "):
                os.write(here, says.encode() + b"\n")
                seen = b""
        os.close(here)
    return output.decode(), running.returncode


def piece(descriptor):
    """None of it once the program has left its terminal."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def commands():
    """(where, command) for each line that begins with `$` in a block, or is indented in the header of a playbook."""
    for path in [*DOCUMENTS, *PLAYBOOKS]:
        mark = "#   " if path.suffix == ".yml" else "$ "
        lines = path.read_text(encoding="utf-8").splitlines()
        if path.suffix == ".yml":
            lines = lines[: lines.index("---")]
        for number, line in enumerate(lines):
            if line.startswith(mark) and re.match(r"[a-z.]", line[len(mark) :]) and runs(line[len(mark) :], path):
                yield pytest.param(whole(lines, number, mark), id="{0}:{1}".format(path.relative_to(ROOT), number + 1))


def inline():
    """The same for commands in the middle of a sentence."""
    for path in DOCUMENTS:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            for command in re.findall(r"`(ansible(?:-[a-z]+)? [^`]+)`", line):
                yield pytest.param(command, id="{0}:{1}".format(path.relative_to(ROOT), number + 1))


def runs(words, path):
    return path.suffix == ".md" or words.split()[0] in (*RUN_HERE, *ELSEWHERE)


def whole(lines, number, mark):
    """A command with the lines that continue it, without what is said about it."""
    taken = [lines[number][len(mark) :]]
    while taken[-1].rstrip().endswith("\\"):
        number += 1
        taken.append(lines[number].lstrip("#").strip())
    return re.sub(r"\s{2,}# .*$", "", "\n".join(taken))


COMMANDS = [*commands(), *inline()]


@pytest.fixture
def office(simulate, controller):
    """What the documents take for granted: the files that they name, and a group `floor_two`."""
    running = simulate([{"name": "{n}", "count": 2, "generation": 15, "tls": False}])
    scan = {
        "plugin": "outofband.amt.amt_scan",
        "hosts": [device.address for device in running.devices],
        "rmcp_port": running.ports.presence,
        "port": running.ports.plain,
        "tls_port": running.ports.tls,
        "groups": {"floor_two": True},
    }
    controller.write("fleet.amt_scan.yml", scan)
    here = {"ansible_connection": "local", "ansible_become": False, "ansible_python_interpreter": sys.executable}
    controller.write("inventory.yml", {"all": {"hosts": {"pc-01": here}}})
    controller.write("vault.pass", "secret")
    (controller.folder / "group_vars/amt").mkdir(parents=True)
    controller.write("office.yml", {"name": {"ping": False}})
    controller.write("updates.yml", [{"name": "work", "ansible.builtin.debug": {"msg": "done"}}])
    return running, controller


def test_there_are_commands_and_each_has_somebody_who_runs_it():
    programs = {command.values[0].split()[0] for command in COMMANDS}
    assert programs <= {*RUN_HERE, *ELSEWHERE}, "say in ELSEWHERE what runs it"
    shown = {command.id.partition(":")[0] for command in COMMANDS}
    assert {str(path.relative_to(ROOT)) for path in PLAYBOOKS} <= shown, "every playbook shows how it is run"


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS if each.values[0].split()[0] in RUN_HERE and TERMINAL not in each.values[0]]
)
def test_the_command_works_as_it_stands(command, office):
    running, controller = office
    environment = controller.environment({"AMT_PASSWORD": running.devices[0].password, "AMT_TLS": "false"})
    environment["PATH"] = "{0}:{1}".format(PROGRAMS, environment["PATH"])
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=controller.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    output = done.stdout.decode()
    assert "Traceback" not in output and "[WARNING]: Could not match" not in output, output
    if "provision_fleet" in command:
        assert "Not managed yet: pc-01" in output and "AMT cannot be asked on this machine" in output, output
        return
    assert done.returncode == 0, output
    assert " 0 of " not in output and "no hosts matched" not in output, output
    if "isolation.jsonl" in command:
        said = [json.loads(line) for line in (controller.folder / "isolation.jsonl").read_text().splitlines()]
        assert all("ticket 4711" in line["why"] for line in said)
        assert len(said) == (2 if "quarantine" in command else 0)
    named = re.findall(r"amt_(?:report|inventory)_file=(\S+)", command)
    assert all(Path(controller.folder / name).exists() for name in named)


def of(document, *programs):
    return [
        each.values[0] for each in COMMANDS if each.id.startswith(document) and each.values[0].split()[0] in programs
    ]


def test_a_vault_as_it_is_described(office):
    """Folder, vault with an editor, and a run that asks for its password, one after the other."""
    running, controller = office
    hosts = {device.name: controller.plainly(device, running) for device in running.devices}
    for known in hosts.values():
        known.pop("amt_password")
    controller.write("fleet.yml", {"amt": {"hosts": hosts}})
    secret = controller.write("secret.yml", {"amt_password": running.devices[0].password})
    environment = controller.environment({"EDITOR": "cp {0}".format(secret)})
    environment["PATH"] = "{0}:{1}".format(PROGRAMS, environment["PATH"])
    commands = of("docs/connecting.md", "mkdir", "ansible-vault")
    commands += [each for each in of("docs/connecting.md", "ansible-playbook") if TERMINAL in each]
    assert len(commands) == 3
    for command in commands:
        output, code = at_a_terminal(command, "the vault's own", cwd=controller.folder, env=environment)
        assert code == 0, output
    assert "2 of 2 devices answered." in output
    assert (controller.folder / "group_vars/amt/vault.yml").read_text().startswith("$ANSIBLE_VAULT")


def test_the_fingerprint_that_openssl_prints_is_the_one_to_trust(simulate, controller):
    running = simulate([{"name": "pc", "generation": 16}])
    device = running.device("pc")
    (command,) = of("docs/connecting.md", "openssl")
    there = command.replace("192.0.2.12:16993", "{0}:{1}".format(device.address, running.ports.tls))
    done = subprocess.run(["sh", "-c", there], capture_output=True, text=True, timeout=SECONDS, check=False)
    printed = done.stdout.strip().rpartition("=")[2]
    inventory = controller.inventory({"pc": controller.securely(device, running, amt_fingerprint=printed)})
    run = controller.playbook("discover", inventory)
    assert "1 of 1 devices answered." in run.output, (done.stderr, run.output)
