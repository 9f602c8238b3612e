# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
# Passwords may come from any pillar backend (GPG, Vault, ...) under the same keys.
resources:
  amt: {}

amt:
  defaults:
    minion: site-berlin         # any other minion leaves these devices alone, should it be given this file
    username: admin
    password: change-me
    ca_file: /etc/salt/pki/amt-ca.pem
  devices:
    pc-01: {host: pc-01.example.net}
    pc-02: {host: 192.0.2.17}
  remediation:
    - dhcp
    - dns
    - arp
    - 'to: 192.0.2.10, tcp/443'
  policies:
    - name: no telnet
      ports: [wired]
      filters:
        - {name: telnet, direction: out, action: drop, ip_version: 4, protocol: tcp, destination_ports: '23'}
