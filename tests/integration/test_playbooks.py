# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection on a simulated fleet; the report in a real browser."""

from __future__ import annotations

import html
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ON, OFF = 2, 8
"""DMTF's numbers of power states, in which the simulator keeps them."""

HOSTILE = "<script>document.title='owned'</script>" + "w" * 80

MEASURE = """
<script>
addEventListener("load", () => {
  const all = [...document.querySelectorAll("body *")];
  const measured = {
    title: document.title,
    width: innerWidth,
    content: document.documentElement.scrollWidth,
    wide: all.filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80)),
    small: all.filter(e => e.childNodes.length && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
      .map(e => parseFloat(getComputedStyle(e).fontSize)).filter(size => size < 12),
    loaded: performance.getEntriesByType("resource").map(e => e.name),
    tiles: [...document.querySelectorAll(".tile")].map(e => e.innerText.replace(/\\s+/g, " ").trim()),
    charts: [...document.querySelectorAll(".charts .card")].map(card => ({
      title: card.querySelector("h2").innerText,
      bars: [...card.querySelectorAll("li")].map(bar => [
        bar.querySelector(".label").innerText, Number(bar.querySelector(".count").innerText),
        bar.querySelector(".bar").getBoundingClientRect().width / bar.getBoundingClientRect().width,
      ]),
    })),
    devices: [...document.querySelectorAll(".devices > li")].map(e => e.querySelector(".name").textContent),
    open: [...document.querySelectorAll("details[open] .name")].map(e => e.textContent),
    problems: [...document.querySelectorAll(".problem")].map(e => e.textContent),
    touch: Math.min(...[...document.querySelectorAll("summary")].map(e => e.offsetHeight)),
    scripts: document.scripts.length,
    images: document.images.length,
  };
  const out = document.createElement("pre");
  out.id = "measured";
  out.textContent = JSON.stringify(measured);
  parent.document.body.append(out);
});
</script>
"""


def chromium(folder, page, width, *arguments):
    program = shutil.which("chromium")
    assert program, "these tests need a browser: install Debian's package chromium"
    return subprocess.run(
        [
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--user-data-dir={0}".format(folder / "browser"),
            "--window-size={0},1600".format(width),
            *arguments,
            page.as_uri(),
        ],
        capture_output=True,
        timeout=300,
        check=True,
    ).stdout.decode()


def measured(folder, page, width):
    """What the browser made of the page at a width in CSS pixels. In a frame: a window has a least width of 500."""
    frame = folder / "frame.html"
    opened, policies = re.subn("script-src 'sha256-[^']*'", "script-src 'unsafe-inline'", page.read_text(), count=1)
    assert policies == 1, "the page has a policy that lets no script run but its own"
    content = html.escape(opened + MEASURE)
    frame.write_text('<iframe style="border: 0; width: {0}px; height: 1600px" srcdoc="{1}">'.format(width, content))
    dom = chromium(folder, frame, width + 100, "--dump-dom")
    return json.loads(html.unescape(re.search('<pre id="measured">(.*?)</pre>', dom, re.DOTALL).group(1)))


@pytest.fixture
def office(simulate, controller):
    """Six devices, of which one is off, one does not answer, one refuses the log-in, one has a hostile name."""
    running = simulate(
        [
            {"name": "old", "generation": 9, "tls": False},
            {"name": "off", "generation": 15, "tls": False, "power": "off"},
            {"name": "gone", "generation": 15, "tls": False},
            {"name": "wrong", "generation": 15, "tls": False},
            {"name": "new", "generation": 19},
            {"name": "hostile", "generation": 12, "tls": False, "hostname": "x"},
        ]
    )
    running.device("gone").fail("refuse")
    running.device("wrong").fail("wrong_password")
    hosts = {
        device.name: controller.plainly(device, running, amt_host=device.address)
        for device in running.devices
        if device.name not in ("new", "hostile")
    }
    new = running.device("new")
    hosts["new"] = controller.securely(new, running, amt_fingerprint=new.fingerprint)
    hosts[HOSTILE] = controller.plainly(running.device("hostile"), running)
    return running, controller.inventory(hosts)


def test_discover_shows_a_table_and_writes_an_inventory(office, controller):
    running, inventory = office
    kept = controller.folder / "kept.yml"
    run = controller.playbook("discover", inventory, "-e", "amt_inventory_file={0}".format(kept))
    assert "4 of 6 devices answered." in run.output, run.output
    lines = run.result("Show a table")["msg"]
    rows = {line.split()[0]: line for line in lines[1:-1]}
    assert "9." in rows["old"] and " on " in rows["old"]
    assert " off " in rows["off"]
    assert "unreachable" in rows["gone"] and "refused" in rows["wrong"]
    listed = controller.run("ansible-inventory", "-i", kept, "--list")
    assert listed.code == 0, listed.output
    written = json.loads(listed.output)["_meta"]["hostvars"]
    assert set(written) == {"old", "off", "new", running.device("hostile").address}
    assert written["new"]["ansible_host"] == running.device("new").address
    assert running.device("new").password not in kept.read_text()
    assert running.journal.count(device="wrong", login="refused") == 1


