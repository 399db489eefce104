# SPDX-License-Identifier: EUPL-1.2
"""What codes and names of the portal's reference tables mean in OCDS.

Numbers of methods, subjects and statuses of notices are known from public clients of the portal
(its notices and lots share their numbers); statuses of lots, contracts and bids go by the words of
their Russian names, as do methods of other numbers. What is in neither is told in the report of the
import, and the raw entry keeps it.
"""

METHODS = {"2": "open", "3": "open", "6": "direct", "32": "selective", "132": "open", "188": "open"}
Words = tuple[tuple[str, str], ...]
METHOD_WORDS: Words = (
    ("из одного источника", "direct"),
    ("предварительным квалификационным отбором", "selective"),
    ("конкурс", "open"),
    ("тендер", "open"),
    ("аукцион", "open"),
    ("запрос ценовых предложений", "open"),
)
CATEGORIES = {"1": "goods", "2": "works", "3": "services"}
UNDER_WAY = "190 210 220 230 240 250 260 270 310 320 325 330 440 444 445 460 510 540 550"
STATUSES = {
    **dict.fromkeys(UNDER_WAY.split(), "active"),
    "350": "complete",
    "410": "cancelled",
    "430": "cancelled",
}
LOT_WORDS = (
    ("не состоял", "unsuccessful"),
    ("несостоявш", "unsuccessful"),
    ("отмен", "cancelled"),
    ("отказ", "cancelled"),
    ("состоял", "complete"),
    ("опубликован", "active"),
    ("документац", "active"),
    ("рассмотрен", "active"),
    ("формирован", "active"),
    ("заполнен", "active"),
    ("контрол", "active"),
    ("обжалован", "active"),
    ("пересмотр", "active"),
    ("уведомлен", "active"),
)
CONTRACT_WORDS = (
    ("не заключен", "cancelled"),
    ("отказ", "cancelled"),
    ("отмен", "cancelled"),
    ("проект", "pending"),
    ("создан", "pending"),
    ("на согласовании", "pending"),
    ("расторг", "terminated"),
    ("частично", "active"),
    ("исполнен", "terminated"),
    ("действу", "active"),
    ("зарегистр", "active"),
    ("заключен", "active"),
)
BID_WORDS = (
    ("победител", "valid"),
    ("не допущен", "disqualified"),
    ("допущен", "valid"),
    ("отклон", "disqualified"),
    ("отозван", "withdrawn"),
    ("отмен", "withdrawn"),
    ("подан", "pending"),
)


def by_words(name: str, words: Words) -> str | None:
    """The meaning of the first words that stand in a name."""
    small = name.lower()
    return next((code for part, code in words if part in small), None)
