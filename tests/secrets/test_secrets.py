# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted secrets are looked for in everything that a run leaves behind: what it prints at -vvvv, results, diffs, logs,
caches, the report, and the simulator's journal. On success, and on each kind of failure."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from simulator import digest
from tests.faults.test_playbook import LIMITS, SAMPLE, TASKS

PASSWORD, WRONG = "pl4nted-P@ssw0rd!", "pl4nted-Wr0ng-P@ss!"
INPUTS = ("inventory.yml", "play.yml", "fleet.amt_scan.yml", "client.pem", "client.key")
"""What the test itself writes, secrets included."""


@dataclass
class Secrets:
    """Everything that would help a reader: what was planted, and what the wire made of it."""

    planted: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    realms: set[str] = field(default_factory=set)

    def known(self) -> dict[str, bytes]:
        """Name -> octets. The hash of user, realm and password is as good as the password to that device."""
        found = {name: value.encode() for name, value in self.planted.items()}
        for name in ("password", "wrong password"):
            value = self.planted[name].encode()
            found[name + ", base64"] = base64.b64encode(value).rstrip(b"=")
            found[name + ", hexadecimal"] = value.hex().encode()
            for realm in self.realms:
                identity = "admin:{0}:{1}".format(realm, self.planted[name]).encode()
                found["{0}, identity in {1}".format(name, realm)] = hashlib.md5(identity).hexdigest().encode()
        for number, header in enumerate(self.headers):
            offered = digest.parse_authorization(header)
            found["digest response {0}".format(number)] = offered["response"].encode()
            found["client nonce {0}".format(number)] = offered["cnonce"].encode()
        return found

    def found_in(self, octets: bytes) -> list[str]:
        return [name for name, secret in self.known().items() if secret in octets]


@pytest.fixture
def secrets(monkeypatch) -> Secrets:
    """Collects what clients send to log in, where the simulator reads it."""
    collected = Secrets({"password": PASSWORD, "wrong password": WRONG})
    judge = digest.DigestGuard.check

    def watch(guard, header, method, body, realm, *others):
        collected.headers.append(header)
        collected.realms.add(realm)
        return judge(guard, header, method, body, realm, *others)

    monkeypatch.setattr(digest.DigestGuard, "check", watch)
    return collected


