# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: desired state
=====================================

Every state takes ``device`` as the functions of the execution module do; for a resource or a proxy it is left out.
``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are those
that the run would have. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from salt.loader.dunder import __opts__  # of the loader at work: a deltaproxy has one for each device
from saltext.amt.arguments import YAML_WORDS
from saltext.amt.carry_out import carry_out, changed_properties, differences, secrets_of, sentence, verdict, without
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.core.resources.isolation.defense_policies import DefensePolicies
from saltext.amt.core.resources.isolation.isolation import Isolation
from saltext.amt.core.resources.power.boot import Boot
from saltext.amt.core.resources.power.power import STATES, Power
from saltext.amt.core.resources.raw import Raw
from saltext.amt.devices import find_device

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def powered(name, power="on", graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    The machine is on, off, asleep, in hibernation or in modern standby.

    power
        on, off, sleep, hibernate or standby. A restart is no state: see ``amt.power_reset`` of the execution module.
    graceful
        prefer, require or never ask the operating system.
    force_after
        Seconds until an operating system that does not shut down loses power.
    wait, wait_timeout
        Whether to wait until it is so, and how many seconds.

    .. code-block:: yaml

        office-pcs-are-on:
          amt.powered:
            - power: 'on'

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.powered name=evening power=off test=True
    """
    wanted = {
        "state": YAML_WORDS[power] if isinstance(power, bool) else power,
        "graceful": graceful,
        "force_after": force_after,
        "wait": wait,
        "wait_timeout": wait_timeout,
    }
    if wanted["state"] not in STATES:
        refusal = InvalidOption("power", power, "a state is one of " + ", ".join(STATES))
        return _answer(name, False, sentence(refusal))
    return _converged(name, Power(), wanted, device)


def booted_once(
    name,
    target,
    sol=False,
    lock_keyboard=False,
    lock_power_button=False,
    lock_reset_button=False,
    lock_sleep_button=False,
    bypass_password=False,
    progress_events=False,
    reset_bios=False,
    secure_boot=False,
    verbosity="default",
    media_index=0,
    restart="never",
    wait=True,
    wait_timeout=300,
    force_after=None,
    device=None,
):
    """
    The next boot, and only that, is from somewhere else. Once the machine has booted, the same state asks for it again:
    require it from something that happens once, or leave ``restart`` to somebody else.

    target
        pxe, disk, safe_mode, cd, bios_setup, bios_pause, ider_cd, ider_floppy; none takes it back.
    restart
        never, graceful or immediate: make that boot happen now.
    wait, wait_timeout
        Whether to wait until the machine has restarted, and how many seconds.
    force_after
        Seconds until a system that was asked to restart, and has not, is reset.
    verbosity
        What the BIOS shows: default, quiet, verbose or blank.
    media_index
        Which drive: 0 the default, 1 the first, 2 the second.

    sol
        Send the console to the network (serial over LAN).
    lock_keyboard, lock_power_button, lock_reset_button, lock_sleep_button
        What somebody at the machine cannot use during that boot.
    bypass_password
        The BIOS does not ask for the user's password.
    progress_events
        The BIOS tells how far it is, as events of the firmware.
    reset_bios
        The BIOS returns to the manufacturer's settings.
    secure_boot
        Secure boot is enforced.

    Whatever somebody else has set for the next boot, an erase for example, is taken back. Where the firmware requires
    consent of the user at the machine, every change needs it.

    .. code-block:: yaml

        install-from-the-network:
          amt.booted_once:
            - target: pxe

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.booted_once name=install target=pxe
    """
    wanted = {
        "target": target,
        "sol": sol,
        "lock_keyboard": lock_keyboard,
        "lock_power_button": lock_power_button,
        "lock_reset_button": lock_reset_button,
        "lock_sleep_button": lock_sleep_button,
        "bypass_password": bypass_password,
        "progress_events": progress_events,
        "reset_bios": reset_bios,
        "secure_boot": secure_boot,
        "verbosity": verbosity,
        "media_index": media_index,
        "restart": restart,
        "wait": wait,
        "wait_timeout": wait_timeout,
        "force_after": force_after,
    }
    return _converged(name, Boot(), wanted, device)


def isolated(
    name,
    allow=None,
    port="wired",
    when="always",
    agent=None,
    ip=(4, 6),
    neighbours=True,
    expires=0,
    precedence=1000,
    count=True,
    event=False,
    force=False,
    device=None,
):
    """
    The machine reaches nothing on its network but what ``allow`` lists, and nothing reaches it. The firmware itself
    stays reachable.

    allow
        Words (dhcp, dns, arp, ...), or rules such as ``to: 192.0.2.10, tcp/443``.
    when
        always; or environment, only outside of the home network; or agent, when a watched agent dies.
    agent
        For ``when: agent``: its ``id``, a GUID, and ``description``, ``startup``, ``timeout`` (seconds).
    port
        wired or wireless.
    ip
        The versions of IP that rules without one are for, 4 and 6.
    neighbours
        Allow ARP as well, and for rules about IPv6 the ICMPv6 that it needs.
    expires
        Minutes until it ends by itself, 0 for never.
    precedence
        The policy with the highest one on a port is in force.
    count
        Count what is dropped, and what passes by each rule.
    event
        The firmware reports when it drops something for the first time.
    force
        Isolate even where the machine would lose its manageability.

    .. code-block:: yaml

        quarantine:
          amt.isolated:
            - allow: [dhcp, dns, 'to: 192.0.2.10, tcp/443']

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.isolated name=quarantine allow='[dhcp, dns]'
    """
    wanted = {
        "state": "isolated",
        "allow": allow,
        "port": port,
        "when": when,
        "agent": agent,
        "ip": ip,
        "neighbours": neighbours,
        "expires": expires,
        "precedence": precedence,
        "count": count,
        "event": event,
        "force": force,
    }
    return _converged(name, Isolation(), wanted, device)


def released(name, port="wired", when="always", agent=None, device=None):
    """
    The machine is not isolated; what was bound before is bound again.

    port, when
        Which isolation, as in ``amt.isolated``.
    agent
        The one whose watchdog is removed with it, as there.

    .. code-block:: yaml

        back-to-work:
          amt.released: []

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.released name=back-to-work
    """
    wanted = {"state": "released", "port": port, "when": when, "agent": agent}
    return _converged(name, Isolation(), wanted, device)


def defense_policies(name, policies, purge=False, foreign=False, device=None):
    """
    System Defense has these policies, with these filters, on these ports.

    policies
        A list of policies, as the module ``amt_defense_policies`` of the Ansible collection has them.
    purge
        Remove other policies that were made by this state.
    foreign
        Purge those that were made by something else too.

    .. code-block:: yaml

        no-telnet:
          amt.defense_policies:
            - policies:
                - name: no telnet
                  ports: [wired]
                  filters:
                    - {name: t23, direction: out, action: drop, ip_version: 4, protocol: tcp, destination_ports: '23'}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.defense_policies name=none policies='[]' purge=True
    """
    return _converged(name, DefensePolicies(), {"policies": policies, "purge": purge, "foreign": foreign}, device)


def properties_set(name, class_name, properties, selectors=None, omit=None, device=None):
    """
    An instance of a CIM class has these properties: for what no other state covers.

    class_name
        A class such as AMT_GeneralSettings.
    selectors
        Which instance, by its keys; without them the only one.
    properties
        Names on the wire, and values.
    omit
        Read-only properties that this class refuses to be sent.

    .. code-block:: yaml

        firmware-answers-pings:
          amt.properties_set:
            - class_name: AMT_GeneralSettings
            - properties: {PingResponseEnabled: true}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.properties_set name=ping class_name=AMT_GeneralSettings \\
            properties='{PingResponseEnabled: true}'
    """
    wanted = {
        "action": "put",
        "class_name": class_name,
        "selectors": selectors,
        "properties": properties,
        "omit": omit,
    }
    return _converged(name, Raw(), wanted, device, changed_properties)


def _converged(name, resource, wanted, device, changes_of=differences):
    secrets = secrets_of(resource.options, wanted)
    try:
        found = _device(device)
        secrets.append(found.endpoint.password)
        outcome = carry_out(resource, found, wanted, dry_run=__opts__["test"])
    except AmtError as error:
        return _answer(name, False, without(secrets, sentence(error)))
    return {"name": name, **without(secrets, verdict(found.name, outcome, __opts__["test"], changes_of))}


def _device(name):
    """Refused where Salt mixed devices up, as the threads of a deltaproxy do: nothing is done to the wrong one."""
    found = find_device(__opts__, __pillar__, name)
    if not name and __opts__.get("subproxy") and __proxy__["amt.name"]() != found.name:
        way_out = (
            "these states were compiled for another device; leave multiprocessing of the deltaproxy at its default"
        )
        raise InvalidOption("device", found.name, way_out)
    return found


def _answer(name, result, comment):
    return {"name": name, "result": result, "comment": comment, "changes": {}}
