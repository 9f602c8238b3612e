# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The host's power. A request is accepted at once and takes effect later; states and requests are DMTF's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from ...values import Epr, Instance
from ..domain import Domain, instances, method, service, system_reference
from ..selection import reference_to, refers_to
from ..settings import POWER_STATES, SAVES_POWER

FULL_POWER, SAVING = 2, 3
ON, LIGHT_SLEEP, SLEEP, CYCLE, HIBERNATE, OFF = 2, 3, 4, 5, 7, 8
RESET, NMI, GRACEFUL_OFF, GRACEFUL_RESET = 10, 11, 12, 14
# The system may take its time or never follow; meanwhile the firmware takes another request.
ASKED_OF_THE_SYSTEM = (SLEEP, HIBERNATE, GRACEFUL_OFF, GRACEFUL_RESET)
COMPLETED, NOT_SUPPORTED, UNKNOWN_ERROR, INVALID_PARAMETER = 0, 1, 2, 5
SERVICE = service("CIM_PowerManagementService", "Intel(r) AMT Power Management Service")
LAST_REQUEST = 16

# Request -> steps of (duration, state afterwards, whether the host boots).
STEPS: dict[int, tuple[tuple[str, int, bool], ...]] = {
    ON: (("on", ON, True),),
    SLEEP: (("sleep", SLEEP, False),),
    HIBERNATE: (("sleep", HIBERNATE, False),),
    OFF: (("off", OFF, False),),
    CYCLE: (("off", OFF, False), ("on", ON, True)),
    RESET: (("reset", ON, True),),
    NMI: (),
    GRACEFUL_OFF: (("graceful", OFF, False),),
    GRACEFUL_RESET: (("graceful", ON, True),),
}
AUDIT_EVENTS = {ON: 1700, OFF: 1701, CYCLE: 1702, RESET: 1703, GRACEFUL_OFF: 1705, GRACEFUL_RESET: 1706}
AUDIT_EVENTS.update({SLEEP: 1707, HIBERNATE: 1708, NMI: 1709})
# IPS_HostBootReason.PreviousSxState by the state before.
SLEEP_DEPTH = {ON: 0, LIGHT_SLEEP: 1, SLEEP: 3, HIBERNATE: 4, OFF: 5}
# IPS_HostBootReason: (Reason, ReasonDetails). What there is comes from Intel's MOF; that it is numbered so is assumed.
OTHER, REMOTE_CONTROL, ALARM = (0, ""), 1, 2
REASON_DETAILS = {ON: "Power Up", CYCLE: "Power Cycle", RESET: "Reset", GRACEFUL_RESET: "Reset"}


@dataclass(frozen=True)
class Step:
    due: float
    state: int
    boots: bool


