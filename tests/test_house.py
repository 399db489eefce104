# SPDX-License-Identifier: EUPL-1.2
"""The style of the house, as tests: floors are held by import-linter, this holds the rest."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tarazy.procurement.indicators import INDICATORS
from tarazy.site.policy import GRANTS
from tarazy.site.wiring import verbs
from tarazy.supervision.rules import PAIR_RULES, RULES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "tarazy"
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
LICENCE = "SPDX-License-Identifier: EUPL-1.2"
ROOMS = ("supervision", "procurement")

WRITES = re.compile(
    r"\.(save|create|bulk_create|bulk_update|update_or_create|get_or_create)\("
    r"|objects\b[^\n]*\.(update|delete)\("
    r"|\b(INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b"
)
MAY_WRITE = re.compile(
    r"(^|/)(actions(\.py|/)|core/|migrations/|simulate|sources/|site/static/)|procurement/(store|staging|merging|importing|run|shelf|gaps)\.py"
    r"|supervision/(archive|looks/history)\.py"  # their tables are DuckDB's, in memory
)
SUFFIXES = {".py", ".html", ".css", ".js", ".sql", ".toml"}


def files(*suffixes: str) -> Iterator[Path]:
    for folder in ("src", "tests", "tools", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            ours = "vendor" not in path.parts and "__pycache__" not in path.parts
            if path.is_file() and path.suffix in suffixes and ours:
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_each_file_names_its_licence_first() -> None:
    without = [
        name(path)
        for path in files(*SUFFIXES)
        if LICENCE not in "".join(path.read_text().splitlines()[:2])
    ]
    assert without == []


def test_files_and_functions_are_short() -> None:
    long = []
    for path in files(".py"):
        text = path.read_text()
        if "/migrations/" in path.as_posix():
            continue
        if len(text.splitlines()) > FILE_LINES_MAX:
            long.append(name(path))
        long += [
            f"{name(path)}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
        ]
    assert long == []


def test_nothing_is_written_outside_actions_and_the_ground_floor() -> None:
    found = [
        f"{name(path)}: {hit.group()}"
        for path in files(".py")
        if path.is_relative_to(SOURCE) and not MAY_WRITE.search(path.relative_to(SOURCE).as_posix())
        for hit in WRITES.finditer(path.read_text())
    ]
    assert found == []


def test_no_foreign_key_joins_two_rooms() -> None:
    crossing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label not in {model._meta.app_label, "core"}
    ]
    assert crossing == []


def test_money_is_never_a_binary_fraction() -> None:
    assert "float" not in (SOURCE / "core" / "money.py").read_text()
    suspicious = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField) and re.search("amount|price|value", field.name)
    ]
    assert suspicious == []


@pytest.mark.parametrize(
    ("listed", "folder"),
    [
        ((*RULES, *PAIR_RULES), SOURCE / "supervision" / "rules"),
        (INDICATORS, SOURCE / "procurement" / "indicators"),
    ],
    ids=ROOMS,
)
def test_the_list_of_rules_is_the_folder(listed: tuple[object, ...], folder: Path) -> None:
    with_card = {
        path.stem for path in folder.glob("*.py") if re.search(r"^CARD\b", path.read_text(), re.M)
    }
    assert {str(module.__name__).rpartition(".")[2] for module in listed} == with_card  # type: ignore[attr-defined]
    codes = [module.CARD.code for module in listed]  # type: ignore[attr-defined]
    assert len(set(codes)) == len(codes) > 0


def test_every_verb_has_a_door_and_a_row_in_the_policy() -> None:
    import_module(settings.ROOT_URLCONF)  # every page, and with it every look that only a page has
    assert {grant.verb for grant in GRANTS} == {
        verb for verb in verbs() if not verb.startswith("test.")
    }


def test_every_door_says_what_it_does() -> None:
    assert [verb.name for verb in verbs().values() if not verb.sentence.endswith(".")] == []


def test_nothing_inline_in_the_pages() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=")
    found = [
        f"{name(path)}: {hit.group()}"
        for path in files(".html")
        for hit in inline.finditer(path.read_text())
    ]
    assert found == []


def test_every_test_file_mirrors_a_source_file_or_stands_at_the_top() -> None:
    homeless = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        inside = path.relative_to(ROOT / "tests")
        if len(inside.parts) == 1 or inside.parts[0] in {"live", "tools"}:
            continue
        stem = SOURCE.joinpath(*inside.parts[:-1], inside.stem.removeprefix("test_"))
        beside = [stem.with_suffix(".py"), stem]
        if not any(one.exists() for one in beside) and not stem.parent.exists():
            homeless.append(inside.as_posix())
    assert homeless == []


def test_each_unit_of_systemd_works_where_it_may_write() -> None:
    """`TARAZY_FOLDER` is below the working folder unless a service says otherwise."""
    units = sorted((ROOT / "deploy").glob("*.service"))
    assert len(units) > 1
    for unit in units:
        lines = [line.partition("=") for line in unit.read_text().splitlines()]
        facts = {name: value for name, _, value in lines}
        assert facts["WorkingDirectory"] == facts["ReadWritePaths"], unit.name
