# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Settings of the managing minion, for Salt's states and state files. Tokens can be among them: a command line is told
grains, and pillar masked.
"""

from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's
from salt.utils.data import traverse_dict_and_list
from saltext.amt.devices import is_of_a_file

#: Of settings, what has its own way out.
ASIDE = ("pillar", "grains")
#: What Salt's engine of states asks for, whoever wrote the state.
OF_THE_ENGINE = ("global_state_conditions", "state_aggregate")


def option(value, default=""):
    """
    A setting of the minion, or of pillar.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' config.option state_aggregate
    """
    settings = _settings()
    return settings[value] if value in settings else __salt__["pillar.get"](value, default)


def get(key, default="", delimiter=":"):
    """
    The first that is found of a setting of the minion, a grain of the device and a value of the minion's pillar.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt:pc-01' config.get amt:remediation
    """
    for values in (_settings(), __salt__["grains.items"]()):
        found = traverse_dict_and_list(values, key, None, delimiter)
        if found is not None:
            return found
    return __salt__["pillar.get"](key, default, delimiter=delimiter)


def _settings():
    of_a_file = is_of_a_file(__opts__)
    return {
        name: value for name, value in __opts__.items() if (of_a_file and name not in ASIDE) or name in OF_THE_ENGINE
    }
