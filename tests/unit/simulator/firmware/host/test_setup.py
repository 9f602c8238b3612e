# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device is set up from its host, and taken back; what does not prove enough is refused with the right number."""

from __future__ import annotations

import hashlib

import pytest

from simulator.digest import secret
from simulator.values import Fault
from tests.unit.simulator.provisioning import authority, chain, der, leaf, signature, text, trusted

SERVICE = "IPS_HostBasedSetupService"
SETUP = "AMT_SetupAndConfigurationService"
MC_NONCE = bytes(range(20))
GENERAL = "Intel(r) AMT: General Settings"
NEW_NAME = [("ElementName", GENERAL), ("InstanceID", GENERAL), ("HostName", "new")]


@pytest.fixture
def unprovisioned(make):
    """unprovisioned(generation="12", **settings): asked from its host, by the host's account."""

    def make_unprovisioned(generation="12", **settings):
        settings = {"control_mode": "none", "trusted_hashes": trusted(), **settings}
        firmware = make(generation, **settings)
        firmware.local, firmware.caller = True, "$$OsAdmin"
        return firmware

    return make_unprovisioned


def invoke(firmware, method, cls=SERVICE, **fields):
    values = [(name, text(value) if isinstance(value, bytes) else str(value)) for name, value in fields.items()]
    return firmware.invoke(cls, {}, method, values)["ReturnValue"]


def hashed(firmware, password="Secret1!"):
    return secret("admin", firmware.digest_realm, password)


def set_up(firmware):
    return invoke(firmware, "Setup", NetAdminPassEncryptionType=2, NetworkAdminPassword=hashed(firmware))


def add(firmware, certificates, first=True, last=True):
    final = len(certificates) - 1
    answers = []
    for number, certificate in enumerate(certificates):
        flags = {
            "IsLeafCertificate": str(number == 0 and first).lower(),
            "IsRootCertificate": str(number == final and last).lower(),
        }
        answers.append(invoke(firmware, "AddNextCertInChain", NextCertificate=der(certificate), **flags))
    return answers


def nonce(firmware):
    return firmware.get(SERVICE, {})["ConfigurationNonce"]


def proof(firmware, own="leaf", **changes):
    fields = {
        "McNonce": MC_NONCE,
        "SigningAlgorithm": 2,
        "DigitalSignature": signature(nonce(firmware) + MC_NONCE, own),
    }
    return {**fields, **changes}


def admin_setup(firmware, **changes):
    fields = {"NetAdminPassEncryptionType": 2, "NetworkAdminPassword": hashed(firmware)}
    return invoke(firmware, "AdminSetup", **{**fields, **proof(firmware), **changes})


def state(firmware):
    firmware.settle()
    return firmware.setup.mode, firmware.setup.state


def test_client_control_mode_needs_no_certificate_and_takes_its_time(unprovisioned, clock):
    firmware = unprovisioned()
    assert state(firmware) == ("none", 0)
    assert set_up(firmware) == 0
    assert state(firmware) == ("client", 1)
    assert not firmware.listens(16992)
    assert set_up(firmware) == 2
    clock.advance(3)
    assert state(firmware) == ("client", 2)
    assert firmware.listens(16992)
    assert firmware.secret_of("admin") == hashed(firmware)
    assert firmware.password_of("admin") is None
    assert firmware.get("IPS_OptInService", {})["OptInRequired"] == 4294967295
    assert firmware.get("IPS_ClientProvisioningRecord", {})["InstanceID"]
    assert [alert for _time, alert in firmware.events.alerts] == ["iAMT0055-1", "iAMT0055-2", "iAMT0055-4"]
    assert [record.code for record in firmware.events.audited] == [1600, 1601]


@pytest.mark.parametrize(
    "fields, answer",
    [
        ({"NetAdminPassEncryptionType": 1}, 3),
        ({"NetworkAdminPassword": "00"}, 3),
        ({"NetworkAdminPassword": "zz" * 16}, None),
    ],
)
def test_what_is_no_hashed_password_is_refused(unprovisioned, fields, answer):
    firmware = unprovisioned()
    given = {"NetAdminPassEncryptionType": 2, "NetworkAdminPassword": hashed(firmware), **fields}
    if answer is None:
        with pytest.raises(Fault):
            invoke(firmware, "Setup", **given)
    else:
        assert invoke(firmware, "Setup", **given) == answer
    assert state(firmware) == ("none", 0)


def test_only_the_host_may_set_up(unprovisioned):
    firmware = unprovisioned()
    firmware.local = False
    with pytest.raises(Fault, match="AccessDenied"):
        set_up(firmware)


def test_where_client_mode_is_disabled_there_is_none(unprovisioned):
    firmware = unprovisioned()
    assert invoke(firmware, "DisableClientControlMode") == 0
    assert firmware.get(SERVICE, {})["AllowedControlModes"] == [2]
    assert set_up(firmware) == 4


