# SPDX-License-Identifier: EUPL-1.2
"""Ground floor: the doors, the audit log, the catalogue, money, time and errors. It knows no room."""
