# SPDX-License-Identifier: EUPL-1.2
"""Commands that run the service: each process alone, or all of this machine's together."""

import os
import sys
from typing import Annotated, NoReturn

import django
import typer
from django.conf import settings
from django.core.management import call_command

from tarazy.core.access import Role
from tarazy.core.errors import Misconfigured
from tarazy.site import logs

Roles = Annotated[list[Role], typer.Option("--role", help="One of the roles; may be repeated.")]
ENGINE_HELPER = "from tarazy.site import service; service.engine_helper()"

Password = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]

user = typer.Typer(no_args_is_help=True, help="Make users, set their roles, close them.")


def _begin(process: str) -> None:
    logs.configure(process)
    django.setup()


def _end() -> NoReturn:
    """End a process in which granian is embedded, once all that it held is written.

    A thread of granian's may still be waiting for the interpreter; were that torn down under it,
    as at an ordinary end, the thread would abort the process (SIGABRT) after a good stop.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def up() -> None:
    """Start and watch every process of this machine."""
    _begin("up")
    from tarazy.site import up as watcher

    watcher.run(watcher.PROCESSES)


def web() -> None:
    """Serve the pages; granian loads the application in a process of its own."""
    logs.configure("web")
    from tarazy.site import web as process

    process.serve()


def gateway() -> NoReturn:
    """Receive what devices report."""
    _begin("gateway")
    from tarazy.supervision import intake

    intake.serve()
    _end()


def engine() -> None:
    """Judge movements and raise alerts."""
    _begin_judging("engine")
    from tarazy.supervision import engine as process

    process.serve([sys.executable, "-c", ENGINE_HELPER])


def engine_helper() -> None:
    """Judge a part of what waits for the engine, which has started this process."""
    _begin_judging("engine-helper")
    from tarazy.supervision.engine import parts

    parts.help_out(*sys.argv[1:])


def _begin_judging(process: str) -> None:
    _begin(process)
    from tarazy.supervision.presence import kernel

    os.environ.setdefault("NUMBA_CACHE_DIR", str(settings.TARAZY.folder / "compiled"))
    kernel.prepare()


def events() -> NoReturn:
    """Feed open pages with what changes."""
    _begin("events")
    from tarazy.supervision import live

    live.serve()
    _end()


def broker() -> None:
    """Be the demo's MQTT broker."""
    _begin("broker")
    from tarazy.site import broker as process

    process.serve()


def worker() -> None:
    """Deliver the outbox and run timed jobs."""
    _begin("worker")
    from tarazy.site import worker as process

    process.serve()


def migrate() -> None:
    """Bring the tables up to date, as their owner."""
    _begin("migrate")
    from django.conf import settings

    if "owner" not in settings.DATABASES:
        raise Misconfigured("TARAZY_OWNER_DATABASE_URL", "is needed to change tables; set it")
    call_command("migrate", database="owner", verbosity=1)


@user.command("create")
def create(
    name: str,
    role: Roles,
    password: Password,
    full_name: Annotated[str, typer.Option(help="As pages and reports call the user.")] = "",
) -> None:
    """Make a log-in with roles."""
    _begin("user")
    from tarazy.core.access import Actor
    from tarazy.core.actions import create_user

    made = create_user(Actor.console(), name, password, roles=role, full_name=full_name)
    typer.echo(f"{made.username}: {made.public_id}")


@user.command("roles")
def roles(name: str, role: Roles) -> None:
    """Change somebody's roles."""
    _begin("user")
    from tarazy.core.access import Actor
    from tarazy.core.actions import set_roles

    set_roles(Actor.console(), _public_id(name), role)
    typer.echo(f"{name}: {', '.join(role)}")


@user.command("close")
def close(name: str) -> None:
    """Let nobody in by a log-in any more; what was done by it keeps its name."""
    _begin("user")
    from tarazy.core.access import Actor
    from tarazy.core.actions import close_user

    close_user(Actor.console(), _public_id(name))
    typer.echo(f"{name}: closed")


@user.command("reopen")
def reopen(name: str) -> None:
    """Open a closed log-in again."""
    _begin("user")
    from tarazy.core.access import Actor
    from tarazy.core.actions import reopen_user

    reopen_user(Actor.console(), _public_id(name))
    typer.echo(f"{name}: open")


@user.command("link")
def link(name: str) -> None:
    """Print a link by which somebody chooses a new password; the old one is none any more."""
    _begin("user")
    from django.urls import reverse

    from tarazy.core.access import Actor
    from tarazy.core.actions import link_to_password

    opens = link_to_password(Actor.console(), _public_id(name))
    typer.echo(f"{settings.TARAZY.pages_url}{reverse('choose_password', args=opens)}")


def _public_id(name: str) -> str:
    """Raises Refused where nobody has this name."""
    from tarazy.core.errors import Refused
    from tarazy.core.models import User
    from tarazy.core.refusals import Refusal

    found = User.objects.filter(username=name).values_list("public_id", flat=True).first()
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found
