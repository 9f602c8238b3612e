# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Intel AMT, out-of-band: any CIM class, for what no other function covers
=======================================================================

``device`` names a device under pillar ``amt:devices``; for a resource or a proxy it is left out.
"""

from saltext.amt.answers import act
from saltext.amt.core.resources.raw import Raw

__virtualname__ = "amt"
__func_alias__ = {"enumerate_": "enumerate"}


def __virtual__():
    return __virtualname__


def get(class_name, selectors=None, device=None):
    """
    The properties of one instance of a CIM class, in wire names and wire values.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.get AMT_GeneralSettings
    """
    return act(Raw(), locals(), action="get")["result"]


def enumerate_(class_name, device=None):
    """
    Every instance of a CIM class.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.enumerate CIM_SoftwareIdentity
    """
    return act(Raw(), locals(), action="enumerate")["result"]


def put(class_name, properties, selectors=None, omit=None, device=None):
    """
    Change properties of an instance that are not so already. ``omit``: read-only ones that this class refuses to
    be sent.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.put AMT_GeneralSettings '{PingResponseEnabled: true}'
    """
    return act(Raw(), locals(), action="put")


def create(class_name, properties, device=None):
    """
    Create an instance. ``result`` refers to it.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.create IPS_AlarmClockOccurrence '{ElementName: morning, ...}'
    """
    return act(Raw(), locals(), action="create")


def delete(class_name, selectors, device=None):
    """
    Delete an instance.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.delete IPS_AlarmClockOccurrence '{InstanceID: morning}'
    """
    return act(Raw(), locals(), action="delete")


def invoke(class_name, method, arguments=None, selectors=None, changes=True, device=None):
    """
    Call a method. ``result`` has its output with the ReturnValue as it came. ``changes=False`` is for one that only
    tells.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' amt.invoke AMT_SetupAndConfigurationService GetUuid changes=False
    """
    return act(Raw(), locals(), action="invoke")