def test_admin_control_mode_by_a_chain_and_a_signature(unprovisioned, clock):
    firmware = unprovisioned()
    assert add(firmware, chain()) == [0, 0, 0]
    assert firmware.get(SERVICE, {})["CertChainStatus"] == 2
    assert admin_setup(firmware) == 0
    clock.advance(3)
    assert state(firmware) == ("admin", 2)
    assert firmware.get("IPS_OptInService", {})["OptInRequired"] == 0
    record = firmware.get("IPS_AdminProvisioningRecord", {})
    assert record["CertificateCN"] == "amt.example.test"
    assert record["SelectedHashData"] == hashlib.sha256(der(authority())).digest()
    assert not record["HashIsOemDefault"]
    assert set_up(firmware) == 2


def test_the_unit_in_the_name_is_as_good_as_the_usage(unprovisioned):
    firmware = unprovisioned()
    certificates = chain(usage=False, unit="Intel(R) Client Setup Certificate")
    assert add(firmware, certificates) == [0, 0, 0]
    assert admin_setup(firmware) == 0


@pytest.mark.parametrize(
    "certificates, answers",
    [
        ([leaf(usage=False), authority("middle", "root"), authority()], [4, 3, 3]),
        ([leaf(server=False), authority("middle", "root"), authority()], [4, 3, 3]),
        ([leaf(), authority("root", "root")], [0, 4]),
        ([leaf(), authority("middle", "root", ca=False), authority()], [0, 4, 3]),
        ([leaf(issuer="other"), authority("other", "other")], [0, 4]),
        ([authority("middle", "root"), leaf(), authority()], [4, 3, 3]),
        ([leaf(), *[authority("middle", "middle")] * 4], [0, 0, 0, 0, 5]),
    ],
    ids=["usage", "server", "signature", "authority", "untrusted", "order", "length"],
)
def test_chains_that_do_not_hold(unprovisioned, certificates, answers):
    firmware = unprovisioned()
    assert add(firmware, certificates) == answers
    assert admin_setup(firmware) == 2


def test_a_leaf_starts_over(unprovisioned):
    firmware = unprovisioned()
    assert add(firmware, chain()[:2], last=False) == [0, 0]
    assert add(firmware, chain()) == [0, 0, 0]
    assert add(firmware, [authority()], first=False) == [3]
    assert invoke(firmware, "AddNextCertInChain", NextCertificate=b"none", IsLeafCertificate="true") == 1


def test_a_hash_that_was_added_or_switched_off_counts(unprovisioned):
    firmware = unprovisioned(trusted_hashes={})
    assert add(firmware, chain()) == [0, 0, 4]
    digest = hashlib.sha256(der(authority())).digest()
    firmware.caller = "admin"
    made = firmware.create(
        "AMT_ProvisioningCertificateHash",
        [("HashType", "2"), ("HashData", text(digest)), ("Description", "own"), ("Enabled", "true")],
    )
    assert add(firmware, chain()) == [0, 0, 0]
    firmware.put("AMT_ProvisioningCertificateHash", made.selectors, [("Enabled", "false")])
    assert add(firmware, chain()) == [0, 0, 4]
    firmware.delete("AMT_ProvisioningCertificateHash", made.selectors)
    with pytest.raises(Fault):
        firmware.delete("AMT_ProvisioningCertificateHash", {"InstanceID": default_hash(firmware)})


def default_hash(firmware):
    found = firmware.present("AMT_ProvisioningCertificateHash")
    return next(one["InstanceID"] for one in found if one["IsDefault"])


def test_signatures_that_prove_nothing(unprovisioned):
    firmware = unprovisioned()
    assert add(firmware, chain()) == [0, 0, 0]
    first = nonce(firmware)
    assert admin_setup(firmware, DigitalSignature=signature(b"something else")) == 5
    assert nonce(firmware) != first
    assert admin_setup(firmware, **proof(firmware, own="root")) == 5
    assert admin_setup(firmware, DigitalSignature=signature(MC_NONCE + nonce(firmware))) == 5
    assert admin_setup(firmware, McNonce=bytes(19)) == 3
    assert admin_setup(firmware, SigningAlgorithm=1) == 3
    assert state(firmware) == ("none", 0)
    assert admin_setup(firmware) == 0


@pytest.mark.parametrize(
    "common, domain, suffix, answer",
    [
        ("amt.example.test", "example.test", "", 0),
        ("*.example.test", "example.test", "", 0),
        ("example.test", "lab.example.test", "", 0),
        ("amt.elsewhere.test", "example.test", "", 5),
        ("amt.elsewhere.test", "example.test", "elsewhere.test", 0),
        ("amt.example.test", "example.test", "elsewhere.test", 5),
    ],
)
def test_the_name_has_to_suit_the_domain(unprovisioned, common, domain, suffix, answer):
    firmware = unprovisioned(domain=domain, dns_suffix=suffix)
    assert add(firmware, chain(common=common)) == [0, 0, 0]
    assert admin_setup(firmware) == answer


