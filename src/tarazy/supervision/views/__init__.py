# SPDX-License-Identifier: EUPL-1.2
"""Pages, by noun, of the control centre and of the wearer; they write nothing themselves."""
