# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mei_activation by real Ansible over ssh, on the stock driver; the device's network side tells what came of it."""

from __future__ import annotations

import random
import signal
import subprocess
import time

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from cryptography.hazmat.primitives.hashes import SHA256

from simulator.digest import secret
from tests.integration.conftest import PROGRAMS
from tests.runner.pace import patient
from tests.unit.plugins.plugin_utils.provisioning.authority import intermediate, leaf, pem, root

SETTLES = {"durations": {"activation": 0.4, "commit": 0.4, "unprovision": 0.4, "stop": 0.2}}
NAMES = {"dns_suffix": "example.com"}
VAULT_SECRET = "opens the vault"
MEBX = "Mebx-passw0rd"
SECONDS = patient(400)
ROUNDS, PARTS = 100, 4
"""Kills of the machine's part, in so many programs."""
CONTROLLER_KILLS = 4
KILLS = """
import random, signal, traceback
from ansible_collections.outofband.amt.plugins.module_utils.provisioning import passwords
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation_steps import carry_out
from ansible_collections.outofband.amt.plugins.module_utils.wsman.digest import identity

OPTIONS = {"over_tls": "auto", "dns_suffix": None, "wait_timeout": 60}
source = random.Random(arguments["seed"])

def bring(state, password):
    wanted = {"state": state, **OPTIONS}
    present = carry_out("read", wanted, {})["present"]
    given = {"set_mebx": False}
    if state == "client":
        given["password_hash"] = identity("admin", present["device"]["realm"], password)
    carry_out("apply", wanted, given)

def attempt(state, password, kill_after=None):
    child = os.fork()
    if not child:
        try:
            bring(state, password)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]

def check(password):
    present = carry_out("read", {"state": "client", **OPTIONS}, {})["present"]
    known = identity("admin", present["device"]["realm"], password)
    works = carry_out("try_passwords", {"state": "client", **OPTIONS}, {"password_hashes": [known]})["works"]
    return present["state"] == "client" and works == 0

killed, lost, stuck, takes = 0, 0, 0, {}
for state in ("client", "absent") * 2:
    begun = time.monotonic()
    stuck += attempt(state, passwords.generate()) != 0
    takes[state] = time.monotonic() - begun
while killed < arguments["kills"]:
    password = passwords.generate()
    for state in ("client", "absent"):
        killed += attempt(state, password, source.uniform(0, takes[state])) == signal.SIGKILL
        stuck += attempt(state, password) != 0
        if state == "client":
            lost += not check(password)
tell({"killed": killed, "lost": lost, "stuck": stuck})
"""


class Place:
    """A controller with a vault, a provisioning certificate, and one machine as its inventory knows it.

    `pinned`: from outside the device is asked over TLS, by the certificate that it shows inside.
    """

    def __init__(self, controller, machine, pinned):
        self.controller = controller
        self.machine = machine
        self.vault = controller.folder / "passwords.yml"
        controller.write("vault.pass", VAULT_SECRET)
        (controller.folder / "provisioning.pem").write_bytes(pem(leaf(), intermediate(), root()))
        ports = machine.running.ports
        variables = {
            "amt_host": machine.device.address,
            **({"amt_port": ports.tls} if pinned else {"amt_port": ports.plain, "amt_tls": False}),
            "activate_verify_pause": 1,
        }
        self.inventory = controller.write("inventory.yml", machine.guest.inventory(**variables))

    def command(self, *arguments):
        return ["-i", self.inventory, "--vault-password-file", self.controller.folder / "vault.pass", *arguments]

    def play(self, tasks, *arguments):
        play = self.controller.write("play.yml", [{"hosts": "all", "gather_facts": False, "tasks": tasks}])
        return self.controller.run(
            "ansible-playbook", *self.command(play, *arguments), env={"ANSIBLE_PIPELINING": "1"}, seconds=SECONDS
        )

    def task(self, state, **options):
        if state == "admin":
            options = {"certificate": {"file": "provisioning.pem"}, **options}
        return {
            "name": state,
            "outofband.amt.mei_activation": {"state": state, "escrow": {"vault_file": str(self.vault)}, **options},
        }

    def bring(self, state, *arguments, **options):
        played = self.play([self.task(state, **options)], *arguments)
        assert played.code == 0, played.output
        assert self.password() not in played.output if self.vault.exists() else True
        return played.result(state)

    def password(self):
        text = VaultLib([("default", VaultSecret(VAULT_SECRET.encode()))]).decrypt(self.vault.read_bytes())
        return yaml.safe_load(text)["amt_passwords"]["guest"]

    def traces(self, text):
        """Files and log lines of the guest that hold a text, which comes to the guest on no command line."""
        search = "read -r word; grep -rlsF -- $word /tmp /root /var /etc /run; journalctl -b | grep -F -- $word; true"
        return self.machine.guest.run(search, text=text + "\n")

    def identity(self, password):
        """What stands for a password in the log-in of this device."""
        return self.machine.device.call(lambda firmware: secret("admin", firmware.digest_realm, password))

    def knows(self, password):
        """By the firmware's own store."""
        return self.machine.device.call(lambda firmware: firmware.secret_of("admin")) == self.identity(password)


