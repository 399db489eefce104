# SPDX-License-Identifier: EUPL-1.2
"""Ground floor: doors, audit log, catalogue, money, time and errors. It knows no room."""
