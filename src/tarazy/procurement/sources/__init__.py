# SPDX-License-Identifier: EUPL-1.2
"""Sources: bytes as published in, rows of our tables or a named refusal out. Pure."""
