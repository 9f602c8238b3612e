# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: who may log in, by what, and what is switched on
=======================================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import act, read
from saltext.amt.core.resources.security.admin import Admin
from saltext.amt.core.resources.security.attestation import Attestation
from saltext.amt.core.resources.security.audit import Audit
from saltext.amt.core.resources.security.certificates import Certificates
from saltext.amt.core.resources.security.kerberos import Kerberos
from saltext.amt.core.resources.security.posture import Posture
from saltext.amt.core.resources.security.redirection import Redirection
from saltext.amt.core.resources.security.time import Time
from saltext.amt.core.resources.security.tls import Tls
from saltext.amt.core.resources.security.tls_certificate import TlsCertificate
from saltext.amt.core.resources.security.user_consent import UserConsent
from saltext.amt.core.resources.security.users import Users

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


def audit(device=None):
    """
    What is audited, what of it is critical, whether the log is locked, and whether there is a key for signatures.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.audit
    """
    return read(Audit(), locals())


def consent(device=None):
    """
    What the user at the machine has to consent to, for how long, and whether he is asked or has consented.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.consent
    """
    return read(UserConsent(), locals())


def request_consent(device=None):
    """
    Have the firmware show a code on the machine's screen, where consent is needed and none is given.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.request_consent
    """
    return act(UserConsent(), locals(), consent="requested")


def give_consent(code, device=None):
    """
    Give the firmware the code that the user has read out: six digits, in quotes.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.give_consent code="'042042'"
    """
    return act(UserConsent(), locals(), consent="given")


def cancel_consent(device=None):
    """
    Take a request for consent, or consent, back.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.cancel_consent
    """
    return act(UserConsent(), locals(), consent="absent")


def redirection(device=None):
    """
    What is switched on of redirection and of the firmware's web interface, and which ``sessions`` are open now.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.redirection
    """
    return read(Redirection(), locals())


def end_sessions(kinds=("sol", "ider", "kvm"), device=None):
    """
    End the sessions of redirection that are open, of these kinds. KVM is switched off for a moment, and on again.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.end_sessions
        salt -C 'T@amt:pc-01' amt.end_sessions kinds=sol
    """
    return act(Redirection(), {"device": device}, end_sessions=kinds)


def time(tolerance=10, device=None):
    """
    By how many seconds the firmware's clock is ahead (``drift``), where it has its time from, and who may set it.
    ``synchronized``: somebody has set it, and it is within ``tolerance`` seconds.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.time
    """
    return read(Time(), locals(), synchronized=False)


def synchronize_time(tolerance=10, device=None):
    """
    Set the firmware's clock from that of the minion, where it is wrong by more than ``tolerance`` seconds.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.synchronize_time
    """
    return act(Time(), locals())


def certificates(device=None):
    """
    The certificates, trusted roots and keys of the firmware, who uses them, and what it has room for.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.certificates
    """
    return act(Certificates(), locals())


def certificate_request(subject=None, device=None, **settings):
    """
    Have the firmware make a key, unless it has one to spare, and sign a request for a certificate with it: ``csr``.
    ``subject`` is the device's own name where it is not given; ``settings`` are ``dns_names``, ``addresses``,
    ``usages``, ``key_size`` and ``signature_hash``, as in the state ``amt.certificates``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.certificate_request CN=pc-01.example.net dns_names='[pc-01.example.net]'
    """
    asked = {name: value for name, value in settings.items() if not name.startswith("__")}
    return act(Certificates(), {"device": device}, request={"subject": subject, **asked})


def tls(device=None):
    """
    TLS for the network (``remote``) and for the machine itself (``local``), and which certificate it shows.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.tls
    """
    return act(Tls(), locals())


def tls_certificate(command, subject=None, device=None, **settings):
    """
    Have TLS show a certificate of your authority, unless it shows a good one. ``command`` makes it, on the minion, of a
    request that the device signs; ``settings`` are those of the state ``amt.tls_certificate``.

    CLI Example:

    .. code-block:: bash

        salt site-minion amt.tls_certificate '[/usr/local/bin/sign]' renew_before=10 device=pc-01
    """
    return act(TlsCertificate(), locals())


def users(device=None):
    """
    Who may log in besides the administrator, with realms and from where. The state ``amt.users`` takes what it tells.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.users
    """
    return read(Users(), locals(), users=[])


def administrator(device=None):
    """
    The name of the built-in administrator.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.administrator
    """
    return read(Admin(), locals())["username"]


def kerberos(device=None):
    """
    Whether tickets of Active Directory are taken, of which realm, and with which encryption. Keys are not told.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.kerberos
    """
    return read(Kerberos(), locals())


def attestation(
    roots,
    revocation_lists=(),
    require=("chain", "amt", "signature"),
    hardware_id=None,
    nonce_size=20,
    device=None,
):
    """
    Whether the firmware proves that it is genuine. ``roots``, ``revocation_lists``: certificates and lists of the
    authorities that are trusted, each in PEM or in base64 of DER; ``require``: of chain, amt, signature, connection,
    revocation and identity those without which it fails; ``hardware_id``: the chip that it has to be.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.attestation roots="['$(base64 -w0 OnDie_CA_RootCA_Certificate.cer)']"
    """
    return read(Attestation(), locals(), revocation_lists=list(revocation_lists), require=list(require))


def posture(device=None):
    """
    Whether the firmware makes postures for endpoint access control, who signs them, and the hash of the present one.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' amt.posture
    """
    return read(Posture(), locals())
