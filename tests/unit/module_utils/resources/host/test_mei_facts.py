# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Local facts on machines of all kinds: files in a tree of their own, and an engine that answers from a table."""

from __future__ import annotations

import errno
import functools

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.harmless import DANGEROUS
from ansible_collections.outofband.amt.plugins.module_utils.host.commands import ProgramMissing
from ansible_collections.outofband.amt.plugins.module_utils.mei import sysfs
from ansible_collections.outofband.amt.plugins.module_utils.mei.device import Client
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import AMTHI, LME, MKHI, WATCHDOG
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.mei_facts import MeiFacts

from tests.unit.module_utils.lms.pretend import Machine
from tests.unit.module_utils.mei import answers
from tests.unit.module_utils.mei.engine import Clock, Engine

PCI = "sys/bus/pci/devices/0000:00:16.0/"
FILES = {
    PCI + "vendor": "0x8086\n",
    PCI + "device": "0xa13a\n",
    PCI + "class": "0x078000\n",
    "sys/class/mei/mei0/dev_state": "ENABLED\n",
    "sys/class/mei/mei0/hbm_ver": "2.2\n",
    "sys/class/mei/mei0/fw_ver": "0:16.1.25.2124\n0:16.1.25.2124\n0:16.0.0.1\n",
    "sys/class/mei/mei0/fw_status": "90000255\n09F10506\n00000020\n00004000\n00041F03\nC7E003CB\n",
    "sys/class/watchdog/watchdog0/identity": "Software Watchdog\n",
    "sys/class/watchdog/watchdog1/identity": "iamt_wdt\n",
    "sys/class/watchdog/watchdog1/timeout": "120\n",
    "sys/class/watchdog/watchdog1/state": "inactive\n",
    "sys/class/dmi/id/product_uuid": answers.UUID_TEXT.upper() + "\n",
    "sys/module/mei_me/refcnt": "0\n",
    "proc/77/comm": "lms\n",
    "proc/cmdline": "root=/dev/sda1 quiet\n",
}
ARGUMENTS = {
    "lan_interface": "01010000 48000004 04000000 00000000",
    "features": "01010000 49000004 04000000 02000000",
    "certificate_hash": "01010000 2d000004 04000000 01000000",
    "ipv6_status": "01010000 52000004 04000000 00000000",
    "cira_log": "01010000 8e000004 01000000 01",
    "state": "01010000 01000001 10000000 " + answers.LINK,
}


def request_of(name, answer):
    """The question without an argument, or with the one above."""
    return bytes.fromhex(ARGUMENTS.get(name, "01010000 {0:02x}000004 00000000".format(answer[4])))


AMTHI_TABLE = {request_of(name, answer): answer for name, (answer, _values) in answers.AMTHI.items()}
MKHI_TABLE = {
    bytes.fromhex("ff020000"): answers.MKHI_VERSION,
    bytes.fromhex("03020000 20000000"): answers.MKHI_FEATURES,
    bytes.fromhex("03020000 00000000"): bytes.fromhex("03820000 00000000 04 04000000"),
}
REFUSALS = {
    bytes.fromhex("01010000 48000004 04000000 01000000"): bytes.fromhex("01010000 48008004 04000000 24000000"),
    bytes.fromhex("01010000 52000004 04000000 01000000"): bytes.fromhex("01010000 52008004 04000000 24000000"),
    bytes.fromhex("01010000 49000004 04000000 01000000"): bytes.fromhex("01010000 49008004 04000000 12080000"),
    bytes.fromhex("01010000 49000004 04000000 03000000"): bytes.fromhex("01010000 49008004 04000000 12080000"),
    bytes.fromhex("01010000 2d000004 04000000 07000000"): bytes.fromhex("01010000 2d008004 04000000 05080000"),
}
HEALTHY = {AMTHI: {**AMTHI_TABLE, **REFUSALS}, MKHI: MKHI_TABLE}


@pytest.fixture
def tree(tmp_path):
    """A machine in good order but for what is left out or written over."""

    def make(without=(), clients=(AMTHI, MKHI, LME, WATCHDOG), files=None):
        for name, text in {**FILES, **(files or {})}.items():
            if not any(name.startswith(start) for start in without):
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        for guid in clients:
            folder = tmp_path / "sys/bus/mei/devices" / ("0000:00:16.0-" + guid)
            folder.mkdir(parents=True)
            (folder / "uuid").write_text(guid + "\n")
            (folder / "version").write_text("0A\n")
            (folder / "max_conn").write_text("4\n")
        if WATCHDOG in clients:
            (folder / "driver").symlink_to("/sys/bus/mei/drivers/mei_wdt")
        (tmp_path / "proc/77/fd").mkdir()
        (tmp_path / "proc/77/fd/5").symlink_to("/dev/mei0")
        (tmp_path / "proc/77/fd/6").symlink_to("/dev/null")
        return tmp_path

    return make