def test_client_control_mode_can_be_upgraded(unprovisioned, clock):
    firmware = unprovisioned()
    assert invoke(firmware, "UpgradeClientToAdmin", **proof(firmware)) == 2
    assert set_up(firmware) == 0
    clock.advance(3)
    assert add(firmware, chain()) == [0, 0, 0]
    assert invoke(firmware, "UpgradeClientToAdmin", **proof(firmware)) == 0
    assert state(firmware) == ("admin", 2)
    assert firmware.secret_of("admin") == hashed(firmware)
    assert firmware.events.audited[-1].code == 1618


def test_from_19_on_certificates_go_with_tls_alone(unprovisioned):
    firmware = unprovisioned("19")
    assert add(firmware, chain()) == [0, 0, 0]
    assert admin_setup(firmware) == 4
    assert set_up(firmware) == 0
    assert state(firmware) == ("client", 1)


def test_from_19_on_client_mode_ends_with_a_commit(unprovisioned, clock):
    firmware = unprovisioned("19")
    set_up(firmware)
    clock.advance(100)
    assert state(firmware) == ("client", 1)
    assert invoke(firmware, "CommitChanges", SETUP) == 0x10
    firmware.caller = "admin"
    assert invoke(firmware, "CommitChanges", SETUP) == 0
    clock.advance(3)
    assert state(firmware) == ("client", 2)
    assert [record.code for record in firmware.events.audited] == [1600, 1601]


def test_unprovisioning_takes_everything_back(make, clock):
    firmware = make("12", users={"operator": "Other2!"}, domain="lab.test")
    firmware.put("AMT_GeneralSettings", {}, NEW_NAME)
    assert invoke(firmware, "Unprovision", SETUP, ProvisioningMode=1) == 0
    assert not firmware.listens(16992)
    assert state(firmware) == ("none", 1)
    assert invoke(firmware, "Unprovision", SETUP, ProvisioningMode=1) == 3
    clock.advance(5)
    assert state(firmware) == ("none", 0)
    assert firmware.users.accounts == {}
    assert firmware.general.values["HostName"] != "new"
    assert firmware.events.audited[-1].extended == b"\x04"
    assert invoke(firmware, "Unprovision", SETUP, ProvisioningMode=1) == 3


def test_until_a_change_is_through_the_host_has_its_own_account_only(unprovisioned, clock):
    firmware = unprovisioned()
    _name, _password = firmware.users.make_local_account()
    assert set_up(firmware) == 0
    assert firmware.local_secret_of("admin") is None
    assert firmware.local_secret_of("$$OsAdmin")
    clock.advance(3)
    firmware.settle()
    assert firmware.local_secret_of("admin") == hashed(firmware)


def test_a_part_can_stay(make, clock):
    firmware = make("12")
    firmware.put("AMT_GeneralSettings", {}, NEW_NAME)
    assert invoke(firmware, "PartialUnprovision", SETUP) == 0
    clock.advance(5)
    assert state(firmware) == ("none", 0)
    assert firmware.general.values["HostName"] == "new"


def test_the_hosts_account_takes_back_client_mode_only(make, clock):
    for mode, answer in (("admin", 0x10), ("client", 0)):
        firmware = make("12", control_mode=mode)
        firmware.local, firmware.caller = True, "$$OsAdmin"
        assert invoke(firmware, "Unprovision", SETUP, ProvisioningMode=1) == answer


def test_the_hosts_account_may_not_do_everything(unprovisioned):
    firmware = unprovisioned()
    with pytest.raises(Fault, match="AccessDenied"):
        firmware.put("AMT_GeneralSettings", {}, [("HostName", "new")])


def test_passwords_of_mebx_are_strong_or_refused(make):
    firmware = make("16")
    for weak in ("weak", "Str0ng:Enough", 'Str0ng"Enough', "Str0ng,Enough", "Str0ng!Enough" * 3):
        assert invoke(firmware, "SetMEBxPassword", SETUP, Password=weak) == 0x806
    assert invoke(firmware, "SetMEBxPassword", SETUP, Password="Str0ng!Enough") == 0
    assert invoke(make("16", control_mode="client"), "SetMEBxPassword", SETUP, Password="Str0ng!Enough") == 0x10


def test_the_administrator_can_be_changed(make):
    firmware = make("16")
    service = "AMT_AuthorizationService"
    secret_octets = bytes.fromhex(hashed(firmware, "Other2!x"))
    assert invoke(firmware, "SetAdminAclEntryEx", service, Username="admin", DigestPassword=b"short") == 0x24
    assert invoke(firmware, "SetAdminAclEntryEx", service, Username="admin", DigestPassword=secret_octets) == 0
    assert firmware.secret_of("admin") == hashed(firmware, "Other2!x")
    assert firmware.invoke(service, {}, "GetAdminAclEntry", [])["Username"] == "admin"
    assert not firmware.invoke(service, {}, "GetAdminNetAclEntryStatus", [])["IsDefault"]
