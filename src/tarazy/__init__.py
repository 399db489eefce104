# SPDX-License-Identifier: EUPL-1.2
"""Tarazy: an open platform for a public anti-corruption service."""

__version__ = "0.1.0"