class NoPrograms:
    """A system of files has no programs to ask."""

    def check(self, program, *words, seconds=0.0):
        raise ProgramMissing("there is no program " + program)


def facts(root, engine=None, **given):
    engine = engine or Engine(HEALTHY)
    open_client = functools.partial(Client, clock=Clock(), open_node=engine.open_node)
    given = {"commands": NoPrograms(), "banner": lambda: None, **given}
    found = MeiFacts(root, open_client, **given).read()
    assert engine.open == 0, "a device was left open"
    return found


def why(found, what):
    return next(row for row in found["missing"] if row["what"] == what)


def test_a_machine_in_good_order(tree):
    found = facts(tree())
    amt = found["amt"]
    assert found["present"] and amt["present"] and amt["enabled"] and amt["provisioned"] and amt["uuid_is_products"]
    assert (amt["version"], amt["sku"], amt["build"]) == ("16.1.25", "16392", "2124")
    assert amt["control_mode"] == "admin" and amt["uuid"] == answers.UUID_TEXT
    assert amt["sku_features"] == ["amt", "corporate"]
    for name, fact in {
        "cira": "cira_log",
        "state": "state",
        "setup_audit": "setup_audit",
        "config_server": "config_server",
    }.items():
        assert amt[name] == answers.AMTHI[fact][1]
    assert amt["ipv6"]["wired"]["router"] == "fe80::1" and amt["ipv6"]["wireless"] is None
    assert amt["lan"]["wired"]["ipv4"] == "10.0.2.7" and amt["lan"]["wireless"] is None
    assert amt["features"] == {"system_defense": None, "web_ui": True, "endpoint_access_control": None}
    assert [row["name"] for row in amt["certificate_hashes"]] == ["Example Root"]
    assert found["engine"]["version"] == "16.1.25.2124" and found["engine"]["enabled"]["kvm"]
    assert {row["error"] for row in found["missing"]} == {"Refused"} and len(found["missing"]) == 5


def texts(value):
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_no_text_of_the_engine_or_of_the_system_reaches_a_terminal_as_it_is(tree):
    hostile = {
        b"corp.example": b"\x1b[31mxampl\x07e",
        b"pc.example": b"\x1b[31mampl\x07",
        b"Example Root": b"\x1b[31mple R\x07t",
    }
    assert all(len(plain) == len(planted) for plain, planted in hostile.items())
    table = dict(HEALTHY[AMTHI])
    for plain, planted in hostile.items():
        table = {question: answer.replace(plain, planted) for question, answer in table.items()}
    found = facts(tree(files={"proc/77/comm": "l\x1b]0;ms\u202e\n"}), Engine({**HEALTHY, AMTHI: table}))
    assert not [text for text in texts(found) if DANGEROUS.search(text)]
    assert sum("\\x1b[31m" in text for text in texts(found)) >= 3, "they are shown, and not left out"


def test_what_the_system_tells(tree):
    found = facts(tree())
    assert found["pci"] == {"address": "0000:00:16.0", "device": "0xa13a", "driver": None}
    assert found["driver"] == {"loaded": True, "blacklisted_by": []}
    device = found["device"]
    assert (device["node"], device["state"], device["hbm_version"]) == ("/dev/mei0", "ENABLED", "2.2")
    assert device["firmware_versions"] == ["16.1.25.2124", "16.1.25.2124", "16.0.0.1"]
    assert device["firmware_status"][0] == "90000255" and len(device["firmware_status"]) == 6
    assert (found["watchdog"]["node"], found["watchdog"]["timeout"]) == ("/dev/watchdog1", 120)
    assert (found["watchdog"]["state"], found["watchdog"]["fed_by"]) == ("inactive", None)
    assert found["holders"] == [{"pid": 77, "command": "lms", "unit": None}]
    named = {row["name"]: row for row in found["clients"]}
    assert set(named) == {"amthi", "mkhi", "lme", "watchdog"}
    assert named["watchdog"]["driver"] == "mei_wdt"
    assert (named["lme"]["version"], named["lme"]["connections"], named["lme"]["driver"]) == (10, 4, None)


