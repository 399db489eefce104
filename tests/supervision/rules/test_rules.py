# SPDX-License-Identifier: EUPL-1.2
from tarazy.supervision import own_outage, retired
from tarazy.supervision.rules import PAIR_RULES, RULES, SECRET_RULES
from tarazy.supervision.rules.interface import PairRule, Rule


def test_codes_are_stable_and_different() -> None:
    cards = [*(rule.CARD for rule in RULES), own_outage.CARD, retired.CARD]
    assert [card.code for card in cards] == [
        *("S-CURFEW-START", "S-CURFEW-ABSENCE", "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY"),
        *("S-STRAP-TAMPER", "S-CASE-TAMPER", "S-REMOVAL", "S-DEVICE-CHANGED", "S-SOS"),
        *("S-MISSED-CHECKIN", "S-SIGNAL-LOST-LONG", "S-SIGNAL-LOST"),
        *("S-LOCATION-LOST", "S-LOCATION-OFF", "S-APP-RESTRICTED"),
        *("S-MOTION-UNSEEN", "S-NO-MOTION"),
        *("S-MOCK-LOCATION", "S-IMPOSSIBLE-JUMP", "S-FROZEN-PLACE"),
        *("S-JAMMING", "S-CLOCK-FAULT", "S-POWER-CUT"),
        *("S-BATTERY-CRITICAL", "S-BATTERY-NOT-CHARGED", "S-BATTERY-LOW"),
        *("S-BUFFER-ENTRY", "S-POSSIBLE-CROSSING", "S-ORDER-ENDING", "S-OUTAGE", "S-ZONE-BREACH"),
    ]


def test_tamper_ends_by_a_person_only() -> None:
    latched = {rule.CARD.code for rule in RULES if rule.LATCHED}
    tamper = {"S-STRAP-TAMPER", "S-CASE-TAMPER", "S-REMOVAL", "S-DEVICE-CHANGED"}
    assert latched == {*tamper, "S-SOS"}


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
