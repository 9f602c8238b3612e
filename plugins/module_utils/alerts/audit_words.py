# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What can be audited, in words: applications and their events (AMT.md 15.2; [2] MeshCentral, go-wsman-messages)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

ALWAYS, NEVER_CRITICAL, SUPER = "always", "never_critical", "super"
OLD_SUPER = 12
"""From this release on some events are super-critical; until then the first two of them were always logged instead."""


@dataclass(frozen=True)
class Audited:
    """One event of one application. `nature`: what the policy may not say about it (vendor's guide, Event Groups and
    Event IDs, and the pages of the groups): ALWAYS is logged whatever it says, SUPER too from AMT 12 on, and what is
    NEVER_CRITICAL, or ALWAYS, cannot be made critical."""

    application: str
    word: str
    number: int
    text: str
    nature: str = ""

    @property
    def name(self) -> str:
        return "{0}.{1}".format(self.application, self.word)

    def is_kept(self, major: Optional[int]) -> bool:
        """Whether firmware of this release logs it whatever the policy says; None is one that is not known."""
        return self.nature == ALWAYS or (self.nature == SUPER and (major is None or major >= OLD_SUPER))

    @property
    def may_be_critical(self) -> bool:
        return self.nature not in (ALWAYS, NEVER_CRITICAL)


#: Number on the wire -> its name.
APPLICATIONS = {
    16: "security_admin",
    17: "remote_control",
    18: "redirection",
    19: "firmware_update",
    20: "audit_log",
    21: "network_time",
    22: "network",
    23: "storage",
    24: "event_manager",
    25: "system_defense",
    26: "agent_presence",
    27: "wireless",
    28: "endpoint_access_control",
    29: "kvm",
    30: "consent",
    31: "bios_management",
    32: "screen_blanking",
    33: "watchdog",
}

