# SPDX-License-Identifier: EUPL-1.2
"""`tarazy demo`: a whole service with a demo city and market, from nothing, in one command.

Everything lies in one folder; a second start finds it and goes on. People, places and companies
are invented; the log-ins are public, which is why no real service starts beside them.
"""

import math
import os
import signal
import threading
import time
import urllib.request
from multiprocessing import get_context
from pathlib import Path

import django
import structlog
import typer

from tarazy.core.errors import Temporary
from tarazy.site import logs, secrets
from tarazy.site.environment import BROKER_PORT, DEMO_MARK

FOLDER = Path("var/demo")
DUTY_TELEPHONE = "+7 000 000 00 00"  # nobody's
READY_S_MAX = 85
READY_PAUSE_S = 0.3

log = structlog.get_logger()


def command() -> None:
    """Run the demo until Ctrl-C."""
    _settle()
    logs.configure("demo")
    django.setup()
    from django.conf import settings

    from tarazy.site import up

    plan = settings.TARAZY.folder / "demo" / "feed.json"
    gateway = f"http://127.0.0.1:{settings.TARAZY.gateway_port}"
    words = ("simulate", "feed", "--plan", str(plan), "--gateway", gateway)
    feed = up.Process("feed", words, not_before_s=math.inf)
    began_s = time.monotonic()

    def tell(stop: threading.Event) -> None:
        ready = _answers(f"http://127.0.0.1:{settings.TARAZY.web_port}/health/ready", stop)
        feed.not_before_s = 0.0  # what the devices bring would keep the pages from loading
        if ready:
            _welcome(settings.TARAZY.web_port, time.monotonic() - began_s)

    extra = [feed, up.process("broker")]
    up.run(up.PROCESSES, extra=extra, before=lambda: _fill_if_empty(plan), ready=tell)
    typer.echo(f"The demo has stopped. Its data is in {settings.TARAZY.folder}.")
    if settings.TARAZY.folder == FOLDER.resolve():
        typer.echo("`make clean` removes it.")


def _fill_if_empty(plan: Path) -> None:
    """Fill the demo once; a second start finds it, and need not even load what fills it.

    People and market are made side by side: each takes half a minute where a processor is slow.
    One that was interrupted is filled further.
    """
    from tarazy.core.models import User

    filled = plan.with_name("filled")
    if User.objects.filter(demo=True).exists() and filled.exists():
        return
    from tarazy.site import seed

    log.info("demo.filling", people=seed.PEOPLE, processes=seed.PROCESSES)
    plan.parent.mkdir(parents=True, exist_ok=True)
    market = get_context("spawn").Process(target=_market, args=(plan.with_name("market.jsonl"),))
    market.start()
    try:
        seed.people(plan)
        market.join()
    finally:
        market.terminate()
    if market.exitcode:
        raise Temporary("the demo's market was not made; what stopped it stands above")
    filled.touch()
    log.info("demo.filled")


def _market(path: Path) -> None:
    """In a process of its own, which ends when the demo does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.configure("demo")
    django.setup()
    from tarazy.site import seed, up

    up.die_with_parent()
    seed.market(path)


def _settle() -> None:
    """The demo's own settings: secrets are made once, and marked as a demo's."""
    os.environ["TARAZY_MODE"] = "demo"
    os.environ.setdefault("TARAZY_DUTY_TELEPHONE", DUTY_TELEPHONE)
    folder = Path(os.environ.setdefault("TARAZY_FOLDER", str(FOLDER)))
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "tarazy.env"
    if not kept.exists():
        values = {"TARAZY_MODE": "demo", "TARAZY_FOLDER": str(folder.resolve())}
        kept.write_text(secrets.text(values | secrets.make(DEMO_MARK)))
        kept.chmod(0o600)
    os.environ["TARAZY_ENV_FILE"] = str(kept.resolve())
    from tarazy.site.cli import read_env_file

    read_env_file(kept)
    password = secrets.broker_password(os.environ["TARAZY_DEVICE_KEY"])
    port = os.environ.setdefault("TARAZY_MQTT_PORT", str(BROKER_PORT))
    os.environ["TARAZY_MQTT_URL"] = f"mqtt://{secrets.BROKER_USER}:{password}@127.0.0.1:{port}"


def _answers(url: str, stop: threading.Event) -> bool:
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline and not stop.wait(READY_PAUSE_S):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)  # noqa: PLR2004
        except OSError:
            continue
    return False


def _welcome(port: int, took_s: float) -> None:
    from tarazy.site.seed import LOGINS, PASSWORD

    width = max(len(name) for name, _ in LOGINS)
    lines = [f"  {name:<{width}}  {PASSWORD}   {about}" for name, about in LOGINS]
    typer.echo(
        f"\nTarazy demo: http://127.0.0.1:{port}   (ready after {took_s:.0f} s)\n\n"
        f"  {'log-in':<{width}}  {'password':<{len(PASSWORD)}}   sees\n"
        + "\n".join(lines)
        + "\n\nCtrl-C stops everything. Commands on this demo's data:\n"
        f"  .venv/bin/tarazy --env-file {os.environ['TARAZY_ENV_FILE']} audit verify\n"
    )
