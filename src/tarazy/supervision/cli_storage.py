# SPDX-License-Identifier: EUPL-1.2
"""`tarazy storage …`: archive closed days; show what retention will delete; holds."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.supervision.actions.archive import close_days
from tarazy.supervision.actions.holds import lift_hold, place_hold
from tarazy.supervision.actions.retention import (
    NOTICE,
    apply_retention,
    items_of,
    plan_retention,
    waiting_plan,
)

RECORDS = {
    "message": "messages",
    "appointment": "appointments",
    "receipt": "receipts",
    "draft": "drafts",
    "absence": "reasons of absences",
    "contact": "contacts",
    "checkin": "notes of check-ins",
}

app = typer.Typer(no_args_is_help=True, help="Archive, retention and legal holds.")


@app.command()
def archive() -> None:
    """Move closed days from the database to the archive, as the worker does every hour."""
    typer.echo(f"{close_days(Actor.console(), clock.now())} fixes moved")


@app.command()
def retention(
    *, apply: Annotated[bool, typer.Option("--apply", help="Carry out yesterday's plan.")] = False
) -> None:
    """Show the plan that waits of what may no longer be kept, or make one. With --apply: delete
    what a plan of yesterday shows.
    """
    now = clock.now()
    if apply:
        typer.echo(f"{apply_retention(Actor.console(), now)} fixes deleted")
        return
    # Another plan would begin its day anew: whoever looked each morning would have nothing deleted.
    run = waiting_plan() or plan_retention(Actor.console(), now)
    shown = Table("order", "why", "from (UTC)", "until (UTC)", "what", "held")
    for item in items_of(run):
        times = (f"{at:%Y-%m-%d %H:%M}" for at in (item.since, item.until))
        what = f"{item.fixes} fixes" if item.fixes else f"places in {item.findings} findings"
        if item.records:
            what = f"{len(item.records)} {RECORDS.get(item.reason, 'papers')}"
        shown.add_row(item.order, item.reason, *times, what, "yes" if item.held else "")
    Console().print(shown)
    typer.echo(
        f"plan {run.public_id}: nothing is deleted yet; the worker, or `--apply`, does it from"
        f" {run.planned_at + NOTICE:%Y-%m-%d %H:%M} UTC on"
    )


@app.command()
def hold(person: str, reason: str) -> None:
    """Keep everything of a person from deletion."""
    typer.echo(place_hold(Actor.console(), person, reason, now=clock.now()).public_id)


@app.command()
def lift(hold: str) -> None:
    """Lift a hold."""
    lift_hold(Actor.console(), hold, now=clock.now())
