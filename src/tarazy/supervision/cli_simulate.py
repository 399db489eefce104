# SPDX-License-Identifier: EUPL-1.2
"""`tarazy simulate people` writes data with its ground truth; `feed` drives the demo's devices."""

import signal
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated

import anyio
import msgspec
import typer

from tarazy.core.clock import now
from tarazy.core.errors import Misconfigured
from tarazy.core.files import replacing
from tarazy.supervision.simulate.city import city_of
from tarazy.supervision.simulate.dataset import Sample, write
from tarazy.supervision.simulate.feed import Clock, Feed, read_plan
from tarazy.supervision.simulate.people import HOME_RADIUS_M
from tarazy.supervision.simulate.profiles import PROFILES

TOLD_EVERY_S = 60.0
HOME_RADIUS_M_MIN, HOME_RADIUS_M_MAX = 20, 500

app = typer.Typer(help="Simulated data with its ground truth.", no_args_is_help=True)


@app.command()
def people(  # noqa: PLR0913 - the options of a command are its arguments
    *,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 1,
    count: Annotated[int, typer.Option("--people", min=1, help="How many wearers.")] = 200,
    days: Annotated[
        int,
        typer.Option(
            min=1, help="How many days, from 04:00 local time, or 14:00 of night workers."
        ),
    ] = 30,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first local day.")],
    noise: Annotated[
        str, typer.Option(help=f"How the receivers err: {', '.join(PROFILES)}.")
    ] = "usual",
    home_radius: Annotated[
        tuple[int, int],
        typer.Option(help="From and to, metres: of the circles around homes, in tens."),
    ] = HOME_RADIUS_M,
    out: Annotated[Path, typer.Option(help="Fixes as JSON Lines, in the order of arrival.")],
    truth: Annotated[
        Path,
        typer.Option(
            help="Breaches and planted silences, as JSON Lines; gaps of network are noise."
        ),
    ],
    orders: Annotated[Path, typer.Option(help="People, orders, zones and devices, as JSON.")],
    city: Annotated[Path | None, typer.Option(help="Streets and grounds, as GeoJSON.")] = None,
) -> None:
    """Write the fixes of fictional wearers in a fictional city, and what they truly did."""
    if noise not in PROFILES:
        raise typer.BadParameter(f"one of {', '.join(PROFILES)}", param_hint="--noise")
    low, high = home_radius
    if not HOME_RADIUS_M_MIN <= low <= high <= HOME_RADIUS_M_MAX or low % 10 or high % 10:
        span = f"{HOME_RADIUS_M_MIN} to {HOME_RADIUS_M_MAX} in tens, the smaller one first"
        raise typer.BadParameter(span, param_hint="--home-radius")
    files = {"--out": out, "--truth": truth, "--orders": orders} | (
        {"--city": city} if city else {}
    )
    _check_files(files)
    try:
        sample = Sample(
            seed=seed,
            people=count,
            days=days,
            start=start.date(),
            noise=PROFILES[noise],
            home_radius_m=home_radius,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--start, --days") from error
    try:
        with ExitStack() as stack:
            new = {option: stack.enter_context(replacing(file)) for option, file in files.items()}
            written = write(sample, new["--out"], new["--truth"], new["--orders"])
            if city:
                new["--city"].write_bytes(msgspec.json.encode(city_of(seed).geojson()))
    except OSError as error:
        raise typer.BadParameter(f"{error.filename}: {error.strerror}") from error
    typer.echo(f"{written.fixes} fixes, {written.breaches} breaches and silences")


def _check_files(files: Mapping[str, Path]) -> None:
    """Before a simulation of minutes: each can be made, and none over another."""
    taken: set[Path] = set()
    for option, path in files.items():
        if path.is_dir() or not path.parent.is_dir():
            raise typer.BadParameter(f"{path} is no file that can be made", param_hint=option)
        if path.resolve() in taken:
            raise typer.BadParameter(f"{path} is given twice", param_hint=option)
        taken.add(path.resolve())


@app.command()
def feed(
    *,
    plan: Annotated[Path, typer.Option(help="The plan file that the demo's seeder wrote.")],
    gateway: Annotated[str, typer.Option(help="Address of the device gateway over HTTP.")],
) -> None:
    """Send live reports of the demo's wearers until interrupted."""
    try:
        running = Feed(read_plan(plan), gateway, Clock(now().timestamp()))
    except Misconfigured as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    anyio.run(_until_interrupted, running)


async def _until_interrupted(running: Feed) -> None:
    stop = anyio.Event()
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with anyio.create_task_group() as group:
            group.start_soon(running.run, stop)
            group.start_soon(_tell, running)
            async for _ in signals:
                stop.set()
                break
            group.cancel_scope.cancel()
    typer.echo(_counted(running))


async def _tell(running: Feed) -> None:
    while True:
        await anyio.sleep(TOLD_EVERY_S)
        typer.echo(_counted(running))


def _counted(running: Feed) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(running.counts.items()))
