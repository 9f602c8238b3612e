# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""
Whether a device is meant by a target: by its own name and its own grains.
"""

import salt.loader
from salt.loader.dunder import __opts__  # of the loader at work: the module's own are the last device's

__func_alias__ = {"list_": "list"}


def glob(tgt):
    """
    By its name, with ``*`` and ``?``.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.glob 'pc-*'
    """
    return _matches("glob", tgt)


def pcre(tgt):
    """
    By its name, a regular expression.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.pcre 'pc-0[12]$'
    """
    return _matches("pcre", tgt)


def list_(tgt):
    """
    By its name in a list.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.list pc-01,pc-02
    """
    return _matches("list", tgt)


def grain(tgt, delimiter=":"):
    """
    By a grain.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.grain 'amt_version:12.*'
    """
    return _matches("grain", tgt, delimiter=delimiter)


def grain_pcre(tgt, delimiter=":"):
    """
    By a grain, with a regular expression.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.grain_pcre 'amt_version:1[12]'
    """
    return _matches("grain_pcre", tgt, delimiter=delimiter)


def compound(tgt):
    """
    By several of them.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.compound 'pc-* and G@manufacturer:LENOVO'
    """
    return _matches("compound", tgt)


def filter_by(lookup, tgt_type="compound", merge=None, merge_lists=False, default="default"):
    """
    The first part of a mapping whose key means the device, as Salt's own function of that name.

    CLI Example:

    .. code-block:: bash

        salt -C 'T@amt' match.filter_by '{"pc-0*": {rack: 1}, default: {rack: 2}}'
    """
    found = next((value for key, value in lookup.items() if _matches(tgt_type, key)), lookup.get(default))
    return __salt__["slsutil.merge"](found, merge, merge_lists=merge_lists) if found and merge else found


def _matches(kind, tgt, **settings):
    opts = {**__opts__, "id": __resource__["id"], "grains": __salt__["grains.items"]()}
    return salt.loader.matchers(opts)[kind + "_match.match"](tgt, opts=opts, **settings)
