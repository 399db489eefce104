# SPDX-License-Identifier: EUPL-1.2
"""Questions to the portal: good manners, limits, and a token that shows nowhere."""

import gzip
import logging
import time
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from procurement.goszakup_portal import TOKEN, LocalPortal, always, market, once, serving

from tarazy.core.errors import Misconfigured, Refused
from tarazy.procurement import portal as own
from tarazy.procurement.fetching import bring_in, fetch
from tarazy.procurement.portal import TRIES_MAX, Portal
from tarazy.procurement.portal_access import ADDRESS, Access, access
from tarazy.procurement.portal_access import TOKEN as SETTING
from tarazy.procurement.refusals import Refusal

QUERY = "query {\nRnu(filter: $filter) {\nid\n}\n}"
VARIABLES: dict[str, Any] = {"filter": {}, "limit": 200}


def ask(local: LocalPortal, slept: list[float], **options: Any) -> bytes:
    with Portal(
        Access(local.address, TOKEN), **{"per_second": 20, "sleep": slept.append, **options}
    ) as portal:
        return portal.ask(QUERY, VARIABLES, lambda body: body)


def test_pauses_grow_and_the_number_of_tries_has_a_cap() -> None:
    with serving({}) as local:
        local.tricks.append(always("Rnu", (500, {}, b"")))
        slept: list[float] = []
        with pytest.raises(Refused) as refused:
            ask(local, slept)
    assert refused.value.name == Refusal.PORTAL_AWAY
    assert len(local.asked) == TRIES_MAX
    assert [pause for pause in slept if pause >= 1] == [1, 2, 4, 8, 16]


def test_the_portals_own_pause_is_kept() -> None:
    until = formatdate(time.time() + 100, usegmt=True)
    replies = [(429, {"Retry-After": given}, b"") for given in ("7", until, "soon")]
    with serving({}) as local:
        local.tricks.append(once("Rnu", *replies))
        slept: list[float] = []
        ask(local, slept)
    pauses = [pause for pause in slept if pause >= 1]
    assert pauses[0] == 7
    assert 50 < pauses[1] <= 100
    assert pauses[2] == 4


def test_a_pause_that_is_over_before_it_began_grows_all_the_same() -> None:
    past = formatdate(time.time() - 100, usegmt=True)  # our clock is ahead
    with serving({}) as local:
        local.tricks.append(once("Rnu", *((429, {"Retry-After": one}, b"") for one in (past, "0"))))
        slept: list[float] = []
        ask(local, slept)
    assert [pause for pause in slept if pause >= 1] == [1, 2]


def test_no_more_questions_a_second_than_set() -> None:
    passed = [0.0]

    def sleep(pause_s: float) -> None:
        passed[0] += pause_s

    with (
        serving({}) as local,
        Portal(
            Access(local.address, TOKEN), per_second=0.5, sleep=sleep, clock=lambda: passed[0]
        ) as portal,
    ):
        for _ in range(4):
            portal.ask(QUERY, VARIABLES, len)
    assert passed[0] == 6


def test_a_portal_that_is_not_there_is_named() -> None:
    with serving({}) as local:
        pass
    with pytest.raises(Refused) as refused:
        ask(local, [])
    assert refused.value.name == Refusal.PORTAL_AWAY


def test_an_answer_is_limited_after_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "ANSWER_BYTES_MAX", 100_000)
    packed = gzip.compress(b" " * 10_000_000)
    with serving({}) as local:
        local.tricks.append(always("Rnu", (200, {"Content-Encoding": "gzip"}, packed)))
        with pytest.raises(Refused) as refused:
            ask(local, [])
    assert refused.value.name == Refusal.PORTAL_TOO_LONG


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        (SETTING, {}),
        (SETTING, {SETTING: "  "}),
        (SETTING, {SETTING: "short"}),
        (SETTING, {SETTING: "with a space in it"}),
        (SETTING, {SETTING: "line\r\nX-Other: header"}),
        (SETTING, {SETTING: "токен-кириллицей"}),
        (ADDRESS, {SETTING: TOKEN, ADDRESS: "http://portal.example.kz/graphql"}),
        (ADDRESS, {SETTING: TOKEN, ADDRESS: "ftp://127.0.0.1/"}),
        (ADDRESS, {SETTING: TOKEN, ADDRESS: "https://me:secret@portal.example.kz/"}),
        (ADDRESS, {SETTING: TOKEN, ADDRESS: "https://"}),
        (ADDRESS, {SETTING: TOKEN, ADDRESS: "https://[::1/"}),
        (ADDRESS, {SETTING: TOKEN, ADDRESS: "https://portal.example.kz:99999/"}),
    ],
)
def test_a_bad_setting_is_named_and_never_repeated(setting: str, values: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as caught:
        access(values)
    assert caught.value.setting == setting
    given = values.get(SETTING, "").strip()
    assert not given or given not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_token_is_sent_and_shows_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    given = access({SETTING: TOKEN})
    assert given.address == "https://ows.goszakup.gov.kz/v3/graphql"
    told = [repr(given), str(given)]
    with caplog.at_level(logging.DEBUG), serving(market(2)) as local:
        echo = b'{"message": "' + TOKEN.encode() + b'"}'
        local.tricks += [once("Lots", (500, {}, echo)), always("Subjects", (403, {}, echo))]
        with Portal(Access(local.address, TOKEN), per_second=20, sleep=lambda _: None) as portal:
            told.append(repr(fetch(tmp_path / "own", portal, now=datetime(2026, 3, 1, tzinfo=UTC))))
            local.tricks.append(always("TrdBuy", (200, {}, echo)))
            with pytest.raises(Refused) as refused:
                portal.ask(QUERY.replace("Rnu", "TrdBuy"), VARIABLES, len)
            told += [repr(refused.value), repr(refused.value.__context__)]
            told.append(repr(portal.__dict__["_access"]))
        bring_in(tmp_path / "own", now=datetime(2026, 3, 1, tzinfo=UTC), unfinished=True)
    assert len(local.asked) > 5
    printed = capfd.readouterr()
    shown = "\n".join([*told, caplog.text, printed.out, printed.err])
    assert TOKEN not in shown
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


def test_a_slow_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "ANSWER_S_MAX", -1)
    with serving({}) as local, pytest.raises(Refused) as refused:
        ask(local, [], clock=time.monotonic)
    assert refused.value.name == Refusal.PORTAL_AWAY
