# SPDX-License-Identifier: EUPL-1.2
"""Changes of this floor's tables, in order."""
