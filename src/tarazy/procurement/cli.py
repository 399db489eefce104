# SPDX-License-Identifier: EUPL-1.2
"""`tarazy procurement`: import public contracts and find red flags, in the service or beside it.

With --to or --in it works on a folder of your own: no service, no database, no settings. Without,
it goes through the door of the service, which keeps an audit line.
"""

import csv
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import django
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.table import Column, Table

from tarazy.core.access import Actor
from tarazy.core.clock import now
from tarazy.core.errors import Refused
from tarazy.core.tables import harmless
from tarazy.procurement import cli_flat, completeness, counting, fetching, importing, matching
from tarazy.procurement.cardinal import run as cardinal
from tarazy.procurement.cardinal.settings import BadSettings
from tarazy.procurement.cli_fetch import counting_entries, show_fetch
from tarazy.procurement.importing import FileReport, NothingRead
from tarazy.procurement.portal import PER_SECOND_MAX, Portal
from tarazy.procurement.portal_access import Access, access
from tarazy.procurement.references import BadReference
from tarazy.procurement.refusals import SENTENCES, UNKEPT, Refusal
from tarazy.procurement.run import run as run_all
from tarazy.procurement.simulate import PROCESSES_MAX, write_market
from tarazy.procurement.sources.flat_mapping import BadMapping
from tarazy.procurement.sources.interface import POSITIONS_KEPT_MAX
from tarazy.procurement.store import Findings, Folder

EXIT_NOTHING = 1
EXIT_USAGE = 2
COUNTS = ("read", "imported", "replaced", "unchanged", "superseded")

app = typer.Typer(no_args_is_help=True, help="Import public contracts; find red flags.")
# A name of a file may look like markup; a sentence is one line, however narrow the window.
tell = Console(stderr=True, markup=False, soft_wrap=True)
out = Console(markup=False)

Files = Annotated[
    list[Path],
    typer.Argument(help="OCDS: JSON Lines, packages; may be gzip. With --mapping: CSV, XLSX."),
]
Own = Annotated[
    Path | None,
    typer.Option(help="A folder of your own instead of the service's.", file_okay=False),
]


@app.command("import")
def import_command(
    files: Files,
    *,
    to: Own = None,
    mapping: Annotated[
        Path | None, typer.Option(dir_okay=False, help="How to read CSV or XLSX: a TOML file.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With a mapping: say what is wrong, change nothing.")
    ] = False,
) -> None:
    """Read OCDS files, or flat ones with a mapping, into the tables.

    Exit code 1 where nothing could be read, 2 where the mapping cannot be used.
    """
    try:
        told = cli_flat.mapping_of(mapping)
        if dry_run:
            cli_flat.try_out(files, told)
            return
        with _progress() as progress:
            if to is not None:
                summary = importing.import_files(
                    to, files, now=now(), progress=progress, mapping=told
                )
            else:
                summary = _import_into_the_service(files, progress, told)
    except BadMapping as refused:
        tell.print(f"{SENTENCES[refused.name]} {refused.what}")
        raise typer.Exit(EXIT_USAGE) from refused
    except NothingRead as refused:
        _show_files(refused.files)
        tell.print(f"{SENTENCES[refused.name]} ({refused.name})")
        raise typer.Exit(EXIT_NOTHING) from refused
    _show_files(summary.files)
    said = f"Version {summary.version} is in force." if summary.changed else "Nothing has changed."
    out.print(said)


app.command("propose")(cli_flat.propose_command)
app.command("prices")(cli_flat.prices_command)

Given = Annotated[Path | None, typer.Option(dir_okay=False, help="A table as CSV; stays in force.")]


@app.command("run")
def run_command(  # noqa: PLR0913 - a table each
    *,
    folder: Annotated[Path | None, typer.Option("--in", file_okay=False)] = None,
    thresholds: Given = None,
    rates: Given = None,
    inflation: Given = None,
    debarred: Given = None,
    registered: Given = None,
    prices: Given = None,
) -> None:
    """Assess every indicator over the tables, and say how often each was raised."""
    tables = {
        "thresholds": thresholds,
        "rates": rates,
        "inflation": inflation,
        "debarred": debarred,
        "registered": registered,
        "prices": prices,
    }
    given = {kind: file for kind, file in tables.items() if file is not None}
    try:
        findings = _run_in(folder, given) if folder else _run_in_service(given)
    except BadReference as refused:
        where = f"line {refused.line}: " if refused.line else ""
        tell.print(f"{SENTENCES[refused.name]} {where}{refused.what}")
        raise typer.Exit(EXIT_USAGE) from refused
    except Refused as refused:
        tell.print(SENTENCES.get(refused.name, str(refused.name)))
        raise typer.Exit(EXIT_NOTHING) from refused
    _show_findings(findings)


