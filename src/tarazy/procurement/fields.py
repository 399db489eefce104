# SPDX-License-Identifier: EUPL-1.2
"""What the fields of the evidence are called on a page."""

from collections.abc import Mapping

from tarazy.core.catalogue import said

FIELD_TITLES: Mapping[str, str] = {
    "tender.procurementMethod": said("Method"),
    "tender.procurementMethodDetails": said("Method, in the buyer's words"),
    "tender.procurementMethodRationale": said("Reason for the method"),
    "tender.status": said("Status of the tender"),
    "tender.value": said("Value of the tender"),
    "tender.tenderPeriod.startDate": said("Start of the tender period"),
    "tender.tenderPeriod.endDate": said("End of the tender period"),
    "tender.bidOpening.date": said("Opening of bids"),
    "tender.awardPeriod.startDate": said("Start of the evaluation"),
    "tender.numberOfTenderers": said("Number of bidders, as published"),
    "tender.items.classification": said("Kind of purchase"),
    "items.unit.value": said("Price of a unit"),
    "bids.tenderers": said("Bidders named in the bids"),
    "bids.details.value": said("price"),
    "bids.details.status": said("status"),
    "bids.details.date": said("Submitted"),
    "parties.address": said("Address"),
    "awards.value": said("Awarded"),
    "awards.date": said("Date of the award"),
    "contracts.value": said("Value of the contract"),
    "contracts.dateSigned": said("Date of signature"),
    "contracts.amendments": said("Number of modifications"),
    "first.ocid": said("First process"),
    "first.value": said("First award"),
    "first.procurementMethod": said("Method of the first award"),
    "pair.bidders": said("The two bidders"),
    "pair.ratio": said("Ratio of their prices"),
    "pair.meetings": said("How often they met"),
    "pair.winner": said("Who always won"),
    "pair.loser": said("Who always lost"),
    "peers.median": said("Median of comparable ones"),
    "peers.mean": said("Mean of comparable ones"),
    "fence.days": said("Usual at most: days"),
    "fence.share": said("Usual limit, as a share of the price"),
    "fence.peers": said("How many were compared"),
    "threshold.days_min": said("Threshold: days at least"),
    "threshold.percent_min": said("Threshold: percent at least"),
    "threshold.percent_max": said("Threshold: percent at most"),
    "threshold.percent_of_mean_max": said("Threshold: percent of the mean"),
    "threshold.times_min": said("Threshold: times at least"),
}