@pytest.fixture
def place(plug, controller):
    def start(generation=15, pinned=False, **settings):
        trusted = {"Test Root": root().certificate.fingerprint(SHA256()).hex()}
        settings = {"control_mode": "none", "trusted_hashes": trusted, **NAMES, **SETTLES, **settings}
        return Place(controller, plug(generation=generation, **settings), pinned)

    return start


def test_client_mode_then_power_from_outside_and_back(place):
    here = place()
    predicted = here.bring("client", "--check", "--diff")
    assert predicted["changed"] and not here.vault.exists()
    result = here.bring("client", "--diff")
    assert result["diff"] == predicted["diff"] == {"before": {"state": "absent"}, "after": {"state": "client"}}
    assert result["password_proven"] is True
    assert here.knows(here.password())
    for word in (here.password(), here.identity(here.password())):
        assert here.traces(word) == ""
    assert here.bring("client")["changed"] is False
    outside = [
        {
            "name": "outside",
            "outofband.amt.amt_power": {"state": "off", "graceful": "never"},
            "vars": {"amt_password": "{{ (lookup('file', '%s') | from_yaml).amt_passwords.guest }}" % here.vault},
        }
    ]
    played = here.play(outside)
    assert played.code == 0, played.output
    assert played.result("outside")["changed"] is True
    assert here.bring("absent")["steps"] == ["unprovision_locally"]
    assert here.bring("absent")["changed"] is False


def test_from_client_to_admin_mode_and_back(place):
    here = place()
    here.bring("client")
    password = here.password()
    result = here.bring("admin", mebx_password=MEBX)
    assert result["steps"] == ["add_chain", "upgrade", "set_mebx_password"]
    assert result["control_mode"] == {"before": "client", "after": "admin"}
    assert here.password() == password and here.knows(password)
    assert here.bring("admin", mebx_password=MEBX)["changed"] is False
    assert here.bring("absent")["steps"] == ["unprovision"]


def test_admin_mode_over_tls_that_ends_on_the_controller(place):
    here = place(19)
    result = here.bring("admin", "-vvv", mebx_password=MEBX)
    assert result["steps"] == ["start_secure_setup", "set_admin_password", "set_mebx_password", "commit"]
    assert here.knows(here.password())
    assert here.machine.guest.run("ls -d /tmp/amt-relay-* 2> /dev/null", check=False) == ""


def test_a_chain_that_cannot_work_is_refused_by_its_cause(place):
    here = place(dns_suffix="elsewhere.test")
    played = here.play([here.task("admin")])
    failed = played.result("admin")
    assert (failed["error"], failed["details"]) == ("ChainRefused", {"cause": "wrong_suffix"})
    assert not here.vault.exists()


@pytest.mark.parametrize(("generation", "pinned"), [(15, False), (16, True)], ids=["plain", "tls"])
def test_the_playbook_brings_a_machine_to_management_and_then_changes_nothing(place, generation, pinned):
    here = place(generation, pinned)
    extra = ["-e", '{{"activate_escrow": {{"vault_file": "{0}"}}}}'.format(here.vault)]
    for state in ("changed", "ok"):
        played = here.controller.run(
            "ansible-playbook", *here.command("outofband.amt.provision_fleet", *extra), seconds=SECONDS
        )
        assert played.code == 0, played.output
        assert "guest: {0}, ".format(state) in played.output
        assert "answers from outside" in played.output
        assert here.password() not in played.output
    assert here.knows(here.password())


def test_the_playbook_tells_what_keeps_a_machine_from_it(place):
    here = place(amt="disabled")
    extra = ["-e", '{{"activate_escrow": {{"vault_file": "{0}"}}}}'.format(here.vault)]
    played = here.controller.run(
        "ansible-playbook", *here.command("outofband.amt.provision_fleet", *extra), seconds=SECONDS
    )
    assert played.code != 0
    assert "AMT is disabled in the firmware" in played.output
    assert "Not managed yet: guest" in played.output


@pytest.mark.parametrize("generation", [15])
def test_the_machines_part_killed_a_hundred_times(place, generation):
    here = place(generation)
    figures = {"killed": 0, "lost": 0, "stuck": 0}
    for seed in range(PARTS):
        program = here.machine.start_python(KILLS, seed=seed, kills=ROUNDS // PARTS)
        told = here.machine.told_by(program, 900)
        figures = {name: figures[name] + told[name] for name in figures}
    assert figures["killed"] >= ROUNDS
    assert (figures["lost"], figures["stuck"]) == (0, 0)


def test_the_controller_killed_anywhere(place):
    """Real runs, killed whole; what each leaves is taken up by the next."""
    here = place()
    source = random.Random(4)
    play = here.controller.write(
        "killed.yml", [{"hosts": "all", "gather_facts": False, "tasks": [here.task("client")]}]
    )
    command = [str(PROGRAMS / "ansible-playbook"), *map(str, here.command(play))]
    for number in range(CONTROLLER_KILLS):
        run = subprocess.Popen(
            command,
            cwd=here.controller.folder,
            env=here.controller.environment({}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(source.uniform(2, 14))
        subprocess.run(["kill", "-{0}".format(int(signal.SIGKILL)), "--", "-{0}".format(run.pid)], check=False)
        run.wait()
        result = here.bring("client")
        assert result["password_proven"] is True, number
        assert here.knows(here.password()), number
        if number % 2:
            here.bring("absent")
