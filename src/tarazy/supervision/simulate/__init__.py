# SPDX-License-Identifier: EUPL-1.2
"""Simulated wearers in a demo city: data with its ground truth, and a live feed for the demo.

Nothing here knows Django or the tables. The live feed reaches the gateway over the network, as any
device does. All people, places and streets are fictional.
"""
