# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: who may log in, by what, and what is switched on
=======================================================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged
from saltext.amt.core.resources.security.admin import Admin
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


def audit(
    name,
    enabled=None,
    events=None,
    purge=False,
    signing_key=None,
    signing_certificates=None,
    update_signing_key="on_create",
    lock=None,
    lock_seconds=300,
    lock_handle=None,
    device=None,
):
    """
    This is audited, and that is critical. It is for the auditor: a device of pillar has his log-in.

    enabled
        Whether acts are recorded.
    events, purge
        Acts, or parts of the firmware as a whole: a list of ``name``, ``audited`` and ``critical``; and whether nothing
        else is recorded.
    signing_key, signing_certificates
        Key of RSA and its certificates, in PEM, by which the firmware signs an export.
    update_signing_key
        on_create sets it where there is none, always each time.
    lock, lock_seconds, lock_handle
        locked, unprovisioning or unlocked; when a lock ends by itself; what ends one before that.

    .. code-block:: yaml

        power-and-users:
          amt.audit:
            - enabled: true
            - events:
              - name: remote_control
              - name: security_admin.user_added
                critical: true

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.audit name=watched enabled=True
    """
    return converged(Audit(), locals())


def consent(name, policy=None, code_timeout=None, display_timeout=None, consent=None, code=None, device=None):
    """
    What the user at the machine has to consent to, and whether he is asked. What is not given stays as it is.

    policy
        none, kvm or all.
    code_timeout, display_timeout
        Seconds for which consent holds without a session, and for which a code stays on the screen.
    consent
        absent, requested or given.
    code
        For ``consent: given``: the six digits that the user reads from the screen, in quotes.

    .. code-block:: yaml

        nobody-sits-there:
          amt.consent:
            - policy: none

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.consent name=asked consent=requested
    """
    return converged(UserConsent(), locals())


def redirection(
    name,
    sol=None,
    ider=None,
    kvm=None,
    listener=None,
    port_5900=None,
    rfb_password=None,
    update_rfb_password="on_create",  # noqa: S107  a word, and no password
    session_timeout=None,
    screen=None,
    web_ui=None,
    end_sessions=None,
    device=None,
):
    """
    This is switched on of redirection and of the firmware's web interface. What is not given stays as it is.

    sol, ider, kvm
        Whether the serial port, drives, and the screen may be redirected.
    listener
        Whether the redirection ports, 16994 and 16995, are open.
    port_5900, rfb_password
        Whether any VNC viewer reaches the screen by port 5900, and with which password: 8 characters of four kinds.
    update_rfb_password
        on_create sets it when the port is opened, always each time.
    session_timeout, screen
        Minutes without use until a KVM session ends, and which screen it shows (0 to 3).
    web_ui
        Whether the firmware has pages for browsers.
    end_sessions
        Of sol, ider and kvm: end those that are open.

    .. code-block:: yaml

        for-the-help-desk:
          amt.redirection:
            - kvm: true
            - listener: true
            - web_ui: false

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.redirection name=closed listener=False test=True
    """
    return converged(Redirection(), locals())


def time_synchronized(name, synchronized=True, tolerance=10, local_sync=None, device=None):
    """
    The firmware's clock is that of the minion which manages it.

    tolerance
        Seconds by which it may be wrong without being set.
    local_sync
        Whether the machine's own system may set it too.
    synchronized
        False leaves the clock alone, for ``local_sync`` by itself.

    .. code-block:: yaml

        clock:
          amt.time_synchronized:
            - local_sync: false

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.time_synchronized name=clock test=True
    """
    return converged(Time(), locals())


def certificates(name, roots=None, certificates=None, revoked=None, request=None, purge=False, device=None):
    """
    These certificates, trusted roots and revocation lists are in the firmware's store.

    roots
        Certificates of authorities, as PEM text.
    certificates
        The device's own: each a ``certificate`` as PEM text and, unless the device made its key, the ``private_key``.
    revoked
        Lists of client certificates that are not let in: ``url`` and ``serials`` in hexadecimal.
    request
        Have a key for a request: ``subject``, ``dns_names``, ``addresses``, ``usages``, ``key_size``,
        ``signature_hash``. The function ``amt.certificate_request`` answers with the request itself.
    purge
        Remove what is not listed, of each list that is given. What is in use stays.

    .. code-block:: yaml

        firmware-trusts-us:
          amt.certificates:
            - roots:
                - {{ salt['cp.get_file_str']('salt://pki/fleet-root.pem') | json }}
            - purge: true

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.certificates name=none-revoked revoked='[]' purge=True test=True
    """
    return converged(Certificates(), locals())


def tls(name, certificate=None, remote=None, local=None, port=None, wait_timeout=60, device=None):
    """
    TLS is so. The change is seen over a new connection before plain ports are closed, and set back where that fails.

    certificate
        Which of the device's certificates is shown, by its SHA-256 or as PEM text.
    remote, local
        For the network, and for the machine itself: ``enabled``, ``mutual`` (clients show a certificate),
        ``plain_ports`` (those without TLS stay open), ``trusted_names`` (common names of clients, or their ends).
    port
        Where the device is found afterwards, if pillar names a port that is none of AMT's own.
    wait_timeout
        Seconds to wait for the device to answer after the change.

    Pillar says how the device is reached: ``tls``, ``fingerprint`` and ``ca_file`` are changed there afterwards.

    .. code-block:: yaml

        nothing-in-the-clear:
          amt.tls:
            - remote: {enabled: true, plain_ports: false}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.tls name=encrypted remote='{enabled: true}' test=True
    """
    return converged(Tls(), locals())