_EVENTS: dict[int, tuple[tuple[int, str, str, str], ...]] = {
    16: (
        (0, "provisioning_started", "set-up began", SUPER),
        (1, "provisioning_completed", "set-up ended", SUPER),
        (2, "user_added", "a user was added", ""),
        (3, "user_changed", "a user was changed", ""),
        (4, "user_removed", "a user was removed", ""),
        (5, "login_failed", "a log-in failed", ""),
        (6, "user_switched", "a user was enabled or disabled", ""),
        (7, "tls_changed", "TLS was changed", ""),
        (8, "tls_certificate_set", "the certificate that TLS shows was set", ""),
        (9, "tls_certificate_removed", "the certificate that TLS shows was removed", ""),
        (10, "root_added", "a trusted root was added", ""),
        (11, "root_removed", "a trusted root was removed", ""),
        (12, "psk_set", "the pre-shared key of TLS was set", ""),
        (13, "kerberos_changed", "Kerberos was changed", ""),
        (14, "kerberos_key_changed", "the key of Kerberos was changed", ""),
        (15, "wear_counters_reset", "the counters of the flash's wear were reset", ""),
        (16, "power_package_changed", "the power package was changed", ""),
        (17, "realm_changed", "how a realm asks for a log-in was changed", ""),
        (18, "client_to_admin", "client control mode became admin control mode", ""),
        (19, "unprovisioning_started", "the set-up was taken back", SUPER),
    ),
    17: (
        (0, "power_up", "the machine was switched on", ""),
        (1, "power_down", "the machine was switched off", ""),
        (2, "power_cycle", "power was cut for a moment", ""),
        (3, "reset", "the machine was reset", ""),
        (4, "boot_options", "the next boot was set", SUPER),
        (5, "graceful_power_down", "the system was asked to shut down", ""),
        (6, "graceful_reset", "the system was asked to restart", ""),
        (7, "standby", "the machine was put to sleep", ""),
        (8, "hibernate", "the machine was put into hibernation", ""),
        (9, "nmi", "a non-maskable interrupt was sent", ""),
    ),
    18: (
        (0, "ider_opened", "a session of redirected drives began", SUPER),
        (1, "ider_closed", "a session of redirected drives ended", ""),
        (2, "ider_enabled", "redirection of drives was switched on", ""),
        (3, "ider_disabled", "redirection of drives was switched off", ""),
        (4, "sol_opened", "a serial session began", SUPER),
        (5, "sol_closed", "a serial session ended", ""),
        (6, "sol_enabled", "the serial port over the network was switched on", ""),
        (7, "sol_disabled", "the serial port over the network was switched off", ""),
        (8, "kvm_started", "a session of the screen began", SUPER),
        (9, "kvm_ended", "a session of the screen ended", ""),
        (10, "kvm_enabled", "redirection of the screen was switched on", ""),
        (11, "kvm_disabled", "redirection of the screen was switched off", ""),
        (12, "vnc_password_failed", "the password of the screen was wrong three times", ""),
    ),
    19: ((0, "updated", "an update of the firmware began", ""), (1, "failed", "an update of the firmware failed", "")),
    20: (
        (0, "cleared", "the audit log was cleared", ALWAYS),
        (1, "policy_changed", "what is audited was changed", NEVER_CRITICAL),
        (2, "disabled", "the audit log was switched off", NEVER_CRITICAL),
        (3, "enabled", "the audit log was switched on", NEVER_CRITICAL),
        (4, "exported", "the audit log was exported with a signature", NEVER_CRITICAL),
        (5, "recovered", "the firmware repaired the audit log", ALWAYS),
    ),
    21: ((0, "set", "the clock was set", ""),),
    22: (
        (0, "ip_changed", "the IP settings were changed", ""),
        (1, "host_name_changed", "the host name was changed", ""),
        (2, "domain_name_changed", "the domain name was changed", ""),
        (3, "vlan_changed", "the VLAN was changed", ""),
        (4, "link_policy_changed", "when the link is kept was changed", ""),
        (5, "ipv6_changed", "the IPv6 settings were changed", ""),
    ),
    23: (
        (0, "attributes_set", "limits of the data store were changed", ""),
        (1, "enterprises_changed", "who may use the data store was changed", ""),
        (2, "allocations_changed", "what the data store gives to whom was changed", ""),
        (3, "written", "the data store was written to", ""),
    ),
    24: (
        (0, "subscribed", "somebody subscribed to alerts", ""),
        (1, "unsubscribed", "a subscription to alerts ended", ""),
        (2, "log_cleared", "the event log was cleared", ""),
        (3, "log_frozen", "the event log was frozen or thawed", ""),
    ),
    25: (
        (0, "filter_added", "a defense filter was added", ""),
        (1, "filter_removed", "a defense filter was removed", ""),
        (2, "policy_added", "a defense policy was added", ""),
        (3, "policy_removed", "a defense policy was removed", ""),
        (4, "default_set", "the default defense policy was set", ""),
        (5, "heuristics_set", "the heuristics of the defense were set", ""),
        (6, "heuristics_cleared", "the state of the heuristics was cleared", ""),
    ),
    26: (
        (0, "agent_added", "a watched agent was added", ""),
        (1, "agent_removed", "a watched agent was removed", ""),
        (2, "actions_set", "what follows when an agent is missing was set", ""),
    ),
    27: (
        (0, "profile_added", "a Wi-Fi profile was added", ""),
        (1, "profile_removed", "a Wi-Fi profile was removed", ""),
        (2, "profile_changed", "a Wi-Fi profile was changed", ""),
        (3, "sync_changed", "whether Wi-Fi profiles are shared with the system was changed", ""),
        (4, "link_preference_changed", "who has the Wi-Fi link was changed", ""),
        (5, "uefi_sharing_changed", "whether Wi-Fi profiles are shared with UEFI was changed", ""),
    ),
    28: (
        (0, "signer_set", "who signs the posture was set", ""),
        (1, "enabled", "endpoint access control was switched on", ""),
        (2, "disabled", "endpoint access control was switched off", ""),
        (3, "posture_reset", "counters of the posture were reset", ""),
        (4, "options_set", "options of endpoint access control were set", ""),
    ),
    29: (
        (0, "consent_enabled", "consent for the screen was made necessary", ""),
        (1, "consent_disabled", "consent for the screen was made needless", ""),
        (2, "password_changed", "the password of the screen was changed", ""),
        (3, "consent_given", "consent for the screen was given", ""),
        (4, "consent_failed", "consent for the screen was not given", ""),
    ),
    30: (
        (0, "policy_changed", "what needs consent was changed", ""),
        (1, "code_sent", "a code of consent was sent", ""),
        (2, "blocked", "asking for consent was blocked", ""),
    ),
    33: (
        (1, "reset_options_changed", "when the watchdog resets the machine was changed", ""),
        (2, "pairing_changed", "which watchdog resets the machine was changed", ""),
    ),
}

EVENTS: dict[tuple[int, int], Audited] = {
    (number, event): Audited(APPLICATIONS[number], word, event, text, nature)
    for number, rows in _EVENTS.items()
    for event, word, text, nature in rows
}
#: Every event by its name, as security_admin.user_added; the numbers of application and event.
NUMBERS: dict[str, tuple[int, int]] = {row.name: numbers for numbers, row in EVENTS.items()}


def name_of(application: int, event: int) -> str:
    """By numbers where there is no name: firmware knows events that no source here has."""
    known = EVENTS.get((application, event))
    return known.name if known else "{0}.{1}".format(APPLICATIONS.get(application, application), event)


def numbers_of(name: str) -> Optional[tuple[int, int]]:
    """The reverse of `name_of`; None for what names no event."""
    if name in NUMBERS:
        return NUMBERS[name]
    application, _dot, event = name.partition(".")
    found = next((number for number, word in APPLICATIONS.items() if word == application), None)
    if found is None and application.isascii() and application.isdecimal() and int(application) < 1 << 16:
        found = int(application)
    if found is None or not (event.isascii() and event.isdecimal()) or int(event) >= 1 << 16:
        return None
    return found, int(event)
