# SPDX-License-Identifier: EUPL-1.2
from tarazy.supervision import own_outage
from tarazy.supervision.rules import RULES


def test_codes_are_stable_and_different() -> None:
    cards = [*(rule.CARD for rule in RULES), own_outage.CARD]
    assert [card.code for card in cards] == [
        *("S-CURFEW-ABSENCE", "S-ZONE-BREACH", "S-SIGNAL-LOST", "S-CLOCK-FAULT", "S-OUTAGE")
    ]


def test_no_word_of_guilt() -> None:
    for rule in RULES:
        words = f"{rule.CARD.title} {rule.CARD.description} {rule.CLEARED}".lower()
        assert not {"guilt", "guilty", "offender", "violator", "criminal act"} & set(words.split())
