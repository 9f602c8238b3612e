# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: reads and one-shot acts
===============================================

Every function takes ``device``, the name of a device under pillar ``amt:devices``. It can be left out where the job is
for a device already: a resource (``T@amt:<name>``, Salt 3008) or a proxy minion. There, another name is refused.

.. code-block:: yaml

    amt:
      defaults: {minion: site-minion, username: admin, password: ..., ca_file: /etc/salt/pki/amt-ca.pem}
      devices:
        pc-01: {host: pc-01.example.net}
        pc-02: {host: 192.0.2.17, fingerprint: '3F:...'}
"""

from salt.exceptions import CommandExecutionError
from salt.loader.dunder import __opts__  # of the loader at work: a deltaproxy has one for each device
from saltext.amt import facts
from saltext.amt.carry_out import act, carry_out, reported_as, secrets_of, without
from saltext.amt.certificate import load_certificate
from saltext.amt.core.resources.inventory.inventory import Inventory
from saltext.amt.core.resources.isolation.defense_policies import DefensePolicies
from saltext.amt.core.resources.isolation.isolation import Isolation
from saltext.amt.core.resources.isolation.isolation_info import IsolationInfo
from saltext.amt.core.resources.power.boot import Boot
from saltext.amt.core.resources.power.power import Power
from saltext.amt.core.resources.raw import Raw
from saltext.amt.devices import find_device, names, target

__virtualname__ = "amt"
__func_alias__ = {"list_": "list", "enumerate_": "enumerate"}


def __virtual__():
    return __virtualname__


def list_():
    """
    The names of the devices that pillar describes; of a resource or a proxy its own.

    CLI Example:

    .. code-block:: bash

        salt site-minion amt.list
    """
    with reported_as(CommandExecutionError, []):
        meant = target(__opts__, __pillar__)
        return [meant] if meant else names(__pillar__)


def ping(why=False, device=None):
    """
    Whether the firmware answers and lets us in: one request with log-in. The minion's log says why it does not; with
    ``why=True`` the answer does: ``{result: False, comment: ...}``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.ping
        salt site-minion amt.ping why=True device=pc-01
    """
    with reported_as(CommandExecutionError, []):
        found = find_device(__opts__, __pillar__, device)
    silence = facts.silence(found)
    return {"result": not silence, "comment": silence} if why else not silence


def inventory(subsets=("min",), strict=False, device=None):
    """
    What the firmware tells about itself and the machine. ``subsets``: a list of system, firmware, network, power, boot,
    bios, board, processors, memory, storage, batteries, fans, sensors, power_supplies; or all, min, hardware; or any of
    them with ! before, to leave it out. ``unread`` lists what could not be read, and why; ``strict`` fails then.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.inventory
        salt site-minion amt.inventory subsets=memory,storage device=pc-01
    """
    return _read(Inventory(load_certificate), {"gather_subset": subsets, "strict": strict}, device)


def refresh_grains(device=None):
    """
    Read from the device what its grains say, and keep it: grains of a resource never ask the network.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.refresh_grains
    """
    with reported_as(CommandExecutionError, []):
        found = find_device(__opts__, __pillar__, device)
    with reported_as(CommandExecutionError, [found.endpoint.password]):
        return facts.refresh(__opts__, found)


def power(device=None):
    """
    The state of power, and what the machine can be asked for now.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.power
    """
    found = _read(Inventory(), {"gather_subset": ["power"]}, device)
    return {**found.pop("power"), **found}


def power_on(wait=True, wait_timeout=300, device=None):
    """
    Switch on. What is on stays as it is. ``wait``, ``wait_timeout``: whether to wait until it is so, and for how long.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_on
    """
    return _power("on", device, wait=wait, wait_timeout=wait_timeout)


def power_off(graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    Switch off. ``graceful``: prefer, require or never ask the operating system; ``force_after``: seconds until
    patience ends. ``wait``, ``wait_timeout``: whether to wait until it is so, and how many seconds.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_off
        salt -C 'T@amt:pc-01' amt.power_off graceful=require force_after=120
    """
    return _power("off", device, graceful=graceful, force_after=force_after, wait=wait, wait_timeout=wait_timeout)


