# SPDX-License-Identifier: EUPL-1.2
"""What `tarazy procurement` does with flat files before an import: propose a mapping, try it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tarazy.core.files import has_no_room, replacing
from tarazy.procurement import flat, pricing, proposing
from tarazy.procurement.references import BadReference
from tarazy.procurement.refusals import SENTENCES, Refusal
from tarazy.procurement.sources.flat_mapping import BadMapping, read_mapping
from tarazy.procurement.sources.flat_rows import BadFile

EXIT_NOTHING = 1
EXIT_USAGE = 2
ERRORS_SHOWN = 20  # of a dry run; an import keeps all

# A name of a file may look like markup; a sentence is one line, however narrow the window.
tell = Console(stderr=True, markup=False, soft_wrap=True)
out = Console(markup=False)


def propose_command(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="CSV or XLSX.")],
    *,
    sheet: Annotated[str | None, typer.Option(help="Of an XLSX; without, its first.")] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="Instead of standard output.")
    ] = None,
) -> None:
    """Propose a mapping from the headers of a flat file, for a person to correct."""
    try:
        text = proposing.propose(file, sheet)
    except OSError as error:
        tell.print(f"{file}: {SENTENCES[Refusal.NO_FILE]}")
        raise typer.Exit(EXIT_NOTHING) from error
    except BadFile as bad:
        tell.print(f"{file}: {SENTENCES[bad.why]}")
        raise typer.Exit(EXIT_NOTHING) from bad
    if out_file is None:
        sys.stdout.write(text)
    elif out_file.exists():
        tell.print(f"{out_file} is there already; it stays as it is.")
        raise typer.Exit(EXIT_NOTHING)
    else:
        with _writing(out_file) as new:
            new.write_text(text, encoding="utf-8")


def prices_command(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="CSV or XLSX.")],
    *,
    mapping: Annotated[Path, typer.Option(dir_okay=False, help="Which column is which: TOML.")],
    folder: Annotated[Path | None, typer.Option("--in", file_okay=False)] = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", dir_okay=False, help="A CSV for run --prices instead.")
    ] = None,
) -> None:
    """Put a list of reference prices in force for a folder. Exit code 2 where it is refused."""
    if (folder is None) == (out_file is None):
        raise typer.BadParameter("--in FOLDER, or --out CSV")
    try:
        text = mapping_of(mapping) or b""
        if folder is not None:
            kept = pricing.keep(folder, file, text)
            out.print(f"{kept.rows} prices are in force; {kept.passed_over} rows name none.")
        elif out_file is not None:
            with _writing(out_file) as new:
                passed_over = pricing.write(file, text, new)
            out.print(f"{out_file} is written; {passed_over} rows name no price.")
    except BadMapping as refused:
        tell.print(f"{SENTENCES[refused.name]} {refused.what}")
        raise typer.Exit(EXIT_USAGE) from refused
    except BadReference as refused:
        where = f"line {refused.line}: " if refused.line else ""
        tell.print(f"{SENTENCES[refused.name]} {where}{refused.what}")
        raise typer.Exit(EXIT_USAGE) from refused
    except OSError as error:
        tell.print(f"{error.filename or folder}: {error.strerror}")
        raise typer.Exit(EXIT_NOTHING) from error


@contextmanager
def _writing(out_file: Path) -> Iterator[Path]:
    """A file that the user names, as `replacing`; where it cannot be written, that is said."""
    try:
        with replacing(out_file) as new:
            yield new
    except OSError as error:
        tell.print(f"{out_file}: {error.strerror}")
        raise typer.Exit(EXIT_NOTHING) from error


def mapping_of(file: Path | None) -> bytes | None:
    """The text of a mapping, if one is given. Raises BadMapping where it cannot be opened."""
    try:
        return None if file is None else file.read_bytes()
    except OSError as error:
        raise BadMapping("there is no such file, or it cannot be opened") from error


def try_out(files: list[Path], told: bytes | None) -> None:
    """What an import would meet. Raises BadMapping."""
    if told is None:
        raise BadMapping("a dry run needs --mapping")
    mapping = read_mapping(told)
    useful = False
    for file in files:
        try:
            tried = flat.trial(file, mapping)
        except OSError as error:
            why = error.strerror if has_no_room(error) else SENTENCES[Refusal.NO_FILE]
            tell.print(f"{file.name}: {why}")
            continue
        out.print(f"{file.name}: {tried.rows} rows of {tried.processes} processes")
        for why, count in tried.refused.items():
            out.print(f"{count} refused: {SENTENCES[why]}")
        for (column, reason), tally in tried.report.by_column.items():
            out.print(f"{column}: {tally.count}. {SENTENCES[reason]}")
        for row, column, value, reason in tried.report.first[:ERRORS_SHOWN]:
            named = " | ".join(part for part in (f"row {row}", column, value) if part)
            out.print(f"{named}: {SENTENCES[reason]}")
        useful = useful or tried.processes > 0
    if not useful:
        raise typer.Exit(EXIT_NOTHING)
