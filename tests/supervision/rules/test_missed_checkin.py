# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import missed_checkin as rule
from tarazy.supervision.rules.interface import CheckIn, Facts
from tarazy.supervision.rules.signs import Reply, Signs


def asked(minutes: float, noted: float | None = None, *, by_call: bool = False) -> CheckIn:
    noted_at = None if noted is None else ago(noted)
    return CheckIn(ago(minutes), ago(minutes - 30), noted_at, by_call=by_call)


def given(*check_ins: CheckIn, answers: tuple[float, ...] = (), **more: object) -> Facts:
    signs = Signs(replies=tuple(Reply(ago(one), ago(one)) for one in answers))
    return facts(check_ins=check_ins, signs=signs, **more)


@pytest.mark.parametrize(
    ("known", "since", "sentence"),
    [
        pytest.param(given(asked(30)), 30, rule.MISSED, id="half an hour is over"),
        pytest.param(given(asked(30, by_call=True)), 30, rule.NOT_CALLED, id="nobody called"),
        pytest.param(given(asked(500), asked(60)), 500, rule.MORE, id="two in a row"),
        pytest.param(
            given(asked(900), asked(500), asked(60), answers=(400,)),
            *(60, rule.MISSED),
            id="the one before was answered late",
        ),
        pytest.param(
            given(asked(500), asked(60), answers=(61,)), 60, rule.MISSED, id="not each other's"
        ),
        pytest.param(
            given(asked(500), asked(60), outages=(Interval(ago(70), ago(59)),)),
            *(500, rule.MISSED),
            id="(3) one of two",
        ),
        pytest.param(
            given(asked(60), answers=(61,)), 60, rule.MISSED, id="an answer from before it"
        ),
        pytest.param(given(asked(60, -5)), 60, rule.MISSED, id="it will be noted later"),
        pytest.param(given(asked(60), asked(10)), 60, rule.MISSED, id="another one is open"),
        pytest.param(facts(), None, None, id="(1) nothing is known"),
        pytest.param(given(asked(29.9)), None, None, id="(1) there is time yet"),
        pytest.param(given(asked(-30)), None, None, id="(1) not asked yet"),
        pytest.param(given(asked(60), answers=(50,)), None, None, id="(2) by the device"),
        pytest.param(given(asked(60), answers=(5,)), None, None, id="(2) late"),
        pytest.param(given(asked(60, 55)), None, None, id="(2) noted"),
        pytest.param(given(asked(500), asked(60, 40)), None, None, id="(2) the later one was"),
        pytest.param(given(asked(500), asked(10), answers=(5,)), None, None, id="(2) in time"),
        pytest.param(
            facts(check_ins=(asked(60),), signs=Signs(answers=(ago(50),))),
            *(None, None),
            id="(2) as older rows have it",
        ),
        pytest.param(
            given(asked(60), outages=(Interval(ago(70), ago(59)),)), None, None, id="(3) away"
        ),
        pytest.param(
            given(asked(60), outages=(Interval(ago(90), ago(60)),)), 60, rule.MISSED, id="back"
        ),
    ],
)
def test_assess(known: Facts, since: float | None, sentence: str | None) -> None:
    breach = rule.assess(known)
    assert (breach.since if breach else None) == (None if since is None else ago(since))
    assert (breach.sentence if breach else None) == sentence


def test_missed_in_a_row_are_counted_up_to_a_number() -> None:
    many = given(*(asked(60.0 * n) for n in range(30, 0, -1)))
    breach = rule.assess(many)
    assert breach is not None
    assert breach.facts == {"count": rule.COUNT_MAX}
    assert breach.sentence.format(**breach.facts).startswith("9 check-ins")


@pytest.mark.parametrize(
    ("given_at", "heard_at", "since"),
    [
        pytest.param(50, 10, 60, id="in time, heard late"),
        pytest.param(50, 40, None, id="heard in time"),
        pytest.param(20, 10, None, id="late"),
        pytest.param(70, 10, None, id="before it was asked"),
    ],
)
def test_what_an_answer_takes_back(given_at: float, heard_at: float, since: float | None) -> None:
    signs = Signs(replies=(Reply(ago(given_at), ago(heard_at)),))
    before, after = (facts(check_ins=(asked(60),), signs=one) for one in (Signs(), signs))
    assert rule.altered_from(before, after) == (None if since is None else ago(since))
    assert rule.altered_from(after, after) is None


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        pytest.param(given(asked(60), answers=(10,)), rule.CLEARED, id="late"),
        pytest.param(given(asked(60, 10)), rule.CLEARED, id="noted late"),
        pytest.param(
            given(asked(500), asked(60), answers=(50,)), rule.CLEARED_BY_LATER, id="a later one"
        ),
        pytest.param(
            given(asked(500), asked(20, 10)), rule.CLEARED_BY_LATER, id="a later one, noted"
        ),
        pytest.param(given(asked(500), asked(60), answers=(10,)), rule.CLEARED, id="both late"),
        pytest.param(facts(), rule.CLEARED, id="nothing is known any more"),
    ],
)
def test_why_it_ends(known: Facts, sentence: str) -> None:
    assert rule.assess(known) is None
    assert rule.cleared(known) == sentence


def test_next_check() -> None:
    assert rule.next_check(given(asked(60), asked(10))) == ago(-20)
    assert rule.next_check(given(asked(60, -5))) == ago(-5)
    assert rule.next_check(given(asked(60))) is None
    assert rule.next_check(facts()) is None
