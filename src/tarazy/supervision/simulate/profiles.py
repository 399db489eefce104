# SPDX-License-Identifier: EUPL-1.2
"""Sets of noise parameters by name, from a phone's good day to what no court should rest on.

Constants of the presence kernel were chosen on seeds 1 to 3 of these, and figures are published of
others (docs/judgement.md): so they say how it does in such noise, not how it did where it was made.
"""

from collections.abc import Mapping
from dataclasses import replace

from tarazy.supervision.simulate.mishaps import Mishap
from tarazy.supervision.simulate.noise import Noise

HOUR_S = 3600.0
USUAL = Noise()
HARSH = Noise(
    urban_sigma_m=25.0,
    indoor_sigma_m=35.0,
    understating_share=0.5,
    understating_factor=0.3,
    outlier_share=0.03,
    rest_interval_s=60.0,
    gaps_a_day=2.0,
    offline_a_day=3.0,
)
"""Phones in concrete houses: a report each minute at rest too, seven times the outliers, half of
the devices sure of three times less than their error."""
HARSHER = replace(
    HARSH,
    wander_sigma_m=20.0,
    understating_worst=0.2,
    understating_factor=0.5,
    understating_share=0.8,
    outlier_share=0.04,
    outlier_m=(200.0, 5000.0),
    canyon_share=0.05,
)
"""And each device wanders everywhere, most of them sure of two to five times less."""
DRIFTING = replace(
    HARSH,
    displaced=Mishap(a_day=1.0, mean_s=2 * HOUR_S, away_m=(30.0, 150.0), claims_m=(10.0, 20.0)),
)
"""Indoors, 30 to 150 m off for hours, and sure of 10 to 20 m."""
LYING = replace(
    HARSH,
    outlier_share=0.02,
    outlier_m=(200.0, 5000.0),
    lying_share=1.0,
    outlier_claims_m=5.0,
    outlier_again_share=0.3,
)
"""Outliers that claim 5 m, each with a chance of 30 % to be told again."""
NETWORK = replace(
    HARSH,
    towers=Mishap(a_day=4.0, mean_s=1200.0, away_m=(300.0, 4000.0), claims_m=(3000.0, 5000.0)),
    frozen=Mishap(a_day=4.0, mean_s=600.0),
    gaps_a_day=4.0,
    offline_a_day=5.0,
    newest_first_share=0.6,
)
"""Cells instead of satellites, places told again, many gaps and late reports."""
UNSTATED = replace(HARSH, unstated_share=1.0)
"""Trackers that state no accuracy."""

PROFILES: Mapping[str, Noise] = {
    "usual": USUAL,
    "harsh": HARSH,
    "harsher": HARSHER,
    "drifting": DRIFTING,
    "lying": LYING,
    "network": NETWORK,
    "unstated": UNSTATED,
    "quick": replace(HARSHER, interval_s=15.0, rest_interval_s=15.0),
    "slow": replace(HARSHER, interval_s=300.0, rest_interval_s=300.0),
    "hourly": replace(HARSHER, interval_s=3600.0, rest_interval_s=3600.0),
}
"""The last three are `harsher` at a report each 15 seconds, 5 minutes and hour."""