def left_behind(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the test's own."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name not in INPUTS]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def assert_kept(secrets: Secrets, controller, running, *outputs: str) -> None:
    journal = "\n".join(json.dumps(entry.shown()) for entry in running.journal.entries())
    places = {**left_behind(controller.folder), "journal": journal.encode()}
    places.update(("output {0}".format(number), text.encode()) for number, text in enumerate(outputs))
    assert journal
    assert secrets.headers
    assert {place: found for place, octets in places.items() if (found := secrets.found_in(octets))} == {}
    for place in places.values():
        assert b"Authorization: Digest" not in place


def logging(controller) -> dict[str, str]:
    return {"ANSIBLE_LOG_PATH": str(controller.folder / "ansible.log"), "ANSIBLE_VERBOSITY": "4"}


def plain_key_lines(key: Path) -> dict[str, str]:
    lines = [line for line in key.read_text().splitlines() if line and not line.startswith("-----")]
    return {"key, line {0}".format(number): line for number, line in enumerate(lines)}


def test_on_success(simulate, controller, secrets):
    running = simulate([{"name": "pc", "generation": 16, "password": PASSWORD}])
    inventory = controller.inventory({"pc": controller.securely(running.device("pc"), running)})
    tasks = [{"name": name, **task} for name, task in TASKS.items()]
    tasks.append(
        {
            "name": "put",
            "outofband.amt.amt_wsman": {
                "class_name": "AMT_GeneralSettings",
                "action": "put",
                "properties": {"HostName": "renamed"},
                "omit": ["DigestRealm"],
            },
        }
    )
    environment = logging(controller)
    checked = controller.play(tasks, inventory, "-vvvv", "--diff", "--check", env=environment)
    done = controller.play(tasks, inventory, "-vvvv", "--diff", env=environment)
    assert (checked.code, done.code) == (0, 0), done.output
    assert sum(done.changed().values()) >= 3
    assert "AMT Put AMT_BootSettingData: ok" in (controller.folder / "ansible.log").read_text()
    assert_kept(secrets, controller, running, checked.output, done.output)


def test_on_every_fault(simulate, controller, secrets):
    running = simulate([{"name": "{n}", "count": len(SAMPLE), "generation": 16, "password": PASSWORD}])
    hosts = {}
    for fault, device in zip(SAMPLE, running.devices):
        hosts[fault] = controller.securely(device, running, **LIMITS)
        device.fail(fault)
    tasks = [{"name": name, **task, "ignore_errors": True, "ignore_unreachable": True} for name, task in TASKS.items()]
    run = controller.play(
        tasks[:2], controller.inventory(hosts), "-vvvv", "--diff", "--forks", "20", env=logging(controller)
    )
    assert len(run.records) == 2 * len(SAMPLE), run.output
    assert_kept(secrets, controller, running, run.output)


def test_on_what_the_user_did_wrong(simulate, controller, secrets):
    """A password in the wrong place is a user's own mistake, and still not repeated where it is known to be one."""
    running = simulate([{"name": "{n}", "count": 2, "generation": 16, "password": PASSWORD}])
    right, other = running.devices
    hosts = {
        "right": controller.securely(right, running),
        "wrong": controller.securely(right, running, amt_password=WRONG),
        "pinned": controller.securely(other, running, amt_fingerprint="00" * 32),
        "empty": controller.securely(other, running, amt_password=""),
        "quoted": controller.securely(other, running, amt_proxy_command="ssh '" + PASSWORD),
        "proxied": controller.securely(other, running, amt_proxy_command="false " + PASSWORD),
        "named": controller.securely(other, running, ansible_host=PASSWORD + ".example.test"),
        "filed": controller.securely(other, running, amt_ca_file="/" + PASSWORD),
        "control": controller.securely(other, running, amt_user="a\x01b"),
    }
    query = {"outofband.amt.amt_info": {"gather_subset": ["power"], "query": "[?" + PASSWORD}}
    query.update(name="query", when="inventory_hostname == 'right'", ignore_errors=True)
    ask = {"name": "ask", **TASKS["info"], "ignore_errors": True, "ignore_unreachable": True}
    run = controller.play(
        [ask, query],
        controller.inventory(hosts),
        "-vvvv",
        env=logging(controller),
    )
    kinds = {each["host"]: each["kind"] for each in run.records if each["task"] == "ask"}
    assert kinds.pop("right") == "ok", run.output
    assert set(kinds.values()) <= {"failed", "unreachable"}, kinds
    assert run.result("query", "right")["error"] == "InvalidOption"
    assert_kept(secrets, controller, running, run.output)


def test_a_client_key(simulate, fleet, controller, secrets):
    running = simulate([{"name": "pc", "generation": 16, "password": PASSWORD}])
    certificate, key = running.simulation.authority.client_certificate("console")
    secrets.planted.update(plain_key_lines(key))
    device = running.device("pc")
    hosts = {
        "fits": controller.securely(device, running, amt_client_certificate=str(certificate), amt_client_key=str(key)),
        "swapped": controller.securely(
            device, running, amt_client_certificate=str(key), amt_client_key=str(certificate)
        ),
    }
    ask = {"name": "ask", **TASKS["info"], "ignore_errors": True, "ignore_unreachable": True}
    run = controller.play([ask], controller.inventory(hosts), "-vvvv", env=logging(controller))
    assert run.of("ask", "fits")["kind"] == "ok", run.output
    assert run.result("ask", "swapped")["error"] == "InvalidOption"
    assert_kept(secrets, controller, running, run.output)


def test_the_report(simulate, controller, secrets):
    running = simulate([{"name": "{n}", "count": 3, "generation": 16, "password": PASSWORD}])
    first, second, third = running.devices
    hosts = {
        "well": controller.securely(first, running),
        "wrong": controller.securely(second, running, amt_password=WRONG),
        "gone": controller.securely(third, running),
    }
    third.fail("refuse")
    page = controller.folder / "fleet.html"
    extra = ("-vvvv", "-e", "amt_report_file={0}".format(page))
    run = controller.playbook("report", controller.inventory(hosts), *extra, env=logging(controller))
    assert run.code == 0, run.output
    assert "wrong" in page.read_text()
    assert_kept(secrets, controller, running, run.output)


def test_the_scan_with_a_log_in_and_a_cache(simulate, controller, secrets):
    running = simulate([{"name": "{n}", "count": 3, "generation": 15, "tls": False, "password": PASSWORD}])
    running.devices[1].fail("wrong_password")
    source = {
        "plugin": "outofband.amt.amt_scan",
        "hosts": [device.address for device in running.devices],
        "rmcp_port": running.ports.presence,
        "port": running.ports.plain,
        "tls_port": running.ports.tls,
        "login": True,
        "password": PASSWORD,
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(controller.folder / "cache"),
    }
    path = controller.write("fleet.amt_scan.yml", source)
    run = controller.run("ansible-inventory", "-i", path, "--list", "-vvvv", env=logging(controller))
    assert run.code == 0, run.output
    assert run.output.count('"amt_login": {') == 3, run.output
    assert '"__ansible_unsafe": "refused"' in run.output
    assert list((controller.folder / "cache").iterdir())
    assert_kept(secrets, controller, running, run.output)


def test_the_scan_for_secrets_finds_them(simulate, controller, secrets):
    """A search that finds nothing anywhere would pass all of the above."""
    running = simulate([{"name": "pc", "generation": 16, "password": PASSWORD}])
    inventory = controller.inventory({"pc": controller.securely(running.device("pc"), running)})
    tell = {"name": "tell", "ansible.builtin.debug": {"var": "amt_password"}}
    run = controller.play([{"name": "ask", **TASKS["info"]}, tell], inventory)
    assert secrets.found_in(run.output.encode()) == ["password"]
    assert secrets.found_in(secrets.headers[0].encode()) == ["digest response 0", "client nonce 0"]
