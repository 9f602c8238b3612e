# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our request documents mean the same as those of two builders that are not ours.

wsman-messages (device-management-toolkit) builds for the classes that its authors needed; MeshCentral's stack reads and
puts any class, and calls the methods that its authors needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Optional

import pytest

from tests.capabilities import CAPABILITIES
from tests.interop.meaning import Meaning, read
from tests.interop.node_packages import MESHCENTRAL, WSMAN_MESSAGES, run_script
from tests.interop.own_requests import domains, resource_requests, table_requests, tables

HERE = Path(__file__).parent

LACKING = {
    "AMT_AuditPolicyRule": "no use for it there",
    "AMT_CRL": "no use for it there",
    "AMT_EACCredentialContext": "no use for it there",
    "AMT_EndpointAccessControlService": "no use for it there",
    "AMT_PublicKeyManagementCapabilities": "it does not ask how much room there is",
    "AMT_RemoteAccessCapabilities": "it does not ask how much room there is",
    "AMT_RemoteAccessCredentialContext": "it does not look by what a server knows the device",
    "AMT_SystemPowerScheme": "no use for it there",
    "AMT_TLSProtocolEndpointCollection": "only named in references there",
    "AMT_WebUIService": "no use for it there",
    "CIM_AssociatedPowerManagementService": "it reads the power state through CIM_ServiceAvailableToElement",
    "CIM_Battery": "no use for it there",
    "CIM_ComputerSystem": "only named in references, never read",
    "CIM_ElementSettingData": "it does not look whether an override is in force",
    "CIM_Fan": "no use for it there",
    "CIM_OrderedComponent": "it does not look which override is in force",
    "CIM_PowerManagementCapabilities": "it does not ask which power requests are on offer",
    "CIM_PowerSupply": "no use for it there",
    "CIM_Realizes": "it joins drives and packages by their order",
    "CIM_Sensor": "no use for it there",
    "CIM_WiFiEndpoint": "only named in references there",
    "CIM_WiFiEndpointCapabilities": "it does not ask what the interface can do",
    "IPS_HostBootReason": "no use for it there",
    "IPS_IPv6PortSettings": "no use for it there",
}
"""Classes that wsman-messages does not have, and why. MeshCentral reads these too, and wsman-messages can still Get."""

LACKING_DOMAINS = {
    "isolation": "it has nothing of System Defense",
    "data_store": "it has nothing of what firmware of before AMT 12 kept for others",
}
"""The same for all classes of a file under cim/."""

WRAPPED = ("IPS_OptInService",)
"""Classes of which wsman-messages puts what it is handed one level down."""

WITHOUT_SELECTORS = {
    ("AMT_BootSettingData", "Put"): "there is one instance",
    ("CIM_BootConfigSetting", "ChangeBootOrder"): "there is one instance; amtctrl sends the selector as we do",
    ("CIM_BootService", "SetBootConfigRole"): "there is one instance, and we send none either",
    ("CIM_PowerManagementService", "RequestPowerStateChange"): "there is one instance, and we send none either",
}
"""Requests that a builder can only send without the selectors that ours have, and why that names the same instance."""

WITH_ONE_KEY = {("AMT_SystemPowerScheme", "SetPowerScheme"): "each of the two keys is there once"}
"""Requests of which a builder writes one of the selectors that ours have, and why that names the same instance."""


UNCOMPARED = {
    "IPS_IEEE8021xSettings SetCertificates": "one builder writes texts for references, one has no method",
    "AMT_NetworkPortSystemDefensePolicy Delete": "references select it",
    "AMT_SystemDefensePolicy GetTimeout": "of one of several, which MeshCentral cannot name when it calls a method",
    "CIM_ElementSettingData Get": "references select it",
    "CIM_ElementSettingData Put": "references select it",
    "CIM_ComputerSystem Get": "two selectors, which neither builder can write; no resource sends it",
    "AMT_GeneralSettings AMTAuthenticate": "neither builder has the method; its form is the vendor's schema's",
    "AMT_TimeSynchronizationService EnableLocalTimeSync": "neither builder has the method",
}


