# SPDX-License-Identifier: EUPL-1.2
"""Every read of protected data in this room, each behind `@look`."""
