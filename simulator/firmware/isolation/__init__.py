# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""System Defense: filters and policies that decide on the packets between the host and its network.

`firmware.defense.filter_packet(port, direction, frame)` gives the verdict on a frame. Facts come from the vendor's
schema [MOF] and reference guide; what they leave open is said where it is decided.
"""
