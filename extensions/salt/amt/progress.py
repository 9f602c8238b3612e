# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""A fleet action while it runs: every answer goes to the event bus and to the job cache as soon as it is there.

Whoever ends the runner, or the master, does not take away what was answered: `salt-run jobs.lookup_jid`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import salt.minion
import salt.utils.event
from salt.exceptions import SaltException
from saltext.amt.core.clock import Deadline, SystemClock
from saltext.amt.one_at_a_time import LOADING

log = logging.getLogger(__name__)

#: Seconds for which a bus that is away is left alone.
BUS_REST = 5.0


class Bus:
    """The master's event bus. A master that is away costs events, and neither answers nor much time."""

    def __init__(self, opts: Mapping[str, Any], clock: SystemClock | None = None) -> None:
        self.opts = dict(opts)
        self.clock = clock or SystemClock()
        self.rest = Deadline(self.clock, 0)
        self.event: Any = None

    def fire(self, data: dict[str, Any], tag: str) -> bool:
        """Whether it was sent."""
        if not self.rest.passed():
            return False
        try:
            if self.event is None:
                self.event = salt.utils.event.get_master_event(self.opts, self.opts["sock_dir"], listen=False)
            if self.event.fire_event(data, tag):
                return True
        except (OSError, SaltException) as error:
            log.info("no event %s: %s", tag, error)
        self.close()
        self.rest = Deadline(self.clock, BUS_REST)
        return False

    def close(self) -> None:
        if self.event is not None:
            self.event.destroy()
            self.event = None


class Run:
    """`jid` is empty where the runner is called outside of a job: then nothing is recorded."""

    def __init__(self, opts: Mapping[str, Any], jid: str, function: str, names: list[str]) -> None:
        self.opts = dict(opts)
        self.jid = jid
        self.function = function
        self.total = len(names)
        self.done = 0
        self.bus = Bus(opts)
        recorded = jid and self.opts.get("job_cache")
        with LOADING:
            made = salt.minion.MasterMinion(self.opts, states=False, rend=False) if recorded else None
        self.returners = made.returners if made else None
        load = {"jid": jid, "fun": function, "tgt": names, "tgt_type": "list", "user": "", "arg": []}
        self._cache("prep_jid", False, passed_jid=jid)  # without it a master that starts throws the job away
        self._cache("save_load", jid, load, minions=names)
        self._fire({"devices": names}, "new")

    def answered(self, name: str, answer: dict[str, Any], failed: bool) -> None:
        """Keep and tell an answer, which holds no secrets any more."""
        self.done += 1
        load = {"jid": self.jid, "id": name, "fun": self.function, "return": answer}
        self._cache("returner", {**load, "success": not failed, "retcode": int(failed)})
        progress = {"device": name, "answer": answer, "failed": failed, "done": self.done, "total": self.total}
        self._fire(progress, "device/" + name)

    def ended(self, counts: dict[str, int]) -> None:
        self._fire({"counts": counts}, "end")
        self.bus.close()

    def _fire(self, data: dict[str, Any], suffix: str) -> None:
        self.bus.fire({"fun": self.function, "jid": self.jid, **data}, "amt/run/{0}/{1}".format(self.jid, suffix))

    def _cache(self, function: str, *arguments: Any, **settings: Any) -> None:
        """A job cache that is full or not there costs the record, and no device its turn or its answer."""
        if self.returners is None:
            return
        try:
            with LOADING:
                self.returners["{0}.{1}".format(self.opts["master_job_cache"], function)](*arguments, **settings)
        except (KeyError, OSError, SaltException) as error:
            log.error("the job cache has not taken %s of job %s: %s", function, self.jid, error)
