# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to log in to firmware: the options that the connection plugin and the inventory plugin share."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  remote_user:
    description:
      - User to log in as. With O(auth=kerberos), the principal, such as V(ops@EXAMPLE.COM).
    type: str
    default: admin
    vars:
      - name: ansible_user
      - name: amt_user
    env:
      - name: AMT_USER
    ini:
      - section: amt
        key: user
    keyword:
      - name: remote_user
    cli:
      - name: user
        option: --user
  password:
    description:
      - Password of O(remote_user).
      - A refused password is never sent again within a task, because firmware locks out after a few failures.
    type: str
    default: ''
    vars:
      - name: ansible_password
      - name: amt_password
    env:
      - name: AMT_PASSWORD
    ini:
      - section: amt
        key: password
  auth:
    description:
      - How to prove who we are.
      - V(kerberos) needs the Python package C(pywinrm) with its Kerberos extra on the controller, and a firmware that is
        joined to a domain.
      - With V(kerberos), the host must be the name under which the firmware is registered in the directory. Its service
        principal is looked for as C(HTTP/name:port), C(HTTPS/name:port) with TLS, and C(HTTP/name).
      - With V(kerberos) and no O(password), the tickets that the controller holds are used, whosesoever they are while
        O(remote_user=admin), the built-in account that no realm knows. With a password, C(kinit) gets a ticket for this task
        alone.
    type: str
    choices: [digest, kerberos]
    default: digest
    vars:
      - name: amt_auth
    env:
      - name: AMT_AUTH
    ini:
      - section: amt
        key: auth
  ca_file:
    description:
      - File with the certificates, in PEM, of the authorities that sign the firmware's certificates.
      - When not set, the controller's own trust store is used.
    type: path
    vars:
      - name: amt_ca_file
    env:
      - name: AMT_CA_FILE
    ini:
      - section: amt
        key: ca_file
  client_certificate:
    description:
      - File with the client certificate, in PEM, for firmware that asks for one (mutual TLS).
    type: path
    vars:
      - name: amt_client_certificate
    env:
      - name: AMT_CLIENT_CERTIFICATE
    ini:
      - section: amt
        key: client_certificate
  client_key:
    description:
      - File with the private key, in PEM, of O(client_certificate). Not needed when that file holds the key too.
    type: path
    vars:
      - name: amt_client_key
    env:
      - name: AMT_CLIENT_KEY
    ini:
      - section: amt
        key: client_key
  legacy_tls:
    description:
      - Accept what AMT 11 and older speak, which is TLS 1.0 and 1.1 with RSA key exchange and renegotiation that is
        known to be unsafe.
      - Set it for the old machines only.
    type: bool
    default: false
    vars:
      - name: amt_legacy_tls
    env:
      - name: AMT_LEGACY_TLS
    ini:
      - section: amt
        key: legacy_tls
  connect_timeout:
    description:
      - Seconds in which a connection, its TLS handshake included, must stand, and again in which a firmware that has not
        let us in before in this task must answer. A demand to log in is no answer yet.
      - It is short so that machines that are off or hung do not hold up a fleet. Raise it on slow networks.
    type: float
    default: 5
    vars:
      - name: amt_connect_timeout
    env:
      - name: AMT_CONNECT_TIMEOUT
    ini:
      - section: amt
        key: connect_timeout
  read_timeout:
    description:
      - Seconds in which a firmware that has let us in before in this task must answer a request, and in which it must
        carry out a first one that may take long, a method or a write.
    type: float
    default: 60
    vars:
      - name: amt_read_timeout
    env:
      - name: AMT_READ_TIMEOUT
    ini:
      - section: amt
        key: read_timeout
  deadline:
    description:
      - Seconds that everything done to one device in one task may take, all requests, pauses and repeated reads included. The seconds of a
        C(force_after) that the task gives, after which a system that does not follow is forced, come on top.
    type: float
    default: 300
    vars:
      - name: amt_deadline
    env:
      - name: AMT_DEADLINE
    ini:
      - section: amt
        key: deadline
"""
