# SPDX-License-Identifier: EUPL-1.2
"""Every verb of the supervision room that changes state, by noun."""