@app.command("quality")
def quality_command(
    *,
    folder: Annotated[Path, typer.Option("--in", file_okay=False)],
    by: Annotated[completeness.By, typer.Option(help="Told apart by buyer, or by month.")] = (
        completeness.By.ALL
    ),
) -> None:
    """How many processes have each field, as CSV; and the indicators that it silences."""
    try:
        rows = csv.writer(sys.stdout)
        for number, one in enumerate(completeness.shares(folder, by)):
            if number == 0:
                rows.writerow(("group", "field", "filled", "of"))
            rows.writerow((harmless(one.group), one.field, one.filled, one.of))
    except Refused as refused:
        tell.print(SENTENCES.get(refused.name, str(refused.name)))
        raise typer.Exit(EXIT_NOTHING) from refused
    for code, reason in completeness.silenced(Folder(folder).manifest().findings):
        tell.print(f"{code} assesses nothing: {reason}")


@app.command("match")
def match_command(
    *, folder: Annotated[Path | None, typer.Option("--in", file_okay=False)] = None
) -> None:
    """Seek parties that may be one organisation. A person decides, on the page of parties."""
    try:
        found = matching.propose(folder) if folder is not None else _match_in_service()
    except Refused as refused:
        tell.print(SENTENCES.get(refused.name, str(refused.name)))
        raise typer.Exit(EXIT_NOTHING) from refused
    out.print(f"{found} pairs to look at")


@app.command("fetch-goszakup")
def fetch_command(
    *,
    to: Own = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Begin anew, not at what changed.")
    ] = False,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Import even where a list is not at its end yet.")
    ] = False,
    per_second: Annotated[
        float, typer.Option(min=0.01, max=PER_SECOND_MAX, help="Questions a second, at most.")
    ] = 2.0,
) -> None:
    """Fetch from goszakup.gov.kz what changed, and import it. Exit code 1 where a list failed."""
    folder, way = (to, access(os.environ)) if to is not None else _service()
    with Portal(way, per_second=per_second) as portal, counting_entries() as counting:
        report = fetching.fetch(folder, portal, now=now(), whole=whole, tell=counting)
    show_fetch(report)
    try:
        if to is not None:
            brought = fetching.bring_in(to, now=now(), unfinished=unfinished)
        else:
            brought = _bring_into_the_service(unfinished=unfinished)
    except NothingRead as refused:
        _show_files(refused.files)
        raise typer.Exit(EXIT_NOTHING) from refused
    _show_brought(brought)
    if report.failures():
        raise typer.Exit(EXIT_NOTHING)


class FlagsFormat(StrEnum):
    """Whose indicators and whose output."""

    CARDINAL = "cardinal"


@app.command("flags")
def flags_command(
    file: Annotated[Path, typer.Argument(help="One compiled release a line; - is standard input.")],
    *,
    form: Annotated[FlagsFormat, typer.Option("--format", help="cardinal: as Cardinal does it.")],
    settings: Annotated[
        Path | None, typer.Option("--settings", "-s", help="Cardinal's settings file.")
    ] = None,
    no_meta: Annotated[bool, typer.Option("--no-meta", help="Leave out the key Meta.")] = False,
    maps: Annotated[bool, typer.Option("--map", help="Add the key Maps.")] = False,
) -> None:
    """Flags of one file, in one pass and without tables, as another tool gives them."""
    del form  # the only one yet
    try:
        printed = cardinal.flags(file, settings, with_meta=not no_meta, with_maps=maps)
    except (BadSettings, OSError) as error:
        because = f"{file}: {error.strerror}" if isinstance(error, OSError) else error
        sys.stderr.write(f"error: {because}\n")
        raise typer.Exit(EXIT_USAGE) from error
    sys.stdout.write(f"{printed}\n")


def simulate_command(
    *,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same market.")] = 1,
    processes: Annotated[int, typer.Option(min=1, max=PROCESSES_MAX)] = 1000,
    target: Annotated[Path, typer.Option("--out", help="Releases; .gz packs them.")],
    truth: Annotated[Path, typer.Option(help="What was planted, and what must be found.")],
) -> None:
    """Write a made-up market in OCDS with planted schemes, and the truth about it."""
    if target.resolve() == truth.resolve():
        raise typer.BadParameter(f"{truth} is given twice", param_hint="--truth")
    try:
        written = write_market(target, truth, seed=seed, processes=processes)
    except OSError as error:
        tell.print(f"{error.filename or target}: {error.strerror}")
        raise typer.Exit(EXIT_NOTHING) from error
    out.print(f"{written} processes")


