# SPDX-License-Identifier: EUPL-1.2
"""The verbs of this room that change the service's own folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

from tarazy.core.clock import now
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.procurement import counting, deciding, fetching, importing, matching, run
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.store import MARKET, Findings


@action("procurement.source.import")
def import_source(
    door: Door,
    files: Sequence[Path],
    progress: importing.Progress | None = None,
    mapping: bytes | None = None,
) -> importing.ImportSummary:
    """Import files of published contracts into the service's tables; flat ones with a mapping.

    Raises BadMapping, NothingRead, Temporary where another import is under way, Misconfigured.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    summary = importing.import_files(folder, files, now=now(), progress=progress, mapping=mapping)
    door.keep(
        version=str(summary.version),
        files=" ".join(f"{report.id}:{report.sha256}" for report in summary.files),
    )
    return summary


@action("procurement.portal.import")
def import_from_portal(
    door: Door, *, unfinished: bool = False, progress: importing.Progress | None = None
) -> fetching.Brought:
    """Import what a fetch from the portal left on the shelf into the service's tables.

    Raises NothingRead, Temporary where another import or fetch is under way, Misconfigured.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    brought = fetching.bring_in(folder, now=now(), unfinished=unfinished, progress=progress)
    files = brought.summary.files if brought.summary else []
    door.keep(
        brought=brought.id,
        version=str(brought.summary.version) if brought.summary else "",
        files=" ".join(f"{report.id}:{report.sha256}" for report in files),
    )
    return brought


@action("procurement.indicators.run")
def run_indicators(door: Door, given: Mapping[str, Path] | None = None) -> Findings:
    """Run every indicator over the service's tables and put the findings in force.

    `given` are reference tables by kind (`references`), kept from now on.

    Raises Refused where nothing was imported, Temporary where an import is under way.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    findings = run.run(folder, now=now(), given=given)
    counting.keep(folder)
    door.keep(findings=findings.folder, tables=findings.tables, given=" ".join(sorted(given or {})))
    return findings


@action("procurement.parties.match")
def match_parties(door: Door) -> int:
    """Seek parties that may be one organisation; people decide of each pair.

    Raises Refused where nothing was imported, Temporary where an import is under way.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    found = matching.propose(folder)
    door.keep(proposed=str(found))
    return found


@action("procurement.parties.decide")
def decide_parties(door: Door, pair: str, answer: str, why: str) -> deciding.Decision:
    """Say of a pair of parties whether they are one, or take an earlier answer back; and why.

    Raises Refused: no such answer, no such pair, no reason, decided already, or two would become
    one that have different valid numbers, or that somebody calls different.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, pair)
    if answer not in set(deciding.Answer):
        raise Refused(Refusal.DECISION_ANSWER)
    by = deciding.By(who=door.actor.id, why=why)
    made = deciding.decide(folder, pair, deciding.Answer(answer), by, now())
    door.keep(answer=answer, why=made.why)
    return made
