# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from tarazy.site.templatetags.often import chip, moment


def shown(at: datetime | None, full: object = False) -> str:  # noqa: FBT002
    include = Template('{% include "tarazy/moment.html" with at=at full=full %}')
    whole = include.render(Context({"at": at, "full": full})).strip()
    assert moment(at, full) == whole, "the tag and the part of a page are the same"
    return whole


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_today_has_the_clock_alone_and_other_days_their_day(language: str) -> None:
    noon = timezone.localtime().replace(hour=0, minute=1, second=2, microsecond=0)
    with override(language):
        assert ">00:01 <" in shown(noon)
        before = shown(noon - timedelta(days=40))
        assert "00:01 <" in before
        assert ">00:01 <" not in before
        assert "data-age" in before
        assert "UTC+0500" in shown(noon, full=True)


def test_the_time_is_local_and_exact_in_its_attributes() -> None:
    with override("en"):
        text = shown(datetime(2026, 5, 1, 20, 30, 5, tzinfo=UTC))
    assert 'datetime="2026-05-02T01:30:05+05:00"' in text
    assert 'title="2 May 2026, 01:30:05 UTC+0500"' in text


def test_no_time_is_never() -> None:
    with override("en"):
        assert shown(None) == '<span class="quiet">never</span>'


def test_urgency_has_a_shape_and_a_word() -> None:
    with override("en"):
        assert chip("critical").count("critical") == 3
        assert "&lt;" in chip("<b>"), "what is no urgency is shown, not run"
