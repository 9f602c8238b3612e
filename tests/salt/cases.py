# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For every state, arguments that change a device which is off and untouched; what all simulated devices share."""

from __future__ import annotations

from typing import Any

from tests.certificate_maker import authority

PASSWORD = "Uns3en!Password"
QUICK = {"on": 0.05, "off": 0.05, "reset": 0.05, "graceful": 0.05, "sleep": 0.05, "standby": 0.05, "system": 2.0}
AGENT = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
TELNET: dict[str, Any] = {"name": "telnet", "direction": "out", "action": "drop", "ip_version": 4, "protocol": "tcp"}
TELNET["destination_ports"] = "23"
POLICY: dict[str, Any] = {"name": "no telnet", "ports": ["wired"], "filters": [TELNET]}
MPS: dict[str, Any] = {"address": "mps.example.net", "username": "fleet", "password": "Mps-Passw0rd"}
CALLS: dict[str, Any] = {"trigger": "periodic", "servers": ["mps.example.net"], "interval": 600}

OPERATOR = {"name": "ops", "password": "Op3rator!", "realms": ["remote_control"]}
WIFI: dict[str, Any] = {"name": "office", "security": "wpa2_psk", "passphrase": "Uns3en!Passphrase"}

CASES: list[tuple[str, dict[str, Any]]] = [
    ("amt.powered", {"power": "on"}),
    ("amt.booted_once", {"target": "pxe", "sol": True}),
    ("amt.isolated", {"allow": ["dhcp", "arp", "to: 192.0.2.10, tcp/443"]}),
    ("amt.isolated", {"allow": ["dhcp", "arp"], "when": "agent", "agent": {"id": AGENT}}),
    ("amt.released", {}),
    ("amt.defense_policies", {"policies": [POLICY]}),
    ("amt.named", {"domain": "oob.example.net", "shared_fqdn": False, "ddns": "firmware"}),
    ("amt.ieee8021x", {"enabled": True, "method": "md5", "username": "pc", "password": "Uns3en!Radius"}),
    ("amt.wireless", {"radio": "s0", "profiles": [WIFI]}),
    ("amt.wired", {"vlan": 7, "link_policy": ["s0_ac", "sx_ac", "s0_dc"], "ipv6": {"interface_id": "mac"}}),
    ("amt.time_synchronized", {"local_sync": False}),
    ("amt.certificates", {"revoked": [{"url": "http://pki.example.net/fleet.crl", "serials": ["3A:07"]}]}),
    ("amt.consent", {"policy": "all", "display_timeout": 600, "consent": "requested"}),
    ("amt.remote_access", {"local_domains": ["corp.example.net"], "servers": [MPS], "policies": [CALLS]}),
    ("amt.general", {"presence_interval": 60}),
    ("amt.power_scheme", {"idle_timeout": 60}),
    ("amt.alarms", {"alarms": [{"name": "patches", "at": "02:00", "every": "1 day"}], "purge": True}),
    ("amt.audit", {"enabled": False, "events": [{"name": "wireless", "critical": True}]}),
    ("amt.event_log", {"frozen": True}),
    ("amt.redirection", {"sol": False, "session_timeout": 20, "web_ui": False}),
    ("amt.users", {"users": [OPERATOR]}),
    ("amt.tls", {"remote": {"trusted_names": ["consoles.example.net"]}}),
    ("amt.tls_certificate", {"command": authority("Site root"), "subject": "CN=pc.example.net", "key_size": 1024}),
    ("amt.kerberos", {"enabled": True, "realm": "EXAMPLE.COM", "master_key": "0f" * 16, "encryption": ["rc4"]}),
    ("amt.posture", {"hash_algorithm": "sha384"}),
    ("amt.administrator", {"password": "An0ther!Password"}),
    ("amt.profile", {"profile": {"name": {"ping": False}, "redirection": {"web_ui": False}}}),
    ("amt.properties_set", {"class_name": "AMT_GeneralSettings", "properties": {"PingResponseEnabled": False}}),
]
