# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: a fleet from the master, without a minion
=================================================================

Devices are those of the master's setting ``amt``, in the words of pillar ``amt`` (``/etc/salt/master.d/amt.conf``); or,
with ``site=site-berlin,site-munich``, those that pillar has for these minions, from any pillar backend. ``devices``
adds to them: ``devices='{pc-09: {host: 192.0.2.9}}'``, by address and fingerprint alone; the rest belongs in pillar.

Functions that take ``tgt`` take these too:

tgt_type
    How ``tgt`` names devices: ``glob``, ``list``, ``pcre``, or ``grain``, as in ``amt_version:12.*``, among what
    :py:func:`inventory` has read last.
concurrency, rate
    How many devices at once (16), and how many to begin in a second (0: without limit).
deadline, timeout
    Seconds after which no further device is begun (0: never); seconds for each, in place of its own ``deadline``.
test
    For acts: tell what would change, and write nothing.
display_progress
    Print how far it is.
brief
    Return the counts and the devices that failed alone. Salt's bus takes a return of 1 MiB (``max_event_size``), which
    some 800 inventories exceed; each answer is an event and in the job cache all the same.

``devices`` of the return has ``result``, ``comment`` and ``changes`` as states have them. Each answer is an event,
``amt/run/<jid>/device/<name>``, and in the job cache as soon as it is there: ``salt-run jobs.lookup_jid <jid>`` has it
even if the runner was ended.
"""

from salt.utils.minions import CkMinions
from saltext.amt import facts
from saltext.amt.carry_out import carry_out, judge, sentence, verdict
from saltext.amt.certificate import load_certificate
from saltext.amt.chosen import choose
from saltext.amt.chosen import claims as claimed
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.core.fleet.report import fleet
from saltext.amt.core.resource import told
from saltext.amt.core.resources.inventory.audit_log import AuditLog
from saltext.amt.core.resources.inventory.event_log import EventLog
from saltext.amt.core.resources.inventory.inventory import Inventory
from saltext.amt.core.resources.isolation.isolation import Isolation
from saltext.amt.core.resources.power.boot import Boot
from saltext.amt.core.resources.power.power import Power
from saltext.amt.core.scan.search import scan as search
from saltext.amt.fleet import Master, converging, returned, settings
from saltext.amt.found import asked_for, limits, shown, targets
from saltext.amt.rotation import rotating
from saltext.amt.rpc import document_of

__virtualname__ = "amt"
__func_alias__ = {"list_": "list"}

ONE_EACH = "{host}"
REPORTED = ("min", "bios", "processors", "memory", "storage")


def __virtual__():
    return __virtualname__


def list_(tgt="*", **how):
    """
    The names of the devices that are meant.

    CLI Example:

    .. code-block:: bash

        salt-run amt.list 'pc-*'
        salt-run amt.list 'amt_version:1[12].*' tgt_type=grain site=site-berlin
    """
    try:
        how = settings(how)
        return choose(dict(__opts__), _master().pillar(how), tgt, how["tgt_type"])
    except AmtError as error:
        return _refused(error)


def claims(site=""):
    """
    Devices that the pillars of two minions both have, by name, address or UUID, where no ``minion`` says whose:
    both would act on them. ``site`` names minions; without it all that the master has accepted are looked at.

    CLI Example:

    .. code-block:: bash

        salt-run amt.claims
    """
    minions = str(site).split(",") if site else CkMinions(dict(__opts__)).check_minions("*")["minions"]
    try:
        found = claimed({name: __salt__["pillar.show_pillar"](name) for name in sorted(minions)})
    except AmtError as error:
        return _refused(error)
    return _failed({"claimed": found}) if found else {"claimed": {}}


def ping(tgt, **how):
    """
    Whether each firmware answers and lets us in: one request with log-in.

    CLI Example:

    .. code-block:: bash

        salt-run amt.ping 'pc-*' rate=50
    """
    return _over("ping", tgt, how, lambda how: lambda device: {"result": facts.answers(device)})


def inventory(tgt, subsets=("min",), **how):
    """
    What each firmware tells about itself and the machine, as ``amt.inventory`` of the execution module. Grains for
    ``tgt_type=grain`` are kept of it where system, firmware and network are among the subsets, as in ``min``.

    CLI Example:

    .. code-block:: bash

        salt-run amt.inventory '*' subsets=memory,storage --out=json
    """
    opts, wanted = dict(__opts__), {"gather_subset": subsets}

    def read(device):
        found = told(carry_out(Inventory(load_certificate), device, wanted))
        facts.keep(opts, device, found)
        return {"result": True, "facts": found}

    def judged(how):
        judge(Inventory(), wanted)
        return read

    return _over("inventory", tgt, how, judged)


def _reported(device):
    return told(carry_out(Inventory(load_certificate), device, {"gather_subset": REPORTED}))


def report(tgt, **how):
    """
    A row for each device, with what needs attention, and the counts.

    CLI Example:

    .. code-block:: bash

        salt-run amt.report '*' --out=json
    """
    places = {}

    def read(device):
        places[device.name] = device.endpoint
        return {"result": True, "facts": _reported(device)}

    returned = _over("report", tgt, how, lambda how: read)
    if "devices" not in returned:
        return returned
    known = {name: _variables(answer, places.get(name)) for name, answer in returned["devices"].items()}
    told = fleet(list(known), known)
    rows = {row.pop("name"): row for row in told.pop("devices")}
    return {**returned, "devices": rows, **{name: told[name] for name in ("made", "answered", "on", "attention")}}


def event_log(tgt, since=None, until=None, severity=None, kinds=None, limit=100, time_zone=None, archive=None, **how):
    """
    What the firmware of each device has noted, as ``amt.event_log`` of the execution module, under ``facts``. With
    ``archive``, a file of the master for each device, those that are new, which are added to it: an absolute path, in
    which ``{host}`` stands for the name of the device.

    CLI Example:

    .. code-block:: bash

        salt-run amt.event_log '*' since=24h severity=warning --out=json
        salt-run amt.event_log '*' archive='/srv/amt/logs/{host}.event.jsonl' limit=0
    """
    given = {"since": since, "until": until, "limit": limit, "time_zone": time_zone, "archive": archive}
    return _log("event_log", tgt, how, EventLog, {**given, "severity": severity, "kinds": kinds})


def audit_log(
    tgt,
    since=None,
    until=None,
    applications=None,
    events=None,
    by=None,
    limit=100,
    time_zone=None,
    archive=None,
    **how,
):
    """
    Who did what to the firmware of each device, as ``amt.audit_log`` of the execution module, under ``facts``;
    ``archive`` as in :py:func:`event_log`.

    CLI Example:

    .. code-block:: bash

        salt-run amt.audit_log '*' since=7d events=security_admin.login_failed --out=json
        salt-run amt.audit_log '*' archive='/srv/amt/logs/{host}.audit.jsonl' limit=0
    """
    given = {"since": since, "until": until, "limit": limit, "time_zone": time_zone, "archive": archive}
    return _log("audit_log", tgt, how, AuditLog, {**given, "applications": applications, "events": events, "by": by})


def power(tgt, state, graceful="prefer", force_after=None, wait=True, wait_timeout=300, **how):
    """
    Switch: on, off, sleep, hibernate, standby; reset, cycle, nmi. As the functions of the execution module.

    CLI Example:

    .. code-block:: bash

        salt-run amt.power 'pc-*' off force_after=600 concurrency=50 rate=20 test=True
    """
    waiting = {"wait": wait, "wait_timeout": wait_timeout}
    return _act("power", tgt, how, Power(), state=state, graceful=graceful, force_after=force_after, **waiting)


def boot_once(tgt, target, restart="never", wait=True, wait_timeout=300, force_after=None, **how):
    """
    Start from somewhere else next time, once: pxe, disk, cd, bios_setup, ...; none takes it back. ``restart``: never,
    graceful, immediate; the last three as in ``amt.power``.

    CLI Example:

    .. code-block:: bash

        salt-run amt.boot_once 'pc-0[1-4]' pxe restart=graceful
    """
    waiting = {"wait": wait, "wait_timeout": wait_timeout, "force_after": force_after}
    return _act("boot_once", tgt, how, Boot(), target=target, restart=restart, **waiting)


def isolate(tgt, allow=(), port="wired", expires=0, event=False, force=False, **how):
    """
    Cut off the network except for what ``allow`` lets through. The arguments are those of the state ``amt.isolated``.

    CLI Example:

    .. code-block:: bash

        salt-run amt.isolate pc-01,pc-02 tgt_type=list allow='[dhcp, dns, "to: 192.0.2.10, tcp/443"]'
    """
    given = {"allow": allow, "port": port, "expires": expires, "event": event, "force": force}
    return _act("isolate", tgt, how, Isolation(), state="isolated", **given)


def release(tgt, port="wired", **how):
    """
    Give back what was there before the isolation.

    CLI Example:

    .. code-block:: bash

        salt-run amt.release 'pc-*'
    """
    return _act("release", tgt, how, Isolation(), state="released", port=port)


def rotate_password(tgt, username=None, **how):
    """
    A new password for the administrator of each device, another one for each: made here, on record before the device is
    told, and proven by a log-in afterwards. A run that was cut off is ended by the next one. ``username`` gives the
    administrator another name.

    The master's setting ``amt_escrow`` says where passwords are kept: ``sdb: 'vault/amt/{device}'``, or
    ``command`` and ``recall`` (programs: one is told on its standard input, the other prints). While a password is
    changed there are two lines, the new one first; pillar takes the first:
    ``{{ salt['sdb.get']('sdb://vault/amt/pc-01').splitlines() | first }}``. Minions see it after
    ``saltutil.refresh_pillar``.

    CLI Example:

    .. code-block:: bash

        salt-run amt.rotate_password 'pc-*' site=site-berlin concurrency=5 test=True
    """
    return _over("rotate_password", tgt, how, lambda how: rotating(dict(__opts__), username, how))


def profile_from_rpc(path):
    """
    A profile of rpc-go, RPS or Console, in a file of the master (exported as YAML, and decrypted), as a document for
    the state ``amt.profile``; and what stays behind, with the reason. Secrets do, for Salt records what it returns.

    CLI Example:

    .. code-block:: bash

        salt-run amt.profile_from_rpc /srv/profiles/office.yaml --out=yaml
    """
    try:
        return document_of(str(path))
    except AmtError as error:
        return _refused(error)


def scan(networks=(), ranges=(), hosts=(), exclude=(), **how):
    """
    Find firmware on networks, without a log-in: by presence pings and by what the firmware's web server says. ``mute``
    in the return lists who took a connection and said nothing.

    networks, ranges, hosts, exclude
        ``192.0.2.0/24``; ``192.0.2.10-99``; names and addresses; what to leave alone.
    ping, banner
        Whether to send presence pings (True), and whom to connect to: all, answered or none.
    tls
        ``required``, ``preferred`` or ``never``: a device is never shown as one to log in to in another way.
    port, tls_port, rmcp_port, rate, concurrency, ping_timeout, banner_timeout, answer_timeout, limit
        As those of the inventory plugin ``amt_scan`` of the Ansible collection.
    known
        False leaves out what is described already (in the master's settings, or in pillar of ``site``).

    CLI Example:

    .. code-block:: bash

        salt-run amt.scan networks=192.0.2.0/24 banner=answered
        salt-run amt.scan ranges=192.0.2.10-99 site=site-berlin known=False
    """
    try:
        wanted = asked_for({"networks": networks, "ranges": ranges, "hosts": hosts, "exclude": exclude, **how})
        places, unknown = targets(wanted)
        within = limits(wanted)
        seen = search(places, within, load_certificate)
        return shown(seen, within, unknown, _described(wanted), wanted["known"])
    except AmtError as error:
        return _refused(error)


def _described(wanted):
    """Where the devices are that are described already; none where nothing is."""
    if not wanted["site"] and not __opts__.get("amt"):
        return {}
    devices = _master().pillar({"site": wanted["site"], "devices": None})["amt"]["devices"]
    return {str(described.get("host") or name): name for name, described in devices.items()}


def _master():
    return Master(dict(__opts__), __salt__["pillar.show_pillar"], globals().get("__jid__") or "", _say)


def _say(data):
    _reconnect()
    __jid_event__.fire_event(data, "progress")


def _reconnect():
    """A master that restarted has cut the connection over which Salt tells of this job; it opens another by itself."""
    if "__jid_event__" in globals():
        __jid_event__.event.close_pull()


def _log(function, tgt, how, kind, given):
    if given["archive"] and ONE_EACH not in str(given["archive"]):
        return _refused(
            InvalidOption("archive", given["archive"], "each device has a file of its own: put {host} in it")
        )

    def read(device, test):
        resource = kind(host=device.name)
        outcome = carry_out(resource, device, given, dry_run=test)
        shown = verdict(device.name, outcome, test) if given["archive"] else {"result": True}
        return {**shown, "facts": {**outcome.after, **outcome.facts}}

    def judged(how):
        judge(kind(), {**given, "archive": None})
        return lambda device: read(device, how["test"])

    return _over(function, tgt, how, judged)


def _act(function, tgt, how, resource, **given):
    return _over(function, tgt, how, lambda how: converging(resource, given, how["test"]))


def _over(function, tgt, how, act_for):
    try:
        how = settings(how)
        answers = _master().over(function, tgt, how, act_for(how))
    except AmtError as error:
        return _refused(error)
    finally:
        _reconnect()
    told = returned(answers, how["brief"])
    return _failed(told) if told["counts"].get("failed") else told


def _refused(error):
    return _failed({"error": sentence(error)})


def _failed(returned):
    """`retcode` in the return is what salt-run ends with; in the context, what orchestration looks at."""
    __context__["retcode"] = 1
    return {**returned, "retcode": 1}


def _variables(answer, place):
    """A device as the report of the core wants it."""
    at = {"amt_host": place.host, "amt_tls": place.tls} if place else {}
    if answer["result"]:
        return {**at, "amt_answer": {"amt": answer["facts"], "unread": answer["facts"].get("unread")}}
    unreachable = answer["error"] in ("Unreachable", "AuthenticationRefused", "CertificateRefused")
    return {**at, "amt_answer": {"error": answer["error"], "unreachable": unreachable, "msg": answer["comment"]}}
