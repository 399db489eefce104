# SPDX-License-Identifier: EUPL-1.2
"""`tarazy audit`: sign the log's head, check the whole log, prove one entry, empty one."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.progress import Progress

from tarazy.core.access import Actor
from tarazy.core.audit import actions, looks, verification
from tarazy.core.audit.checkpoint import Checkpoint, NoteError, open_checkpoint

app = typer.Typer(help="The audit log: sign its head, check it, prove an entry, empty one.")


@app.command()
def checkpoint() -> None:
    """Print a signed tree head; keep it where nobody of this service can change it."""
    typer.echo(actions.checkpoint(Actor.console()), nl=False)


@app.command()
def verify(
    against: Annotated[
        Path | None,
        typer.Option(help="A file with a checkpoint that was printed before.", dir_okay=False),
    ] = None,
) -> None:
    """Check every entry, and that the log still holds all that a checkpoint was signed over."""
    signed = _read_checkpoint(against) if against else None
    verdict = _verdict(signed)
    if verdict.bad:
        bad = verdict.bad
        _fail(_(verification.SENTENCES[bad.fault]) % {"entry": bad.entry, "last": bad.last})
    if verdict.head:
        sentence = _("The log is sound: %(size)s entries, root %(root)s.")
        typer.echo(sentence % {"size": verdict.head.size, "root": verdict.head.root.hex()})
    if signed:
        typer.echo(_("It holds all %(size)s entries of the checkpoint.") % {"size": signed.size})


@app.command()
def prove(entry: Annotated[int, typer.Argument(help="The entry's number.", min=0)]) -> None:
    """Print a proof, as JSON, that `tools/verify_proof.py` checks without this service."""
    proof = looks.prove(Actor.console(), entry)
    typer.echo(json.dumps(asdict(proof), ensure_ascii=False, indent=2))


@app.command()
def erase(entry: Annotated[int, typer.Argument(help="The entry's number.", min=0)]) -> None:
    """Forget for ever the free text and personal facts of an entry; its line and proofs stay."""
    erased = actions.erase(Actor.console(), entry)
    typer.echo(ngettext("%(n)s fact is erased.", "%(n)s facts are erased.", erased) % {"n": erased})


def _verdict(signed: Checkpoint | None) -> verification.Verdict:
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(_("Checking the audit log"), total=None)

        def show(done: int, total: int) -> None:
            bars.update(bar, completed=done, total=total)

        try:
            return looks.verify(Actor.console(), signed, show)
        except DatabaseError:
            # A broken tree cannot take the line of this look: say what is wrong all the same.
            return verification.verify(signed, show)


def _read_checkpoint(path: Path) -> Checkpoint:
    try:
        return open_checkpoint(path.read_text(encoding="utf-8"), actions.signer().verifier())
    except (OSError, UnicodeDecodeError, NoteError) as error:
        _fail(_("The checkpoint cannot be used: %(why)s.") % {"why": error})


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
