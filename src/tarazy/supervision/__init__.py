# SPDX-License-Identifier: EUPL-1.2
"""People under a court order: devices, zones, alerts, the control centre."""
