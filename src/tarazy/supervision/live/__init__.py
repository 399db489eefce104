# SPDX-License-Identifier: EUPL-1.2
"""The events process: feeds open pages with what changes, and closes them when rights end."""

from tarazy.supervision.live.server import serve

__all__ = ["serve"]