WITHOUT_METHODS = ("data_store",)
"""Files under cim/ with classes whose methods neither builder has; of these only Get and the like are compared."""

Spelling = Callable[[str, str, dict[str, str]], Any]
"""Makes of address, resource and selectors what a builder takes for a reference."""


def split(class_name: str) -> tuple[str, str]:
    namespace, _line, name = class_name.partition("_")
    return namespace, name


def child(meaning: Meaning, *names: str) -> Any:
    """The content below the body's element that these local names lead to; None when there is none."""
    content: Any = meaning.body[1]
    for name in names:
        if not isinstance(content, tuple):
            return None
        content = next((value for tag, value in content if tag.rpartition("}")[2] == name), None)
    return content


def instance_id(meaning: Meaning, name: str) -> Optional[str]:
    found = child(meaning, name, "ReferenceParameters", "SelectorSet")
    return dict(found)["InstanceID"] if found else None


def properties(meaning: Meaning) -> dict[str, Any]:
    collected: dict[str, Any] = {}
    for tag, value in meaning.body[1]:
        name = tag.rpartition("}")[2]
        collected[name] = value if name not in collected else [*as_list(collected[name]), value]
    return collected


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def for_wsman_messages(meaning: Meaning) -> dict[str, Any]:
    namespace, name = split(meaning.class_name)
    arguments: dict[str, Any] = {
        "Get": lambda: [{"name": key, "value": value} for key, value in meaning.selectors],
        "Enumerate": list,
        "Pull": lambda: [child(meaning, "EnumerationContext")],
        "Put": lambda: [{name: properties(meaning)} if meaning.class_name in WRAPPED else properties(meaning)],
        "Delete": lambda: [{"name": key, "value": value} for key, value in meaning.selectors],
        "RequestPowerStateChange": lambda: [child(meaning, "PowerState")],
        "RequestOSPowerSavingStateChange": lambda: [child(meaning, "OSPowerSavingState")],
        "ChangeBootOrder": lambda: [instance_id(meaning, "Source")],
        "SetBootConfigRole": lambda: [instance_id(meaning, "BootConfigSetting"), child(meaning, "Role")],
    }
    call = {"namespace": namespace, "class": name, "method": meaning.verb}
    if meaning.verb in BUILDERS:
        return {**call, **BUILDERS[meaning.verb](meaning)}
    if meaning.verb in arguments:
        return {**call, "arguments": arguments[meaning.verb]()}
    return {**call, "named": plain_arguments(meaning)}


def add_server(meaning: Meaning) -> dict[str, Any]:
    """It has another name there, as has one argument; all of them are written, whether they are there or not."""
    given = plain_arguments(meaning) or {}
    whole = {"AccessInfo", "InfoFormat", "Port", "AuthMethod", "Username", "Password", "CN"} == set(given)
    return {"method": "AddMPS", "arguments": [{**given, "CommonName": given["CN"]}]} if whole else {"named": None}


def add_policy(meaning: Meaning) -> dict[str, Any]:
    """It writes one server, and a schedule whether there is one or not."""
    content = [(tag.rpartition("}")[2], value) for tag, value in meaning.body[1]]
    named = child(meaning, "MpServer", "ReferenceParameters", "SelectorSet")
    if sum(name == "MpServer" for name, _value in content) != 1 or not child(meaning, "ExtendedData"):
        return {"named": None}
    ((key, value),) = named
    plain = {name: each for name, each in content if isinstance(each, str)}
    return {"arguments": [plain, {"name": key, "value": value}]}


def add_proxy(meaning: Meaning) -> dict[str, Any]:
    return {"arguments": [plain_arguments(meaning)]}