def test_what_discover_wrote_finds_the_same_devices_answering(office, controller):
    """Trust, log-in, ways and groups are kept; the password comes from where it belongs."""
    running, inventory = office
    hosts = yaml.safe_load(inventory.read_text())["amt"]["hosts"]
    hosts["off"]["amt_user"] = "admin"
    proxy = "{0} -c {1}".format(sys.executable, shlex.quote(PROXY))
    hosts["old"]["amt_proxy_command"] = proxy + " %h %p"
    del hosts["new"]["amt_ca_file"]
    groups = {
        "amt": {"hosts": hosts},
        "floor_two": {"hosts": {"old": {}, "new": {}}},
        "site": {"children": {"floor_two": {}}},
    }
    inventory = controller.write("inventory.yml", groups)
    kept = controller.folder / "kept.yml"
    run = controller.playbook("discover", inventory, "-e", "amt_inventory_file=kept.yml")
    assert "4 of 6 devices answered." in run.output, run.output
    password = {"AMT_PASSWORD": running.device("new").password}
    again = controller.playbook("discover", kept, "-e", "amt_inventory_file=again.yml", env=password)
    assert "4 of 4 devices answered." in again.output, again.output
    assert kept.read_text() == (controller.folder / "again.yml").read_text()
    listed = json.loads(controller.run("ansible-inventory", "-i", kept, "--list").output)
    assert listed["floor_two"]["hosts"] == listed["site"]["hosts"] == ["old", "new"]
    known = listed["_meta"]["hostvars"]
    assert known["new"]["amt_fingerprint"] == running.device("new").fingerprint
    assert known["off"]["amt_user"] == "admin"
    assert known["old"]["amt_proxy_command"] == {"__ansible_unsafe": proxy + " %h %p"}


def test_discover_loses_no_device_of_the_inventory_that_it_wrote(office, controller):
    """Limited, without the password, or over a file of somebody else."""
    running, inventory = office
    password = {"AMT_PASSWORD": running.device("new").password}
    written = "-e", "amt_inventory_file=kept.yml"
    controller.playbook("discover", inventory, *written)
    kept = controller.folder / "kept.yml"
    before = kept.read_text()
    run = controller.playbook("discover", kept, *written, "--limit", "old", env=password)
    assert run.code == 0 and run.result("Say where the inventory is")["msg"].endswith(
        ", with 3 from before that did not answer now"
    )
    assert sorted(yaml.load(kept.read_text(), yaml.BaseLoader)["amt"]["hosts"]) == sorted(
        yaml.load(before, yaml.BaseLoader)["amt"]["hosts"]
    )
    run = controller.playbook("discover", kept, *written)
    assert run.code != 0 and "amt_password" in run.output
    assert kept.read_text().count("amt_host") == before.count("amt_host")
    mine, asked = inventory.read_text(), len(running.journal.entries())
    run = controller.playbook("discover", inventory, "-e", "amt_inventory_file={0}".format(inventory.name))
    assert run.code != 0 and "is not an inventory that fleet_report wrote" in run.output
    assert inventory.read_text() == mine and len(running.journal.entries()) == asked


PROXY = """
import selectors, socket, sys
peer = socket.create_connection(sys.argv[1:3])
chosen = selectors.DefaultSelector()
chosen.register(0, selectors.EVENT_READ); chosen.register(peer, selectors.EVENT_READ)
import os
while True:
    for key, _ in chosen.select():
        data = os.read(key.fd, 65536)
        if not data: sys.exit()
        peer.sendall(data) if key.fd == 0 else os.write(1, data)
"""