NO_DRIVER = ("sys/class/mei", "sys/module")


def test_no_engine(tree):
    found = facts(tree(without=(PCI, *NO_DRIVER), clients=()))
    assert not found["present"] and found["amt"] == {"present": None, "enabled": None}
    assert [row["error"] for row in found["missing"]] == ["NoEngine"]


def test_another_device_of_intel_is_no_engine(tree):
    found = facts(tree(without=NO_DRIVER, clients=(), files={PCI + "class": "0x070002\n"}))
    assert why(found, "device")["error"] == "NoEngine"


def test_a_driver_that_is_not_loaded(tree):
    found = facts(tree(without=NO_DRIVER, clients=()))
    assert found["present"] and found["driver"] == {"loaded": False, "blacklisted_by": []}
    assert why(found, "device")["error"] == "NotLoaded" and why(found, "device")["hint"] == "modprobe mei_me"


@pytest.mark.parametrize(
    ("name", "text", "forbids"),
    [
        ("etc/modprobe.d/mei.conf", "# why\nblacklist mei-me\n", True),
        ("usr/lib/modprobe.d/mei.conf", "install mei_me /bin/false\n", True),
        ("run/modprobe.d/mei.conf", "install mei-me /usr/bin/true\n", True),
        ("etc/modprobe.d/mei.conf", "install mei_me /sbin/modprobe mei_me_true\n", False),
        ("proc/cmdline", "quiet modprobe.blacklist=foo,mei_me\n", True),
        ("etc/modprobe.d/hardening.conf", "install mei /bin/true\n", True),
        ("proc/cmdline", "quiet module_blacklist=mei\n", True),
        ("proc/cmdline", "quiet modprobe.blacklist=mei\n", False),
        ("etc/modprobe.d/mei.conf", "# blacklist mei_me\nblacklist mei\noptions mei_me x=1\nblacklist\n", False),
        ("etc/modprobe.d/mei.bak", "blacklist mei_me\n", False),
    ],
)
def test_a_driver_that_is_blacklisted(tree, name, text, forbids):
    found = facts(tree(without=NO_DRIVER, clients=(), files={name: text}))
    assert found["driver"]["blacklisted_by"] == (["/" + name] if forbids else [])
    assert ("/" + name in why(found, "device")["reason"]) == forbids


def test_a_kernel_that_has_no_driver(tree):
    files = {"proc/sys/kernel/osrelease": "6.1.0-cloud\n", "lib/modules/6.1.0-cloud/modules.dep": "kernel/a.ko:\n"}
    found = facts(tree(without=NO_DRIVER, clients=(), files=files))
    assert why(found, "device")["error"] == "NotLoaded" and "package" in why(found, "device")["hint"]


def test_a_blacklist_that_another_file_hides_forbids_nothing(tree):
    files = {"usr/lib/modprobe.d/mei.conf": "blacklist mei_me\n", "etc/modprobe.d/mei.conf": "\n"}
    assert facts(tree(without=NO_DRIVER, clients=(), files=files))["driver"]["blacklisted_by"] == []


def test_a_blacklist_is_named_once_where_lib_is_usr_lib(tree):
    root = tree(without=NO_DRIVER, clients=(), files={"usr/lib/modprobe.d/mei.conf": "blacklist mei_me\n"})
    (root / "lib").symlink_to("usr/lib")
    assert facts(root)["driver"]["blacklisted_by"] == ["/usr/lib/modprobe.d/mei.conf"]


def test_a_driver_without_a_device(tree):
    found = facts(tree(without=("sys/class/mei",), clients=()))
    assert why(found, "device")["error"] == "NoDevice"


def test_the_engine_of_a_graphics_card_is_not_asked(tree):
    found = facts(tree(files={"sys/class/mei/mei0/kind": "gsc\n", "sys/class/mei/mei1/dev_state": "ENABLED\n"}))
    assert found["device"]["node"] == "/dev/mei1"


def test_amt_that_is_disabled(tree):
    found = facts(tree(clients=(MKHI,)), Engine({MKHI: MKHI_TABLE}))
    assert found["amt"] == {"present": True, "enabled": False}
    assert why(found, "amt")["error"] == "Disabled" and "MEBx" in why(found, "amt")["hint"]


TROUBLE = [
    ("open", errno.EACCES, "NoPermission", "root"),
    ("open", errno.ENOENT, "NoDevice", "--device /dev/mei0"),
    ("connect", errno.EBUSY, "ClientBusy", "lms"),
    ("connect", errno.ENODEV, "EngineAway", "dev_state"),
]


