# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The configuration of a device as one document: the parts that it can have, in the order in which they are applied.

A new capability that is a state, and no act, gets a line here. Its name is that of its module without `amt_`.
"""

from __future__ import annotations

from ..profile import Part, Profile, options_of
from .isolation.defense_policies import DefensePolicies
from .network.general import General
from .network.ieee8021x import Ieee8021x
from .network.name import Name
from .network.remote_access import RemoteAccess
from .network.wired import Wired
from .network.wireless import Wireless
from .power.alarms import Alarms
from .power.power_scheme import PowerScheme
from .security.admin import Admin
from .security.audit import Audit
from .security.certificates import Certificates
from .security.kerberos import Kerberos
from .security.redirection import Redirection
from .security.time import Time
from .security.tls import Tls
from .security.user_consent import UserConsent
from .security.users import Users

PARTS = (
    Part("time", Time(), "certificates and tickets that later parts bring are judged by the clock"),
    Part("name", Name(), "what others know the device by, before certificates and tickets are made for that name"),
    Part("general", General(), "what it answers to and tells of itself, and nothing that could cut it off"),
    Part("power_scheme", PowerScheme(), "in which states of the machine all that follows works at all"),
    Part("alarms", Alarms(), "they ring by the clock, and wake only from states that the power package covers"),
    Part("certificates", Certificates(), "what later parts show, trust and refuse has to be on the device first"),
    Part("defense_policies", DefensePolicies(), "filters leave the firmware itself reachable, and nothing needs them"),
    Part("consent", UserConsent(), "who has to agree is settled before anything can be used that needs it"),
    Part(
        "redirection", Redirection(), "switches on only after consent is settled; its ports are not those of this run"
    ),
    Part("tls", Tls(), "shows a certificate that has to be there, and moves this run to another port"),
    Part("8021x", Ieee8021x(), "its certificates are there by now; a switch may let nobody else in"),
    Part("wireless", Wireless(), "a second way to the device is there before the first one changes"),
    Part("wired", Wired(), "another address cuts the connection: what could be done without that is done"),
    Part("remote_access", RemoteAccess(), "needs certificates; what counts as home is judged by the new address"),
    Part("kerberos", Kerberos(), "tickets are judged by clock and name, and users may be some of Active Directory"),
    Part("audit", Audit(), "the administrator may do this only until a user is the auditor, which users may bring"),
    Part("users", Users(), "who this run is logged in as keeps what it needs, and may get another password by this"),
    Part("admin", Admin(), "the log-in of the run itself: all that comes before it is done by the one of before"),
)


class DeviceProfile(Profile):
    parts = PARTS
    options = options_of(PARTS)
