# SPDX-License-Identifier: EUPL-1.2
"""Hands a message to a gateway through Apprise, and says in our own words how that went.

What Apprise and the libraries below it write down names hosts, recipients and sometimes the secrets
of an address. None of it goes into our logs.
"""

import logging
import re
from functools import cache

from apprise import Apprise, AppriseAsset, AppriseResultStatus, NotifyFormat, NotifyType

from tarazy.supervision.notices.outcome import REFUSED, TIMED_OUT, UNREACHABLE, Outcome
from tarazy.supervision.notices.routes import Route
from tarazy.supervision.notices.words import Words

SEND_S_MAX = 30.0
"""A gateway that is slower counts as one that does not answer."""
CODE = re.compile(r"error=(\d{3})\b")
TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")


@cache
def hush() -> None:
    """Keep what the libraries say out of the logs, from now on."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())


def usable(route: Route) -> bool:
    """Whether Apprise knows what to do with the route's address."""
    hush()
    return bool(_apprise().add(route.url))


def send(route: Route, words: Words, *, within_s: float = SEND_S_MAX) -> Outcome:
    """Try once; does not raise for what a gateway does or does not do."""
    hush()
    gate = _apprise()
    if not gate.add(route.url):
        return Outcome(sent=False, reason=REFUSED)
    result = gate.notify(
        title=words.title,
        body=words.body,
        body_format=NotifyFormat.TEXT,
        notify_type=NotifyType.WARNING,
        timeout=within_s,
    )
    if result:
        return Outcome(sent=True)
    if result.status == AppriseResultStatus.TIMEOUT:
        return Outcome(sent=False, unsure=True, reason=TIMED_OUT)
    told = " ".join(str(entry.message) for entry in result.logs())
    if code := CODE.search(told):
        return Outcome(sent=False, reason=f"http {code[1]}")
    # A connection that broke may have broken after the message was through.
    lost = "onnection error" in told
    return Outcome(sent=False, unsure=lost, reason=UNREACHABLE if lost else REFUSED)


def _apprise() -> Apprise:
    asset = AppriseAsset(
        app_id="Tarazy",
        app_desc="Tarazy",
        app_url="",
        async_mode=False,
        secure_logging=True,
        allow_templates=False,
        storage_mode="memory",
    )
    return Apprise(asset=asset)
