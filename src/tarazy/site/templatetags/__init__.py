# SPDX-License-Identifier: EUPL-1.2
"""Filters of the house's own pages."""
