# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in a real browser, used as people use it: a large fleet, searched, filtered and ordered; hostile devices."""

from __future__ import annotations

import html
import json
import re

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.fleet.report import fleet
from ansible_collections.outofband.amt.plugins.plugin_utils.report_page.page import page

from tests.integration.test_hostile_devices import VOCABULARY
from tests.integration.test_playbooks import chromium, measured

MANY = 5000

USE = """
<pre id="used"></pre>
<script>
addEventListener("load", () => setTimeout(() => {
  const form = document.querySelector(".controls");
  const names = () => [...document.querySelectorAll(".devices > li .name")].map(e => e.textContent);
  const told = () => form.querySelector("output").textContent;
  const settled = (act) => {
    const start = performance.now();
    act();
    document.querySelector(".devices").offsetHeight;
    return performance.now() - start;
  };
  const set = (name, value) => settled(() => {
    form.elements[name].value = value;
    form.elements[name].dispatchEvent(new Event("input", {bubbles: true}));
    form.elements[name].dispatchEvent(new Event("change", {bubbles: true}));
  });
  const used = {first: names().slice(0, 4), visible: !form.hidden, loaded: performance.now()};
  used.shown = names().length;
  const more = document.querySelector(".more");
  used.plain = settled(() => more.click());
  used.more = names().length;
  used.searching = set("search", "Desk-7 ACME");
  used.found = names();
  used.told = told();
  set("search", "");
  used.filtering = set("worry", "cut off the network");
  used.cut = names();
  set("worry", "");
  set("state", "unreachable");
  used.away = told();
  set("state", "");
  used.ordering = set("order", "level");
  used.oldest = names()[0];
  set("order", "name");
  used.named = names().slice(0, 3);
  set("order", "expires");
  used.expiring = names()[0];
  document.getElementById("used").textContent = JSON.stringify(used);
}));
</script>
"""


def answer(number):
    firmware = {"version": "16.1.{0}".format(20 + number % 9), "versions": {"Build Number": "2176"}}
    system = {"manufacturer": "ACME", "model": "Desk 3", "serial_number": "SN{0:05}".format(number), "uuid": None}
    ports = {"wired": {"ip": "10.0.{0}.{1}".format(number // 250, number % 250), "mac": "02:00:00:00:00:01"}}
    facts = {"system": system, "firmware": firmware, "network": {"ports": ports}, "power": {"state": "on"}}
    return {"amt": {**facts, "bios": {"version": "1.9", "release_date": "2024-02-03T00:00:00Z"}}}


def large():
    hosts = {"desk-{0}".format(number): {"amt_answer": answer(number)} for number in range(MANY)}
    hosts["desk-77"]["amt_isolation"] = {"ports": {"wired": {"state": "isolated", "since": "2026-05-01T08:00:00Z"}}}
    hosts["desk-42"]["amt_certificate"] = {"expires": "2020-01-01T00:00:00Z"}
    hosts["desk-43"]["amt_certificate"] = {"expires": "2090-01-01T00:00:00Z"}
    hosts["desk-13"]["amt_answer"]["amt"]["firmware"]["version"] = "9.5.1"
    for number in range(100, 200):
        hosts["desk-{0}".format(number)] = {"amt_answer": {"unreachable": True, "msg": "silent"}}
    records = {"desk-77": {"what": "isolated", "who": "ann", "why": "ticket 4711"}}
    return page(fleet(list(hosts), hosts, records=records), "Many")


def test_a_large_fleet_is_searched_filtered_and_ordered(tmp_path):
    text = large()
    assert len(text) < 2000 * MANY, "what the page weighs"
    path = tmp_path / "many.html"
    path.write_text(re.sub("script-src 'sha256-[^']*'", "script-src 'unsafe-inline'", text) + USE)
    dom = chromium(tmp_path, path, 1100, "--dump-dom")
    used = json.loads(html.unescape(re.search('<pre id="used">(.*?)</pre>', dom, re.DOTALL).group(1)))
    assert (used["shown"], used["more"]) == (200, 400)
    assert used["visible"] and used["first"] == ["desk-100", "desk-101", "desk-102", "desk-103"]
    assert used["found"][:2] == ["desk-7", "desk-70"] and len(used["found"]) == 111
    assert used["told"] == "111 of 5000"
    assert used["cut"] == ["desk-77"] and used["away"] == "100 of 5000"
    assert (used["oldest"], used["expiring"]) == ("desk-13", "desk-42")
    assert used["named"] == ["desk-0", "desk-1", "desk-2"]
    for act in ("searching", "filtering", "ordering"):
        assert used[act] < 10 * max(used["plain"], 20), (act, used)


def test_the_page_runs_its_own_script_and_no_other(tmp_path):
    """As it stands, its policy in force: the controls appear, what is added does not run."""
    path = tmp_path / "strict.html"
    path.write_text(page(fleet([], {}), "Nobody") + "<script>document.title = 'owned'</script>")
    dom = chromium(tmp_path, path, 1100, "--dump-dom")
    assert '<form class="controls">' in dom and "<title>Nobody</title>" in dom
    assert '<output class="quiet">0 of 0</output>' in dom


@pytest.mark.parametrize("width", [360, 1100])
def test_no_word_of_a_device_breaks_out_of_its_place(tmp_path, width):
    hosts = {}
    for number, word in enumerate(VOCABULARY.values()):
        system = dict.fromkeys(("manufacturer", "model", "serial_number", "uuid"), word)
        facts = {"system": system, "firmware": {"version": word, "control_mode": word}, "power": {"state": word}}
        isolation = {"ports": {"wired": {"state": "isolated", "since": word}}}
        certificate = {"expires": word}
        hosts["pc-{0}".format(number)] = {
            "amt_answer": {"amt": facts},
            "amt_isolation": isolation,
            "amt_certificate": certificate,
        }
        hosts["x" + word] = {"amt_answer": {"unreachable": True, "msg": word}, "amt_host": word}
    records = {name: {"what": "isolated", "who": name, "why": name} for name in hosts}
    path = tmp_path / "hostile.html"
    path.write_text(page(fleet(list(hosts), hosts, records=records), VOCABULARY["script"]))
    seen = measured(tmp_path, path, width)
    assert seen["title"].startswith("</script></style>") and (seen["scripts"], seen["images"]) == (2, 0)
    assert seen["wide"] == [] and seen["content"] <= width and len(seen["devices"]) == len(hosts)
    assert seen["loaded"] == []
