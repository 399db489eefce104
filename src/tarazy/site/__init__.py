# SPDX-License-Identifier: EUPL-1.2
"""Top floor: puts the rooms together."""
