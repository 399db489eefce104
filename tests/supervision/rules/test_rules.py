# SPDX-License-Identifier: EUPL-1.2
import pkgutil

from tarazy.supervision import rules
from tarazy.supervision.rules import CARDS, RULES

NO_RULES = {"interface", "own_outage"}


def test_every_file_of_the_folder_is_in_the_list() -> None:
    files = {module.name for module in pkgutil.iter_modules(rules.__path__)}
    listed = {str(rule.__name__).rpartition(".")[2] for rule in RULES}  # type: ignore[attr-defined]
    assert files - NO_RULES == listed


def test_codes_are_stable_and_different() -> None:
    assert [card.code for card in CARDS] == [
        *("S-CURFEW-ABSENCE", "S-ZONE-BREACH", "S-SIGNAL-LOST", "S-CLOCK-FAULT", "S-OUTAGE")
    ]


def test_no_word_of_guilt() -> None:
    for rule in RULES:
        words = f"{rule.CARD.title} {rule.CARD.description} {rule.CLEARED}".lower()
        assert not {"guilt", "guilty", "offender", "violator", "criminal act"} & set(words.split())
