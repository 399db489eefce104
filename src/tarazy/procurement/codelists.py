# SPDX-License-Identifier: EUPL-1.2
"""What the codes of OCDS mean, as a page says them; any other code stands as it was published.

Source: OCDS 1.1, https://standard.open-contracting.org/1.1/en/schema/codelists/, and of bids the
bid extension.
"""

from collections.abc import Mapping

from tarazy.core.catalogue import said

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "tender": {
        "planning": said("in planning"),
        "planned": said("planned"),
        "active": said("in progress"),
        "cancelled": said("cancelled"),
        "unsuccessful": said("failed"),
        "complete": said("completed"),
        "withdrawn": said("withdrawn by the buyer"),
    },
    "method": {
        "open": said("open"),
        "selective": said("selective"),
        "limited": said("limited"),
        "direct": said("direct"),
    },
    "criterion": {
        "priceOnly": said("the lowest price"),
        "costOnly": said("the lowest cost"),
        "qualityOnly": said("quality only"),
        "ratedCriteria": said("rated criteria"),
        "lowestCost": said("the lowest cost"),
        "bestProposal": said("the best proposal"),
        "bestValueToGovernment": said("the best value"),
        "singleBidOnly": said("the only bid"),
    },
    "bid": {
        "invited": said("invited"),
        "pending": said("not examined yet"),
        "valid": said("admitted"),
        "disqualified": said("disqualified"),
        "withdrawn": said("withdrawn by the bidder"),
    },
    "award": {
        "pending": said("proposed"),
        "active": said("in force"),
        "cancelled": said("annulled"),
        "unsuccessful": said("not awarded"),
    },
    "contract": {
        "pending": said("not in force yet"),
        "active": said("in force"),
        "cancelled": said("cancelled before it was signed"),
        "terminated": said("ended"),
    },
}