@pytest.mark.parametrize(("step", "number", "kind", "hint"), TROUBLE)
def test_an_engine_that_cannot_be_asked(tree, step, number, kind, hint):
    found = facts(tree(), Engine(HEALTHY, **{step: [number] * 16}))
    assert [(row["what"], row["error"]) for row in found["missing"]] == [("engine", kind), ("amt", kind)]
    assert hint in why(found, "amt")["hint"]
    assert found["amt"] == {"present": None, "enabled": None} and found["engine"] is None


def test_an_engine_that_is_away_is_no_amt_that_is_disabled(tree):
    root = tree(
        clients=(), without=("sys/class/watchdog/watchdog1",), files={"sys/class/mei/mei0/dev_state": "RESETTING\n"}
    )
    found = facts(root, Engine(HEALTHY, connect=[errno.ENODEV] * 16))
    assert {row["what"]: row["error"] for row in found["missing"]} == {"engine": "EngineAway", "amt": "EngineAway"}


def test_silence_is_waited_for_once(tree):
    table = {question: answer for question, answer in AMTHI_TABLE.items() if question[4] != 0x5C}
    engine = Engine({AMTHI: table, MKHI: MKHI_TABLE})
    found = facts(tree(), engine)
    assert found["amt"]["control_mode"] == "admin"
    assert found["amt"]["uuid"] is None and found["amt"]["lan"] is None and found["amt"]["uuid_is_products"] is None
    assert [row["error"] for row in found["missing"]] == ["DeadlineExceeded"]
    assert engine.asked[-1][4] == 0x5C


def test_a_reset_in_the_middle_costs_nothing(tree):
    root = tree()
    assert facts(root, Engine(HEALTHY, read=[0] * 6 + [errno.ENODEV])) == facts(root)


def test_who_feeds_the_watchdog(tree):
    root = tree()
    (root / "proc/77/fd/7").symlink_to("/dev/watchdog1")
    assert facts(root)["watchdog"]["fed_by"] == {"pid": 77, "command": "lms", "unit": None}


def test_an_engine_that_goes_away_for_good_leaves_what_it_told_before(tree):
    asked_before = 3 + 1
    engine = Engine(HEALTHY, read=[0] * asked_before + [errno.ENODEV], connect=[0, 0] + [errno.ENODEV] * 8)
    found = facts(tree(), engine)
    assert found["amt"]["version"] == "16.1.25" and found["amt"]["control_mode"] is None
    assert found["amt"]["provisioned"] is None and why(found, "amt")["error"] == "EngineAway"


def test_why_there_is_no_watchdog(tree):
    found = facts(tree(without=("sys/class/watchdog/watchdog1",)))
    assert found["watchdog"] is None
    assert why(found, "watchdog")["error"] == "NotLoaded" and "modprobe mei_wdt" in why(found, "watchdog")["hint"]


def test_a_watchdog_that_is_blacklisted(tree):
    files = {"etc/modprobe.d/a.conf": "blacklist mei_wdt\n"}
    found = facts(tree(without=("sys/class/watchdog/watchdog1",), files=files))
    assert (
        why(found, "watchdog")["error"] == "Blacklisted"
        and "/etc/modprobe.d/a.conf" in why(found, "watchdog")["reason"]
    )


def test_lms_and_who_has_lme(tree, tmp_path):
    machine = Machine(tmp_path / "other")
    machine.start(True)
    found = facts(machine.root, commands=machine, banner=machine.banner)
    assert found["lms"]["healthy"] and found["lms"]["version"] == "2506.0.0.0"
    assert found["lme"]["process"]["unit"] == "lms.service" and found["lme"]["how"] == "listens"


def test_without_lms(tree):
    found = facts(tree())
    assert found["lms"]["installed"] is False and found["lme"] == {"connected": None, "process": None, "how": "unknown"}


def test_another_uuid(tree):
    assert facts(tree(files={"sys/class/dmi/id/product_uuid": "x\n"}))["amt"]["uuid_is_products"] is False


def test_a_uuid_that_may_not_be_read(tree):
    assert facts(tree(without=("sys/class/dmi",)))["amt"]["uuid_is_products"] is None


