# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: any CIM class, for what no other state covers
====================================================================

Every state takes ``device``, the name of a device under pillar ``amt:devices``; for a resource or a proxy it is left
out. ``changes`` has old and new of what differs. With ``test=True`` nothing is written, and result and changes are
those of the run. What the firmware, the network or pillar refuses is a result of False with a sentence.
"""

from saltext.amt.answers import converged
from saltext.amt.carry_out import changed_properties
from saltext.amt.core.resources.raw import Raw

__virtualname__ = "amt"


def __virtual__():
    return __virtualname__


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
    return converged(Raw(), locals(), changed_properties, action="put")