def tls_certificate(
    name,
    command,
    subject=None,
    dns_names=None,
    addresses=None,
    usages=("server",),
    key_size=2048,
    signature_hash="sha256",
    issuer=None,
    renew_before=30,
    store_issuers=False,
    command_timeout=120,
    port=None,
    wait_timeout=60,
    device=None,
):
    """
    TLS shows a certificate of your authority, for a key that the device made, and not one that ends soon.

    command
        Program and arguments, run on the minion that manages the device, without a shell. It gets the request on its
        standard input, or in the file ``{csr}``, and gives the certificate, and those of issuers, on its standard
        output, or in the file ``{chain}``. It is not run with ``test=True``.
    subject, dns_names, addresses, usages
        What is asked for; the device's own name where there is no subject.
    key_size, signature_hash
        Bits of the RSA key, and the hash of the request: sha256 or sha384.
    issuer
        Who has to have issued it; one of another issuer is replaced.
    renew_before
        Days before its end at which it is replaced.
    store_issuers
        Store intermediate certificates too, which firmware then trusts.
    command_timeout, wait_timeout
        Seconds for the program, and for the device to answer after the change.
    port
        Of TLS, if it is switched on and pillar names a port that is none of AMT's own.

    .. code-block:: yaml

        certificate-of-ours:
          amt.tls_certificate:
            - command: [step, ca, sign, '{csr}', '{chain}', '--force']
            - renew_before: 10

    CLI Example:

    .. code-block:: bash

        salt site-minion state.single amt.tls_certificate name=tls device=pc-01 command='[/opt/sign]' test=True
    """
    return converged(TlsCertificate(), locals())


def users(name, users, update_password="on_create", purge=False, device=None):  # noqa: S107  a word, and no password
    """
    These users may log in, besides the administrator, to do what their realms allow.

    users
        A list of users, as the module ``amt_users`` of the Ansible collection has them: ``name`` and ``password``, or
        ``sid`` of a user or group of Active Directory; ``realms``, ``access``, ``enabled``; ``state: absent``.
    update_password
        on_create, or always, which is a change each time.
    purge
        Remove those that are not listed. Whoever this state itself is logged in as stays.

    .. code-block:: yaml

        accounts:
          amt.users:
            - users:
                - name: helpdesk
                  password: {{ pillar['helpdesk_password'] }}
                  realms: [general_info, hardware_asset, remote_control]
                - sid: S-1-5-21-1004336348-1177238915-682003330-512
                  realms: [administration]
            - purge: True

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.users name=left users='[{name: jdoe, state: absent}]'
    """
    return converged(Users(), locals())


def administrator(name, username=None, password=None, device=None):
    """
    The built-in administrator has this name and this password. It is compared by a log-in, and written where it is
    another. Pillar has to follow: until then, the state finds by itself that the device has the new one already.

    username
        Name of the administrator; as it is when not given.
    password
        8 to 32 printable ASCII characters of all four kinds.

    .. code-block:: yaml

        administrator:
          amt.administrator:
            - password: {{ pillar['new_amt_password'] }}

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.administrator name=named username=fleetadmin
    """
    return converged(Admin(), locals())


def kerberos(
    name,
    enabled=None,
    realm=None,
    key_version=None,
    encryption=None,
    clock_tolerance=None,
    spns=None,
    password=None,
    salt=None,
    iterations=4096,
    master_key=None,
    update_password="on_create",  # noqa: S107  a word, and no password
    device=None,
):
    """
    Users of Active Directory are let in by Kerberos tickets. Which of them, the state ``amt.users`` says.

    enabled
        Whether tickets are taken at all.
    realm
        The domain in capital letters.
    key_version
        Stands for the key, which firmware does not tell: another number, and the key is written.
    encryption
        A list of rc4, aes128, aes256.
    clock_tolerance
        1 to 5 minutes.
    spns
        Service principals with their ports. AMT keeps them and does not use them.
    password, salt, iterations
        Of the device's object in Active Directory.
    master_key
        32 hexadecimal digits, in place of a password, for rc4.
    update_password
        on_create: with key_version, realm, encryption, or when it is enabled; always: each time.

    .. code-block:: yaml

        tickets:
          amt.kerberos:
            - enabled: True
            - realm: EXAMPLE.COM
            - key_version: 2
            - encryption: [aes128, aes256]
            - password: {{ pillar['ad_object_password'] }}
            - salt: EXAMPLE.COMhostpc-01.example.com

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.kerberos name=off enabled=False
    """
    return converged(Kerberos(), locals())


def posture(name, enabled=None, vendors=None, hash_algorithm=None, signer=None, reset=(), device=None):
    """
    The firmware makes postures for endpoint access control, or does not. Of AMT up to CSME 17.

    enabled
        Whether it does. It takes a signer.
    vendors
        nac, nap or both: Cisco's (up to AMT 8), Microsoft's.
    hash_algorithm
        sha1, sha256 or sha384.
    signer
        The certificate that signs, by its SHA-256 or id.
    reset
        Counters to start anew, each time that the state runs: boot, agent_presence.

    .. code-block:: yaml

        no-postures:
          amt.posture:
            - enabled: False

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' state.single amt.posture name=none enabled=False test=True
    """
    return converged(Posture(), {**locals(), "reset": list(reset)})
