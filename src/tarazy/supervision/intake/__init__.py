# SPDX-License-Identifier: EUPL-1.2
"""The device gateway: a process that takes reports over HTTP and answers after the commit."""

from tarazy.supervision.intake.server import serve

__all__ = ["serve"]
