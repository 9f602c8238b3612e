# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_alarms
author: The outofband.amt contributors (!UNKNOWN)
short_description: The alarm clock of Intel AMT firmware
description:
  - Sets when the firmware switches the machine on by itself, once or again and again. Nobody else is needed for that then, no controller and no
    network. A machine that runs at that time goes on running.
  - The alarms are a set. Those that are listed are made or changed, and with O(purge) all others go.
  - Times are compared with the clock of the firmware, which is measured first. Where it is wrong, nothing is set.
version_added: 0.2.0
requirements:
  - The system's time zone database (tzdata) or the Python package tzdata on the controller, for time zones by name only
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - An alarm that repeats by whole days rings as clocks show it. Firmware counts in UTC, so a run after clocks have changed sets it anew.
      - An alarm that rings once is over then. Asked for again, it is refused, or with O(when_passed=skip) left out.
options:
  alarms:
    description: The alarms. Firmware has room for five.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: By which it is known, and which the log and the reason of the boot tell. 1 to 32 characters.
        type: str
        required: true
      state:
        description: Whether it is there.
        type: str
        choices: [present, absent]
        default: present
      at:
        description:
          - When it rings first, in whole minutes. V(2026-12-24 06:30) as clocks show it in O(time_zone), V(2026-12-24T06:30:00+01:00) or
            V(2026-12-24T05:30:00Z) anywhere.
          - V(06:30) is the next time that clocks show this, and V(monday 06:30) the next Monday on which they do. In quotes, as YAML takes some
            times of day for numbers.
          - Required, unless the alarm is to be V(absent).
        type: str
      every:
        description:
          - How often it rings from then on, like V(1 day), V(2 weeks), V(12 hours) or V(1 day 6 hours). When not set, it rings once.
          - Whole days are meant as clocks show them, anything else as time that passes.
        type: str
      delete_on_completion:
        description:
          - Whether the firmware removes it when it has rung. One that it keeps takes one of the five places.
          - When not set, one that rings once is removed, and one that repeats is not.
        type: bool
  time_zone:
    description:
      - The zone of times without an offset. V(UTC), an offset such as V(+01:00), a name such as V(Europe/Berlin), or V(local) for that of the
        controller.
      - Names come from the controller's database of time zones. Where it has none, install tzdata of its system, or the Python package tzdata.
    type: str
    default: UTC
  tolerance:
    description:
      - Seconds by which the firmware's clock may be wrong. Where it is off by more, setting an alarm is refused. M(outofband.amt.amt_time) sets it.
    type: int
    default: 60
  when_passed:
    description:
      - What to do about an alarm that would ring once and whose time is over, by the firmware's clock, or within a minute.
      - V(refuse) fails, and V(skip) sets no such alarm and names it in RV(passed). What the firmware has under that name stays, unless O(purge).
    type: str
    choices: [refuse, skip]
    default: refuse
  purge:
    description: Whether alarms that are not listed are removed, whoever has set them.
    type: bool
    default: false
notes:
  - The machine wakes only from states in which its firmware is on or can be woken. RV(wakes_from) tells from which, after a change, and
    M(outofband.amt.amt_power_scheme) sets them.
  - Firmware from before AMT 8 has one alarm of another kind, which M(outofband.amt.amt_wsman) can set.
seealso:
  - module: outofband.amt.amt_time
  - module: outofband.amt.amt_power_scheme
  - module: outofband.amt.amt_power
"""

EXAMPLES = r"""
- name: On for the patches of every working night, and no other alarm
  outofband.amt.amt_alarms:
    time_zone: Europe/Berlin
    purge: true
    alarms:
      - {name: patches, at: "02:00", every: 1 day}

- name: On Mondays before anybody is there, and once for the move
  outofband.amt.amt_alarms:
    time_zone: local
    alarms:
      - {name: warm-up, at: "monday 06:30", every: 1 week}
      - {name: move, at: "2027-03-01 05:00"}

- name: Nobody needs that one any more
  outofband.amt.amt_alarms:
    alarms:
      - {name: move, state: absent}
"""

RETURN = r"""
alarms:
  description: All alarms of the firmware, or in check mode those that there would be.
  returned: success
  type: list
  elements: dict
  sample:
    - {name: patches, id: patches, at: "2026-12-24T02:00:00+01:00", every: 1 day, delete_on_completion: false}
  contains:
    name:
      description: By which it is known.
      type: str
    id:
      description: The key of its instance of C(IPS_AlarmClockOccurrence).
      type: str
    at:
      description: When it rings next, in O(time_zone). Null where the firmware says something that is no time.
      type: str
    every:
      description: How often it rings. Null for one that rings once.
      type: str
    delete_on_completion:
      description: Whether the firmware removes it then.
      type: bool
clock:
  description:
    - The firmware's clock when the task began. C(drift) is the seconds by which it was ahead of the controller's, C(right) whether that is within
      O(tolerance), and C(time) what it showed, in O(time_zone). Null when nothing was to be set.
  returned: success
  type: dict
  sample: {drift: 2, right: true, time: "2026-12-23T17:12:05+01:00"}
clocks_change:
  description:
    - The day on which clocks are next set forward or back, where an alarm repeats by whole days. From then on it rings an hour off, until this
      task runs again. Null where that does not happen within a year.
  returned: when there is an alarm to be set
  type: str
  sample: "2027-03-28"
passed:
  description: Alarms that were left out, as their time is over.
  returned: when there is an alarm to be set
  type: list
  elements: str
  sample: [move]
wakes_from:
  description: From which states of the machine the alarms wake it, of C(sleep) and C(off), by its power package. Null where that is not known.
  returned: changed, and not in check mode
  type: list
  elements: str
  sample: [sleep, "off"]
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(Indeterminate), V(NotReached), V(Unavailable),
      V(AccessDenied), V(Refused) or V(InvalidOption).
  returned: failure
  type: str
  sample: Unavailable
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: set it first with amt_time, or allow for more with tolerance
details:
  description: Values that belong to the error, such as C(drift) of a clock that is wrong.
  returned: failure
  type: dict
  sample: {drift: -3600}
"""