def with_graphics_card(root):
    """A machine whose graphics card has an engine too, in the tree that Linux makes of that."""
    pci = root / "sys/devices/pci0000:00/0000:00:16.0"
    card = root / "sys/devices/pci0000:00/0000:00:02.0/i915.mei-gscfi.768"
    for number, (home, guid) in enumerate(((pci, AMTHI), (card, GRAPHICS))):
        node = home / "mei" / "mei{0}".format(number)
        client = home / "{0}-{1}".format(home.name, guid)
        for path in (node, client, root / "sys/class/mei", root / "sys/bus/mei/devices"):
            path.mkdir(parents=True, exist_ok=True)
        (node / "device").symlink_to(home)
        (node / "kind").write_text(("mei", "gscfi")[number] + "\n")
        (node / "dev_state").write_text("ENABLED\n")
        (client / "uuid").write_text(guid + "\n")
        (root / "sys/class/mei" / node.name).symlink_to(node)
        (root / "sys/bus/mei/devices" / client.name).symlink_to(client)
        folder = root / "proc" / str(70 + number) / "fd"
        folder.mkdir(parents=True)
        (folder / "3").symlink_to("/dev/mei{0}".format(number))
    return root


GRAPHICS = "e2d1ff34-3458-49a9-88da-8e6915ce9be5"


def test_the_engine_of_a_graphics_card_is_another_one(tmp_path):
    root = with_graphics_card(tmp_path)
    assert sysfs.device(root)["node"] == "/dev/mei0"
    assert [row["guid"] for row in sysfs.clients(root)] == [AMTHI]
    assert [row["pid"] for row in sysfs.holders(root)] == [70]
    assert sysfs.client(root, GRAPHICS) is None


@pytest.mark.parametrize("name", ["0000:00:16.0-" + AMTHI, "mei::" + AMTHI + ":01"])
def test_a_bus_without_links_is_told_apart_by_names(tmp_path, name):
    root = with_graphics_card(tmp_path)
    for path in (root / "sys/bus/mei/devices").iterdir():
        path.unlink()
    for folder, guid in ((name, AMTHI), ("i915.mei-gscfi.768-" + GRAPHICS, GRAPHICS)):
        (root / "sys/bus/mei/devices" / folder).mkdir()
        (root / "sys/bus/mei/devices" / folder / "uuid").write_text(guid)
    assert [row["guid"] for row in sysfs.clients(root)] == [AMTHI]


def refused(command, status, argument=""):
    """What asks something with an argument, and a refusal of it."""
    length = len(bytes.fromhex(argument))
    question = bytes.fromhex("01010000 {0:02x}000004".format(command)) + length.to_bytes(4, "little")
    answer = bytes.fromhex("01010000 {0:02x}008004 04000000".format(command)) + status.to_bytes(4, "little")
    return question + bytes.fromhex(argument), answer


def test_what_a_sound_machine_does_not_have_is_null_and_no_fault(tree):
    table = {
        **HEALTHY[AMTHI],
        **dict([refused(0x48, 35, "01000000"), refused(0x52, 35, "01000000"), refused(0x8E, 1, "01")]),
    }
    found = facts(tree(), Engine({**HEALTHY, AMTHI: table}))
    amt = found["amt"]
    assert (amt["lan"]["wireless"], amt["ipv6"]["wireless"], amt["cira"]) == (None, None, None)
    told = {row["what"] for row in found["missing"]}
    assert told & {"amt.lan.wireless", "amt.ipv6.wireless", "amt.cira"} == set()


def test_another_refusal_of_the_same_is_told(tree):
    table = {**HEALTHY[AMTHI], **dict([refused(0x8E, 0x10, "01"), refused(0x48, 1, "01000000")])}
    found = facts(tree(), Engine({**HEALTHY, AMTHI: table}))
    assert {"amt.cira", "amt.lan.wireless"} <= {row["what"] for row in found["missing"]}
    assert {row["part"] for row in found["unread"]} == {row["what"] for row in found["missing"]}
    assert "Refused" in {row["error"] for row in found["unread"]}


def test_a_container_without_the_node_is_told_to_be_given_it(tree):
    root = tree()

    def no_node(path):
        raise OSError(errno.ENOENT, "No such file or directory")

    found = MeiFacts(root, functools.partial(Client, clock=Clock(), open_node=no_node), commands=NoPrograms()).read()
    row = next(row for row in found["missing"] if row["what"] == "amt")
    assert (row["error"], "the driver has made the device" in row["reason"]) == ("NoDevice", True)
    assert "--device /dev/mei0" in row["hint"]
    assert "module" not in row["hint"]
