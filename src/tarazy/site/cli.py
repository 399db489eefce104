# SPDX-License-Identifier: EUPL-1.2
"""The `tarazy` command: each group is imported only when it is asked for.

An analyst's laptop needs no settings for `procurement … --to FOLDER`, and `tarazy secrets` must run
before there are any.
"""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import django
import typer
from django.utils import translation
from typer.core import TyperGroup
from typing_extensions import override

from tarazy import __version__
from tarazy.core.errors import Misconfigured, Refused, Temporary

ENV_FILE = "TARAZY_ENV_FILE"
ENV_FILE_DEFAULT = "tarazy.env"
EXIT_REFUSED = 1
EXIT_MISCONFIGURED = 2
EXIT_TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives, and the line that --help shows of it."""

    module: str
    name: str
    help: str
    service: bool = False
    """Whether the module itself needs the settings and the tables."""


SERVICE = "tarazy.site.service"
ENTRIES = {
    "up": Entry(SERVICE, "up", "Start and watch every process of this machine."),
    "demo": Entry("tarazy.site.demo", "command", "A demo service with a demo city and market."),
    "web": Entry(SERVICE, "web", "The pages."),
    "gateway": Entry(SERVICE, "gateway", "The devices' door."),
    "engine": Entry(SERVICE, "engine", "Judges movements."),
    "events": Entry(SERVICE, "events", "Live updates of open pages."),
    "broker": Entry(SERVICE, "broker", "The demo's own MQTT broker; a real service has Mosquitto."),
    "worker": Entry(SERVICE, "worker", "The outbox and timed jobs."),
    "migrate": Entry(SERVICE, "migrate", "Bring the tables up to date, as their owner."),
    "user": Entry(SERVICE, "user", "Make users, set their roles, close them."),
    "secrets": Entry("tarazy.site.secrets", "command", "Print new secrets for tarazy.env."),
    "audit": Entry(
        "tarazy.core.audit.cli", "app", "Checkpoint, verify and prove the audit log.", service=True
    ),
    "supervision": Entry("tarazy.supervision.cli", "app", "Read what devices say; judge trails."),
    "devices": Entry(
        "tarazy.supervision.cli_devices",
        "app",
        "Enrol devices, and let phones configure themselves.",
        service=True,
    ),
    "storage": Entry(
        "tarazy.supervision.cli_storage",
        "app",
        "Archive, retention and legal holds.",
        service=True,
    ),
    "notices": Entry(
        "tarazy.supervision.cli_notices",
        "app",
        "Routes of notices beyond the screen.",
        service=True,
    ),
    "places": Entry(
        "tarazy.supervision.cli_places", "app", "Addresses, from an extract of yours.", service=True
    ),
    "zones": Entry(
        "tarazy.supervision.cli_zones", "app", "Shared zones, from files of yours.", service=True
    ),
    "doctor": Entry(
        "tarazy.site.doctor",
        "command",
        "Look at disk, clock, ports, keys, devices; say what to do.",
        service=True,
    ),
    "procurement": Entry(
        "tarazy.procurement.cli", "app", "Import public contracts; find red flags."
    ),
    "simulate": Entry("tarazy.site.simulate", "app", "People and markets with ground truth."),
}


class Commands(TyperGroup):
    """Lists every command, imports only the one that runs."""

    @override
    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return list(ENTRIES)

    @override
    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            return None
        if {"--help", "-h"} & set(sys.argv[1:2]):  # the list of commands needs their lines only
            return _command(cmd_name, lambda: None, entry)
        read_env_file(ctx.params.get("env_file"))
        if entry.service:
            django.setup()
            translation.activate(language_of(os.environ))
        found = getattr(importlib.import_module(entry.module), entry.name)
        return _command(cmd_name, found, entry)


def _command(name: str, found: Any, entry: Entry) -> Any:
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name, help=entry.help)(found)
    return typer.main.get_command(alone)


commands = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables, and so secrets
)


def _say_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@commands.callback()
def begin(
    env_file: Annotated[Path | None, typer.Option(help="A file of settings.")] = None,
    version: Annotated[  # noqa: FBT002 - its callback does the work
        bool, typer.Option("--version", callback=lambda on: _say_version(wanted=on), is_eager=True)
    ] = False,
) -> None:
    """Tarazy: supervision under court order, and red flags of public procurement."""


def read_env_file(path: Path | None) -> None:
    """Take settings from a file of NAME=VALUE lines; the environment itself wins over it."""
    chosen = path or Path(os.environ.get(ENV_FILE, ENV_FILE_DEFAULT))
    if not chosen.is_file():
        if path is not None:
            raise Misconfigured("--env-file", f"there is no file at {path}")
        return
    for name, value in settings_in(chosen):
        os.environ.setdefault(name, value)


def settings_in(path: Path) -> Iterator[tuple[str, str]]:
    """The NAME=VALUE lines of a file; lines that begin with # are remarks."""
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            yield name.strip(), value.strip()


def language_of(environment: Mapping[str, str]) -> str:
    """The terminal's language, where we speak it; English otherwise."""
    spoken = environment.get("LC_ALL") or environment.get("LANG") or ""
    return spoken[:2] if spoken[:2] in {"kk", "ru"} else "en"


def app() -> None:
    """Entry point; says our own errors in one sentence, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tarazy.site.settings")
    try:
        commands()
    except Misconfigured as error:
        _leave(f"tarazy cannot start. {error.setting} {error.remedy}", EXIT_MISCONFIGURED)
    except Refused as error:
        facts = ", ".join(f"{name} {value}" for name, value in error.facts.items())
        _leave(f"refused: {error.name}{facts and f' ({facts})'}", EXIT_REFUSED)
    except Temporary as error:
        _leave(f"not now: {error}", EXIT_TEMPORARY)


def _leave(sentence: str, code: int) -> None:
    typer.echo(sentence, err=True)
    sys.exit(code)


if __name__ == "__main__":
    app()