def alarm(meaning: Meaning) -> dict[str, Any]:
    """The template, as both builders know it: times and intervals are texts here."""
    return local(child(meaning, "AlarmTemplate")) or {}


def add_alarm(meaning: Meaning) -> dict[str, Any]:
    """It takes minutes."""
    given = alarm(meaning)
    if "Interval" in given:
        days, hours, minutes = map(int, re.findall("[0-9]+", given["Interval"][0][1]))
        given["Interval"] = (days * 24 + hours) * 60 + minutes
    return {"arguments": [{**given, "StartTime": given["StartTime"][0][1]}]}


def add_wifi(meaning: Meaning) -> dict[str, Any]:
    """Certificates it takes by their InstanceID."""
    ((name, value),) = child(meaning, "WiFiEndpoint", "ReferenceParameters", "SelectorSet")
    settings, by_8021x = (
        local(child(meaning, part)) for part in ("WiFiEndpointSettingsInput", "IEEE8021xSettingsInput")
    )
    certificates = [instance_id(meaning, part) for part in ("ClientCredential", "CACredential")]
    return {"arguments": [settings, {"name": name, "value": value}, by_8021x, *certificates]}


def local(fields: Any) -> Optional[dict[str, Any]]:
    return None if fields is None else {tag.rpartition("}")[2]: value for tag, value in fields}


def parameter(value: Any) -> Any:
    """As MeshCentral's stack takes what is more than a text: a reference, or an instance with its namespace."""
    if not isinstance(value, tuple):
        return value
    if "ReferenceParameters" in (local(value) or {}):
        given = with_references(value, lambda _address, uri, selectors: {"__resourceUri": uri, **selectors})
        return {"__parameterType": "reference", **given}
    namespace = value[0][0].partition("}")[0].lstrip("{")
    return {"__parameterType": "instance", "__namespace": namespace, **(local(value) or {})}


WITH_INSTANCES = ("AddWiFiSettings", "UpdateWiFiSettings")
"""Methods that MeshCentral's stack makes of parameters."""

BUILDERS = {
    "AddAlarm": add_alarm,
    "AddWiFiSettings": add_wifi,
    "AddMpServer": add_server,
    "AddRemoteAccessPolicyRule": add_policy,
    "AddProxyAccessPoint": add_proxy,
}
"""Methods that wsman-messages takes an object for."""


def plain_arguments(meaning: Meaning, spelt: Optional[Spelling] = None) -> Optional[dict[str, Any]]:
    """What a method is given, by name, a list where it is several; None where one of it is more than a value, or than a
    reference that can be spelt."""
    given = properties(meaning) if meaning.body and meaning.body[1] else {}
    if spelt is not None:
        given = {name: with_references(value, spelt) for name, value in given.items()}
    values = [each for value in given.values() for each in as_list(value)]
    return given if all(isinstance(value, str) for value in values) else None


def for_meshcentral(meaning: Meaning) -> dict[str, Any]:
    call: dict[str, Any] = {"verb": meaning.verb, "class": meaning.class_name}
    if meaning.verb in ("Get", "Put", "Create", "Delete", "Enumerate", "Pull"):
        return {**call, **transfer_for_meshcentral(meaning)}
    named = {"RequestPowerStateChange": "PowerState", "RequestOSPowerSavingStateChange": "OSPowerSavingState"}
    if meaning.verb in named:
        return {**call, "state": child(meaning, named[meaning.verb])}
    if meaning.verb == "SetBootConfigRole":
        return {**call, "role": child(meaning, "Role")}
    if meaning.verb == "AddAlarm":
        return {**call, "named": {"alarmInstance": timed(alarm(meaning))}}
    if meaning.verb == "SetPowerScheme":
        return {**call, "named": {"schemeInstanceId": dict(meaning.selectors)["InstanceID"]}}
    if meaning.verb == "ChangeBootOrder":
        return {**call, "verb": "none" if instance_id(meaning, "Source") else meaning.verb}
    if meaning.verb in WITH_INSTANCES:
        return {**call, "named": {name: parameter(value) for name, value in properties(meaning).items()}}
    return {**call, "named": None if meaning.selectors else plain_arguments(meaning, as_xml)}


