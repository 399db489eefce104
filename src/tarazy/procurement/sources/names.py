# SPDX-License-Identifier: EUPL-1.2
"""Names of organisations for comparing: the legal form apart, letters of three scripts as one.

Kazakh, Russian and Latin spellings of a name become the same Latin letters where they usually are
the same sound. The result is for comparing only, never for showing.
"""

import re
import unicodedata

FORMS = {
    "llp": ("ТОО", "ЖШС", "LLP", "ООО", "LLC", "товарищество с ограниченной ответственностью",
            "жауапкершілігі шектеулі серіктестігі", "жауапкершілігі шектеулі серіктестік",
            "limited liability partnership", "общество с ограниченной ответственностью"),
    "jsc": ("АО", "АҚ", "JSC", "ОАО", "ЗАО", "НАО", "КеАҚ", "акционерное общество",
            "акционерлік қоғамы", "акционерлік қоғам", "joint stock company"),
    "sole": ("ИП", "ЖК", "индивидуальный предприниматель", "жеке кәсіпкер", "IE",
             "individual entrepreneur"),
    "farm": ("КХ", "ШҚ", "ФХ", "крестьянское хозяйство", "шаруа қожалығы"),
    "institution": ("ГУ", "ММ", "КГУ", "КММ", "РГУ", "РММ", "государственное учреждение",
                    "мемлекеттік мекемесі", "мемлекеттік мекеме",
                    "коммунальное государственное учреждение",
                    "коммуналдық мемлекеттік мекемесі",
                    "республиканское государственное учреждение",
                    "республикалық мемлекеттік мекемесі"),
    "enterprise": ("ГКП", "МКК", "ГККП", "МКҚК", "КГП", "КМК", "РГП", "РМК", "ШЖҚ", "на ПХВ",
                   "государственное коммунальное предприятие",
                   "мемлекеттік коммуналдық кәсіпорны",
                   "республиканское государственное предприятие",
                   "республикалық мемлекеттік кәсіпорны", "на праве хозяйственного ведения",
                   "шаруашылық жүргізу құқығындағы"),
    "fund": ("ОФ", "ҚҚ", "общественный фонд", "қоғамдық қор", "қоғамдық қоры"),
    "association": ("ОО", "ҚБ", "общественное объединение", "қоғамдық бірлестік",
                    "қоғамдық бірлестігі", "ОЮЛ", "ЗТБ"),
}  # fmt: skip
_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e",
    "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n",
    "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u",
    "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "",
    "ы": "i", "і": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "á": "a", "ǵ": "g", "ý": "u", "ú": "u", "ń": "n", "ó": "o", "ä": "a", "ö": "o", "ü": "u",
    "ğ": "g", "ş": "sh", "ñ": "n", "ū": "u", "ı": "i",
}  # fmt: skip
_LIKE = (
    ("shch", "sh"), ("kh", "h"), ("gh", "g"), ("ya", "ia"), ("yu", "iu"), ("yo", "e"),
    ("ye", "e"), ("ng", "n"), ("ck", "k"), ("q", "k"), ("w", "v"), ("y", "i"), ("j", "zh"),
    ("x", "ks"),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
# What has none of these is written alike again.
_UNSETTLED = re.compile(r"|".join([*(written for written, _ in _LIKE), r"(.)\1", r"[^a-z0-9 ]"]))
# Forms are often typed with Latin letters that look the same: TOO, жауапкершiлiгi.
_LOOKS = str.maketrans("авекмнорстухі", "abekmhopctyxi")


def latin(text: str) -> str:
    """Words in small Latin letters, one spelling for what sounds alike; blanks between them.

    What it writes it would write so again: of `CQ` the `ck` that comes of it is a `k` in its turn.
    """
    words = _respelt(text)
    while _UNSETTLED.search(words) and (again := _respelt(words)) != words:
        words = again
    return words


def _respelt(text: str) -> str:
    small = "".join(_LATIN.get(letter, letter) for letter in _small(text))
    for written, like in _LIKE:
        small = small.replace(written, like)
    words = (re.sub(r"(.)\1+", r"\1", word) for word in _WORD.findall(small))
    return " ".join(words)


def _small(text: str) -> str:
    """In small letters, й one letter and not two."""
    return unicodedata.normalize("NFC", text).casefold()


def _looks(word: str) -> str:
    return word.translate(_LOOKS)


def _spelt() -> list[tuple[tuple[str, ...], str]]:
    listed = [
        (tuple(map(_looks, _WORD.findall(one.casefold()))), form)
        for form, many in FORMS.items()
        for one in many
    ]
    return sorted(listed, key=lambda one: -len(one[0]))


_SPELT = _spelt()


def parted(name: str) -> tuple[str, str]:
    """(legal form or nothing, the rest as `latin` writes it, its words in alphabetical order).

    A name that is nothing but a legal form keeps it.
    """
    found, rest = "", _WORD.findall(_small(name))
    looks = [_looks(word) for word in rest]
    for spelt, form in _SPELT:
        at = _place(looks, spelt)
        if at is not None and len(rest) > len(spelt):
            del rest[at : at + len(spelt)], looks[at : at + len(spelt)]
            found = found or form
    return found, " ".join(sorted(latin(" ".join(rest)).split()))


def _place(words: list[str], sought: tuple[str, ...]) -> int | None:
    for at in range(len(words) - len(sought) + 1):
        if tuple(words[at : at + len(sought)]) == sought:
            return at
    return None
