# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The faults of the firmware. Subcodes and reasons are those of WS-Management (DSP0226) and WS-Transfer.

Recordings and peers bear out DestinationUnreachable, AlreadyExists, AccessDenied and the schema violation, the vendor's
guide the internal error; that AMT uses the other subcodes of the specification in their place is taken for granted.
"""

from __future__ import annotations

from ..values import Fault

DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"


def unreachable() -> Fault:
    """No such class or instance on this firmware."""
    return Fault(
        "DestinationUnreachable",
        "No route can be determined to reach the destination role defined by the WSAddressing To.",
    )


def enumeration_refused() -> Fault:
    """AMT 10 and older answers 400 to Enumerate on AMT_ singletons; seen on AMT 10.0.56."""
    return Fault("DestinationUnreachable", "The requested resource cannot be enumerated.")


def bad_selectors(name: str = "") -> Fault:
    return Fault("InvalidSelectors", "The Selectors for the resource are not valid.", name)


def schema_violation(element: str) -> Fault:
    """The wording is that of AMT 16.1.30."""
    return Fault(
        "SchemaValidationError", "The supplied SOAP violates the corresponding XML schema definition.", element
    )


def missing_value(element: str) -> Fault:
    return Fault("InvalidRepresentation", "The XML content was invalid.", DETAIL + "MissingValues: " + element)


def invalid_value(element: str) -> Fault:
    return Fault("InvalidRepresentation", "The XML content was invalid.", DETAIL + "InvalidValues: " + element)


def unsupported_action() -> Fault:
    return Fault("ActionNotSupported", "The action is not supported by the service.")


def already_exists() -> Fault:
    return Fault("AlreadyExists", "The sender attempted to create a resource which already exists.")


def access_denied() -> Fault:
    return Fault("AccessDenied", "The sender was not authorized to access the resource.")


def amt_status(status: int) -> Fault:
    """A feature of AMT refuses a Put, Create or Delete: the fault's detail carries the PT_STATUS number.

    The vendor's guide, Errors and Return Values, has the form; HTTP 500 was seen with a refused Put.
    """
    return Fault(
        "InternalError",
        "The service cannot comply with the request due to internal processing errors.",
        "AMT-STATUS {0}".format(status),
        500,
    )
