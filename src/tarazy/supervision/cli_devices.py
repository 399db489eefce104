# SPDX-License-Identifier: EUPL-1.2
"""`tarazy devices …`: enrol one, put it on somebody, and write the broker's files."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.core.errors import Misconfigured
from tarazy.supervision.actions.broker import CONFIGURATION, Listener, configure_broker
from tarazy.supervision.actions.devices import enrol_device, fit_device, remove_device
from tarazy.supervision.gateway.credentials import secret_of
from tarazy.supervision.gateway.enrolment import Phone, link_of, qr_text
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.models.devices import REPORT_INTERVAL_S_DEFAULT

BROKER_PORT = 8883
BROKER_STORE = Path("/var/lib/mosquitto")

app = typer.Typer(no_args_is_help=True, help="Enrol devices, and let phones configure themselves.")

Url = Annotated[str, typer.Option(help="Where devices reach the gateway or the broker.")]


@app.command()
def enrol(
    language: Annotated[str, typer.Argument(help=f"One of: {', '.join(TITLES)}.")],
    identifier: Annotated[str, typer.Argument(help="What is printed on it; a tracker's IMEI.")],
    url: Url = "",
    interval_s: Annotated[int, typer.Option(help="Seconds between reports.")] = (
        REPORT_INTERVAL_S_DEFAULT
    ),
) -> None:
    """Enrol a device. Its credential is shown this once.

    With --url (https://… of the gateway, mqtts://… of the broker) a phone's link and QR code too.
    """
    if language not in TITLES:
        raise Misconfigured("LANGUAGE", f"{language!r} is unknown; give one of {', '.join(TITLES)}")
    console = Actor.console()
    device, token = enrol_device(console, language, identifier, report_interval_s=interval_s)
    typer.echo(f"{device.identifier}: {device.public_id}")
    if not token:
        typer.echo("It is known by this id alone; nothing is to be entered on it but our address.")
        return
    typer.echo(f"token: {token}")
    if not url:
        return
    phone = Phone(
        device=device.public_id,
        token=token,
        passphrase=secret_of(device.public_id, settings.TARAZY.device_key),
        interval_s=interval_s,
    )
    link = link_of(language, phone, url)
    if link is None:
        where = f"is for phones; {TITLES[language]} is configured on the device itself"
        raise Misconfigured("--url", where)
    typer.echo(f"link: {link}\n{qr_text(link)}")


@app.command()
def fit(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="dev_…, as `enrol` printed it.")],
    person: Annotated[str, typer.Argument(metavar="PERSON", help="per_…, from their page.")],
) -> None:
    """Put a device on a person, from now on; their reports are kept while an order is in force."""
    fitting = fit_device(Actor.console(), device, person, since=clock.now())
    typer.echo(f"fitted: {fitting.public_id}")


@app.command()
def remove(
    fitting: Annotated[str, typer.Argument(metavar="FITTING", help="fit_…, as `fit` printed it.")],
) -> None:
    """Take a device off; what it reports from now on belongs to nobody and is dropped."""
    remove_device(Actor.console(), fitting, at=clock.now())
    typer.echo(f"taken off: {fitting}")


@app.command("mosquitto-config")
def mosquitto_config(
    folder: Annotated[Path, typer.Argument(help="Where to write; conf, passwd and acl.")],
    port: Annotated[int, typer.Option(help="Where phones call.")] = BROKER_PORT,
    store: Annotated[Path, typer.Option(help="Mosquitto's own store.")] = BROKER_STORE,
    certificate: Annotated[Path | None, typer.Option(help="PEM, with the chain.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM.")] = None,
) -> None:
    """Write Mosquitto's configuration, with a password and topic rights for each phone."""
    if (certificate is None) != (key is None):
        raise Misconfigured("--certificate", "and --key belong together; give both")
    tls = (certificate, key) if certificate and key else None
    listener = Listener(port, store, tls)
    count = configure_broker(Actor.console(), folder, settings.TARAZY.mqtt_url, listener)
    typer.echo(f"{count} phones may log in. Read it again: `systemctl reload mosquitto`")
    typer.echo(f"first time: link {folder / CONFIGURATION} into /etc/mosquitto/conf.d/, restart")
