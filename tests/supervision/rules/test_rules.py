# SPDX-License-Identifier: EUPL-1.2
from tarazy.supervision import own_outage
from tarazy.supervision.rules import PAIR_RULES, RULES, SECRET_RULES
from tarazy.supervision.rules.interface import PairRule, Rule


def test_codes_are_stable_and_different() -> None:
    cards = [*(rule.CARD for rule in RULES), own_outage.CARD]
    assert [card.code for card in cards] == [
        *("S-CURFEW-ABSENCE", "S-ZONE-BREACH"),
        *("S-STRAP-TAMPER", "S-CASE-TAMPER", "S-REMOVAL", "S-SOS"),
        *("S-SIGNAL-LOST", "S-LOCATION-LOST", "S-LOCATION-OFF", "S-MOCK-LOCATION"),
        *("S-JAMMING", "S-CLOCK-FAULT", "S-POWER-CUT", "S-BATTERY-CRITICAL", "S-BATTERY-LOW"),
        *("S-ORDER-ENDING", "S-OUTAGE"),
    ]


def test_tamper_ends_by_a_person_only() -> None:
    latched = {rule.CARD.code for rule in RULES if rule.LATCHED}
    assert latched == {"S-STRAP-TAMPER", "S-CASE-TAMPER", "S-REMOVAL", "S-SOS"}


def test_no_word_of_guilt() -> None:
    rules: tuple[Rule | PairRule, ...] = (*RULES, *PAIR_RULES)
    for rule in rules:
        words = f"{rule.CARD.title} {rule.CARD.description} {rule.CLEARED}".lower()
        assert not {"guilt", "guilty", "offender", "violator", "criminal act"} & set(words.split())


def test_whatever_is_about_a_pair_is_kept_from_the_wearer() -> None:
    assert (
        {rule.CARD.code for rule in PAIR_RULES}
        == SECRET_RULES
        == {*("S-VICTIM-PROXIMITY", "S-VICTIM-APPROACH", "S-CONTACT", "S-PAIR-UNJUDGED")}
    )
    assert not SECRET_RULES & {rule.CARD.code for rule in RULES}
