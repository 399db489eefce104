# SPDX-License-Identifier: EUPL-1.2
"""From fixes to inside / outside / unknown: geometry, timetables, and the kernel. Pure."""
