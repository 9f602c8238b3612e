# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation. The work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: amt_consent
author: The outofband.amt contributors (!UNKNOWN)
short_description: Consent of the user at a machine with Intel AMT
description:
  - Sets what the user at the machine has to consent to, where the control mode and the machine's firmware menu (MEBx) allow that to be changed.
  - Leads the dialogue in which a user consents. The firmware shows a code on the machine's screen, past its operating system, the user reads it
    out, and it is given back to the firmware.
version_added: 0.2.0
extends_documentation_fragment:
  - outofband.amt.attributes
  - outofband.amt.attributes.config
attributes:
  idempotent:
    description: When run twice with the same options, the second run changes nothing and writes nothing to the firmware.
    support: partial
    details:
      - As long as the code, or the consent, is not over in between.
options:
  policy:
    description:
      - What needs consent. V(none) is nothing, V(kvm) the redirection of the screen, V(all) that, redirected drives, and every change of the
        next boot.
      - In client control mode it is V(all) and stays so. In admin control mode it can be changed unless the firmware menu keeps it.
    type: str
    choices: [none, kvm, all]
  code_timeout:
    description:
      - Seconds, from 60 to 900, for which consent holds while no session of redirection is open. With it ends what was set for the next boot.
      - It cannot be changed in client control mode.
    type: int
  display_timeout:
    description:
      - Seconds for which a code stays on the screen. The vendor advises 300 at least.
      - It cannot be changed in client control mode.
    type: int
  consent:
    description:
      - V(requested) has a code shown, unless one is shown already or consent is given. V(given) gives O(code) to the firmware, unless consent is given
        already. V(absent) takes a request, or consent, back.
      - Where O(policy) is V(none), V(requested) and V(given) do nothing, since nobody has to consent. So a playbook may ask on all machines.
    type: str
    choices: [absent, requested, given]
  code:
    description:
      - The six digits that the user reads from the screen. Put them in quotes, since the first may be zero.
      - After a few wrong ones the firmware ends the request.
    type: str
notes:
  - Consent is shared. Once it is given, sessions of KVM and of drives can be opened, and the next boot be changed, until no session has been open
    for O(code_timeout).
seealso:
  - module: outofband.amt.amt_boot
  - module: outofband.amt.amt_redirection
"""

EXAMPLES = r"""
- name: The user consents to everything, and has ten minutes to read the code out
  outofband.amt.amt_consent:
    policy: all
    display_timeout: 600

- name: Show the code
  outofband.amt.amt_consent:
    consent: requested
  register: asked

- name: The user was not there
  outofband.amt.amt_consent:
    consent: absent

- name: Nobody has to consent, on machines that nobody sits at
  outofband.amt.amt_consent:
    policy: none

- name: Give the code that the user has read out
  outofband.amt.amt_consent:
    consent: given
    code: "{{ code | default('042042') }}"
"""

RETURN = r"""
policy:
  description: What needs consent, or in check mode would. A number is one that no word is known for.
  returned: success
  type: raw
  sample: all
code_timeout:
  description: Seconds for which consent holds while no session is open.
  returned: success
  type: int
  sample: 120
display_timeout:
  description: Seconds for which a code stays on the screen.
  returned: success
  type: int
  sample: 300
consent:
  description: V(absent), V(requested) or V(given), as it is after the task, or in check mode would be. Null where the firmware tells none of them.
  returned: success
  type: str
  sample: requested
code:
  description: Present when it was given to the firmware, or in check mode would be. It is never shown.
  returned: when it is given
  type: str
  sample: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
state:
  description:
    - The firmware's own word when the task began. V(not_started), V(requested) before the code is on the screen, V(displayed), V(received), or V(in_session)
      while a session uses the consent.
  returned: success
  type: raw
  sample: not_started
can_modify_policy:
  description: Whether the policy can be changed over the network. Null where the firmware does not tell.
  returned: success
  type: bool
  sample: true
control_mode:
  description: The control mode, where it was asked for because something is to be changed that cannot be changed freely. Otherwise null.
  returned: success
  type: str
  sample: client
note:
  description: Present when an answer was lost on the way and reading the device back showed that the change took effect.
  returned: when there is something to note
  type: str
  sample: an answer was lost; reading the device back showed that the change took effect
error:
  description:
    - The kind of error, for playbooks to test, such as V(Unreachable), V(AuthenticationRefused), V(Indeterminate), V(NotReached), V(Unavailable),
      V(AccessDenied), V(Refused) or V(InvalidOption).
  returned: failure
  type: str
  sample: Refused
hint:
  description: What to try. Empty when there is nothing to advise. It is part of RV(ignore:msg) too.
  returned: failure
  type: str
  sample: ask for one first, with consent requested
details:
  description: Values that belong to the error, such as C(code) and C(name) of a method that was refused.
  returned: failure
  type: dict
  sample: {code: 3, name: BLOCKED}
"""
