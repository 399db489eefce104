# SPDX-License-Identifier: EUPL-1.2
"""One folder has one owner, whoever keeps its tables; a process loads what it needs."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from free_ports import free_ports

from tarazy.core.errors import Misconfigured
from tarazy.site import environment, secrets, up


def test_a_folder_in_use_is_named_also_with_a_database_of_one_s_own(tmp_path: Path) -> None:
    here = replace(settings.TARAZY, folder=tmp_path, embedded=False)
    with up.database(here):
        with pytest.raises(Misconfigured) as caught, up.database(here):
            pass
        assert caught.value.setting == "TARAZY_FOLDER"
    with up.database(here):
        pass


def test_the_usual_ports_are_as_many_as_what_listens() -> None:
    """The demo's broker once took the worker's: no watchdog, no escalation, and no word of it."""
    here = environment.read({**secrets.make(), "TARAZY_TRACKERS": "all"})
    ports = [port for _, port in replace(here, mode="demo").ports]
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("taken", ["worker_port", "web_port"])
def test_one_port_for_two_is_refused_before_anything_starts(taken: str) -> None:
    web, gateway, events, metrics = free_ports(4)
    here = replace(
        settings.TARAZY,
        mode="demo",
        web_port=web,
        gateway_port=gateway,
        events_port=events,
        metrics_port=metrics,
        trackers=(),
    )
    with pytest.raises(Misconfigured) as caught:
        up.check_ports(replace(here, mqtt_port=getattr(here, taken)))
    assert caught.value.setting == "TARAZY_MQTT_PORT"


@pytest.mark.parametrize("process", ["supervision.intake", "supervision.engine", "site.broker"])
def test_a_process_of_supervision_loads_nothing_of_procurement(process: str) -> None:
    """All processes start at one moment, beside the pages and often on two cores."""
    script = (
        "import importlib, sys, django\n"
        "django.setup()\n"
        f"importlib.import_module('tarazy.{process}')\n"
        "print(*sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tarazy.site.settings"}
    run = [sys.executable, "-c", script]
    loaded = subprocess.check_output(run, env=environment, text=True).split()
    assert f"tarazy.{process}" in loaded
    assert {"ibis", "splink", "openpyxl", "tarazy.procurement.actions"}.isdisjoint(loaded)