def power_reset(graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    Restart, whatever the state was. As :py:func:`power_off`.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_reset graceful=never
    """
    return _power("reset", device, graceful=graceful, force_after=force_after, wait=wait, wait_timeout=wait_timeout)


def power_cycle(graceful="prefer", force_after=None, wait=True, wait_timeout=300, device=None):
    """
    Take power away and give it back. As :py:func:`power_off`.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_cycle
    """
    return _power("cycle", device, graceful=graceful, force_after=force_after, wait=wait, wait_timeout=wait_timeout)


def power_sleep(wait=True, wait_timeout=300, device=None):
    """
    Put to sleep (S3).

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_sleep
    """
    return _power("sleep", device, wait=wait, wait_timeout=wait_timeout)


def power_hibernate(wait=True, wait_timeout=300, device=None):
    """
    Hibernate (S4).

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_hibernate
    """
    return _power("hibernate", device, wait=wait, wait_timeout=wait_timeout)


def power_standby(wait=True, wait_timeout=300, device=None):
    """
    Modern standby: power stays on, and the system saves it. ``power_on`` wakes a machine from there.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_standby
    """
    return _power("standby", device, wait=wait, wait_timeout=wait_timeout)


def power_nmi(device=None):
    """
    Send a non-maskable interrupt, so that the operating system writes a dump.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.power_nmi
    """
    return _power("nmi", device)


def boot_once(target, restart="never", device=None, **settings):
    """
    Start from somewhere else next time, once. ``target``: pxe, disk, safe_mode, cd, bios_setup,
    bios_pause, ider_cd, ider_floppy, or none to take it back. ``restart``: never, graceful, immediate. ``settings``
    are those of the state ``amt.booted_once``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.boot_once pxe restart=immediate
    """
    return _act(Boot(), {"target": target, "restart": restart, **_own(settings)}, device)


def isolate(allow=(), port="wired", device=None, **settings):
    """
    Cut the machine off its network except for what ``allow`` lets through. ``settings`` are those of the state
    ``amt.isolated``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.isolate allow='[dhcp, dns, "to: 192.0.2.10, tcp/443"]'
    """
    return _act(Isolation(), {"state": "isolated", "allow": allow, "port": port, **_own(settings)}, device)


def release(port="wired", when="always", agent=None, device=None):
    """
    Give back what was there before the isolation.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.release
    """
    return _act(Isolation(), {"state": "released", "port": port, "when": when, "agent": agent}, device)


def isolation_info(snapshot=True, strict=False, device=None):
    """
    What System Defense does on each port, since when, and what its filters counted. ``snapshot`` has the firmware bring
    its counters up to date first. ``unread`` lists what could not be read, with the reason; ``strict`` fails then.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.isolation_info
    """
    return _read(IsolationInfo(), {"snapshot": snapshot, "strict": strict}, device)


def defense_policies(policies, purge=False, foreign=False, device=None):
    """
    Have these System Defense policies on the device, as the state ``amt.defense_policies`` does.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.defense_policies policies='[{name: quiet, transmit: {action: drop}}]'
    """
    return _act(DefensePolicies(), {"policies": policies, "purge": purge, "foreign": foreign}, device)


def get(class_name, selectors=None, device=None):
    """
    The properties of one instance of a CIM class, in wire names and wire values.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.get AMT_GeneralSettings
    """
    return _raw("get", device, class_name=class_name, selectors=selectors)["result"]


def enumerate_(class_name, device=None):
    """
    Every instance of a CIM class.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.enumerate CIM_SoftwareIdentity
    """
    return _raw("enumerate", device, class_name=class_name)["result"]


def put(class_name, properties, selectors=None, omit=None, device=None):
    """
    Change properties of an instance that are not so already. ``omit``: read-only ones that this class refuses to
    be sent.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.put AMT_GeneralSettings '{PingResponseEnabled: true}'
    """
    return _raw("put", device, class_name=class_name, properties=properties, selectors=selectors, omit=omit)


def create(class_name, properties, device=None):
    """
    Create an instance. ``result`` refers to it.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.create IPS_AlarmClockOccurrence '{ElementName: morning, ...}'
    """
    return _raw("create", device, class_name=class_name, properties=properties)


def delete(class_name, selectors, device=None):
    """
    Delete an instance.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.delete IPS_AlarmClockOccurrence '{InstanceID: morning}'
    """
    return _raw("delete", device, class_name=class_name, selectors=selectors)


def invoke(class_name, method, arguments=None, selectors=None, changes=True, device=None):
    """
    Call a method. ``result`` has its output with the ReturnValue as it came. ``changes=False`` is for one that only
    tells.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.invoke AMT_SetupAndConfigurationService GetUuid changes=False
    """
    given = {"class_name": class_name, "method": method, "arguments": arguments, "selectors": selectors}
    return _raw("invoke", device, changes=changes, **given)


def _own(settings):
    """Keyword arguments without those that Salt adds by itself."""
    return {name: value for name, value in settings.items() if not name.startswith("__")}


def _outcome(resource, given, device, how):
    with reported_as(CommandExecutionError, []):
        found = find_device(__opts__, __pillar__, device)
    secrets = [found.endpoint.password, *secrets_of(resource.options, given)]
    with reported_as(CommandExecutionError, secrets):
        return how(resource, found, given), secrets


def _read(resource, given, device):
    outcome, secrets = _outcome(resource, given, device, carry_out)
    unread = outcome.facts.get("unread")
    return without(secrets, {**outcome.after, **({"unread": unread} if unread else {})})


def _act(resource, given, device):
    outcome, secrets = _outcome(resource, given, device, act)
    result = {**outcome.facts, **outcome.after, "changed": outcome.changed}
    return without(secrets, {**result, "note": outcome.note} if outcome.note else result)


def _power(state, device, **settings):
    return _act(Power(), {"state": state, **settings}, device)


def _raw(action, device, **given):
    return _act(Raw(), {"action": action, **given}, device)