def _import_into_the_service(
    files: list[Path], progress: importing.Progress, mapping: bytes | None
) -> importing.ImportSummary:
    django.setup()
    from tarazy.procurement import actions

    return actions.import_source(Actor.console(), files, progress, mapping)


def _service() -> tuple[Path, Access]:
    django.setup()
    from django.conf import settings

    return settings.TARAZY.procurement_folder, settings.TARAZY.goszakup or access(os.environ)


def _bring_into_the_service(*, unfinished: bool) -> fetching.Brought:
    from tarazy.procurement import actions

    return actions.import_from_portal(Actor.console(), unfinished=unfinished)


def _match_in_service() -> int:
    django.setup()
    from tarazy.procurement import actions

    return actions.match_parties(Actor.console())


def _run_in(folder: Path, given: dict[str, Path]) -> Findings:
    findings = run_all(folder, now=now(), given=given)
    counting.keep(folder)
    return findings


def _run_in_service(given: dict[str, Path]) -> Findings:
    django.setup()
    from tarazy.procurement import actions

    return actions.run_indicators(Actor.console(), given)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=tell) as bar:
        task = bar.add_task("import", total=None)  # nothing is known until the file was hashed
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show_brought(brought: fetching.Brought) -> None:
    if brought.summary is not None:
        _show_files(brought.summary.files)
        out.print(f"Version {brought.summary.version} is in force.")
    elif brought.complete:
        out.print("Nothing has changed.")
    else:
        tell.print("A list is not at its end yet: nothing is imported. Fetch again to go on.")
    for trouble in brought.lost:
        tell.print(f"{trouble.what}: {trouble.count}. {UNKEPT}")
    if brought.waiting:
        tell.print(f"Processes that wait for an entry that could not be read: {brought.waiting}")
    if brought.register:
        tell.print(f"{fetching.UNFAIR.root}: {SENTENCES[Refusal(brought.register)]}")
    if brought.debarred is not None:
        out.print(f"Unfair suppliers: {brought.debarred}")


def _show_files(files: list[FileReport]) -> None:
    # eight columns in a window of eighty letters
    first = Column("file", overflow="fold", min_width=16)
    table = Table(first, box=None, pad_edge=False, collapse_padding=True)
    for name in (*COUNTS, "refused", "lost"):
        table.add_column(name, justify="right")
    for report in files:
        lost = sum(trouble.count for trouble in report.lost)
        counts = [str(getattr(report, name)) for name in COUNTS]
        table.add_row(report.name, *counts, str(report.refused_count()), str(lost))
    out.print(table)
    for report in files:
        _show_troubles(report)


def _show_troubles(report: FileReport) -> None:
    if report.refusal and not report.refused:
        tell.print(f"{report.name}: {SENTENCES[Refusal(report.refusal)]}")
    for trouble in report.refused:
        sentence = SENTENCES[Refusal(trouble.what)]
        tell.print(f"{report.name}: {sentence} {_lines(trouble)}")
    for trouble in (*report.lost, *report.noted):
        because = SENTENCES[Refusal(trouble.why)] if trouble.why else UNKEPT
        tell.print(f"{report.name}: {trouble.what}: {trouble.count}. {because} {_lines(trouble)}")
    if report.wrong:
        tell.print(f"{report.name}: each wrong row is in {report.wrong}")


def _lines(trouble: importing.Trouble) -> str:
    shown = ", ".join(str(line) for line in trouble.lines)
    return f"Lines: {shown}{' …' if len(trouble.lines) >= POSITIONS_KEPT_MAX else ''}"


def _show_findings(findings: Findings) -> None:
    table = Table("indicator")
    for name in ("raised", "assessed", "share", "not assessed"):
        table.add_column(name, justify="right")
    for rate in findings.base_rates:
        share = f"{rate.raised / rate.assessed:.1%}" if rate.assessed else "–"
        missing = str(sum(rate.not_assessed.values()))
        marked = f"{share} !" if rate.is_wide() else share
        table.add_row(rate.code, str(rate.raised), str(rate.assessed), marked, missing)
    out.print(table)
    if wide := [rate.code for rate in findings.base_rates if rate.is_wide()]:
        tell.print(f"Raised so often that they may not fit this market: {', '.join(wide)}")