def timed(given: dict[str, Any]) -> dict[str, Any]:
    """It calls the text of an interval Datetime too."""
    times = {name: {"Datetime": given[name][0][1]} for name in ("StartTime", "Interval") if name in given}
    return {**given, **times}


def transfer_for_meshcentral(meaning: Meaning) -> dict[str, Any]:
    """Its Get takes no selectors. The boot source of ChangeBootOrder it leaves to its caller."""
    selectors, whole = dict(meaning.selectors), is_plain(meaning.selectors)
    if meaning.verb == "Pull":
        return {"verb": "pull", "context": child(meaning, "EnumerationContext")}
    if meaning.verb == "Put" and whole:
        put = {name: with_references(value, as_object) for name, value in properties(meaning).items()}
        return {"verb": "put", "properties": put, "selectors": selectors}
    if meaning.verb == "Delete" and whole:
        return {"verb": "delete", "selectors": selectors}
    if meaning.verb == "Create":
        created = {name: with_references(value, as_xml) for name, value in properties(meaning).items()}
        return {"verb": "create", "properties": created} if is_plain(created.items()) else {"verb": "none"}
    is_sent = meaning.verb == "Enumerate" or (meaning.verb == "Get" and not selectors)
    return {"verb": meaning.verb.lower() if is_sent else "none"}


def with_references(value: Any, spelt: Spelling) -> Any:
    """The same, with a reference as MeshCentral's stack takes one there."""
    parts = {tag.rpartition("}")[2]: part for tag, part in value} if isinstance(value, tuple) else {}
    if set(parts) != {"Address", "ReferenceParameters"}:
        return value
    inner = {tag.rpartition("}")[2]: part for tag, part in parts["ReferenceParameters"]}
    return spelt(parts["Address"], inner["ResourceURI"], dict(inner["SelectorSet"]))


def as_object(address: str, uri: str, selectors: dict[str, str]) -> dict[str, Any]:
    rows = [{"@Name": name, "Value": value} for name, value in selectors.items()]
    inner = {"ResourceURI": uri, "SelectorSet": {"Selector": rows}}
    return {"Address": address, "ReferenceParameters": inner}


def as_xml(address: str, uri: str, selectors: dict[str, str]) -> str:
    rows = ['<w:Selector Name="{0}">{1}</w:Selector>'.format(*row) for row in selectors.items()]
    form = (
        "<a:Address>{0}</a:Address><a:ReferenceParameters><w:ResourceURI>{1}</w:ResourceURI>"
        "<w:SelectorSet>{2}</w:SelectorSet></a:ReferenceParameters>"
    )
    return form.format(address, uri, "".join(rows))


def is_plain(pairs: Iterable[tuple[str, Any]]) -> bool:
    """Values alone: references it takes in a form of its own, and of several values of an array it makes one."""
    return all(isinstance(value, str) for _name, value in pairs)


def answerable(meaning: Meaning) -> bool:
    """wsman-messages builds a Get, and a Delete, with one plain selector at most."""
    return meaning.verb not in ("Get", "Delete") or len(meaning.selectors) < 2


@pytest.fixture(scope="module")
def ours() -> list[Meaning]:
    documents = [*table_requests(), *resource_requests()]
    return list(dict.fromkeys(read(document) for document in documents))


@pytest.fixture(scope="module")
def pairs(ours: list[Meaning]) -> list[tuple[str, Meaning, Meaning]]:
    """(builder, our meaning, its meaning) for every request that a builder can build."""
    found = []
    asked = [meaning for meaning in ours if answerable(meaning)]
    theirs = run_script(HERE / "build.js", WSMAN_MESSAGES, [for_wsman_messages(meaning) for meaning in asked])
    found += [("wsman-messages", mine, read(their)) for mine, their in zip(asked, theirs) if their]
    theirs = run_script(HERE.parent / "meshcentral" / "build.js", MESHCENTRAL, [for_meshcentral(each) for each in ours])
    found += [("MeshCentral", mine, read(their)) for mine, their in zip(ours, theirs) if their]
    return found


