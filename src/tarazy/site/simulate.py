# SPDX-License-Identifier: EUPL-1.2
"""`tarazy simulate`: the simulators of the rooms under one word."""

from tarazy.procurement.cli import simulate_command as market
from tarazy.supervision.cli_simulate import app

app.command("market")(market)
