# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several jobs of one minion for one device: one after another, and together they write what one of them would."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from salt.exceptions import CommandExecutionError
from saltext.amt.devices import find_device
from saltext.amt.turns import in_turn

ALLOW = ["dhcp", "arp"]


def written(place: Any, device: str) -> Counter[str]:
    entries = place.running.journal.writes(device=device)
    return Counter(f"{entry.cls} {entry.method or entry.verb}" for entry in entries)


def test_jobs_at_once_write_what_one_does(site: Any, minion: Any) -> None:
    place = site("pc-01", "pc-02")
    assert minion(place.pillar).functions["amt.isolate"](allow=ALLOW, device="pc-02")["changed"]
    jobs = [minion(place.pillar) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        told = [pool.submit(job.functions["amt.isolate"], allow=ALLOW, device="pc-01") for job in jobs[:2]]
        told_of_state = pool.submit(jobs[2].states["amt.isolated"], name="it", allow=ALLOW, device="pc-01")
    changed = [each.result()["changed"] for each in told] + [bool(told_of_state.result()["changes"])]
    assert sorted(changed) == [False, False, True]
    assert written(place, "pc-01") == written(place, "pc-02")


def test_who_waits_longer_than_the_device_may_take_is_refused_and_reading_waits_for_nobody(
    site: Any, minion: Any
) -> None:
    place = site("pc-01")
    loaded, predicting = minion(place.pillar), minion(place.pillar, test=True)
    place.pillar["amt"]["defaults"]["deadline"] = 0.2
    hurried = minion(place.pillar)
    with in_turn(find_device(loaded.opts, loaded.opts["pillar"], "pc-01")):
        with pytest.raises(CommandExecutionError, match=r"another job has been at work on pc-01 for 0\.2 seconds"):
            hurried.functions["amt.isolate"](allow=ALLOW, device="pc-01")
        refused = hurried.states["amt.isolated"](name="it", allow=ALLOW, device="pc-01")
        assert (refused["result"], refused["changes"]) == (False, {})
        assert refused["comment"].startswith("Unavailable: another job")
        assert loaded.functions["amt.power"](device="pc-01")["state"]
        assert predicting.states["amt.isolated"](name="it", allow=ALLOW, device="pc-01")["result"] is None
        assert place.writes("pc-01") == 0
    assert loaded.states["amt.isolated"](name="it", allow=ALLOW, device="pc-01")["result"] is True


def test_where_there_can_be_no_lock_the_log_says_so(site: Any, minion: Any, caplog: Any) -> None:
    place = site("pc-01")
    loaded = minion(place.pillar)
    folder = Path(loaded.opts["cachedir"]) / "amt_turns"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.touch()
    assert loaded.functions["amt.isolate"](allow=ALLOW, device="pc-01")["changed"]
    assert "cannot take turns" in caplog.text