def same_instance(mine: Meaning, their: Meaning) -> Meaning:
    """Ours as the builder can say it, where WITHOUT_SELECTORS lists the request."""
    if not their.selectors and (mine.class_name, mine.verb) in WITHOUT_SELECTORS:
        return replace(mine, selectors=())
    if (mine.class_name, mine.verb) in WITH_ONE_KEY:
        return replace(mine, selectors=tuple(each for each in mine.selectors if each in their.selectors))
    return mine


def same_place(meaning: Meaning) -> Meaning:
    """Within references both builders write /wsman for some methods, something else for others: firmware takes any."""
    return replace(meaning, body=placeless(meaning.body)) if meaning.verb in WITH_INSTANCES else meaning


def placeless(content: Any) -> Any:
    if not isinstance(content, tuple):
        return content
    is_address = len(content) == 2 and isinstance(content[0], str) and content[0].endswith("}Address")
    return (content[0], "") if is_address else tuple(placeless(each) for each in content)


def test_every_request_means_the_same(pairs):
    different = [
        "{0}: {1}\n  ours:   {2}\n  theirs: {3}".format(builder, mine.action, mine, their)
        for builder, mine, their in pairs
        if same_place(same_instance(mine, their)) != same_place(their)
    ]
    assert not different, "\n".join(different)
    assert len(pairs) > 200


def test_every_request_was_compared(ours, pairs):
    compared = {mine for _builder, mine, _their in pairs}
    left = {mine for mine in ours if mine not in compared and domains().get(mine.class_name) not in WITHOUT_METHODS}
    assert {mine.class_name + " " + mine.verb for mine in left} == set(UNCOMPARED)


def test_the_lists_of_what_is_different_are_exact(ours, pairs):
    reads = ((builder, mine.verb, mine.class_name) for builder, mine, _their in pairs)
    built = {name for builder, verb, name in reads if (builder, verb) == ("wsman-messages", "Enumerate")}
    lacking = set(tables()) - built
    assert {name for name in lacking if domains()[name] not in LACKING_DOMAINS} == set(LACKING)
    assert {domains()[name] for name in lacking - set(LACKING)} <= set(LACKING_DOMAINS)
    without = {(mine.class_name, mine.verb) for _builder, mine, their in pairs if not their.selectors}
    assert set(WITHOUT_SELECTORS) <= without
    fewer = {
        (mine.class_name, mine.verb) for _builder, mine, their in pairs if set(mine.selectors) > set(their.selectors)
    }
    assert set(WITH_ONE_KEY) == fewer - set(WITHOUT_SELECTORS)


def test_the_requests_that_change_something_are_all_there(ours):
    verbs = {mine.verb for mine in ours}
    effects = (effect.split()[1] for each in CAPABILITIES.values() for effect in each.effects)
    written = {effect[0].upper() + effect[1:] for effect in effects}
    assert verbs >= {
        "Get",
        "Enumerate",
        "Pull",
        "Put",
        "RequestPowerStateChange",
        "RequestOSPowerSavingStateChange",
        "ChangeBootOrder",
        "SetBootConfigRole",
        *written,
    }
    sources = {instance_id(mine, "Source") for mine in ours if mine.verb == "ChangeBootOrder"}
    assert sources == {
        None,
        *("Intel(r) AMT: Force " + kind for kind in ("PXE Boot", "Hard-drive Boot", "CD/DVD Boot")),
    }
    assert len({child(mine, "PowerState") for mine in ours if mine.verb == "RequestPowerStateChange"}) >= 8
