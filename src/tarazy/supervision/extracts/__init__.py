# SPDX-License-Identifier: EUPL-1.2
"""Decoders of address extracts that an operator supplies: GeoNames, OpenStreetMap. Pure."""
