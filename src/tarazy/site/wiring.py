# SPDX-License-Identifier: EUPL-1.2
"""Where the rooms meet: the policy goes into the doors, events go to their listeners."""

from tarazy.core import web
from tarazy.core.access import POLICY
from tarazy.core.outbox import Listeners
from tarazy.site.policy import GRANTS
from tarazy.supervision import refusals as supervision_refusals

LISTENERS: Listeners = {}


def connect() -> None:
    """Called once, at start."""
    POLICY.install(GRANTS)
    web.know_sentences({str(k): v for k, v in supervision_refusals.SENTENCES.items()})
