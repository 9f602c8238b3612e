# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: names and interfaces
============================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence. What is not
given stays as it is.
"""

from saltext.amt.answers import converged
from saltext.amt.core.resources.network.general import General
from saltext.amt.core.resources.network.ieee8021x import Ieee8021x
from saltext.amt.core.resources.network.name import Name
from saltext.amt.core.resources.network.remote_access import RemoteAccess
from saltext.amt.core.resources.network.wired import Wired
from saltext.amt.core.resources.network.wireless import Wireless

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def named(
    name,
    hostname=None,
    domain=None,
    shared_fqdn=None,
    ddns=None,
    ddns_interval=None,
    ddns_ttl=None,
    ping=None,
    rmcp_ping=None,
    device=None,
):
    """
    The firmware has this name on the network.

    hostname, domain
        Another name than the operating system's needs ``shared_fqdn: false``.
    shared_fqdn
        Have the name of the operating system, which Intel's local service keeps up to date.
    ddns
        Who tells the name server: firmware, dhcp_server or none.
    ddns_interval
        Minutes until the firmware does so again, at least 20; 0 for no repetition.
    ddns_ttl
        Seconds for which others may keep the address.
    ping, rmcp_ping
        Answer ICMP echo requests; and RMCP pings, by which consoles find it.

    .. code-block:: yaml

        firmware-has-a-name-of-its-own:
          amt.named:
            - hostname: pc-01-amt
            - domain: oob.example.net
            - shared_fqdn: false
            - ddns: firmware

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.named name=quiet ping=False rmcp_ping=False
    """
    return converged(Name(), locals())


def wired(
    name,
    addressing=None,
    address=None,
    netmask=None,
    gateway=None,
    dns=None,
    vlan=None,
    link_policy=None,
    ipv6=None,
    reach_at=None,
    device=None,
):
    """
    The firmware is on the wired network like this. What moves the device away from the address by which it is reached
    comes last; then it is looked for at its new one.

    addressing
        dhcp, the lease of the operating system; static, one of the firmware's own; or shared, the static address of the
        operating system, as Intel's local service tells it.
    address, netmask, gateway, dns
        With static: IPv4, the mask or the length of the prefix, the router in that net (0.0.0.0 for none), up to two
        name servers.
    vlan
        The tag of the firmware's own traffic, 1 to 4094; 0 for none.
    link_policy
        A list of s0_ac, sx_ac, s0_dc, sx_dc: when the firmware stays on the network, by mains and battery.
    ipv6
        A mapping of ``enabled``, ``interface_id`` (random, mac, manual), ``manual_interface_id``, ``address``,
        ``router`` (:: for none), ``dns``.
    reach_at
        Where the device is reached afterwards, where that is not ``address``.

    .. code-block:: yaml

        firmware-has-its-own-address:
          amt.wired:
            - addressing: static
            - address: 192.0.2.77
            - netmask: 255.255.255.0
            - gateway: 192.0.2.1
            - link_policy: [s0_ac, sx_ac]

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.wired name=awake link_policy=s0_ac,sx_ac
    """
    return converged(Wired(), locals())


def wireless(
    name,
    profiles=None,
    purge=False,
    update_password="on_create",  # noqa: S107  a word, and no password
    system_profiles="keep",
    sync=None,
    uefi_sharing=None,
    radio=None,
    link_policy=None,
    link_preference=None,
    link_preference_timeout=300,
    force=False,
    device=None,
):
    """
    The firmware has these wireless profiles, and uses the radio like this. What would cut off a device whose only link
    is Wi-Fi is refused.

    profiles, purge
        A list of profiles, as the module ``amt_wireless`` of the Ansible collection has them; others are removed.
    update_password
        on_create, or always: write secrets each time, as firmware does not tell them.
    system_profiles
        keep or remove those that came from the operating system.
    sync
        Which of its profiles the operating system may bring: none, user, admin or all.
    uefi_sharing
        Whether the BIOS may use them.
    radio
        off, s0 (while the machine runs) or s0_sx (also when it sleeps or is off, on mains).
    link_policy
        As in ``amt.wired``, of this interface.
    link_preference, link_preference_timeout
        Who has the link while the machine runs: host; or me, the firmware, for so many seconds.
    force
        Cut off or change the only link all the same.

    .. code-block:: yaml

        firmware-is-in-the-office:
          amt.wireless:
            - profiles:
                - {name: office, ssid: Office, security: wpa2_psk, passphrase: {{ pillar['office'] }}}
            - purge: true
            - radio: s0_sx

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.wireless name=radio radio=s0_sx
    """
    return converged(Wireless(), locals())


def remote_access(
    name,
    servers=None,
    update_password="on_create",  # noqa: S107  a word, and no password
    policies=None,
    proxies=None,
    proxy_sync=None,
    local_domains=None,
    local_ipv6_prefixes=None,
    user_access=None,
    purge=False,
    force=False,
    device=None,
):
    """
    The device calls these management presence servers when it is away from home, and for these reasons.

    servers
        A list of ``address``, ``port``, ``common_name`` (with an IP address), and ``username`` and ``password`` or
        ``certificate``, the fingerprint of one that the device has.
    update_password
        on_create sends passwords for what is new, always each time.
    policies
        A list of ``trigger`` (user, alert, periodic), ``servers``, ``lifetime``, and for the periodic one ``interval``
        or ``daily``.
    proxies, proxy_sync
        A list of ``address``, ``port`` and ``dns_suffix``; whether the system's proxies are used too.
    local_domains, local_ipv6_prefixes
        Where the device is at home, and does not call.
    user_access
        none, bios, os or both: where somebody at the machine can make it call.
    purge
        Remove what is not listed, of the lists that are given.
    force
        Change what may end a tunnel that is open, or leave a device that nobody reaches outside: no policy has it call.

    .. code-block:: yaml

        away:
          amt.remote_access:
            - servers: [{address: mps.example.net, username: fleet, password: Mps-Passw0rd}]
            - policies: [{trigger: periodic, servers: [mps.example.net], interval: 600}]
            - local_domains: [corp.example.net]

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.remote_access name=home user_access=none test=True
    """
    return converged(RemoteAccess(), locals())


def ieee8021x(
    name,
    enabled=None,
    method=None,
    username=None,
    password=None,
    domain=None,
    roaming_identity=None,
    server_name=None,
    server_name_match=None,
    psk=None,
    pac=None,
    pac_password=None,
    client_certificate=None,
    root_certificate=None,
    in_os=None,
    pxe_timeout=None,
    update_password="on_create",  # noqa: S107  a word, and no password
    device=None,
):
    """
    The firmware proves itself like this to the switch on the wire, by 802.1X.

    enabled
        Whether it does so at all.
    method
        tls, ttls_mschapv2, peap_mschapv2, peap_gtc, fast_mschapv2, fast_gtc, fast_tls, md5, psk, sim or aka.
    username, password, domain, roaming_identity
        Who it is. The password is needed for every change, as firmware does not tell it.
    server_name, server_name_match
        The name in the RADIUS server's certificate, full or its suffix.
    psk, pac, pac_password
        In base64: the shared key, or a protected access credential and its password.
    client_certificate, root_certificate
        The device's own and the server's root, by SHA-256 or id, as ``amt.certificates`` shows them.
    in_os
        Also while the operating system runs.
    pxe_timeout
        Seconds for which the port is kept open during a boot from the network; 0 for not at all.
    update_password
        on_create, or always: write secrets each time.

    .. code-block:: yaml

        firmware-is-let-in:
          amt.ieee8021x:
            - enabled: true
            - method: peap_mschapv2
            - username: pc-01
            - password: {{ pillar['radius'] }}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.ieee8021x name=off enabled=False
    """
    return converged(Ieee8021x(), locals())


def general(name, presence_interval=None, address_family=None, wsman_only=None, device=None):
    """
    The firmware tells of itself so often, and answers to this.

    presence_interval
        Minutes between events of its presence, at least 15; 0 for none.
    address_family
        ipv4 or ipv6: what it prefers.
    wsman_only
        Whether it closes what is not WS-Man.

    .. code-block:: yaml

        told-twice-a-day:
          amt.general:
            - presence_interval: 720

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.general name=told presence_interval=720 test=True
    """
    return converged(General(), locals())