def test_the_report_is_one_page_for_desk_and_phone(office, controller):
    running, inventory = office
    page = controller.folder / "fleet.html"
    run = controller.playbook("report", inventory, "-e", "amt_report_file={0}".format(page))
    assert page.exists(), run.output
    text = page.read_text()
    assert running.device("new").password not in text
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|<link", text.replace(HOSTILE, ""))
    for width in (360, 1100):
        seen = measured(controller.folder, page, width)
        assert seen["width"] == width and seen["content"] <= width, seen["wide"]
        assert seen["wide"] == [] and seen["small"] == [] and seen["loaded"] == []
        assert seen["title"] == "Intel AMT fleet"
        assert seen["scripts"] == 2 and seen["images"] == 0, "only the page's own script and the measuring one"
        assert seen["touch"] >= 44
        assert seen["tiles"] == ["6 devices", "4 answered", "3 switched on", "5 need attention"]
        charts = {chart["title"]: chart["bars"] for chart in seen["charts"]}
        assert [bar[:2] for bar in charts["Power"]] == [["on", 3], ["off", 1], ["unknown", 2]]
        assert [bar[2] for bar in charts["Power"]] == pytest.approx([3 / 6, 1 / 6, 2 / 6], abs=0.02)
        assert ["no answer", 1] in [bar[:2] for bar in charts["Needs attention"]]
        assert seen["devices"][:2] == seen["open"] == ["gone", "wrong"]
        assert HOSTILE in seen["devices"] and len(seen["devices"]) == 6
        assert "refused" in seen["problems"][0] and "credentials" in seen["problems"][1]
    shot = controller.folder / "fleet.png"
    chromium(controller.folder, page, 360, "--screenshot={0}".format(shot))
    assert shot.read_bytes().startswith(b"\x89PNG")


def test_power_by_group_in_lots(simulate, controller):
    running = simulate([{"name": "{n}", "count": 5, "generation": 15, "tls": False, "power": "off"}])
    inventory = controller.inventory({device.name: controller.plainly(device, running) for device in running.devices})
    run = controller.playbook("power", inventory, "-e", "amt_state=on", "-e", "amt_serial=2")
    assert run.code == 0, run.output
    assert run.output.count("TASK [Set the power state]") == 3
    assert {device.call(lambda firmware: firmware.power.state) for device in running.devices} == {ON}
    assert len(running.journal.writes()) == 5
    without = controller.playbook("power", inventory)
    assert without.code != 0 and "Say which state" in without.output
    assert len(running.journal.writes()) == 5


def test_nightly_brings_each_machine_back_to_its_state(simulate, controller):
    running = simulate(
        [
            {"name": "on", "generation": 15, "tls": False},
            {"name": "off", "generation": 15, "tls": False, "power": "off"},
            {"name": "fails", "generation": 15, "tls": False, "power": "off"},
        ]
    )
    work = controller.write(
        "work.yml",
        [
            {
                "name": "work",
                "outofband.amt.amt_info": {"gather_subset": ["power"]},
                "register": "during",
                "failed_when": "inventory_hostname == 'fails'",
            }
        ],
    )
    inventory = controller.inventory({device.name: controller.plainly(device, running) for device in running.devices})
    run = controller.playbook("nightly", inventory, "-e", "amt_work={0}".format(work))
    assert run.code == 2, run.output
    assert {run.result("work", name)["amt"]["power"]["state"] for name in ("on", "off", "fails")} == {"on"}
    states = {device.name: device.call(lambda firmware: firmware.power.state) for device in running.devices}
    assert states == {"on": ON, "off": OFF, "fails": OFF}
    assert running.journal.writes(device="on") == []


def test_nightly_killed_halfway_is_finished_by_the_next_run(simulate, controller):
    """A run that is killed leaves machines on; the next one knows how they were. One that was on before stays on."""
    running = simulate(
        [
            {"name": "on", "generation": 15, "tls": False},
            {"name": "off", "generation": 15, "tls": False, "power": "off"},
        ]
    )
    inventory = controller.inventory({device.name: controller.plainly(device, running) for device in running.devices})
    kill = "{{ lookup('ansible.builtin.pipe', 'kill -9 $(ps -o ppid= -p $PPID) $PPID') }}"
    work = controller.write("work.yml", [{"name": "die", "ansible.builtin.debug": {"msg": kill}}])

    def states():
        return {device.name: device.call(lambda firmware: firmware.power.state) for device in running.devices}

    run = controller.playbook("nightly", inventory, "-e", "amt_work={0}".format(work))
    assert run.code == -9, run.output
    assert states() == {"on": ON, "off": ON}
    run = controller.playbook("nightly", inventory)
    assert run.code == 0 and states() == {"on": ON, "off": OFF}, run.output
    remembered = run.result("Remember it until it is back", "off")
    assert (remembered["state"], remembered["earlier"]) == ("off", True)
    assert json.loads(Path(remembered["path"]).read_text()) == {}
    assert running.journal.writes(device="on") == []


def test_a_light_sleeper_is_asked_in_the_words_of_amt_power(simulate, controller):
    """Firmware knows several sleeps; what amt_info calls the state must be one that amt_power can bring back."""
    running = simulate([{"name": "light", "generation": 15, "tls": False, "power": "light_sleep"}])
    inventory = controller.inventory({"light": controller.plainly(running.device("light"), running)})
    run = controller.playbook("nightly", inventory)
    assert run.result("Remember the state")["amt"]["power"]["state"] == "sleep", run.output
    assert run.of("Wake")["result"]["changed"] is True
    assert run.result("Bring back to the state before")["state"] == "sleep", run.output
