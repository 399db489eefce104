# SPDX-License-Identifier: EUPL-1.2
"""Translations without GNU gettext: `update` the .po files, `check` them, `compile` them.

Texts are found in Python (gettext, ngettext, pgettext, and `said` in modules that know no Django)
and in templates, through Django's own conversion of a template into source text. What each door
says of itself, the first line of its docstring, is a text too: /catalogue/access shows it.
"""

import ast
import io
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from tarazy import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tarazy"
LOCALE = PACKAGE / "site" / "locale"
LANGUAGES = ("kk", "ru")
KEYWORDS = {
    "said": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
DOORS = {"action", "look"}
HEADER = "# SPDX-License-Identifier: EUPL-1.2\n# Translations of Tarazy.\n"


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold texts, as Python source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.read_text()
    for path in sorted(PACKAGE.rglob("*.html")):
        # how deep a line stands says nothing in a template, and is wrong Python
        yield path, "\n".join(map(str.lstrip, templatize(path.read_text()).splitlines()))


def texts() -> Catalog:
    """All texts of the project, in English."""
    found = Catalog()
    for path, source in sources():
        for line, message, comments, context in extract(
            "python", io.BytesIO(source.encode()), KEYWORDS
        ):
            place = (path.relative_to(ROOT).as_posix(), line)
            found.add(message, locations=[place], auto_comments=comments, context=context)
        if path.suffix == ".py":
            for line, sentence in sentences(source):
                found.add(sentence, locations=[(path.relative_to(ROOT).as_posix(), line)])
    return found


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """What the doors of a module say of themselves, each with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and _is_door(node):
            yield node.lineno, (ast.get_docstring(node) or "").partition("\n")[0]


def _is_door(function: ast.FunctionDef) -> bool:
    called = (one.func for one in function.decorator_list if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Name) and one.id in DOORS for one in called)


def po_path(language: str) -> Path:
    """Where a language's texts are."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """A language's catalogue, empty where there is no file yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, header_comment=HEADER)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> int:
    """Bring the .po files up to date; texts that are gone are dropped."""
    found = texts()
    for language in LANGUAGES:
        catalogue = load(language)
        catalogue.update(found, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        catalogue.header_comment, catalogue.fuzzy = HEADER, False
        catalogue.project, catalogue.version = "Tarazy", __version__
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, no_location=True, omit_header=False)
    return 0


def names(text: str) -> set[str]:
    """The {names} and %(names)s that a text asks for."""
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    percents = {part.split(")")[0] for part in text.split("%(")[1:]}
    return braces | percents


def complaint(message: Message, translated: Message | None) -> str | None:
    """What is wrong with a translation; None where nothing is."""
    if translated is None or not translated.string:
        return "missing"
    given = [translated.string] if isinstance(translated.string, str) else translated.string
    if not all(given):
        return "missing"
    wanted = str(message.id if isinstance(message.id, str) else message.id[-1])
    try:
        wrong = [one for one in given if names(one) - names(wanted)]
    except ValueError:
        return "broken braces"
    return "asks for other names" if wrong else None


def check() -> int:
    """Say what is not translated, or wrongly; 1 where there is something."""
    found, wrong = texts(), 0
    for language in LANGUAGES:
        catalogue = load(language)
        for message in found:
            if not message.id:
                continue
            why = complaint(message, catalogue.get(message.id, message.context))
            if why:
                wrong += 1
                place = ":".join(str(part) for part in message.locations[0])
                print(f"{language}: {why}: {message.id!r} ({place})")
    if wrong:
        print(f"{wrong} texts; run `python tools/translations.py update` and translate them")
    return 1 if wrong else 0


def compile_all() -> int:
    """Write the .mo files that Django reads; they are built, not committed."""
    for language in LANGUAGES:
        with po_path(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, load(language))
    return 0


def main() -> int:
    """Run the verb on the command line."""
    settings.configure(USE_I18N=False)
    verbs = {"update": update, "check": check, "compile": compile_all}
    verb = verbs.get(sys.argv[1]) if len(sys.argv) == 2 else None  # noqa: PLR2004
    if verb is None:
        print("say update, check or compile")
        return 2
    return verb()


if __name__ == "__main__":
    sys.exit(main())