class Power(Domain):
    """`state` is what it is now, `steps` what is still to come; `requests` lists what was accepted, oldest first."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.state = POWER_STATES[firmware.settings.power]
        self.hung = firmware.settings.hung and self.state == ON
        self.previous = OFF
        self.steps: list[Step] = []
        self.requests: list[int] = []
        self.modern = firmware.settings.power in SAVES_POWER
        self.saving = SAVING if self.modern else FULL_POWER
        self.saving_next: tuple[float, int] = (0.0, self.saving)
        self.service_from = firmware.clock.now()
        self.cause = self.boot_cause = OTHER
        self.last_remote_boot = 0

    @property
    def lms_runs(self) -> bool:
        """The local service starts some time after the system does, and sleeps with it."""
        started = self.firmware.clock.now() >= self.service_from
        return self.firmware.settings.lms and started and self.runs

    @property
    def runs(self) -> bool:
        return self.state == ON and self.saving == FULL_POWER and not self.hung

    def settle(self) -> None:
        now = self.firmware.clock.now()
        if self.saving_next[0] <= now:
            self.saving = self.saving_next[1]
        while self.steps and self.steps[0].due <= now:
            self.enter(self.steps.pop(0))

    def enter(self, step: Step) -> None:
        self.previous, self.state = self.state, step.state
        self.set_saving(FULL_POWER, step.due)
        if step.boots and self.previous != SLEEP and self.previous != LIGHT_SLEEP:
            self.hung = False
            self.service_from = step.due + self.firmware.settings.durations["system"]
            self.boot_cause = self.cause
            if self.cause[0] == REMOTE_CONTROL:
                self.last_remote_boot = self.firmware.device_time()
            self.firmware.booted(self.firmware.boot.consume(step.due))
        elif step.state != ON:
            self.hung = False

    def set_saving(self, saving: int, when: float) -> None:
        self.saving_next = (when, saving)
        if when <= self.firmware.clock.now():
            self.saving = saving

    def wake(self, when: float, alarm: str) -> None:
        """What an alarm of that name does to a host that is not running and not about to."""
        if self.state != ON and not self.steps:
            self.cause = (ALARM, alarm)
            self.steps.append(Step(when + self.firmware.settings.durations["on"], ON, True))
            self.settle()

    def set_state(self, word: str) -> None:
        """What a person at the machine does: `word` is one of the settings' power states, at once."""
        self.steps.clear()
        self.cause = OTHER
        now = self.firmware.clock.now()
        self.modern = self.modern or word in SAVES_POWER
        self.enter(Step(now, POWER_STATES[word], word == "on"))
        self.set_saving(SAVING if word in SAVES_POWER else FULL_POWER, now)

    @property
    def supported(self) -> list[int]:
        """What this firmware can be asked for at all."""
        since_11 = [GRACEFUL_OFF, GRACEFUL_RESET] if self.firmware.personality.major >= 11 else []
        nmi = [NMI] if self.firmware.personality.major >= 10 else []
        return [CYCLE, OFF, ON, RESET, *nmi, *since_11]

    @property
    def available(self) -> list[int]:
        """What it can be asked for now. Graceful requests and sleep need the local service in the host's system.

        They are taken to have come with 11; the vendor's guide lists sleep and hibernation from 9.0 on. A platform with
        modern standby cannot be asked for S3 (vendor's guide, Change System Power State).
        """
        if self.state == OFF:
            return [ON]
        if self.state != ON:
            return [ON, OFF, CYCLE]
        offered = [RESET, OFF, CYCLE]
        if NMI in self.supported:
            offered.append(NMI)
        if self.lms_runs and self.firmware.personality.major >= 11:
            offered += [SLEEP, HIBERNATE, GRACEFUL_RESET, GRACEFUL_OFF]
        return [request for request in offered if request != SLEEP or not self.modern]

    def answer_to(self, request: int) -> int:
        """The ReturnValue that a request has coming."""
        if not 1 <= request <= LAST_REQUEST:
            return INVALID_PARAMETER
        if request not in STEPS:
            return NOT_SUPPORTED
        if self.steps and self.requests[-1] not in ASKED_OF_THE_SYSTEM:
            return UNKNOWN_ERROR
        if request in (OFF, CYCLE) and self.firmware.redirection.sessions:
            return UNKNOWN_ERROR
        if request == ON and self.state == ON:
            return self.firmware.personality.acts_on_running
        if request in (SLEEP, HIBERNATE) and self.firmware.personality.sleep_refused:
            return UNKNOWN_ERROR
        return COMPLETED if request in self.available else UNKNOWN_ERROR

    @method("CIM_PowerManagementService", "RequestPowerStateChange")
    def request_power_state_change(
        self,
        _present: Instance,
        PowerState: Optional[int] = None,
        ManagedElement: Optional[Epr] = None,
        Time: Any = None,
        TimeoutPeriod: Any = None,
    ) -> int:
        system = {"CreationClassName": "CIM_ComputerSystem", "Name": "ManagedSystem"}
        if PowerState is None or ManagedElement is None or Time is not None:
            return INVALID_PARAMETER
        if not refers_to(ManagedElement, "CIM_ComputerSystem", system):
            return INVALID_PARAMETER
        if TimeoutPeriod is not None:
            return 4098
        answer = self.answer_to(PowerState)
        if answer == COMPLETED:
            self.accept(PowerState)
        return answer

    def accept(self, request: int) -> None:
        self.requests.append(request)
        self.cause = (REMOTE_CONTROL, REASON_DETAILS.get(request, ""))
        self.firmware.events.audit(AUDIT_EVENTS[request])
        if request == ON and self.state == ON:
            return
        self.steps.clear()
        due = self.firmware.clock.now()
        for duration, state, boots in STEPS[request]:
            due += self.firmware.settings.durations[duration]
            self.steps.append(Step(due, state, boots))

    @instances("CIM_PowerManagementService")
    def services(self) -> list[Instance]:
        return [{**SERVICE, "EnabledState": 5, "RequestedState": 12}]

    @instances("CIM_ServiceAvailableToElement")
    def availabilities(self) -> list[Instance]:
        """All of them belong to a subclass."""
        return []

    @instances("CIM_AssociatedPowerManagementService")
    def associations(self) -> list[Instance]:
        return [
            {
                "AvailableRequestedPowerStates": self.available,
                "PowerState": self.state,
                "ServiceProvided": reference_to("CIM_PowerManagementService", SERVICE),
                "UserOfService": system_reference(),
            }
        ]

    @instances("CIM_PowerManagementCapabilities")
    def capabilities(self) -> list[Instance]:
        return [
            {
                "ElementName": "Power Management Capabilities",
                "InstanceID": "Intel(r) AMT:PowerManagementCapabilities 0",
                "OtherPowerChangeCapabilities": "",
                "PowerChangeCapabilities": [2, 3, 4, 7, 8],
                "PowerStatesSupported": self.supported,
                "RequestedPowerStatesSupported": self.supported,
            }
        ]

    @instances("IPS_PowerManagementService", since=10)
    def saving_services(self) -> list[Instance]:
        """Without a running system there is no OSPowerSavingState (seen on AMT 15 and 18)."""
        keys = service("IPS_PowerManagementService", "Intel(r) AMT Power Management Service")
        saving = self.saving if self.state == ON else None
        return [{**keys, "EnabledState": 5, "RequestedState": 12, "OSPowerSavingState": saving}]

    @method("IPS_PowerManagementService", "RequestOSPowerSavingStateChange", since=10)
    def request_saving_state(
        self,
        _present: Instance,
        OSPowerSavingState: Optional[int] = None,
        ManagedElement: Optional[Epr] = None,
        Time: Any = None,
        TimeoutPeriod: Any = None,
    ) -> int:
        if OSPowerSavingState not in (2, 3) or ManagedElement is None:
            return INVALID_PARAMETER
        if self.state != ON or self.hung:
            return UNKNOWN_ERROR
        self.set_saving(OSPowerSavingState, self.firmware.clock.now() + self.firmware.settings.durations["standby"])
        return COMPLETED

    @instances("IPS_HostBootReason", since=11)
    def boot_reasons(self) -> list[Instance]:
        return [
            {
                "ElementName": "Intel(r) AMT:Host Boot Reason",
                "InstanceID": "Intel(r) AMT:Host Boot Reason",
                "PreviousSxState": SLEEP_DEPTH.get(self.previous, 0),
                "Reason": self.boot_cause[0],
                "ReasonDetails": self.boot_cause[1],
            }
        ]
