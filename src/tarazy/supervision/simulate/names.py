# SPDX-License-Identifier: EUPL-1.2
"""Fictional names, drawn part by part from common ones."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class FullName:
    """Family name, given name, patronymic, as written in documents."""

    family: str
    given: str
    patronymic: str


KAZAKH_FAMILIES = (
    "Ахметов", "Оспанов", "Сейітов", "Қасымов", "Ибраев", "Жұмабаев", "Нұрғалиев", "Төлегенов",
    "Бекмұратов", "Омаров", "Әлімов", "Дүйсенов", "Есенов", "Жақыпов", "Мұқанов", "Рахимов",
    "Сүлейменов", "Тұрсынов", "Хасенов", "Шәріпов", "Байжанов", "Кенжебаев", "Мақсұтов", "Искаков",
)  # fmt: skip
KAZAKH_MEN = (
    "Нұрлан", "Ерлан", "Асқар", "Бауыржан", "Дәурен", "Ержан", "Қайрат", "Марат", "Серік",
    "Талғат", "Әділ", "Арман", "Болат", "Ғалым", "Жандос", "Мейрам", "Олжас", "Руслан", "Темірлан",
    "Шыңғыс",
)  # fmt: skip
KAZAKH_WOMEN = (
    "Айгүл", "Гүлнар", "Динара", "Жанар", "Қарлығаш", "Ләззат", "Мадина", "Назгүл",
    "Сәуле",
    "Айжан",
)  # fmt: skip
RUSSIAN_FAMILIES = (
    "Иванов", "Петров", "Кузнецов", "Соколов", "Попов", "Лебедев", "Козлов", "Новиков", "Морозов",
    "Волков", "Павлов", "Семёнов", "Голубев", "Виноградов", "Богданов", "Воробьёв",
)  # fmt: skip
RUSSIAN_MEN = {
    "Александр": "Александров", "Дмитрий": "Дмитриев", "Сергей": "Сергеев", "Андрей": "Андреев",
    "Алексей": "Алексеев", "Иван": "Иванов", "Николай": "Николаев", "Павел": "Павлов",
}  # fmt: skip
RUSSIAN_WOMEN = ("Елена", "Ольга", "Наталья", "Ирина", "Светлана", "Татьяна")

KAZAKH_SHARE, WOMEN_SHARE = 0.72, 0.2


def draw_name(rng: np.random.Generator) -> FullName:
    """A name whose parts agree in language and gender."""
    woman = bool(rng.random() < WOMEN_SHARE)
    ending = "а" if woman else ""
    if rng.random() < KAZAKH_SHARE:
        given = _one(rng, KAZAKH_WOMEN if woman else KAZAKH_MEN)
        father = _one(rng, KAZAKH_MEN) + ("қызы" if woman else "ұлы")
        return FullName(_one(rng, KAZAKH_FAMILIES) + ending, given, father)
    fathers = tuple(RUSSIAN_MEN)
    given = _one(rng, RUSSIAN_WOMEN if woman else fathers)
    father = RUSSIAN_MEN[_one(rng, fathers)] + ("на" if woman else "ич")
    return FullName(_one(rng, RUSSIAN_FAMILIES) + ending, given, father)


def _one(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]
