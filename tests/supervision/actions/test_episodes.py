# SPDX-License-Identifier: EUPL-1.2
from tarazy.supervision.actions.episodes import Told, runs
from tarazy.supervision.actions.turns import Verb

TURNS: tuple[Verb, ...] = ("raise", "update", "raise", "withdraw", "update")


def test_few_runs_keep_the_turns_of_each_alert_in_their_order() -> None:
    told = [
        Told(verb, None, alert)
        for alert in ("a", "b", "c")
        for verb in TURNS[: 5 - "abc".index(alert)]
    ]
    found = runs(told)
    assert [(verb, [one.subject for one in some]) for verb, some in found] == [
        ("raise", ["a", "b", "c"]),
        ("update", ["a", "b", "c"]),
        ("raise", ["a", "b", "c"]),
        ("withdraw", ["a", "b"]),
        ("update", ["a"]),
    ]
    assert [one for _, some in found for one in some if one.subject == "b"] == told[5:9]
    assert not runs([])
